//! The layouts and numbers that clients rely on: they read accounts at these offsets and know errors by these codes.

use std::mem::{offset_of, size_of};

use anchor_lang::{Discriminator, Error};
use postern::error::PosternError;
use postern::state::{Inbox, KeyBundle, Profile, KEY_BUNDLE_SPACE, PROFILE_SPACE, RING_OFFSET};

/// Absolute offsets of fields in an account's data, in order; fields follow each other without a gap.
macro_rules! assert_offsets {
    ($account:ty, $($field:ident $at:literal),+ $(,)?) => {
        $(assert_eq!(8 + offset_of!($account, $field), $at, concat!(stringify!($account), ".", stringify!($field)));)+
    };
}

#[test]
fn an_inbox_has_its_fields_where_clients_read_them() {
    assert_offsets!(
        Inbox, version 8, state 9, flags 10, bump 11, index 12, head 16, next 48, last_time 52, first 56,
        acknowledged 60, tail 64, used 68, opened_slot 72, postage 80, opened_time 88, writer 92, reader 124,
        recipient 156, refund 188, reply 220, open_salt 280, owner_box 296, reserved 416,
    );
    assert_eq!(8 + size_of::<Inbox>(), 440);
    assert_eq!(RING_OFFSET, 444);
    assert_eq!(Inbox::DISCRIMINATOR, [41, 120, 76, 139, 162, 162, 166, 244]);
}

#[test]
fn a_profile_has_its_fields_where_clients_read_them() {
    assert_offsets!(
        Profile, version 8, policy 9, root_kind 10, bump 11, root_number 12, current_generation 16,
        next_generation 20, bundles 24, reserved_a 28, requests 32, postage 40, wallet 48, delegate 80, refund 112,
        recent 144, reserved 400,
    );
    assert_eq!(PROFILE_SPACE, 432);
    assert_eq!(Profile::DISCRIMINATOR, [184, 101, 165, 188, 95, 63, 127, 188]);
}

#[test]
fn a_key_bundle_has_its_fields_where_clients_read_them() {
    assert_offsets!(
        KeyBundle, version 8, state 9, bump 10, reserved_a 11, written 12, card 14, certificate 156, refund 220,
        x_wing 252, reserved 1468,
    );
    assert_eq!(KEY_BUNDLE_SPACE, 1_488);
    assert_eq!(KeyBundle::DISCRIMINATOR, [166, 86, 217, 246, 111, 90, 63, 98]);
}

#[test]
fn errors_keep_their_numbers() {
    use PosternError::*;
    let numbered = [
        NotWriter,
        NotReader,
        NotRecipient,
        NotOwner,
        NotDelegate,
        SequenceMismatch,
        PayloadTooLarge,
        InboxFull,
        Declined,
        NotARequest,
        NotOpen,
        BadAcknowledge,
        BadCapacity,
        CloseTooEarly,
        PolicyClosed,
        PostageTooHigh,
        NoActiveKeys,
        WrongRefund,
        WrongAddress,
        UnsupportedVersion,
        BadFlags,
        BadPolicy,
        BadRoot,
        BadCard,
        WrongGeneration,
        ChunkOutOfOrder,
        ChunkTooLong,
        BundleIncomplete,
        KeyHashMismatch,
        BundleActivated,
        BundleSuperseded,
        BundleInUse,
        BundlesRemain,
        InvalidClock,
        CorruptAccount,
    ];
    for (number, error) in (6000..).zip(numbered) {
        assert_eq!(Error::from(error), Error::Custom(number));
    }
}
