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

const HEADER_LENGTH: usize = core::mem::size_of::<Inbox>();
const _: () = assert!(8 + HEADER_LENGTH + 4 == RING_OFFSET);

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

    /// Frames numbered below this may give way to a new one.
    pub fn evictable(&self) -> u32 {
        match self.state {
            OPEN if self.flags & OVERWRITE != 0 => self.next,
            OPEN => self.acknowledged,
            _ => 0,
        }
    }

    /// The log's head before the first frame.
    pub fn start_log(&mut self, inbox: &Address) {
        self.head = hashv(&[b"postern/1 log\0", inbox.as_ref(), &self.open_salt]).to_bytes();
    }

    /// The log's head behind `payload`: SHA-256 over head, `next`, `last_time` and the payload. The first three are hashed
    /// where they lie, as one slice: the runtime charges half a unit a byte, but at least 10 a slice, so that they cost 20
    /// units where three slices would cost 36.
    #[inline(always)]
    pub fn extend_log(&mut self, payload: &[u8]) {
        const HEAD: usize = core::mem::offset_of!(Inbox, head);
        const END: usize = core::mem::offset_of!(Inbox, first);
        self.head = hashv(&[&bytemuck::bytes_of(self)[HEAD..END], payload]).to_bytes();
    }
}

/// An inbox taken apart, so that header and ring can change together; Anchor's slab lends one at a time.
pub struct Parts<'a> {
    pub header: &'a mut Inbox,
    /// Bytes of the ring, as the account states it.
    pub capacity: &'a mut [u8; 4],
    pub ring: &'a mut [u8],
}

impl<'a> Parts<'a> {
    #[inline(always)]
    pub fn of(inbox: &'a mut InboxRing) -> Result<Self> {
        let mut view = *inbox.account();
        // SAFETY: the runtime keeps `data_len` bytes there throughout the instruction. `inbox`, which alone reaches
        // them, stays borrowed mutably for as long as they are lent here.
        let data = unsafe { core::slice::from_raw_parts_mut(view.data_mut_ptr(), view.data_len()) };
        let (front, ring) = data.split_first_chunk_mut::<RING_OFFSET>().ok_or(PosternError::CorruptAccount)?;
        let (header, capacity) =
            front[8..].split_first_chunk_mut::<HEADER_LENGTH>().ok_or(PosternError::CorruptAccount)?;
        let capacity = capacity.try_into().map_err(|_| PosternError::CorruptAccount)?;
        let header = bytemuck::try_from_bytes_mut(header).map_err(|_| PosternError::CorruptAccount)?;
        Ok(Self { header, capacity, ring })
    }

    /// What holds between any two instructions.
    #[inline(always)]
    pub fn invariant(&self) -> Result<()> {
        let Self { header, capacity, ring } = self;
        header.frames().check(ring.len())?;
        let sound = u32::from_le_bytes(**capacity) as usize == ring.len()
            && header.first <= header.next
            && header.acknowledged <= header.next
            && header.state <= DECLINED
            && (header.postage == 0 || header.state == REQUEST);
        require!(sound, PosternError::CorruptAccount);
        Ok(())
    }
}

/// `invariant` of an inbox in one piece.
pub fn check_invariant(inbox: &mut InboxRing) -> Result<()> {
    Parts::of(inbox)?.invariant()
}

/// Refuses an inbox that holds less than its rent and the postage.
pub fn check_funds(inbox: &InboxRing) -> Result<()> {
    require!(
        inbox.account().lamports() >= required_lamports(inbox, inbox.current_space())?,
        PosternError::CorruptAccount
    );
    Ok(())
}

/// Rent of an inbox of `space` bytes, and the postage it holds.
pub fn required_lamports(inbox: &Inbox, space: usize) -> Result<u64> {
    let rent = anchor_lang::cpi::rent_exempt_lamports(space)?;
    rent.checked_add(inbox.postage).ok_or(PosternError::PostageTooHigh.into())
}

/// Makes all of the account behind the header the ring.
pub fn set_capacity(inbox: &mut InboxRing) -> Result<()> {
    let Parts { capacity, ring, .. } = Parts::of(inbox)?;
    *capacity = (ring.len() as u32).to_le_bytes();
    Ok(())
}
