//! A wallet's profile: who acts for it, which keys are current, and who may write to it.

use anchor_lang::address_eq;
use anchor_lang::prelude::*;

use crate::account::check_version;
use crate::error::PosternError;

/// First seed of a profile's address; then wallet 32.
pub const PROFILE_SEED: &[u8] = b"profile";
/// Bytes of a profile account.
pub const PROFILE_SPACE: usize = 432;

/// `current_generation` before the first activation.
pub const NO_GENERATION: u32 = u32::MAX;

/// Anyone may send a request.
pub const POLICY_OPEN: u8 = 0;
/// Anyone who pays the postage may.
pub const POLICY_POSTAGE: u8 = 1;
/// Nobody may.
pub const POLICY_CLOSED: u8 = 2;

/// The root comes from the wallet's signature.
pub const ROOT_WALLET: u8 = 1;
/// The root is wrapped under a passphrase.
pub const ROOT_VAULT: u8 = 2;
/// The application gave the root.
pub const ROOT_GIVEN: u8 = 3;

#[account]
pub struct Profile {
    pub version: u8,
    /// `POLICY_OPEN`, `POLICY_POSTAGE` or `POLICY_CLOSED`.
    pub policy: u8,
    /// `ROOT_WALLET`, `ROOT_VAULT` or `ROOT_GIVEN`.
    pub root_kind: u8,
    pub bump: u8,
    /// Counts from 1, so that a leaked root can be retired.
    pub root_number: u32,
    /// Generation of the activated keys, `NO_GENERATION` before the first.
    pub current_generation: u32,
    /// Generation of the next key bundle: raised by every creation, never lowered.
    pub next_generation: u32,
    /// Key bundle accounts that exist.
    pub bundles: u32,
    pub reserved_a: [u8; 4],
    /// Requests ever received: who has seen fewer is missing some.
    pub requests: u64,
    /// Lamports that a request must hold under `POLICY_POSTAGE`.
    pub postage: u64,
    pub wallet: Address,
    /// Key that acts for the wallet in this program.
    pub delegate: Address,
    /// Gets the rent back.
    pub refund: Address,
    /// The last eight requests, number n at n % 8: found without a scan.
    pub recent: [[u8; 32]; 8],
    pub reserved: [u8; 32],
}

const _: () = assert!(8 + core::mem::size_of::<Profile>() == PROFILE_SPACE);

impl Profile {
    #[inline(always)]
    pub fn check_version(&self) -> Result<()> {
        check_version(self.version)
    }

    pub fn set_delegate(&mut self, delegate: Address) -> Result<()> {
        require!(!address_eq(&delegate, &Address::default()), PosternError::NotDelegate);
        self.delegate = delegate;
        Ok(())
    }

    pub fn set_root_number(&mut self, number: u32) -> Result<()> {
        require!(number >= 1, PosternError::BadRoot);
        self.root_number = number;
        Ok(())
    }

    pub fn set_root_kind(&mut self, kind: u8) -> Result<()> {
        require!((ROOT_WALLET..=ROOT_GIVEN).contains(&kind), PosternError::BadRoot);
        self.root_kind = kind;
        Ok(())
    }

    pub fn set_policy(&mut self, policy: u8) -> Result<()> {
        require!(policy <= POLICY_CLOSED, PosternError::BadPolicy);
        self.policy = policy;
        Ok(())
    }

    /// Lamports that a request must hold today.
    pub fn postage_due(&self) -> Result<u64> {
        let postage = match self.policy {
            POLICY_OPEN => 0,
            POLICY_POSTAGE => self.postage,
            _ => return Err(PosternError::PolicyClosed.into()),
        };
        require!(self.current_generation != NO_GENERATION, PosternError::NoActiveKeys);
        Ok(postage)
    }

    /// Enters a new request: first into its slot, then into the count.
    pub fn record_request(&mut self, inbox: &Address) -> Result<()> {
        self.recent[(self.requests % 8) as usize] = inbox.to_bytes();
        self.requests = self.requests.checked_add(1).ok_or(PosternError::CorruptAccount)?;
        Ok(())
    }

    /// What holds between any two instructions.
    pub fn invariant(&self) -> Result<()> {
        let current = match self.current_generation {
            NO_GENERATION => true,
            generation => generation < self.next_generation && self.bundles > 0,
        };
        let sound = current
            && self.bundles <= self.next_generation
            && self.policy <= POLICY_CLOSED
            && (ROOT_WALLET..=ROOT_GIVEN).contains(&self.root_kind)
            && self.root_number > 0;
        require!(sound, PosternError::CorruptAccount);
        Ok(())
    }
}
