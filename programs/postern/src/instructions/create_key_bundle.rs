use anchor_lang::address_eq;
use anchor_lang::prelude::*;

use crate::account::{check_refund, create, Seeds, VERSION};
use crate::error::PosternError;
use crate::state::{Card, KeyBundle, Profile, KEYS_SEED, KEY_BUNDLE_SPACE, MAX_GENERATION};

#[derive(Accounts)]
pub struct CreateKeyBundle {
    /// Pays the rent. May be the wallet.
    #[account(mut, unsafe(dup))]
    pub payer: Signer,
    pub wallet: Signer,
    #[account(mut)]
    pub profile: Account<Profile>,
    /// Made here, at the address that the wallet and the card's generation derive.
    #[account(mut)]
    pub bundle: UncheckedAccount,
    pub system_program: Program<System>,
}

impl CreateKeyBundle {
    #[inline(always)]
    pub fn create_key_bundle(&mut self, card: &[u8; 142], certificate: &[u8; 64], refund: Address) -> Result<()> {
        let CreateKeyBundle { payer, wallet, profile, bundle: target, .. } = self;
        profile.check_version()?;
        let wallet = wallet.address();
        require!(address_eq(wallet, &profile.wallet), PosternError::NotOwner);
        let generation = Card(card).generation();
        Card(card).check(wallet)?;
        let next = generation == profile.next_generation && generation <= MAX_GENERATION;
        require!(next, PosternError::WrongGeneration);
        check_refund(&refund, target.address())?;
        // Closing names both as writable, each in one slot alone: neither could be the place where the other's rent goes.
        let apart = !address_eq(&refund, profile.address()) && !address_eq(target.address(), &profile.refund);
        require!(apart, PosternError::WrongRefund);

        let seeds = Seeds { name: KEYS_SEED, owner: wallet, number: &generation.to_le_bytes() };
        let (mut bundle, bump): (Account<KeyBundle>, u8) =
            create(payer.account(), target.account(), KEY_BUNDLE_SPACE, &seeds)?;
        bundle.version = VERSION;
        bundle.bump = bump;
        bundle.card = *card;
        bundle.certificate = *certificate;
        bundle.refund = refund;
        bundle.invariant()?;
        profile.next_generation = generation + 1;
        profile.bundles = profile.bundles.checked_add(1).ok_or(PosternError::CorruptAccount)?;
        profile.invariant()
    }
}
