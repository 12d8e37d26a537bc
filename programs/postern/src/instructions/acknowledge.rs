use anchor_lang::address_eq;
use anchor_lang::prelude::*;

use crate::error::PosternError;
use crate::state::{InboxRing, OPEN};

#[derive(Accounts)]
pub struct Acknowledge {
    pub reader: Signer,
    #[account(mut)]
    pub inbox: InboxRing,
}

pub fn handler(ctx: &mut Context<Acknowledge>, upto: u32) -> Result<()> {
    let inbox = &mut ctx.accounts.inbox;
    inbox.check_version()?;
    require!(inbox.state == OPEN, PosternError::NotOpen);
    require!(address_eq(ctx.accounts.reader.address(), &inbox.reader), PosternError::NotReader);
    require!(upto > inbox.acknowledged && upto <= inbox.next, PosternError::BadAcknowledge);
    inbox.acknowledged = upto;
    inbox.invariant(inbox.len())
}
