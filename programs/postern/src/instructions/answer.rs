//! The two answers to a request. Either way the postage goes to the recipient's wallet: it paid with its attention.

use anchor_lang::address_eq;
use anchor_lang::prelude::*;

use crate::account::pay;
use crate::error::PosternError;
use crate::state::{check_invariant, InboxRing, Profile, DECLINED, OPEN, REQUEST};

#[derive(Accounts)]
pub struct Answer {
    /// The recipient's wallet or its delegate.
    pub signer: Signer,
    pub profile: Account<Profile>,
    #[account(mut)]
    pub inbox: InboxRing,
    /// The recipient's wallet, which gets the postage. The runtime refuses to leave it with less than the rent of an
    /// empty account: a wallet without lamports must be funded first.
    #[account(mut, unsafe(dup))]
    pub wallet: UncheckedAccount,
}

impl Answer {
    #[inline(always)]
    pub fn accept(&mut self, reader: Address, reply: &[u8; 60]) -> Result<()> {
        self.check()?;
        require!(!address_eq(&reader, &Address::default()), PosternError::NotReader);
        self.inbox.reader = reader;
        self.inbox.reply = *reply;
        self.settle(OPEN)
    }

    #[inline(always)]
    pub fn decline(&mut self) -> Result<()> {
        self.check()?;
        self.settle(DECLINED)
    }

    /// Refuses signers who may not answer, and inboxes that have no answer to wait for.
    fn check(&self) -> Result<()> {
        let Self { signer, profile, inbox, wallet } = self;
        inbox.check_version()?;
        profile.check_version()?;
        let signer = signer.address();
        let recipient = address_eq(&inbox.recipient, &profile.wallet)
            && (address_eq(signer, &profile.delegate) || address_eq(signer, &profile.wallet));
        require!(recipient, PosternError::NotRecipient);
        require!(inbox.state == REQUEST, PosternError::NotARequest);
        require!(address_eq(wallet.address(), &profile.wallet), PosternError::WrongAddress);
        Ok(())
    }

    /// Pays the postage out. What is left covers the rent as before: the postage lay on top of it.
    fn settle(&mut self, state: u8) -> Result<()> {
        let inbox = &mut self.inbox;
        inbox.state = state;
        let postage = core::mem::take(&mut inbox.postage);
        pay(inbox.account(), self.wallet.account(), postage)?;
        check_invariant(inbox)
    }
}
