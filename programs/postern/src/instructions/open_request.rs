use anchor_lang::prelude::*;

use super::opening::Opening;
use crate::account::collect;
use crate::error::PosternError;
use crate::state::{check_funds, check_invariant, Profile};

#[derive(Accounts)]
#[cfg_attr(feature = "idl-build", instruction(index: u32))]
pub struct OpenRequest {
    /// Pays the rent and the postage. May be the writer.
    #[account(mut, unsafe(dup))]
    pub payer: Signer,
    pub writer: Signer,
    /// Made here, at the address that writer and index derive.
    #[account(mut)]
    #[cfg_attr(feature = "idl-build", account(seeds = [b"inbox", writer.address().as_ref(), &index.to_le_bytes()], bump))]
    pub inbox: UncheckedAccount,
    /// Owner and type prove it: a profile is made only at its own address with its wallet's signature.
    #[account(mut)]
    pub recipient_profile: Account<Profile>,
    pub system_program: Program<System>,
}

impl OpenRequest {
    #[inline(always)]
    pub fn open_request(&mut self, opening: &Opening, max_postage: u64) -> Result<()> {
        let profile = &mut self.recipient_profile;
        profile.check_version()?;
        let postage = profile.postage_due()?;
        require!(postage <= max_postage, PosternError::PostageTooHigh);

        let mut inbox = opening.create(self.payer.account(), self.writer.address(), self.inbox.account())?;
        inbox.recipient = profile.wallet;
        if postage > 0 {
            inbox.postage = postage;
            collect(self.payer.account(), inbox.account(), postage);
            check_funds(&inbox)?;
        }
        profile.record_request(inbox.address())?;
        profile.invariant()?;
        check_invariant(&mut inbox)
    }
}
