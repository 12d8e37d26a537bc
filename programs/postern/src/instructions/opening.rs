//! What both ways of opening an inbox share.

use anchor_lang::prelude::*;

use crate::account::{check_refund, create, Seeds, VERSION};
use crate::clock::slot_and_seconds;
use crate::error::PosternError;
use crate::state::{set_capacity, InboxRing, INBOX_SEED, MAX_OPENING_CAPACITY, MIN_CAPACITY, OVERWRITE, RING_OFFSET};

/// The arguments that `open_request` and `open_inbox` have in common.
pub struct Opening<'a> {
    pub index: u32,
    pub capacity: u32,
    pub flags: u8,
    pub open_salt: [u8; 16],
    pub refund: Address,
    pub owner_box: &'a [u8; 120],
}

impl Opening<'_> {
    /// Creates the inbox at the address that writer and index derive. It is an empty request without a recipient.
    pub fn create(&self, payer: &AccountView, writer: &Address, target: &AccountView) -> Result<InboxRing> {
        require!((MIN_CAPACITY..=MAX_OPENING_CAPACITY).contains(&self.capacity), PosternError::BadCapacity);
        require!(self.flags & !OVERWRITE == 0, PosternError::BadFlags);
        check_refund(&self.refund, target.address())?;
        let (slot, now) = slot_and_seconds()?;

        let space = RING_OFFSET + self.capacity as usize;
        let seeds = Seeds { name: INBOX_SEED, owner: writer, number: &self.index.to_le_bytes() };
        let (mut inbox, bump): (InboxRing, u8) = create(payer, target, space, &seeds)?;
        set_capacity(&mut inbox)?;
        inbox.version = VERSION;
        inbox.flags = self.flags;
        inbox.bump = bump;
        inbox.index = self.index;
        inbox.last_time = now;
        inbox.opened_slot = slot;
        inbox.opened_time = now;
        inbox.writer = *writer;
        inbox.refund = self.refund;
        inbox.open_salt = self.open_salt;
        inbox.owner_box = *self.owner_box;
        inbox.start_log(target.address());
        Ok(inbox)
    }
}
