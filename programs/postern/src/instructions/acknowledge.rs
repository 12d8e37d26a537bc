use anchor_lang::address_eq;
use anchor_lang::prelude::*;

use crate::error::PosternError;
use crate::state::{InboxRing, Parts, OPEN};

#[derive(Accounts)]
pub struct Acknowledge {
    pub reader: Signer,
    #[account(mut)]
    pub inbox: InboxRing,
}

impl Acknowledge {
    #[inline(always)]
    pub fn acknowledge(&mut self, upto: u32) -> Result<()> {
        let inbox = Parts::of(&mut self.inbox)?;
        inbox.header.check_version()?;
        require!(inbox.header.state == OPEN, PosternError::NotOpen);
        require!(address_eq(self.reader.address(), &inbox.header.reader), PosternError::NotReader);
        require!(upto > inbox.header.acknowledged && upto <= inbox.header.next, PosternError::BadAcknowledge);
        inbox.header.acknowledged = upto;
        inbox.invariant()
    }
}
