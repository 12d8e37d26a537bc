use anchor_lang::prelude::*;

use crate::account::{check_refund, create, Seeds, VERSION};
use crate::state::{Profile, NO_GENERATION, PROFILE_SEED, PROFILE_SPACE};

#[derive(Accounts)]
pub struct CreateProfile {
    /// Pays the rent. May be the wallet.
    #[account(mut, unsafe(dup))]
    pub payer: Signer,
    pub wallet: Signer,
    /// Made here, at the address that the wallet derives.
    #[account(mut)]
    #[cfg_attr(feature = "idl-build", account(seeds = [b"profile", wallet.address().as_ref()], bump))]
    pub profile: UncheckedAccount,
    pub system_program: Program<System>,
}

/// The arguments of `create_profile`.
pub struct NewProfile {
    pub delegate: Address,
    pub root_number: u32,
    pub root_kind: u8,
    pub policy: u8,
    pub postage: u64,
    pub refund: Address,
}

impl CreateProfile {
    #[inline(always)]
    pub fn create_profile(&mut self, new: &NewProfile) -> Result<()> {
        let CreateProfile { payer, wallet, profile: target, .. } = self;
        check_refund(&new.refund, target.address())?;
        let seeds = Seeds { name: PROFILE_SEED, owner: wallet.address(), number: &[] };
        let (mut profile, bump): (Account<Profile>, u8) =
            create(payer.account(), target.account(), PROFILE_SPACE, &seeds)?;
        profile.version = VERSION;
        profile.bump = bump;
        profile.current_generation = NO_GENERATION;
        profile.wallet = *wallet.address();
        profile.refund = new.refund;
        profile.postage = new.postage;
        profile.set_delegate(new.delegate)?;
        profile.set_root_number(new.root_number)?;
        profile.set_root_kind(new.root_kind)?;
        profile.set_policy(new.policy)?;
        profile.invariant()
    }
}
