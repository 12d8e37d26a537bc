use anchor_lang::address_eq;
use anchor_lang::prelude::*;

use crate::error::PosternError;
use crate::state::{KeyBundle, UPLOADING};

#[derive(Accounts)]
pub struct WriteKeyBundle {
    /// The card's delegate.
    pub delegate: Signer,
    #[account(mut)]
    pub bundle: Account<KeyBundle>,
}

impl WriteKeyBundle {
    /// Chunks come strictly in order: no byte is written twice, and `written` says how far the key has come.
    #[inline(always)]
    pub fn write_key_bundle(&mut self, offset: u16, chunk: &[u8]) -> Result<()> {
        let bundle = &mut self.bundle;
        bundle.check_version()?;
        require!(address_eq(self.delegate.address(), &bundle.card().delegate()), PosternError::NotDelegate);
        require!(bundle.state == UPLOADING, PosternError::BundleActivated);
        require!(offset == bundle.written, PosternError::ChunkOutOfOrder);
        let start = usize::from(offset);
        let place = bundle.x_wing.get_mut(start..).ok_or(PosternError::CorruptAccount)?;
        place.get_mut(..chunk.len()).ok_or(PosternError::ChunkTooLong)?.copy_from_slice(chunk);
        bundle.written = (start + chunk.len()) as u16;
        bundle.invariant()
    }
}
