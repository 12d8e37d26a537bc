//! Postern: wallet-to-wallet messages in per-conversation inbox accounts.
//!
//! An inbox is a single-writer, append-only log in a byte ring; a conversation is two of them. The program knows keys,
//! not people: a *writer* posts, a *reader* acknowledges. It never looks inside a payload.
//!
//! What it enforces, whatever clients do:
//! 1. Only the writer posts, at exactly the sequence number it names: nothing posts twice, nothing is reordered.
//! 2. A request evicts nothing.
//! 3. In an open inbox only acknowledged frames give way, unless it was opened with the overwrite flag.
//! 4. A request needs the recipient's activated keys and policy, and never costs more postage than was agreed to.
//! 5. Acknowledging needs the reader, moves forward only, never past the end.
//! 6. Rent and unspent postage go to the recorded refund address and nowhere else.
//! 7. A funded address cannot block creation; an address opened again is a new life.
//! 8. Every length is checked before it is used, every account's version on every use.
//!
//! Instruction data is a discriminator of one byte and the arguments; bytes behind them are ignored. Accounts behind
//! the named ones are ignored too. There are no events: logs can be cut, so that account data is the only truth.
#![cfg_attr(not(any(test, feature = "idl-build")), no_std)]
#![deny(unsafe_op_in_unsafe_fn)]
extern crate alloc;

use anchor_lang::prelude::*;

pub mod account;
pub mod clock;
pub mod error;
pub mod instructions;
pub mod ring;
pub mod state;

use instructions::*;

declare_id!("PswPdae8L9VqJMjRAAdEocq2tgvNboQ9xZpce3EFv1W");

/// Whom to tell about a weakness, in the format of securitytxt.org for Solana programs: explorers search the program for
/// its first and last line. An array of bytes needs no section of its own, nor a pointer to relocate.
#[cfg(not(feature = "no-entrypoint"))]
#[no_mangle]
pub static SECURITY_TXT: [u8; 314] = *b"=======BEGIN SECURITY.TXT V1=======\0\
name\0Postern\0\
project_url\0pkg:npm/@postern/sdk\0\
contacts\0other:the maintainers, as SECURITY.md in the source says\0\
policy\0Report a weakness to the maintainers in private, and give them time to upgrade before you publish it.\0\
preferred_languages\0en\0\
=======END SECURITY.TXT V1=======\0";

#[program]
pub mod postern {
    use super::*;

    // Conversations consist of the first two, so that their compute units count; the other techniques are explained where
    // they are used. Here: a discriminator of one byte, which saves wire above all; the payload is lent from the instruction
    // data, not copied; and both are inlined into the dispatcher (Anchor gives the attribute to the wrapper that it makes,
    // which would else stay out of line). There it is known that no account has been walked yet: nothing is stored for
    // later, and no duplicate is looked for in front of the first account. That saves 32 to 37 units, and 1,600 bytes.

    /// Appends a frame. Signed by the writer.
    #[discrim = 0]
    #[inline(always)]
    pub fn post(ctx: &mut Context<Post>, expected_seq: u32, payload: &[u8]) -> Result<()> {
        ctx.accounts.post(expected_seq, payload)
    }

    /// Every frame below `upto` has been read. Signed by the reader.
    #[discrim = 1]
    #[inline(always)]
    pub fn acknowledge(ctx: &mut Context<Acknowledge>, upto: u32) -> Result<()> {
        ctx.accounts.acknowledge(upto)
    }

    /// Opens an inbox addressed to a wallet, as a request. Signed by payer and writer.
    #[discrim = 2]
    #[allow(clippy::too_many_arguments)]
    pub fn open_request(
        ctx: &mut Context<OpenRequest>,
        index: u32,
        capacity: u32,
        flags: u8,
        open_salt: [u8; 16],
        refund: Address,
        max_postage: u64,
        owner_box: &[u8; 120],
    ) -> Result<()> {
        ctx.accounts.open_request(&Opening { index, capacity, flags, open_salt, refund, owner_box }, max_postage)
    }

