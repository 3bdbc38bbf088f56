use std::collections::BTreeMap;

use gw_core::Digest;
use serde::{Deserialize, Serialize};
use sha2::Digest as _;

use super::digest::ContentDigest;
use super::name::{ModelPath, PathError};
use super::serialization::{Method, Serialization};
use super::{EARLIER_PREDICATE_TYPE, PREDICATE_TYPE};
use crate::STATEMENT_TYPE;

/// Manifests with more entries are refused.
pub const MAX_RESOURCES: usize = 1_000_000;

/// One digest of a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// The file.
    pub path: ModelPath,
    /// Which bytes of it, from the first to before the second; the whole file if there is none.
    pub range: Option<(u64, u64)>,
    /// Their digest.
    pub digest: ContentDigest,
}

/// A signed list of what a model consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// What the signer called the model. It decides nothing.
    pub name: String,
    /// The predicate type it was read from.
    pub predicate_type: String,
    /// How the digests were made.
    pub serialization: Serialization,
    /// The model's one digest: SHA-256 over the bytes of all digests in the order of the list.
    pub root: Digest,
    resources: Vec<Resource>,
}

/// A statement that is no manifest of a model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// Not JSON of the right shape.
    #[error("not a manifest of a model: {0}")]
    Shape(String),
    /// Another `_type`.
    #[error("not an in-toto Statement v1: its _type is `{0}`")]
    Type(String),
    /// A statement of another sort.
    #[error("its predicate type is `{0}`, which is no model signature")]
    PredicateType(String),
    /// Not exactly one subject.
    #[error("it has {0} subjects, expected one")]
    Subjects(usize),
    /// A path that could lead elsewhere.
    #[error(transparent)]
    Path(#[from] PathError),
    /// A name that is no name of a shard.
    #[error("`{0}` is no shard: expected path:start:end")]
    Shard(String),
    /// A digest with another function than the manifest says, or of another length.
    #[error("the digest of `{name}` is no {expected} digest")]
    Digest {
        /// Whose it is.
        name: String,
        /// The function's name.
        expected: String,
    },
    /// The same content twice, perhaps with two digests.
    #[error("`{0}` is listed twice")]
    Duplicate(String),
    /// More entries than the limit.
    #[error("it lists {0} digests, more than {MAX_RESOURCES}")]
    TooMany(usize),
    /// The subject's digest is not that of the list.
    #[error("it contradicts itself: its subject is {subject}, but its list amounts to {list}")]
    Root {
        /// What the subject says.
        subject: Digest,
        /// What the list amounts to.
        list: Digest,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawStatement<P> {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<RawSubject>,
    predicate_type: String,
    predicate: P,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    #[serde(rename = "_type")]
    kind: String,
    predicate_type: String,
}

#[derive(Serialize, Deserialize)]
struct RawSubject {
    #[serde(default)]
    name: String,
    digest: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
struct RawPredicate {
    serialization: Serialization,
    resources: Vec<RawResource>,
}

#[derive(Serialize, Deserialize)]
struct RawResource {
    name: String,
    algorithm: String,
    digest: String,
}

impl Manifest {
    /// A manifest of these digests, in the order that the format prescribes.
    ///
    /// # Errors
    /// [`ManifestError`] if something is listed twice, there is too much of it, a digest was made
    /// in another way, or a file with `:` in its name would be sharded: other implementations do
    /// not read such names.
    pub fn new(
        name: &str,
        serialization: Serialization,
        mut resources: Vec<Resource>,
    ) -> Result<Self, ManifestError> {
        for resource in &resources {
            if resource.digest.hash() != serialization.hash {
                return Err(ManifestError::Digest {
                    name: resource.path.to_string(),
                    expected: serialization.algorithm(),
                });
            }
            let sharded = serialization.method != Method::Files;
            if resource.range.is_some() != sharded
                || sharded && resource.path.as_str().contains(':')
            {
                return Err(ManifestError::Shard(name_of(resource)));
            }
        }
        resources.sort_by(|a, b| (&a.path, a.range).cmp(&(&b.path, b.range)));
        let root = root(&resources);
        Self {
            name: name.to_owned(),
            predicate_type: PREDICATE_TYPE.to_owned(),
            serialization,
            root,
            resources,
        }
        .checked()
    }

    /// Reads the payload of an envelope: a statement of version 1.0, or of the releases before it.
    ///
    /// # Errors
    /// [`ManifestError`].
    pub fn parse(payload: &[u8]) -> Result<Self, ManifestError> {
        let head: Head = from_json(payload)?;
        if head.kind != STATEMENT_TYPE {
            return Err(ManifestError::Type(head.kind.chars().take(80).collect()));
        }
        match head.predicate_type.as_str() {
            PREDICATE_TYPE => Self::from_statement(from_json(payload)?),
            EARLIER_PREDICATE_TYPE => Self::from_earlier(from_json(payload)?),
            other => Err(ManifestError::PredicateType(
                other.chars().take(120).collect(),
            )),
        }
    }

    /// The digests.
    #[must_use]
    pub fn resources(&self) -> &[Resource] {
        &self.resources
    }

    /// The statement, as JSON.
    ///
    /// # Errors
    /// [`ManifestError::Shape`] if it cannot be written.
    pub fn to_json(&self) -> Result<Vec<u8>, ManifestError> {
        let algorithm = self.serialization.algorithm();
        let statement = RawStatement {
            kind: STATEMENT_TYPE.to_owned(),
            subject: vec![RawSubject {
                name: self.name.clone(),
                digest: [("sha256".to_owned(), self.root.to_hex())].into(),
            }],
            predicate_type: PREDICATE_TYPE.to_owned(),
            predicate: RawPredicate {
                serialization: self.serialization.clone(),
                resources: self
                    .resources
                    .iter()
                    .map(|resource| RawResource {
                        name: name_of(resource),
                        algorithm: algorithm.clone(),
                        digest: resource.digest.to_hex(),
                    })
                    .collect(),
            },
        };
        serde_json::to_vec(&statement).map_err(|e| ManifestError::Shape(e.to_string()))
    }

    fn from_statement(statement: RawStatement<RawPredicate>) -> Result<Self, ManifestError> {
        let [subject] = statement.subject.as_slice() else {
            return Err(ManifestError::Subjects(statement.subject.len()));
        };
        let claimed = subject
            .digest
            .get("sha256")
            .and_then(|hex| Digest::from_hex(hex).ok())
            .ok_or_else(|| ManifestError::Shape("the subject has no SHA-256 digest".to_owned()))?;
        let serialization = statement.predicate.serialization;
        let listed = statement.predicate.resources;
        if listed.len() > MAX_RESOURCES {
            return Err(ManifestError::TooMany(listed.len()));
        }
        let algorithm = serialization.algorithm();
        let resources = listed
            .into_iter()
            .map(|raw| {
                let (path, range) = match serialization.method {
                    Method::Files => (ModelPath::parse(&raw.name)?, None),
                    Method::Shards { .. } => shard(&raw.name)?,
                };
                let digest = (raw.algorithm == algorithm)
                    .then(|| ContentDigest::from_hex(serialization.hash, &raw.digest))
                    .flatten()
                    .ok_or_else(|| ManifestError::Digest {
                        name: path.to_string(),
                        expected: algorithm.clone(),
                    })?;
                Ok(Resource {
                    path,
                    range,
                    digest,
                })
            })
            .collect::<Result<Vec<_>, ManifestError>>()?;
        let list = root(&resources);
        if list != claimed {
            return Err(ManifestError::Root {
                subject: claimed,
                list,
            });
        }
        Self {
            name: subject.name.clone(),
            predicate_type: PREDICATE_TYPE.to_owned(),
            serialization,
            root: list,
            resources,
        }
        .checked()
    }

    /// Before 1.0 each file was a subject with its SHA-256 digest, and nothing else was said.
    fn from_earlier(statement: RawStatement<serde::de::IgnoredAny>) -> Result<Self, ManifestError> {
        if statement.subject.len() > MAX_RESOURCES {
            return Err(ManifestError::TooMany(statement.subject.len()));
        }
        let serialization = Serialization::default();
        let resources = statement
            .subject
            .iter()
            .map(|subject| {
                let path = ModelPath::parse(&subject.name)?;
                let digest = subject
                    .digest
                    .get("sha256")
                    .and_then(|hex| ContentDigest::from_hex(serialization.hash, hex))
                    .ok_or_else(|| ManifestError::Digest {
                        name: path.to_string(),
                        expected: serialization.algorithm(),
                    })?;
                Ok(Resource {
                    path,
                    range: None,
                    digest,
                })
            })
            .collect::<Result<Vec<_>, ManifestError>>()?;
        Self {
            name: String::new(),
            predicate_type: EARLIER_PREDICATE_TYPE.to_owned(),
            serialization,
            root: root(&resources),
            resources,
        }
        .checked()
    }

    /// Checks that nothing is listed twice, and that `.` is alone.
    fn checked(self) -> Result<Self, ManifestError> {
        if self.resources.len() > MAX_RESOURCES {
            return Err(ManifestError::TooMany(self.resources.len()));
        }
        let mut seen: Vec<_> = self
            .resources
            .iter()
            .map(|resource| (&resource.path, resource.range))
            .collect();
        seen.sort_unstable();
        for pair in seen.windows(2) {
            if let [(path, range), next] = pair
                && (*path, *range) == *next
            {
                return Err(ManifestError::Duplicate(match range {
                    None => path.to_string(),
                    Some((start, end)) => format!("{path}:{start}:{end}"),
                }));
            }
        }
        let single = ModelPath::single();
        if seen.iter().any(|(path, _)| **path == single)
            && seen.iter().any(|(path, _)| **path != single)
        {
            return Err(ManifestError::Shape(
                "it is of a single file and has other files".to_owned(),
            ));
        }
        Ok(self)
    }
}

fn from_json<'de, T: Deserialize<'de>>(payload: &'de [u8]) -> Result<T, ManifestError> {
    serde_json::from_slice(payload).map_err(|e| ManifestError::Shape(e.to_string()))
}

/// The name of a resource: the path, or `path:start:end`.
fn name_of(resource: &Resource) -> String {
    match resource.range {
        None => resource.path.to_string(),
        Some((start, end)) => format!("{}:{start}:{end}", resource.path),
    }
}

fn shard(name: &str) -> Result<(ModelPath, Option<(u64, u64)>), ManifestError> {
    let refuse = || ManifestError::Shard(name.chars().take(120).collect());
    let number = |text: &str| {
        let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse().ok()).flatten()
    };
    let mut parts = name.rsplitn(3, ':');
    let end: u64 = parts.next().and_then(number).ok_or_else(refuse)?;
    let start: u64 = parts.next().and_then(number).ok_or_else(refuse)?;
    let path = ModelPath::parse(parts.next().ok_or_else(refuse)?)?;
    if start >= end {
        return Err(refuse());
    }
    Ok((path, Some((start, end))))
}

/// SHA-256 over the bytes of all digests.
fn root(resources: &[Resource]) -> Digest {
    let mut hasher = sha2::Sha256::new();
    for resource in resources {
        hasher.update(resource.digest.bytes());
    }
    Digest::from_bytes(hasher.finalize().into())
}

#[cfg(test)]
mod tests;
