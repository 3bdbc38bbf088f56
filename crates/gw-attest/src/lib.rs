//! Statements, the envelopes that carry them, the keys that sign them, and what they can say.
//!
//! A [`Statement`] is an in-toto Statement v1 with a claim header of ours; an [`Envelope`] is DSSE
//! around it. This crate is pure: bytes in, values out. Randomness for new keys comes from the
//! operating system.

mod envelope;
mod key;
pub mod predicate;
mod statement;

pub use envelope::{Envelope, EnvelopeError, PAYLOAD_TYPE, Signature, Verified};
pub use key::{KeyError, KeyId, PublicKey, SignatureError, SigningKey};
pub use statement::{Claim, STATEMENT_TYPE, Statement, StatementError};
