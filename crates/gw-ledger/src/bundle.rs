//! Proof bundles: everything an outsider needs to verify records offline.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gw_core::Digest;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::checkpoint::{Checkpoint, CheckpointError, parse_hash};
use crate::hash::Hash;
use crate::leaf::{Leaf, LeafKind, Salt};
use crate::log::Log;
use crate::reader::ReadError;
use crate::store::TileStore;
use crate::tree::{OutOfRange, consistency_proof, inclusion_proof};

/// The `schema` of a bundle.
pub const BUNDLE_SCHEMA: &str = "gatewright.proof/1";

/// The JSON Schema of bundles.
pub const BUNDLE_JSON_SCHEMA: &str = include_str!("../schema/proof-1.schema.json");

/// A proof bundle. It is JSON; see [`BUNDLE_JSON_SCHEMA`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    schema: String,
    /// The log's signed checkpoint, with the cosignatures it has.
    pub checkpoint: String,
    /// Which records it claims to hold.
    pub scope: Scope,
    /// The records, in order of index.
    pub records: Vec<Record>,
    /// The proof that the checkpoint continues an earlier one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consistency: Option<Consistency>,
}

/// Which records a bundle claims to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Scope {
    /// Some. It claims nothing of the others.
    Selection,
    /// All from index `start` up to and without `end`.
    Range {
        /// The first index.
        start: u64,
        /// One more than the last.
        end: u64,
    },
    /// All that the checkpoint has.
    Log,
}

/// One record of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The leaf's index.
    pub index: u64,
    /// The leaf's kind.
    #[serde(serialize_with = "write_kind", deserialize_with = "read_kind")]
    pub kind: LeafKind,
    /// The commitment in the leaf.
    pub commitment: Digest,
    /// What it commits to; absent if that was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Content>,
    /// The inclusion proof, base64 hashes from the leaf upwards.
    #[serde(serialize_with = "write_hashes", deserialize_with = "read_hashes")]
    pub inclusion: Vec<Hash>,
}

/// A record's bytes and salt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// The salt, 32 bytes in base64.
    #[serde(serialize_with = "write_salt", deserialize_with = "read_salt")]
    pub salt: Salt,
    /// The DSSE bytes in base64.
    #[serde(serialize_with = "write_bytes", deserialize_with = "read_bytes")]
    pub record: Vec<u8>,
}

/// A consistency proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consistency {
    /// The earlier size.
    pub size: u64,
    /// Base64 hashes.
    #[serde(serialize_with = "write_hashes", deserialize_with = "read_hashes")]
    pub proof: Vec<Hash>,
}

/// Text that is no bundle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a proof bundle: {0}")]
pub struct BundleError(String);

/// Why a bundle cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ProveError {
    /// The log's files cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The log has no checkpoint yet, or one that cannot be read.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A record given is not the one that was logged.
    #[error("record {0} or its salt is not what was logged")]
    Changed(u64),
}

impl From<OutOfRange> for ProveError {
    fn from(error: OutOfRange) -> Self {
        Self::Read(error.into())
    }
}

impl Bundle {
    /// Reads a bundle.
    ///
    /// # Errors
    /// [`BundleError`], with line and column.
    pub fn parse(json: &[u8]) -> Result<Self, BundleError> {
        let bundle: Self =
            serde_json::from_slice(json).map_err(|error| BundleError(error.to_string()))?;
        if bundle.schema != BUNDLE_SCHEMA {
            let schema: String = bundle.schema.chars().take(64).collect();
            return Err(BundleError(format!(
                "its schema is `{schema}`, expected `{BUNDLE_SCHEMA}`"
            )));
        }
        Ok(bundle)
    }

    /// The bundle as JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Nothing in a bundle can fail to be written as JSON.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Makes the bundle of the records in `scope`. `indexes` are those of a
    /// [`Scope::Selection`]; `content` gives the record and salt of an index, or nothing if they
    /// were erased; `earlier` asks for a consistency proof from that size.
    ///
    /// # Errors
    /// [`ProveError`].
    pub fn prove<S: TileStore>(
        log: &Log<S>,
        scope: Scope,
        indexes: &[u64],
        mut content: impl FnMut(u64) -> Option<Content>,
        earlier: Option<u64>,
    ) -> Result<Self, ProveError> {
        let checkpoint = log
            .checkpoint()
            .ok_or(CheckpointError::Format("the log is empty and has none yet"))?;
        let size = checkpoint.text().parse::<Checkpoint>()?.size;
        let reader = log.reader();
        let mut wanted: Vec<u64> = match scope {
            Scope::Selection => indexes.to_vec(),
            Scope::Range { start, end } => {
                let asked = end.max(start);
                if asked > size {
                    return Err(OutOfRange { asked, size }.into());
                }
                (start..end).collect()
            }
            Scope::Log => (0..size).collect(),
        };
        wanted.sort_unstable();
        wanted.dedup();
        let mut records = Vec::with_capacity(wanted.len());
        // Runs of neighbours are read bundle by bundle.
        for run in wanted.chunk_by(|a, b| a / 256 == b / 256) {
            let (Some(first), Some(last)) = (run.first(), run.last()) else {
                continue;
            };
            let leaves = reader.leaves(*first, last.saturating_add(1))?;
            for (index, leaf) in (*first..).zip(leaves) {
                if run.binary_search(&index).is_err() {
                    continue;
                }
                let content = content(index);
                if let Some(Content { salt, record }) = &content
                    && Leaf::commit(leaf.kind, salt, record) != leaf
                {
                    return Err(ProveError::Changed(index));
                }
                records.push(Record {
                    index,
                    kind: leaf.kind,
                    commitment: leaf.commitment,
                    content,
                    inclusion: inclusion_proof(&reader, index, size)?,
                });
            }
        }
        let consistency = match earlier {
            Some(earlier) => Some(Consistency {
                size: earlier,
                proof: consistency_proof(&reader, earlier, size)?,
            }),
            None => None,
        };
        Ok(Self {
            schema: BUNDLE_SCHEMA.to_owned(),
            checkpoint: checkpoint.to_string(),
            scope,
            records,
            consistency,
        })
    }
}

impl Record {
    /// The leaf that it claims.
    #[must_use]
    pub const fn leaf(&self) -> Leaf {
        Leaf {
            kind: self.kind,
            commitment: self.commitment,
        }
    }
}

fn write_kind<S: Serializer>(kind: &LeafKind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(kind)
}

fn read_kind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<LeafKind, D::Error> {
    let name = String::deserialize(deserializer)?;
    LeafKind::from_name(&name)
        .ok_or_else(|| D::Error::custom("expected a leaf kind such as `statement`"))
}

fn write_salt<S: Serializer>(salt: &Salt, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD.encode(salt.as_bytes()))
}

fn read_salt<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Salt, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_hash(&text)
        .map(Salt::from_bytes)
        .ok_or_else(|| D::Error::custom("expected a salt: 32 bytes in base64"))
}

fn write_bytes<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD.encode(bytes))
}

fn read_bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    STANDARD
        .decode(text)
        .map_err(|_| D::Error::custom("expected base64"))
}

fn write_hashes<S: Serializer>(hashes: &[Hash], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(hashes.iter().map(|hash| STANDARD.encode(hash)))
}

fn read_hashes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Hash>, D::Error> {
    Vec::<String>::deserialize(deserializer)?
        .iter()
        .map(|text| parse_hash(text))
        .collect::<Option<_>>()
        .ok_or_else(|| D::Error::custom("expected hashes: 32 bytes each, in base64"))
}
