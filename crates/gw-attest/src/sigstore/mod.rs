//! The formats of keyless signing with sigstore: what a verifier trusts, and what a bundle brings
//! to prove who signed, when, and that it was published.

mod content;
mod entry;
mod sct;
mod timestamp;
mod trusted_root;

pub use content::SignedContent;
pub use entry::{EntryError, check_entry};
pub use sct::{Sct, SctError, embedded_scts};
pub use timestamp::{TimestampError, verify_timestamp};
pub use trusted_root::{Authority, LogKey, Period, TrustedRoot, TrustedRootError};
