//! A ring and the naive model that it must agree with: a queue of frames. The fuzzer uses it too.

use std::collections::VecDeque;

use postern::ring::{Frame, Frames, RingError, FRAME_HEADER};

#[derive(Clone, Debug)]
pub struct Pair {
    pub ring: Vec<u8>,
    pub frames: Frames,
    model: VecDeque<(u32, Vec<u8>)>,
    /// Number of the next frame.
    pub next: u32,
}

impl Pair {
    /// Empty, with the tail wherever an earlier life of the ring left it.
    pub fn new(capacity: usize, tail: usize) -> Self {
        Self { ring: vec![0xee; capacity], frames: Frames { tail, used: 0, first: 0 }, model: VecDeque::new(), next: 0 }
    }

    /// Holds frames of these lengths, written by the definition of a ring and not by the code under test.
    pub fn holding(capacity: usize, tail: usize, lengths: &[usize]) -> Self {
        let mut pair = Self::new(capacity, tail);
        for &length in lengths {
            let (time, payload) = pair.following(length);
            let bytes = (payload.len() as u16).to_le_bytes().into_iter().chain(time.to_le_bytes()).chain(payload.iter().copied());
            for byte in bytes {
                pair.ring[(tail + pair.frames.used) % capacity] = byte;
                pair.frames.used += 1;
            }
            pair.model.push_back((time, payload));
            pair.next += 1;
        }
        pair
    }

    /// A time and a payload that no other frame has.
    fn following(&self, length: usize) -> (u32, Vec<u8>) {
        let payload = (0..length).map(|i| (self.next as usize * 31 + i) as u8).collect();
        (0x0102_0304u32.wrapping_mul(self.next + 1), payload)
    }

    fn used(&self) -> usize {
        self.model.iter().map(|(_, payload)| payload.len() + FRAME_HEADER).sum()
    }

    /// Whether dropping frames below `evictable` can bring the model down to `limit` bytes; drops no more than needed if so.
    fn model_room(&mut self, limit: usize, evictable: u32) -> bool {
        let mut first = self.next - self.model.len() as u32;
        let mut left = self.model.clone();
        while left.iter().map(|(_, payload)| payload.len() + FRAME_HEADER).sum::<usize>() > limit {
            if first >= evictable {
                return false;
            }
            left.pop_front();
            first += 1;
        }
        self.model = left;
        true
    }

    pub fn append(&mut self, length: usize, evictable: u32) {
        let before = self.ring.clone();
        let (time, payload) = self.following(length);
        let mut frames = self.frames;
        let result = frames.append(&mut self.ring, &Frame { time, payload: &payload }, || evictable);
        let need = length + FRAME_HEADER;
        let expected = if need > self.ring.len() || length > usize::from(u16::MAX) {
            Err(RingError::TooLong)
        } else if self.model_room(self.ring.len() - need, evictable) {
            self.model.push_back((time, payload));
            self.next += 1;
            Ok(())
        } else {
            Err(RingError::Full)
        };
        assert_eq!(result, expected);
        if result.is_ok() {
            self.frames = frames;
        } else {
            assert_eq!(self.ring, before, "a refused frame writes nothing");
        }
        self.check();
    }

    /// As `resize_inbox` does it: the ring has the larger length while frames move.
    pub fn resize(&mut self, new: usize, evictable: u32) {
        let old = self.ring.len();
        let mut frames = self.frames;
        let result = frames.make_room(&self.ring, new, evictable);
        assert_eq!(result, if self.model_room(new, evictable) { Ok(()) } else { Err(RingError::Full) });
        if result.is_ok() {
            self.ring.resize(old.max(new), 0xdd);
            assert_eq!(frames.relocate(&mut self.ring, old, new), Ok(()));
            self.ring.truncate(new);
            self.frames = frames;
        }
        self.check();
    }

    /// Reads the ring byte by byte, as a client does, and compares.
    pub fn check(&self) {
        let Frames { tail, used, first } = self.frames;
        assert_eq!(self.frames.check(self.ring.len()), Ok(()));
        assert_eq!(used, self.used());
        assert_eq!(first + self.model.len() as u32, self.next);
        let mut at = tail;
        let mut expect = |byte: u8| {
            assert_eq!(self.ring[at], byte);
            at = (at + 1) % self.ring.len();
        };
        for (time, payload) in &self.model {
            (payload.len() as u16).to_le_bytes().into_iter().for_each(&mut expect);
            time.to_le_bytes().into_iter().for_each(&mut expect);
            payload.iter().copied().for_each(&mut expect);
        }
    }
}
