//! OpenSSF Model Signing (<https://github.com/ossf/model-signing-spec>): one signed statement that
//! lists the digest of every file of a model, or of every shard of every file.
//!
//! The manifest is the predicate of an in-toto statement, the statement is in a DSSE envelope, and
//! the envelope in a sigstore bundle ([`crate::bundle`]).

mod compat;
mod digest;
mod manifest;
mod name;
mod serialization;

pub use compat::old_pre_authentication_encoding;
pub use digest::{ContentDigest, HashType};
pub use manifest::{MAX_RESOURCES, Manifest, ManifestError, Resource};
pub use name::{ModelPath, PathError};
pub use serialization::{Method, Serialization};

/// The predicate type of version 1.0.
pub const PREDICATE_TYPE: &str = "https://model_signing/signature/v1.0";

/// The predicate type of the releases before 1.0, which had a subject for each file.
pub const EARLIER_PREDICATE_TYPE: &str = "https://model_signing/Digests/v0.1";
