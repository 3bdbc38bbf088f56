//! Signing and verifying files and trees, as OpenSSF Model Signing defines it, and verifying signed
//! statements against what is expected of them.
//!
//! [`sign_model`] hashes a model and makes a sigstore bundle; [`verify_model`] checks such a bundle
//! and compares the model with it, and says which files differ. [`verify_statement`] checks an
//! attestation (in-toto, SLSA provenance) about one artifact, [`verify_file`] the signature of one file
//! as sigstore's tools make it. Nothing here prints, or reads the
//! environment or the clock: time is passed in.

mod authenticate;
mod cache;
mod digests;
mod error;
mod file;
mod hashing;
mod keyless;
mod model;
mod signer;
mod statement;
mod tree;
mod trust;

pub use cache::{Cache, CacheError};
pub use digests::{Digests, DigestsError};
pub use error::{Refusal, SignError, Undone, VerifyError};
pub use file::{VerifiedFile, verify_file};
pub use hashing::{ContentHasher, HashSource, hash_file};
pub use keyless::{IdentityRule, KeylessTrust};
pub use model::{
    Change, Differences, Included, Omitted, SignOptions, Signed, VerifiedModel, VerifyOptions,
    hash_model, sign_model, verify_model,
};
pub use signer::{ModelSigner, SignerIdentity};
pub use statement::{ArtifactDigests, Expectations, VerifiedStatement, verify_statement};
pub use tree::{Obstacle, Tree, TreeFile, WalkOptions, ignored_path};
pub use trust::Trust;
