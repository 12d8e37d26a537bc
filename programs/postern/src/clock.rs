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
    get_sysvar(&mut time, &CLOCK_ID, UNIX_TIMESTAMP)?;
    to_seconds(i64::from_le_bytes(time))
}

/// Slot and seconds since 1970.
pub fn slot_and_seconds() -> Result<(u64, u32)> {
    let clock = Clock::get()?;
    Ok((clock.slot, to_seconds(clock.unix_timestamp)?))
}

#[inline(always)]
fn to_seconds(timestamp: i64) -> Result<u32> {
    u32::try_from(timestamp).map_err(|_| PosternError::InvalidClock.into())
}
