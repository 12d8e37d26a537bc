//! Histories of a ring, which must agree with the model, and rings whose numbers are anything, which must not panic.
#![no_main]

#[path = "../../tests/ring/pair.rs"]
mod pair;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use pair::Pair;
use postern::ring::{Frame, Frames};

#[derive(Arbitrary, Debug)]
enum Input {
    History { capacity: u16, tail: u16, steps: Vec<Step> },
    Anything { ring: Vec<u8>, tail: usize, used: usize, first: u32, payload: Vec<u8>, evictable: u32, old: u16, new: u16 },
}

#[derive(Arbitrary, Debug)]
enum Step {
    Append { length: u16 },
    Acknowledge { percent: u8 },
    Resize { capacity: u16 },
}

/// Large enough for whatever wraps or evicts, small enough to be quick.
const LARGEST: usize = 2_048;

fuzz_target!(|input: Input| match input {
    Input::History { capacity, tail, steps } => {
        let capacity = 1 + usize::from(capacity) % LARGEST;
        let mut pair = Pair::new(capacity, usize::from(tail) % capacity);
        let mut acknowledged = 0;
        for step in steps {
            match step {
                Step::Append { length } => pair.append(usize::from(length) % LARGEST, acknowledged),
                Step::Acknowledge { percent } => {
                    acknowledged += (pair.next - acknowledged) * u32::from(percent.min(100)) / 100;
                }
                Step::Resize { capacity } => pair.resize(1 + usize::from(capacity) % LARGEST, acknowledged),
            }
        }
    }
    Input::Anything { mut ring, tail, used, first, payload, evictable, old, new } => {
        let before = Frames { tail, used, first };
        let mut frames = before;
        // The number of a frame is below that of the next one, which is at most 2^32 - 1: the program sees to that.
        let evictable = evictable.max(first);
        if frames.append(&mut ring, &Frame { time: 1, payload: &payload }, || evictable).is_ok() {
            assert_eq!(frames.check(ring.len()), Ok(()));
        }
        let mut frames = before;
        if frames.relocate(&mut ring, old.into(), new.into()).is_ok() && used > 0 {
            assert_eq!(frames.check(new.into()), Ok(()));
        }
    }
});
