use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Digest;

/// The sort of content a subject is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectKind {
    /// The files of a folder, or of a commit.
    Tree,
    /// One file.
    File,
    /// An archive, judged as one thing with everything inside it.
    Archive,
    /// A bill of materials that somebody supplied.
    Sbom,
    /// A container image.
    Image,
    /// A published package.
    Package,
    /// A dataset, by its Merkle root.
    Dataset,
    /// A model, by its signing root.
    Model,
    /// A request to act.
    Action,
    /// A policy, a set of authority rules, an advisory index or a set of trust roots.
    Rules,
}

impl SubjectKind {
    /// The kind's name as reports write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tree => "tree",
            Self::File => "file",
            Self::Archive => "archive",
            Self::Sbom => "sbom",
            Self::Image => "image",
            Self::Package => "package",
            Self::Dataset => "dataset",
            Self::Model => "model",
            Self::Action => "action",
            Self::Rules => "rules",
        }
    }
}

impl fmt::Display for SubjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The immutable content of an asset, named by its digest.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Subject {
    /// The sort of content.
    pub kind: SubjectKind,
    /// What people call it: a path, a tag, a package's name. No part of its identity.
    pub name: String,
    /// The commit whose tree this is, if the work tree was clean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Its identity.
    pub digest: Digest,
}

/// How in-toto statements name an artifact
/// (<https://github.com/in-toto/attestation/blob/main/spec/v1/resource_descriptor.md>).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceDescriptor {
    /// A name for people, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A URI for the artifact, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// Digests by algorithm, in hexadecimal.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub digest: BTreeMap<String, String>,
}

impl ResourceDescriptor {
    /// The SHA-256 digest, if it is given and well formed.
    #[must_use]
    pub fn sha256(&self) -> Option<Digest> {
        Digest::from_hex(self.digest.get("sha256")?).ok()
    }
}

impl From<&Subject> for ResourceDescriptor {
    fn from(subject: &Subject) -> Self {
        let mut digest = BTreeMap::from([("sha256".to_owned(), subject.digest.to_hex())]);
        if let Some(commit) = &subject.commit {
            digest.insert("gitCommit".to_owned(), commit.clone());
        }
        Self {
            name: Some(subject.name.clone()),
            uri: None,
            digest,
        }
    }
}
