use anchor_lang::address_eq;
use anchor_lang::prelude::*;

use crate::clock::unix_seconds;
use crate::error::PosternError;
use crate::state::{InboxRing, DECLINED, OPEN, OVERWRITE, REQUEST};

#[derive(Accounts)]
pub struct Post {
    pub writer: Signer,
    #[account(mut)]
    pub inbox: InboxRing,
}

/// `expected_seq` is the number that the frame gets: when another post took it, this one fails and nothing happens.
pub fn handler(ctx: &mut Context<Post>, expected_seq: u32, payload: &[u8]) -> Result<()> {
    let inbox = &mut ctx.accounts.inbox;
    inbox.check_version()?;
    require!(address_eq(ctx.accounts.writer.address(), &inbox.writer), PosternError::NotWriter);
    require!(inbox.next == expected_seq && expected_seq != u32::MAX, PosternError::SequenceMismatch);
    let evictable = match inbox.state {
        REQUEST => 0,
        OPEN if inbox.flags & OVERWRITE != 0 => expected_seq,
        OPEN => inbox.acknowledged,
        DECLINED => return Err(PosternError::Declined.into()),
        _ => return Err(PosternError::CorruptAccount.into()),
    };
    // The cluster's time may step back; a log's never does.
    let now = unix_seconds()?.max(inbox.last_time);

    let mut frames = inbox.frames();
    let ring = inbox.as_mut_slice();
    let capacity = ring.len();
    frames.append(ring, evictable, now, payload)?;

    inbox.set_frames(&frames);
    inbox.last_time = now;
    inbox.extend_log(payload);
    inbox.next = expected_seq + 1;
    inbox.invariant(capacity)
}
