//! One file an instruction, save that `answer` has both answers to a request and `opening` what both openings share.
//! Each is a method of the instruction's accounts: checks first, then the effect, then the invariants.
//!
//! Such a method is inlined into the handler that Anchor makes for it: a call would pass its `Result` through memory. Signers
//! are compared by `address_eq`, four words a side, where `==` would call `memcmp`. The System program, a Clock as a whole and
//! a search for an address are called for by openings and money alone, never by `post` or `acknowledge`.

pub mod acknowledge;
pub mod activate_key_bundle;
pub mod answer;
pub mod close_inbox;
pub mod close_key_bundle;
pub mod close_profile;
pub mod create_key_bundle;
pub mod create_profile;
pub mod open_inbox;
pub mod open_request;
pub mod opening;
pub mod post;
pub mod resize_inbox;
pub mod update_profile;
pub mod write_key_bundle;

pub use acknowledge::*;
pub use activate_key_bundle::*;
pub use answer::*;
pub use close_inbox::*;
pub use close_key_bundle::*;
pub use close_profile::*;
pub use create_key_bundle::*;
pub use create_profile::*;
pub use open_inbox::*;
pub use open_request::*;
pub use opening::*;
pub use post::*;
pub use resize_inbox::*;
pub use update_profile::*;
pub use write_key_bundle::*;
