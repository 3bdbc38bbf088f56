use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Asset, Digest, Time};

/// Where an asset has a subject: a branch, an environment, a route, or a folder on this machine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Place(String);

impl Place {
    /// A branch of a repository.
    #[must_use]
    pub fn branch(name: &str) -> Self {
        Self(format!("branch:{name}"))
    }

    /// A path on this machine.
    #[must_use]
    pub fn path(path: &str) -> Self {
        Self(format!("path:{path}"))
    }

    /// The place as text, `kind:name`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for Place {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which subject an asset has, where, from when until when. Only bound subjects are decided again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    /// The asset.
    pub asset: Asset,
    /// Where.
    pub place: Place,
    /// The subject it has there.
    pub subject: Digest,
    /// Since when.
    pub from: Time,
    /// Until when, if it has ended or will.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
}
