//! The cluster's time: stake-weighted and inexact, so that order is by sequence number and never by time.

use anchor_lang::pinocchio::sysvars::{clock::CLOCK_ID, get_sysvar};
use anchor_lang::prelude::*;

use crate::error::PosternError;

/// Byte offset of `unix_timestamp` in the Clock sysvar.
const UNIX_TIMESTAMP: usize = 32;

/// Seconds since 1970. Reads 8 of the Clock's 40 bytes, which is cheaper than all of them.
#[inline(always)]
pub fn unix_seconds() -> Result<u32> {
    let mut time = [0; 8];
    let read = get_sysvar(&mut time, &CLOCK_ID, UNIX_TIMESTAMP);
    let time = i64::from_le_bytes(time);
    require!(read.is_ok() && in_range(time), PosternError::InvalidClock);
    Ok(time as u32)
}

/// Slot and seconds since 1970.
pub fn slot_and_seconds() -> Result<(u64, u32)> {
    let clock = Clock::get()?;
    require!(in_range(clock.unix_timestamp), PosternError::InvalidClock);
    Ok((clock.slot, clock.unix_timestamp as u32))
}

/// Whether `time` fits in a u32. Without its sign, a time before 1970 is huge.
#[inline(always)]
fn in_range(time: i64) -> bool {
    time as u64 <= u64::from(u32::MAX)
}