    /// Opens an inbox that nobody has to accept. Signed by payer and writer.
    #[discrim = 3]
    #[allow(clippy::too_many_arguments)]
    pub fn open_inbox(
        ctx: &mut Context<OpenInbox>,
        index: u32,
        capacity: u32,
        flags: u8,
        open_salt: [u8; 16],
        refund: Address,
        reader: Address,
        owner_box: &[u8; 120],
    ) -> Result<()> {
        ctx.accounts.open_inbox(&Opening { index, capacity, flags, open_salt, refund, owner_box }, reader)
    }

    /// Takes a request: names its reader, and where the answer is. Signed by the recipient's wallet or delegate.
    #[discrim = 4]
    pub fn accept(ctx: &mut Context<Answer>, reader: Address, reply: &[u8; 60]) -> Result<()> {
        ctx.accounts.accept(reader, reply)
    }

    /// Refuses a request. Signed by the recipient's wallet or delegate.
    #[discrim = 5]
    pub fn decline(ctx: &mut Context<Answer>) -> Result<()> {
        ctx.accounts.decline()
    }

    /// Grows or shrinks the ring. Signed by payer and writer.
    #[discrim = 6]
    pub fn resize_inbox(ctx: &mut Context<ResizeInbox>, capacity: u32, expected_next: u32) -> Result<()> {
        ctx.accounts.resize_inbox(capacity, expected_next)
    }

    /// Closes an inbox; everything it holds goes to its refund address. Signed by the writer or the refund address, for a
    /// declined one by anyone.
    #[discrim = 7]
    pub fn close_inbox(ctx: &mut Context<CloseInbox>, expected_next: u32) -> Result<()> {
        ctx.accounts.close_inbox(expected_next)
    }

    /// Registers a wallet. Signed by payer and wallet.
    #[discrim = 8]
    pub fn create_profile(
        ctx: &mut Context<CreateProfile>,
        delegate: Address,
        root_number: u32,
        root_kind: u8,
        policy: u8,
        postage: u64,
        refund: Address,
    ) -> Result<()> {
        ctx.accounts.create_profile(&NewProfile { delegate, root_number, root_kind, policy, postage, refund })
    }

    /// Changes what is given. Signed by the wallet; for policy and postage alone, the delegate will do.
    #[discrim = 9]
    pub fn update_profile(
        ctx: &mut Context<UpdateProfile>,
        delegate: Option<Address>,
        root_number: Option<u32>,
        root_kind: Option<u8>,
        policy: Option<u8>,
        postage: Option<u64>,
    ) -> Result<()> {
        ctx.accounts.update_profile(&ProfileChanges { delegate, root_number, root_kind, policy, postage })
    }

    /// Closes a profile and its current key bundle, the only one left. Signed by the wallet.
    #[discrim = 10]
    pub fn close_profile(ctx: &mut Context<CloseProfile>) -> Result<()> {
        ctx.accounts.close_profile()
    }

    /// Publishes the card of the next generation. Signed by payer and wallet.
    #[discrim = 11]
    pub fn create_key_bundle(
        ctx: &mut Context<CreateKeyBundle>,
        card: &[u8; 142],
        certificate: &[u8; 64],
        refund: Address,
    ) -> Result<()> {
        ctx.accounts.create_key_bundle(card, certificate, refund)
    }

    /// Writes the next bytes of the X-Wing key. Signed by the card's delegate.
    #[discrim = 12]
    pub fn write_key_bundle(ctx: &mut Context<WriteKeyBundle>, offset: u16, chunk: &[u8]) -> Result<()> {
        ctx.accounts.write_key_bundle(offset, chunk)
    }

    /// Makes a complete bundle the profile's current one. Signed by the card's delegate.
    #[discrim = 13]
    pub fn activate_key_bundle(ctx: &mut Context<ActivateKeyBundle>) -> Result<()> {
        ctx.accounts.activate_key_bundle()
    }

    /// Closes any bundle but the current one. Signed by the wallet.
    #[discrim = 14]
    pub fn close_key_bundle(ctx: &mut Context<CloseKeyBundle>) -> Result<()> {
        ctx.accounts.close_key_bundle()
    }
}
