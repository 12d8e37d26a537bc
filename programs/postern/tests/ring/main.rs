//! The ring against a model: every small ring exhaustively, larger ones at random, and numbers that contradict each other.

mod pair;

use std::env;

use pair::Pair;
use postern::ring::{Frame, Frames, RingError, FRAME_HEADER};
use proptest::prelude::*;

/// Rings of up to so many bytes are tried in every state. Under Miri, which takes very much longer, fewer.
const LARGEST: usize = if cfg!(miri) { 13 } else { 24 };
/// So many states it has at least.
const STATES: usize = if cfg!(miri) { 1_000 } else { 50_000 };

/// The largest ring of which every state is tried; `POSTERN_RING_CAPACITY=30 cargo test --release --test ring` tries more.
fn largest() -> usize {
    env::var("POSTERN_RING_CAPACITY").map_or(LARGEST, |number| number.parse().expect("a number of bytes"))
}

/// Lengths of payloads that fit in `room` bytes together with their headers, in every order.
fn layouts(room: usize) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for length in 0..(room + 1).saturating_sub(FRAME_HEADER) {
        for mut rest in layouts(room - length - FRAME_HEADER) {
            rest.insert(0, length);
            all.push(rest);
        }
    }
    all
}

/// Calls `step` with every state that a ring of at most `largest()` bytes can have: any tail, any frames that fit, and
/// any number of them read. Whatever a history leads to is among them, so that a step that is right here is right after
/// any history, by induction.
fn for_every_state(mut step: impl FnMut(&Pair, u32)) -> usize {
    let mut states = 0;
    for capacity in 1..=largest() {
        let layouts = layouts(capacity);
        for tail in 0..capacity {
            for lengths in &layouts {
                let pair = Pair::holding(capacity, tail, lengths);
                pair.check();
                for read in 0..=lengths.len() as u32 {
                    step(&pair, read);
                    states += 1;
                }
            }
        }
    }
    states
}

#[test]
fn whatever_a_small_ring_holds_a_frame_is_appended_as_in_the_model() {
    let states = for_every_state(|pair, read| {
        for length in 0..=pair.ring.len() {
            pair.clone().append(length, read);
        }
    });
    assert!(states > STATES);
}

#[test]
fn whatever_a_small_ring_holds_a_resize_keeps_it_as_in_the_model() {
    let states = for_every_state(|pair, read| {
        for capacity in 1..=largest() + 1 {
            pair.clone().resize(capacity, read);
        }
    });
    assert!(states > STATES);
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
    Append { length: usize },
    Acknowledge { percent: u32 },
    Resize { capacity: usize },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..300usize).prop_map(|length| Step::Append { length }),
        3 => (0..=100u32).prop_map(|percent| Step::Acknowledge { percent }),
        1 => (256..1200usize).prop_map(|capacity| Step::Resize { capacity }),
    ]
}

proptest! {
    #[test]
    fn any_history_agrees_with_the_model(
        capacity in 256..1200usize,
        tail in 0..256usize,
        steps in proptest::collection::vec(step(), 1..200),
    ) {
        let mut pair = Pair::new(capacity, tail);
        let mut acknowledged = 0;
        for step in steps {
            match step {
                Step::Append { length } => pair.append(length, acknowledged),
                Step::Acknowledge { percent } => acknowledged += (pair.next - acknowledged) * percent / 100,
                Step::Resize { capacity } => pair.resize(capacity, acknowledged),
            }
        }
    }

    #[test]
    fn numbers_that_contradict_each_other_end_in_an_error_or_in_a_sound_ring(
        mut ring in proptest::collection::vec(prop_oneof![3 => 0..4u8, 1 => any::<u8>()], 0..200),
        (tail, used) in (0..210usize, 0..210usize),
        payload in proptest::collection::vec(any::<u8>(), 0..210),
        evictable in prop_oneof![0..40u32, Just(u32::MAX)],
        (old, new) in (0..210usize, 0..210usize),
    ) {
        let before = Frames { tail, used, first: 0 };
        let mut frames = before;
        if frames.append(&mut ring, &Frame { time: 1, payload: &payload }, || evictable).is_ok() {
            prop_assert_eq!(frames.check(ring.len()), Ok(()));
        }
        let mut frames = before;
        if frames.relocate(&mut ring, old, new).is_ok() && used > 0 {
            prop_assert_eq!(frames.check(new), Ok(()));
            prop_assert_eq!(frames.used, used);
        }
    }
}
