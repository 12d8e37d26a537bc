use anchor_lang::address_eq;
use anchor_lang::prelude::*;

use crate::error::PosternError;
use crate::state::{KeyBundle, Profile};

#[derive(Accounts)]
pub struct CloseKeyBundle {
    /// The profile's wallet.
    pub signer: Signer,
    #[account(mut)]
    pub profile: Account<Profile>,
    #[account(mut)]
    pub bundle: Account<KeyBundle>,
    /// The bundle's refund address.
    #[account(mut, unsafe(dup))]
    pub refund: UncheckedAccount,
}

impl CloseKeyBundle {
    #[inline(always)]
    pub fn close_key_bundle(&mut self) -> Result<()> {
        let CloseKeyBundle { signer, profile, bundle, refund } = self;
        profile.check_version()?;
        bundle.check_version()?;
        require!(address_eq(signer.address(), &profile.wallet), PosternError::NotOwner);
        let card = bundle.card();
        require!(card.wallet() == profile.wallet, PosternError::WrongAddress);
        require!(card.generation() != profile.current_generation, PosternError::BundleInUse);
        require!(address_eq(refund.address(), &bundle.refund), PosternError::WrongRefund);
        profile.bundles = profile.bundles.checked_sub(1).ok_or(PosternError::CorruptAccount)?;
        bundle.close(*refund.account())?;
        profile.invariant()
    }
}
