use serde::{Deserialize, Serialize};

use super::json;
use crate::Envelope;

/// What a bundle's signature is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// An envelope, which is in the bundle.
    Envelope(Envelope),
    /// A file, which is not.
    Message(MessageSignature),
}

/// The signature of a file (`MessageSignature` in sigstore's `sigstore_common.proto`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageSignature {
    /// The file's digest, as a hint; the signature is verified against that of the file itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_digest: Option<MessageDigest>,
    /// The signature.
    #[serde(with = "json::bytes")]
    pub signature: Vec<u8>,
}

/// A digest with the name of its function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageDigest {
    /// The function, such as `SHA2_256`.
    pub algorithm: String,
    /// The digest's bytes.
    #[serde(with = "json::bytes")]
    pub digest: Vec<u8>,
}
