//! One file an instruction; `accept` and `decline` are the two answers of `answer`.

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

#[allow(ambiguous_glob_reexports)]
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
