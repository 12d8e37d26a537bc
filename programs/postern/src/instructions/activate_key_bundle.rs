use anchor_lang::address_eq;
use anchor_lang::prelude::*;

use crate::error::PosternError;
use crate::state::{KeyBundle, Profile, ACTIVATED, NO_GENERATION, UPLOADING};

#[derive(Accounts)]
pub struct ActivateKeyBundle {
    /// The card's delegate.
    pub delegate: Signer,
    #[account(mut)]
    pub profile: Account<Profile>,
    #[account(mut)]
    pub bundle: Account<KeyBundle>,
}

impl ActivateKeyBundle {
    /// The wallet consented when it signed the bundle's creation. The profile follows the card: generation and delegate.
    #[inline(always)]
    pub fn activate_key_bundle(&mut self) -> Result<()> {
        let ActivateKeyBundle { delegate, profile, bundle } = self;
        profile.check_version()?;
        bundle.check_version()?;
        let card = bundle.card();
        let generation = card.generation();
        require!(card.wallet() == profile.wallet, PosternError::WrongAddress);
        require!(address_eq(delegate.address(), &card.delegate()), PosternError::NotDelegate);
        require!(bundle.state == UPLOADING, PosternError::BundleActivated);
        let current = profile.current_generation;
        require!(current == NO_GENERATION || generation > current, PosternError::BundleSuperseded);
        bundle.check_key()?;

        bundle.state = ACTIVATED;
        profile.current_generation = generation;
        profile.set_delegate(*delegate.address())?;
        bundle.invariant()?;
        profile.invariant()
    }
}
