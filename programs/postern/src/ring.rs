//! The byte ring of an inbox: pure arithmetic over slices, without an account in sight.
//!
//! A frame is `len u16 | time u32 | payload`, little-endian, and wraps at the end of the ring wherever it
//! happens to: inside the length, the time or the payload. Frames lie one after the other from `tail` on;
//! `used` counts their bytes, so that a ring can be filled to the last byte.

/// `len u16 | time u32` in front of every payload.
pub const FRAME_HEADER: usize = 6;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RingError {
    /// The frames in the way may not go yet.
    Full,
    /// The frame can never fit, however many others go.
    TooLong,
    /// `tail`, `used` or a frame's length contradict the ring.
    Corrupt,
}

/// A frame to be written; its payload is at most 65,535 B.
pub struct Frame<'a> {
    pub time: u32,
    pub payload: &'a [u8],
}

/// Where the frames of a ring lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frames {
    /// Offset of the oldest frame, below the capacity.
    pub tail: usize,
    /// Bytes that hold frames, at most the capacity.
    pub used: usize,
    /// Number of the oldest frame.
    pub first: u32,
}

impl Frames {
    /// Both offsets inside a ring of `capacity` bytes: everything below relies on it.
    #[inline(always)]
    pub fn check(&self, capacity: usize) -> Result<(), RingError> {
        if self.tail < capacity && self.used <= capacity {
            Ok(())
        } else {
            Err(RingError::Corrupt)
        }
    }

    /// Writes one frame behind the others. While there is no room, frames numbered below `evictable()` go, oldest first.
    /// Nothing is written when it fails.
    #[inline(always)]
    pub fn append(&mut self, ring: &mut [u8], frame: &Frame, evictable: impl FnOnce() -> u32) -> Result<(), RingError> {
        let (capacity, payload) = (ring.len(), frame.payload);
        self.check(capacity)?;
        let length = u16::try_from(payload.len()).map_err(|_| RingError::TooLong)?.to_le_bytes();
        let time = frame.time.to_le_bytes();
        let need = payload.len() + FRAME_HEADER;
        if need > capacity {
            return Err(RingError::TooLong);
        }
        if self.used > capacity - need {
            self.make_room(ring, capacity - need, evictable())?;
        }

        let start = wrap(self.tail, self.used, capacity);
        let room = capacity - start;
        if need <= room {
            // The usual frame lies in one piece: its place is checked once, for all three copies.
            let frame = ring.get_mut(start..start + need).ok_or(RingError::Corrupt)?;
            frame[..2].copy_from_slice(&length);
            frame[2..FRAME_HEADER].copy_from_slice(&time);
            frame[FRAME_HEADER..].copy_from_slice(payload);
        } else if room >= FRAME_HEADER {
            let (fits, rest) = payload.split_at(room - FRAME_HEADER);
            put(ring, start, &length)?;
            put(ring, start + 2, &time)?;
            put(ring, start + FRAME_HEADER, fits)?;
            put(ring, 0, rest)?;
        } else {
            let header = [length[0], length[1], time[0], time[1], time[2], time[3]];
            let (fits, rest) = header.split_at(room);
            put(ring, start, fits)?;
            put(ring, 0, rest)?;
            put(ring, rest.len(), payload)?;
        }
        self.used += need;
        Ok(())
    }

    /// Drops frames numbered below `evictable`, oldest first and no more than needed, until at most `limit` bytes are used.
    #[inline(always)]
    pub fn make_room(&mut self, ring: &[u8], limit: usize, evictable: u32) -> Result<(), RingError> {
        while self.used > limit {
            if self.first >= evictable {
                return Err(RingError::Full);
            }
            let frame = frame_length(ring, self.tail)?;
            self.used = self.used.checked_sub(frame).ok_or(RingError::Corrupt)?;
            self.tail = wrap(self.tail, frame, ring.len());
            self.first += 1;
        }
        Ok(())
    }

    /// Moves the frames for a change of capacity from `old` to `new` bytes. `ring` has the larger of the two lengths:
    /// growing calls this after the ring has grown, shrinking before. The frames must fit in `new` bytes.
    /// One move of memory at most; a wrapped ring stays wrapped, its older part at the new end.
    pub fn relocate(&mut self, ring: &mut [u8], old: usize, new: usize) -> Result<(), RingError> {
        self.check(old)?;
        if self.used > new || old > ring.len() || new > ring.len() {
            return Err(RingError::Corrupt);
        }
        let end = self.tail + self.used;
        if self.used == 0 {
            self.tail = 0;
        } else if end > old {
            let older = old - self.tail;
            ring.copy_within(self.tail..old, new - older);
            self.tail = new - older;
        } else if end > new {
            ring.copy_within(self.tail..end, 0);
            self.tail = 0;
        }
        Ok(())
    }
}

/// Bytes of the frame at `at`, header included. Its length may straddle the end of the ring.
#[inline(always)]
fn frame_length(ring: &[u8], at: usize) -> Result<usize, RingError> {
    let low = *ring.get(at).ok_or(RingError::Corrupt)?;
    let high = *ring.get(wrap(at, 1, ring.len())).ok_or(RingError::Corrupt)?;
    Ok(usize::from(u16::from_le_bytes([low, high])) + FRAME_HEADER)
}

/// The offset `distance` behind `at` in a ring of `capacity` bytes; `at` and `distance` are at most the capacity.
#[inline(always)]
fn wrap(at: usize, distance: usize, capacity: usize) -> usize {
    // Exact: both are at most a slice's length, which is at most half of what a usize holds.
    let sum = at.wrapping_add(distance);
    if sum >= capacity {
        sum - capacity
    } else {
        sum
    }
}

/// Copies `bytes` to `at`, where they must fit.
#[inline(always)]
fn put(ring: &mut [u8], at: usize, bytes: &[u8]) -> Result<(), RingError> {
    ring.get_mut(at..at + bytes.len()).ok_or(RingError::Corrupt)?.copy_from_slice(bytes);
    Ok(())
}
