use anchor_lang::prelude::*;
use anchor_lang::system_program::{transfer, Transfer};

use super::opening::Opening;
use crate::error::PosternError;
use crate::state::{check_funds, Profile};

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

pub fn handler(ctx: &mut Context<OpenRequest>, opening: &Opening, max_postage: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let profile = &mut accounts.recipient_profile;
    profile.check_version()?;
    let postage = profile.postage_due()?;
    require!(postage <= max_postage, PosternError::PostageTooHigh);

    let mut inbox = opening.create(accounts.payer.account(), accounts.writer.address(), accounts.inbox.account())?;
    inbox.recipient = profile.wallet;
    if postage > 0 {
        inbox.postage = postage;
        let cpi = Transfer { from: accounts.payer.to_cpi_handle_mut(), to: inbox.to_cpi_handle_mut() };
        transfer(CpiContext::new(accounts.system_program.address(), cpi), postage)?;
        check_funds(&inbox)?;
    }
    profile.record_request(inbox.address())?;
    profile.invariant()?;
    inbox.invariant(inbox.len())
}
