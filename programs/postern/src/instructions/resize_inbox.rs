use anchor_lang::address_eq;
use anchor_lang::prelude::*;

use crate::account::{collect, pay};
use crate::error::PosternError;
use crate::ring::RingError;
use crate::state::{
    check_funds, check_invariant, required_lamports, set_capacity, InboxRing, DECLINED, MAX_CAPACITY, MIN_CAPACITY,
    RING_OFFSET,
};

/// The runtime lets an account grow by this many bytes an instruction.
const MAX_GROWTH: usize = 10_240;

#[derive(Accounts)]
pub struct ResizeInbox {
    /// Pays for growth. May be the writer.
    #[account(mut, unsafe(dup))]
    pub payer: Signer,
    pub writer: Signer,
    #[account(mut)]
    pub inbox: InboxRing,
    /// The recorded refund address, which gets what shrinking frees.
    #[account(mut, unsafe(dup))]
    pub refund: UncheckedAccount,
    pub system_program: Program<System>,
}

impl ResizeInbox {
    /// Grows the ring, or shrinks it by dropping acknowledged frames, oldest first and no more than needed.
    /// The payer tops up what rent and postage need beyond what lies there; shrinking frees all beyond them.
    #[inline(always)]
    pub fn resize_inbox(&mut self, capacity: u32, expected_next: u32) -> Result<()> {
        let inbox = &self.inbox;
        inbox.check_version()?;
        require!(address_eq(self.writer.address(), &inbox.writer), PosternError::NotWriter);
        require!(address_eq(self.refund.address(), &inbox.refund), PosternError::WrongRefund);
        require!(inbox.next == expected_next, PosternError::SequenceMismatch);
        require!(inbox.state != DECLINED, PosternError::Declined);
        require!((MIN_CAPACITY..=MAX_CAPACITY).contains(&capacity), PosternError::BadCapacity);
        if capacity as usize > inbox.len() {
            self.grow(capacity)?;
        } else {
            self.shrink(capacity)?;
        }
        check_funds(&self.inbox)?;
        check_invariant(&mut self.inbox)
    }

    fn grow(&mut self, capacity: u32) -> Result<()> {
        let inbox = &mut self.inbox;
        let (old, new) = (inbox.len(), capacity as usize);
        require!(new - old <= MAX_GROWTH, PosternError::BadCapacity);
        let missing = required_lamports(inbox, RING_OFFSET + new)?.saturating_sub(inbox.account().lamports());
        if missing > 0 {
            collect(self.payer.account(), inbox.account(), missing);
        }
        inbox.resize_to_capacity(capacity)?;
        set_capacity(inbox)?;
        relocate(inbox, old, new)
    }

    fn shrink(&mut self, capacity: u32) -> Result<()> {
        let inbox = &mut self.inbox;
        let (old, new) = (inbox.len(), capacity as usize);
        let (mut frames, acknowledged) = (inbox.frames(), inbox.acknowledged);
        frames.check(old)?;
        frames.make_room(inbox.as_slice(), new, acknowledged).map_err(|error| match error {
            RingError::Full => PosternError::BadCapacity,
            other => other.into(),
        })?;
        inbox.set_frames(&frames);
        relocate(inbox, old, new)?;
        inbox.resize_to_capacity(capacity)?;
        let free = inbox.account().lamports().saturating_sub(required_lamports(inbox, RING_OFFSET + new)?);
        pay(inbox.account(), self.refund.account(), free)
    }
}

fn relocate(inbox: &mut InboxRing, old: usize, new: usize) -> Result<()> {
    let mut frames = inbox.frames();
    frames.relocate(inbox.as_mut_slice(), old, new)?;
    inbox.set_frames(&frames);
    Ok(())
}
