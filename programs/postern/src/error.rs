//! Every refusal of this program, numbered from 6000 in this order. Append only: clients know the numbers.
//!
//! Anchor and the runtime refuse some things before this program runs: a missing signature
//! (`MissingRequiredSignature`), an account of another owner (`IllegalOwner`), type (`InvalidAccountData`) or size
//! (`AccountDataTooSmall`), one account in two writable slots (2040), a read-only account that must be writable (2000).

use anchor_lang::prelude::*;

use crate::ring::RingError;

#[error_code]
#[derive(Debug, PartialEq, Eq)]
pub enum PosternError {
    // 6000
    #[msg("The signer is not this inbox's writer. Sign with the key that opened it.")]
    NotWriter,
    // 6001
    #[msg("The signer is not this inbox's reader, or the reader given is all zeroes. Use the key named when it was accepted or opened.")]
    NotReader,
    // 6002
    #[msg("The signer is neither the wallet this inbox is addressed to nor its delegate. Answer with the recipient's keys and profile.")]
    NotRecipient,
    // 6003
    #[msg("Only the wallet may do this. Sign with the profile's wallet.")]
    NotOwner,
    // 6004
    #[msg("The signer is not the delegate that the card names, or the delegate given is all zeroes. Use the delegate's key.")]
    NotDelegate,
    // 6005
    #[msg("The inbox has moved on. Read it again and use its present next sequence number; 2^32 - 1 frames are the end of an inbox.")]
    SequenceMismatch,
    // 6006
    #[msg("The payload can never fit in this ring. Split it, or grow the inbox.")]
    PayloadTooLarge,
    // 6007
    #[msg("The ring is full of frames that have not been acknowledged. Wait for the reader, or grow the inbox.")]
    InboxFull,
    // 6008
    #[msg("The recipient declined this request. Close the inbox to get the rent back.")]
    Declined,
    // 6009
    #[msg("This inbox is not a request any more. Read it again.")]
    NotARequest,
    // 6010
    #[msg("This inbox is not open. Wait until the recipient accepts it.")]
    NotOpen,
    // 6011
    #[msg("An acknowledgement moves forward only, and not past the last frame. Read the inbox again.")]
    BadAcknowledge,
    // 6012
    #[msg("The ring cannot have this capacity. Stay within the limits, grow by at most 10,240 bytes, and shrink only what is acknowledged.")]
    BadCapacity,
    // 6013
    #[msg("Too early to close: an open inbox must be acknowledged to the end or silent for 30 days, a request 14 days old.")]
    CloseTooEarly,
    // 6014
    #[msg("The recipient takes no requests. Reach them some other way.")]
    PolicyClosed,
    // 6015
    #[msg("The recipient asks for more postage than agreed to. Read the profile again and agree to its postage.")]
    PostageTooHigh,
    // 6016
    #[msg("The recipient has no activated keys. Ask them to finish registering.")]
    NoActiveKeys,
    // 6017
    #[msg("Lamports go to the recorded refund address alone, which is neither zero, nor this program, nor an account that closes together with it. Pass that address.")]
    WrongRefund,
    // 6018
    #[msg("The account is not the one that belongs here. Derive its address again from its seeds.")]
    WrongAddress,
    // 6019
    #[msg("The account was written by another version of this program. Use a client that knows it.")]
    UnsupportedVersion,
    // 6020
    #[msg("Unknown flags. Only bit 0, overwrite, has a meaning.")]
    BadFlags,
    // 6021
    #[msg("Unknown contact policy. Use 0 open, 1 postage or 2 closed.")]
    BadPolicy,
    // 6022
    #[msg("Root numbers count from 1, and a root's kind is 1 wallet, 2 vault or 3 given.")]
    BadRoot,
    // 6023
    #[msg("The card is malformed, expires before it starts, or names another wallet. Make a new one.")]
    BadCard,
    // 6024
    #[msg("The card's generation is not the profile's next one, or past 65,535. Read the profile again.")]
    WrongGeneration,
    // 6025
    #[msg("Chunks come in order. Go on at the bundle's number of written bytes.")]
    ChunkOutOfOrder,
    // 6026
    #[msg("The chunk runs past the end of the key. Send only what is missing.")]
    ChunkTooLong,
    // 6027
    #[msg("The key is not complete. Write the rest of it first.")]
    BundleIncomplete,
    // 6028
    #[msg("The key that was written is not the one the card names. Close this bundle and create the next generation.")]
    KeyHashMismatch,
    // 6029
    #[msg("An activated bundle is immutable. Create the next generation.")]
    BundleActivated,
    // 6030
    #[msg("A later generation is active already. Create the next generation.")]
    BundleSuperseded,
    // 6031
    #[msg("The current generation's bundle stays while the profile does. Activate a later one, or close the profile.")]
    BundleInUse,
    // 6032
    #[msg("The profile still has key bundles besides the current one. Close them first.")]
    BundlesRemain,
    // 6033
    #[msg("The cluster's clock is outside 1970 to 2106. Try again later.")]
    InvalidClock,
    // 6034
    #[msg("The account contradicts itself. Do not use it, and report it.")]
    CorruptAccount,
}

impl From<RingError> for PosternError {
    #[inline(always)]
    fn from(error: RingError) -> Self {
        match error {
            RingError::Full => Self::InboxFull,
            RingError::TooLong => Self::PayloadTooLarge,
            RingError::Corrupt => Self::CorruptAccount,
        }
    }
}

impl From<RingError> for Error {
    #[inline(always)]
    fn from(error: RingError) -> Self {
        PosternError::from(error).into()
    }
}
