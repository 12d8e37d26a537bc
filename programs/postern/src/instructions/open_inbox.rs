use anchor_lang::address_eq;
use anchor_lang::prelude::*;

use super::opening::Opening;
use crate::error::PosternError;
use crate::state::{check_invariant, OPEN};

#[derive(Accounts)]
#[cfg_attr(feature = "idl-build", instruction(index: u32))]
pub struct OpenInbox {
    /// Pays the rent. May be the writer.
    #[account(mut, unsafe(dup))]
    pub payer: Signer,
    pub writer: Signer,
    /// Made here, at the address that writer and index derive.
    #[account(mut)]
    #[cfg_attr(feature = "idl-build", account(seeds = [b"inbox", writer.address().as_ref(), &index.to_le_bytes()], bump))]
    pub inbox: UncheckedAccount,
    pub system_program: Program<System>,
}

impl OpenInbox {
    /// The reader was agreed in a handshake, so that the inbox is open at birth and addressed to nobody.
    #[inline(always)]
    pub fn open_inbox(&mut self, opening: &Opening, reader: Address) -> Result<()> {
        require!(!address_eq(&reader, &Address::default()), PosternError::NotReader);
        let mut inbox = opening.create(self.payer.account(), self.writer.address(), self.inbox.account())?;
        inbox.state = OPEN;
        inbox.reader = reader;
        check_invariant(&mut inbox)
    }
}
