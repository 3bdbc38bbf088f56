//! Statements, the envelopes that carry them, the keys that sign them, and what they can say.
//!
//! A [`Statement`] is an in-toto Statement v1 with a claim header of ours; an [`Envelope`] is DSSE
//! around it. A [`bundle::Bundle`] is an envelope with what verifies it, and [`oms`] is what it
//! says about a model. This crate is pure: bytes in, values out. Randomness for new keys comes from
//! the operating system.

pub mod bundle;
pub mod certificate;
mod der;
mod envelope;
mod key;
pub mod oms;
pub mod predicate;
mod private;
mod public;
mod rsa;
mod scheme;
pub mod sigstore;
mod statement;

pub use envelope::{
    Envelope, EnvelopeError, PAYLOAD_TYPE, Signature, Verified, pre_authentication_encoding,
};
pub use key::{KeyError, KeyId, SignatureError, SigningKey};
pub use private::PrivateKey;
pub use public::PublicKey;
pub use rsa::RsaPublicKey;
pub use scheme::{Scheme, Sha2};
pub use statement::{Claim, STATEMENT_TYPE, Statement, StatementError};
