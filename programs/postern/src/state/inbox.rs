//! An inbox: a single-writer, append-only log in a byte ring.

use anchor_lang::accounts::Slab;
use anchor_lang::prelude::*;
use anchor_lang::solana_program::hash::hashv;

use crate::account::check_version;
use crate::error::PosternError;
use crate::ring::Frames;

/// First seed of an inbox's address; then writer 32 and index u32.
pub const INBOX_SEED: &[u8] = b"inbox";
/// Byte offset of the ring in the account.
pub const RING_OFFSET: usize = 444;
/// Smallest ring, in bytes.
pub const MIN_CAPACITY: u32 = 256;
/// Largest ring at opening: an instruction may create 10,240 B.
pub const MAX_OPENING_CAPACITY: u32 = 10_240 - RING_OFFSET as u32;
/// Largest ring: an account may have 10 MiB.
pub const MAX_CAPACITY: u32 = 10 * 1024 * 1024 - RING_OFFSET as u32;

/// Addressed to a wallet that has not answered yet.
pub const REQUEST: u8 = 0;
/// Has a reader.
pub const OPEN: u8 = 1;
/// Refused by its recipient: takes no frame, and anyone may close it.
pub const DECLINED: u8 = 2;

/// Flag, set at opening: a full ring drops its oldest frames even when nobody has acknowledged them.
pub const OVERWRITE: u8 = 1;

/// The header. Bytes 8..92 of the account tell a poller everything: one `dataSlice`.
#[account]
pub struct Inbox {
    pub version: u8,
    /// `REQUEST`, `OPEN` or `DECLINED`.
    pub state: u8,
    pub flags: u8,
    pub bump: u8,
    pub index: u32,
    /// Hash over everything ever posted. `head`, `next` and `last_time` stand together to be hashed as one slice.
    pub head: [u8; 32],
    /// Number of the next frame: how many were ever posted.
    pub next: u32,
    /// Seconds since 1970 of the last post, or of the opening. Never goes back.
    pub last_time: u32,
    /// Number of the oldest frame in the ring.
    pub first: u32,
    /// Every frame below this number has been read.
    pub acknowledged: u32,
    /// Ring offset of the oldest frame.
    pub tail: u32,
    /// Bytes of the ring that hold frames.
    pub used: u32,
    /// With `open_salt`, tells this life of the address from an earlier, closed one.
    pub opened_slot: u64,
    /// Lamports held above rent until the recipient answers.
    pub postage: u64,
    pub opened_time: u32,
    pub writer: Address,
    /// Who may acknowledge; zero while a request.
    pub reader: Address,
    /// Wallet that the request is addressed to; zero in an inbox that was open at birth.
    pub recipient: Address,
    /// Gets every lamport that leaves this account, save the postage.
    pub refund: Address,
    /// Sealed pointer to the inbox that answers.
    pub reply: [u8; 60],
    /// Chosen by the writer for each life of the address.
    pub open_salt: [u8; 16],
    /// Sealed for the writer: what it needs to restore the conversation.
    pub owner_box: [u8; 120],
    pub reserved: [u8; 24],
}

/// The whole account; its length is the ring's capacity.
pub type InboxRing = Slab<Inbox, u8>;

const _: () = assert!(8 + core::mem::size_of::<Inbox>() + 4 == RING_OFFSET);

impl Inbox {
    #[inline(always)]
    pub fn check_version(&self) -> Result<()> {
        check_version(self.version)
    }

    #[inline(always)]
    pub fn frames(&self) -> Frames {
        Frames { tail: self.tail as usize, used: self.used as usize, first: self.first }
    }

    #[inline(always)]
    pub fn set_frames(&mut self, frames: &Frames) {
        self.tail = frames.tail as u32;
        self.used = frames.used as u32;
        self.first = frames.first;
    }

    /// The log's head before the first frame.
    pub fn start_log(&mut self, inbox: &Address) {
        self.head = hashv(&[b"postern/1 log\0", inbox.as_ref(), &self.open_salt]).to_bytes();
    }

    /// The log's head behind `payload`: SHA-256 over head, `next`, `last_time` and the payload.
    #[inline(always)]
    pub fn extend_log(&mut self, payload: &[u8]) {
        const HEAD: usize = core::mem::offset_of!(Inbox, head);
        const END: usize = core::mem::offset_of!(Inbox, first);
        self.head = hashv(&[&bytemuck::bytes_of(self)[HEAD..END], payload]).to_bytes();
    }

    /// What holds between any two instructions, for a ring of `capacity` bytes.
    #[inline(always)]
    pub fn invariant(&self, capacity: usize) -> Result<()> {
        self.frames().check(capacity)?;
        let sound = self.first <= self.next
            && self.acknowledged <= self.next
            && self.state <= DECLINED
            && (self.postage == 0 || self.state == REQUEST);
        require!(sound, PosternError::CorruptAccount);
        Ok(())
    }
}

/// Refuses an inbox that holds less than its rent and the postage.
pub fn check_funds(inbox: &InboxRing) -> Result<()> {
    require!(inbox.account().lamports() >= required_lamports(inbox, inbox.current_space())?, PosternError::CorruptAccount);
    Ok(())
}

/// Rent of an inbox of `space` bytes, and the postage it holds.
pub fn required_lamports(inbox: &Inbox, space: usize) -> Result<u64> {
    let rent = anchor_lang::cpi::rent_exempt_lamports(space)?;
    rent.checked_add(inbox.postage).ok_or(PosternError::PostageTooHigh.into())
}

/// Makes all of the account behind the header the ring. Anchor's slab sets its length only one item at a time.
pub fn set_capacity(inbox: &mut InboxRing) {
    let mut view = *inbox.account();
    // SAFETY: `inbox` is borrowed mutably and lends no reference into the data, so that this one is alone.
    let data = unsafe { view.borrow_unchecked_mut() };
    let capacity = data.len().saturating_sub(RING_OFFSET) as u32;
    if let Some(length) = data.get_mut(RING_OFFSET - 4..RING_OFFSET) {
        length.copy_from_slice(&capacity.to_le_bytes());
    }
}
