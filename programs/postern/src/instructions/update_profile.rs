use anchor_lang::address_eq;
use anchor_lang::prelude::*;

use crate::error::PosternError;
use crate::state::Profile;

#[derive(Accounts)]
pub struct UpdateProfile {
    /// The wallet; its delegate for policy and postage.
    pub signer: Signer,
    #[account(mut)]
    pub profile: Account<Profile>,
}

/// The arguments of `update_profile`; `None` leaves things as they are.
pub struct ProfileChanges {
    pub delegate: Option<Address>,
    pub root_number: Option<u32>,
    pub root_kind: Option<u8>,
    pub policy: Option<u8>,
    pub postage: Option<u64>,
}

impl ProfileChanges {
    /// Whether nothing is touched that is the wallet's alone.
    fn suits_delegate(&self) -> bool {
        self.delegate.is_none() && self.root_number.is_none() && self.root_kind.is_none()
    }
}

impl UpdateProfile {
    #[inline(always)]
    pub fn update_profile(&mut self, changes: &ProfileChanges) -> Result<()> {
        let UpdateProfile { signer, profile } = self;
        profile.check_version()?;
        let signer = signer.address();
        let entitled =
            address_eq(signer, &profile.wallet) || (changes.suits_delegate() && address_eq(signer, &profile.delegate));
        require!(entitled, PosternError::NotOwner);
        if let Some(delegate) = changes.delegate {
            profile.set_delegate(delegate)?;
        }
        if let Some(number) = changes.root_number {
            profile.set_root_number(number)?;
        }
        if let Some(kind) = changes.root_kind {
            profile.set_root_kind(kind)?;
        }
        if let Some(policy) = changes.policy {
            profile.set_policy(policy)?;
        }
        if let Some(postage) = changes.postage {
            profile.postage = postage;
        }
        profile.invariant()
    }
}
