//! The ring against a model: a queue of frames. Every small ring exhaustively, larger ones at random.

use std::collections::VecDeque;

use postern::ring::{Frame, Frames, RingError, FRAME_HEADER};
use proptest::prelude::*;

/// A ring and the queue that it must agree with.
#[derive(Clone)]
struct Pair {
    ring: Vec<u8>,
    frames: Frames,
    model: VecDeque<(u32, Vec<u8>)>,
    next: u32,
}

impl Pair {
    /// Empty, with the tail wherever an earlier life of the ring left it.
    fn new(capacity: usize, tail: usize) -> Self {
        Self { ring: vec![0xee; capacity], frames: Frames { tail, used: 0, first: 0 }, model: VecDeque::new(), next: 0 }
    }

    fn used(&self) -> usize {
        self.model.iter().map(|(_, payload)| payload.len() + FRAME_HEADER).sum()
    }

    /// Whether dropping frames below `evictable` can bring the model down to `limit` bytes; drops them if so.
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

    fn append(&mut self, length: usize, evictable: u32) {
        let payload: Vec<u8> = (0..length).map(|i| (self.next as usize * 31 + i) as u8).collect();
        let (before, time) = (self.clone(), 0x0102_0304 * (self.next + 1));
        let mut frames = self.frames;
        let result = frames.append(&mut self.ring, &Frame { time, payload: &payload }, || evictable);
        let need = length + FRAME_HEADER;
        let expected = if need > self.ring.len() {
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
            assert_eq!(self.ring, before.ring, "a refused frame writes nothing");
        }
        self.check();
    }

    /// As `resize_inbox` does it: the ring has the larger length while frames move.
    fn resize(&mut self, new: usize, evictable: u32) {
        let old = self.ring.len();
        let mut frames = self.frames;
        let result = frames.make_room(&self.ring, new, evictable);
        assert_eq!(result.is_ok(), self.model_room(new, evictable));
        if result.is_ok() {
            self.ring.resize(old.max(new), 0xdd);
            frames.relocate(&mut self.ring, old, new).unwrap();
            self.ring.truncate(new);
            self.frames = frames;
        }
        self.check();
    }

    /// Reads the ring byte by byte, as a client does, and compares.
    fn check(&self) {
        let Frames { tail, used, first } = self.frames;
        assert_eq!(self.frames.check(self.ring.len()), Ok(()));
        assert_eq!(used, self.used());
        assert_eq!(first + self.model.len() as u32, self.next);
        let mut bytes = (0..used).map(|i| self.ring[(tail + i) % self.ring.len()]);
        let mut take = |n: usize| -> Vec<u8> { bytes.by_ref().take(n).collect() };
        for (time, payload) in &self.model {
            assert_eq!(take(2), (payload.len() as u16).to_le_bytes());
            assert_eq!(take(4), time.to_le_bytes());
            assert_eq!(&take(payload.len()), payload);
        }
    }
}

#[test]
fn every_small_ring_agrees_with_the_model() {
    for capacity in 1..=24 {
        for tail in 0..capacity {
            for a in 0..=capacity {
                for b in 0..=capacity.min(12) {
                    for evictable in 0..=2 {
                        let mut pair = Pair::new(capacity, tail);
                        pair.append(a, 0);
                        pair.append(b, evictable);
                        pair.append(a / 2, evictable);
                    }
                }
            }
        }
    }
}

#[test]
fn every_resize_of_a_small_ring_keeps_the_frames() {
    for old in 6..=26 {
        for tail in 0..old {
            for (a, b) in [(0, 0), (0, 5), (3, 1), (7, 4)] {
                for new in 1..=30 {
                    for evictable in 0..=2 {
                        let mut pair = Pair::new(old, tail);
                        pair.append(a, 0);
                        pair.append(b, 0);
                        pair.resize(new, evictable);
                        pair.append(2, 0);
                    }
                }
            }
        }
    }
}

#[test]
fn no_offset_or_length_can_make_the_ring_panic() {
    for capacity in 0..=9usize {
        for tail in 0..=capacity + 2 {
            for used in 0..=capacity + 2 {
                for low in [0, 1, 3, 255] {
                    let mut ring = vec![low; capacity];
                    let mut frames = Frames { tail, used, first: 0 };
                    let _ = frames.append(&mut ring, &Frame { time: 1, payload: &[1, 2] }, || u32::MAX);
                    for new in 0..=capacity + 1 {
                        let _ = Frames { tail, used, first: 0 }.relocate(&mut ring, capacity, new);
                    }
                }
            }
        }
    }
}

#[test]
fn a_payload_of_65_536_bytes_is_too_long_for_its_length_field() {
    let mut ring = vec![0; 70_000];
    let mut frames = Frames { tail: 0, used: 0, first: 0 };
    let long = vec![1; 65_536];
    assert_eq!(frames.append(&mut ring, &Frame { time: 1, payload: &long }, || 0), Err(RingError::TooLong));
    assert_eq!(frames.append(&mut ring, &Frame { time: 1, payload: &long[1..] }, || 0), Ok(()));
}

#[derive(Clone, Debug)]
enum Step {
    Append { length: usize, read: u32 },
    Resize { capacity: usize, read: u32 },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..300usize, 0..100u32).prop_map(|(length, read)| Step::Append { length, read }),
        1 => (256..1200usize, 0..100u32).prop_map(|(capacity, read)| Step::Resize { capacity, read }),
    ]
}

proptest! {
    #[test]
    fn any_history_agrees_with_the_model(
        capacity in 256..1200usize,
        tail in 0..256usize,
        steps in proptest::collection::vec(step(), 1..120),
    ) {
        let mut pair = Pair::new(capacity, tail);
        for step in steps {
            match step {
                Step::Append { length, read } => pair.append(length, pair.next * read / 100),
                Step::Resize { capacity, read } => pair.resize(capacity, pair.next * read / 100),
            }
        }
    }
}
