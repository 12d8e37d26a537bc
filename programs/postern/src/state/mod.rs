pub mod inbox;
pub mod key_bundle;
pub mod profile;

pub use inbox::*;
pub use key_bundle::*;
pub use profile::*;
