use serde::{Deserialize, Serialize};

use super::json;

/// An entry of a transparency log, with what proves that it is there
/// (`TransparencyLogEntry` in sigstore's `rekor/v1/sigstore_rekor.proto`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TlogEntry {
    /// Its number in the whole log, over all of its shards.
    #[serde(default, with = "json::integer")]
    pub log_index: u64,
    /// Which log it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_id: Option<LogId>,
    /// What sort of entry.
    pub kind_version: KindVersion,
    /// When the log says that it was added, in seconds since 1970; 0 if it does not say. Only the
    /// inclusion promise proves it.
    #[serde(default, with = "json::integer")]
    pub integrated_time: u64,
    /// The log's signed promise to include the entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inclusion_promise: Option<InclusionPromise>,
    /// The proof that the entry is in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inclusion_proof: Option<InclusionProof>,
    /// The entry itself, JSON in its canonical form.
    #[serde(default, with = "json::bytes")]
    pub canonicalized_body: Vec<u8>,
}

/// A log's identity: a digest of its public key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogId {
    /// The bytes; 32 for logs with an RFC 6962 id, four for those with a checkpoint's key id.
    #[serde(with = "json::bytes")]
    pub key_id: Vec<u8>,
}

/// The sort of an entry and the version of its form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindVersion {
    /// `dsse`, `intoto` or `hashedrekord`.
    pub kind: String,
    /// `0.0.1` or `0.0.2`.
    pub version: String,
}

/// A signature of the log over body, time, index and log id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InclusionPromise {
    /// The signature.
    #[serde(with = "json::bytes")]
    pub signed_entry_timestamp: Vec<u8>,
}

/// A Merkle audit path (RFC 6962 section 2.1.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InclusionProof {
    /// The entry's number in this tree.
    #[serde(default, with = "json::integer")]
    pub log_index: u64,
    /// The tree's root.
    #[serde(default, with = "json::bytes")]
    pub root_hash: Vec<u8>,
    /// How many entries the tree has.
    #[serde(with = "json::integer")]
    pub tree_size: u64,
    /// The path from leaf to root.
    #[serde(default, with = "json::many_bytes")]
    pub hashes: Vec<Vec<u8>>,
    /// The log's signed statement of root and size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<LogCheckpoint>,
}

/// A signed note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogCheckpoint {
    /// Its text.
    pub envelope: String,
}
