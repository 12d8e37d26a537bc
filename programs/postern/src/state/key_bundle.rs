//! A key bundle: one generation of a wallet's public keys, certified by the wallet.

use anchor_lang::prelude::*;
use anchor_lang::solana_program::hash::hashv;

use crate::account::check_version;
use crate::error::PosternError;

/// First seed of a bundle's address; then wallet 32 and generation u32.
pub const KEYS_SEED: &[u8] = b"keys";
/// Bytes of a key bundle account.
pub const KEY_BUNDLE_SPACE: usize = 1_488;
/// Bytes of an X-Wing public key.
pub const X_WING_LENGTH: usize = 1_216;
/// Bytes of a card.
pub const CARD_LENGTH: usize = 142;
/// Generations are secrets derived in a row, so that their number is kept small.
pub const MAX_GENERATION: u32 = 65_535;

/// The X-Wing key is being written.
pub const UPLOADING: u8 = 0;
/// Complete, checked and immutable.
pub const ACTIVATED: u8 = 1;

/// X-Wing, X25519, Ed25519, SHA-256.
const SUITE: u8 = 1;
/// The certificate is the wallet's signature of a text.
const CERTIFICATE_TEXT: u8 = 0;
/// The certificate is the wallet's signature of a transaction that carries the text and is never sent.
const CERTIFICATE_TRANSACTION: u8 = 2;

#[account]
pub struct KeyBundle {
    pub version: u8,
    /// `UPLOADING` or `ACTIVATED`.
    pub state: u8,
    pub bump: u8,
    pub reserved_a: u8,
    /// Bytes of the X-Wing key written so far.
    pub written: u16,
    /// See `Card`.
    pub card: [u8; 142],
    /// The wallet's certificate of the card. Clients verify it; this program has the wallet's signature already.
    pub certificate: [u8; 64],
    /// Gets the rent back.
    pub refund: Address,
    pub x_wing: [u8; 1216],
    pub reserved: [u8; 20],
}

const _: () = assert!(8 + core::mem::size_of::<KeyBundle>() == KEY_BUNDLE_SPACE);

/// A view of a card: suite u8, certificate kind u8, generation u32, valid from u32, valid until u32, wallet 32,
/// delegate 32, identity key 32, SHA-256 of the X-Wing key 32.
#[derive(Clone, Copy)]
pub struct Card<'a>(pub &'a [u8; CARD_LENGTH]);

impl<'a> Card<'a> {
    pub fn generation(self) -> u32 {
        self.number::<2>()
    }

    pub fn wallet(self) -> Address {
        Address::new_from_array(self.bytes::<14>())
    }

    pub fn delegate(self) -> Address {
        Address::new_from_array(self.bytes::<46>())
    }

    fn key_hash(self) -> [u8; 32] {
        self.bytes::<110>()
    }

    /// Checks what this program relies on; the keys and the certificate are for clients to check.
    pub fn check(self, wallet: &Address) -> Result<()> {
        let certifiable = self.0[1] == CERTIFICATE_TEXT || self.0[1] == CERTIFICATE_TRANSACTION;
        let sound = self.0[0] == SUITE
            && certifiable
            && self.number::<6>() < self.number::<10>()
            && self.wallet() == *wallet
            && self.delegate() != Address::default();
        require!(sound, PosternError::BadCard);
        Ok(())
    }

    fn number<const AT: usize>(self) -> u32 {
        const { assert!(AT + 4 <= CARD_LENGTH) };
        let mut number = [0; 4];
        number.copy_from_slice(&self.0[AT..AT + 4]);
        u32::from_le_bytes(number)
    }

    fn bytes<const AT: usize>(self) -> [u8; 32] {
        const { assert!(AT + 32 <= CARD_LENGTH) };
        let mut bytes = [0; 32];
        bytes.copy_from_slice(&self.0[AT..AT + 32]);
        bytes
    }
}

impl KeyBundle {
    #[inline(always)]
    pub fn check_version(&self) -> Result<()> {
        check_version(self.version)
    }

    pub fn card(&self) -> Card<'_> {
        Card(&self.card)
    }

    /// Refuses a key that is incomplete, or not the one that the card names.
    pub fn check_key(&self) -> Result<()> {
        require!(usize::from(self.written) == X_WING_LENGTH, PosternError::BundleIncomplete);
        let hash = hashv(&[b"postern/1 x-wing key\0", &self.x_wing]).to_bytes();
        require!(hash == self.card().key_hash(), PosternError::KeyHashMismatch);
        Ok(())
    }

    /// What holds between any two instructions.
    pub fn invariant(&self) -> Result<()> {
        let written = usize::from(self.written);
        let sound = match self.state {
            UPLOADING => written <= X_WING_LENGTH,
            ACTIVATED => written == X_WING_LENGTH,
            _ => false,
        };
        require!(sound, PosternError::CorruptAccount);
        Ok(())
    }
}
