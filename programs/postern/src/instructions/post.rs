use anchor_lang::address_eq;
use anchor_lang::prelude::*;

use crate::clock::unix_seconds;
use crate::error::PosternError;
use crate::ring::Frame;
use crate::state::{InboxRing, Parts, DECLINED};

#[derive(Accounts)]
pub struct Post {
    pub writer: Signer,
    #[account(mut)]
    pub inbox: InboxRing,
}

impl Post {
    /// `expected_seq` is the number that the frame gets: when another post took it, this one fails and nothing happens.
    #[inline(always)]
    pub fn post(&mut self, expected_seq: u32, payload: &[u8]) -> Result<()> {
        let inbox = Parts::of(&mut self.inbox)?;
        let header = &*inbox.header;
        header.check_version()?;
        require!(address_eq(self.writer.address(), &header.writer), PosternError::NotWriter);
        require!(header.next == expected_seq && expected_seq != u32::MAX, PosternError::SequenceMismatch);
        require!(header.state != DECLINED, PosternError::Declined);
        // The cluster's time may step back; a log's never does.
        let time = unix_seconds()?.max(header.last_time);

        // What may give way is asked for only once the ring is full.
        let mut frames = header.frames();
        frames.append(inbox.ring, &Frame { time, payload }, || header.evictable())?;

        let header = &mut *inbox.header;
        header.set_frames(&frames);
        header.last_time = time;
        header.extend_log(payload);
        header.next = expected_seq + 1;
        inbox.invariant()
    }
}
