use anchor_lang::address_eq;
use anchor_lang::prelude::*;

use crate::error::PosternError;
use crate::state::{KeyBundle, Profile, NO_GENERATION};

#[derive(Accounts)]
pub struct CloseProfile {
    pub wallet: Signer,
    #[account(mut)]
    pub profile: Account<Profile>,
    /// The profile's refund address.
    #[account(mut, unsafe(dup))]
    pub refund: UncheckedAccount,
    /// The current generation's bundle; none when there is no current generation.
    #[account(mut)]
    pub bundle: Option<Account<KeyBundle>>,
    /// That bundle's refund address; none without a bundle.
    #[account(mut, unsafe(dup))]
    pub bundle_refund: Option<UncheckedAccount>,
}

impl CloseProfile {
    #[inline(always)]
    pub fn close_profile(&mut self) -> Result<()> {
        let CloseProfile { wallet, profile, refund, bundle, bundle_refund } = self;
        profile.check_version()?;
        require!(address_eq(wallet.address(), &profile.wallet), PosternError::NotOwner);
        require!(address_eq(refund.address(), &profile.refund), PosternError::WrongRefund);
        let left = u32::from(profile.current_generation != NO_GENERATION);
        require!(profile.bundles == left, PosternError::BundlesRemain);
        require!(bundle.is_some() == (left == 1), PosternError::WrongAddress);
        if let Some(bundle) = bundle {
            bundle.check_version()?;
            let card = bundle.card();
            let current = card.generation() == profile.current_generation && card.wallet() == profile.wallet;
            require!(current, PosternError::WrongAddress);
            let refund = bundle_refund.as_ref().ok_or(PosternError::WrongRefund)?;
            require!(address_eq(refund.address(), &bundle.refund), PosternError::WrongRefund);
            bundle.close(*refund.account())?;
        }
        profile.close(*refund.account())
    }
}
