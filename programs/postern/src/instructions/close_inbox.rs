use anchor_lang::address_eq;
use anchor_lang::prelude::*;

use crate::clock::unix_seconds;
use crate::error::PosternError;
use crate::state::{Inbox, InboxRing, DECLINED, OPEN};

/// An open inbox without a post for this long may be closed unread.
const SILENCE_SECONDS: u32 = 30 * 24 * 60 * 60;
/// A request locks its rent for this long, so that spam costs something.
const REQUEST_SECONDS: u32 = 14 * 24 * 60 * 60;

#[derive(Accounts)]
pub struct CloseInbox {
    pub closer: Signer,
    /// The recorded refund address, which gets everything.
    #[account(mut, unsafe(dup))]
    pub refund: UncheckedAccount,
    #[account(mut)]
    pub inbox: InboxRing,
}

impl CloseInbox {
    #[inline(always)]
    pub fn close_inbox(&mut self, expected_next: u32) -> Result<()> {
        let CloseInbox { closer, refund, inbox } = self;
        inbox.check_version()?;
        require!(address_eq(refund.address(), &inbox.refund), PosternError::WrongRefund);
        require!(inbox.next == expected_next, PosternError::SequenceMismatch);
        if inbox.state != DECLINED {
            let closer = closer.address();
            let entitled = address_eq(closer, &inbox.writer) || address_eq(closer, &inbox.refund);
            require!(entitled, PosternError::NotWriter);
            require!(may_go(inbox, unix_seconds()?), PosternError::CloseTooEarly);
        }
        inbox.close(*refund.account())
    }
}

/// Whether an inbox that was not declined has served its time at `now`.
fn may_go(inbox: &Inbox, now: u32) -> bool {
    if inbox.state == OPEN {
        inbox.acknowledged == inbox.next || now.saturating_sub(inbox.last_time) >= SILENCE_SECONDS
    } else {
        now.saturating_sub(inbox.opened_time) >= REQUEST_SECONDS
    }
}
