use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Asset, Digest, Hasher};

/// What a fact is about: `scope#name`, for example `sha256:...#scan/secret`,
/// `repo:payments#accept/<id>`, `advisory#npm/x`, `key#<id>` or `model:fraud#gate/admit`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FactKey(String);

/// Text that is not a fact key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a fact key: expected scope#name, neither part empty")]
pub struct FactKeyError;

impl FactKey {
    /// A fact about a subject.
    #[must_use]
    pub fn subject(subject: &Digest, name: &str) -> Self {
        Self(format!("{subject}#{name}"))
    }

    /// A fact about an asset.
    #[must_use]
    pub fn asset(asset: &Asset, name: &str) -> Self {
        Self(format!("{asset}#{name}"))
    }

    /// The advisories for a package; `ecosystem` and `package` in the advisories' own spelling.
    #[must_use]
    pub fn advisory(ecosystem: &str, package: &str) -> Self {
        Self(format!("advisory#{ecosystem}/{package}"))
    }

    /// Whether there are advisories for an ecosystem at all, and whether they are current.
    #[must_use]
    pub fn ecosystem(name: &str) -> Self {
        Self(format!("advisory#{name}"))
    }

    /// The standing of a key.
    #[must_use]
    pub fn key(id: &str) -> Self {
        Self(format!("key#{id}"))
    }

    /// Rules that hold for a whole realm: `policy`, `authority`.
    #[must_use]
    pub fn rules(name: &str) -> Self {
        Self(format!("rules#{name}"))
    }

    /// The whole key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the fact is about: everything before the first `#`.
    #[must_use]
    pub fn scope(&self) -> &str {
        self.0.split_once('#').map_or("", |(scope, _)| scope)
    }

    /// The fact's name: everything after the first `#`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.split_once('#').map_or("", |(_, name)| name)
    }
}

impl FromStr for FactKey {
    type Err = FactKeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::try_from(text.to_owned())
    }
}

impl TryFrom<String> for FactKey {
    type Error = FactKeyError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.split_once('#') {
            Some((scope, name)) if !scope.is_empty() && !name.is_empty() => Ok(Self(text)),
            _ => Err(FactKeyError),
        }
    }
}

impl From<FactKey> for String {
    fn from(key: FactKey) -> Self {
        key.0
    }
}

impl fmt::Display for FactKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", content = "value", rename_all = "kebab-case")]
pub enum FactState {
    /// Admitted statements say this.
    Known(Value),
    /// Nothing admitted says anything.
    Absent,
    /// What was known is older than its authority rule allows.
    Stale,
    /// What is known does not cover everything it should.
    Incomplete,
    /// Admitted statements contradict each other, or the fact depends on itself.
    Conflicting,
}

impl FactState {
    /// The state's name, as policies see it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Known(_) => "known",
            Self::Absent => "absent",
            Self::Stale => "stale",
            Self::Incomplete => "incomplete",
            Self::Conflicting => "conflicting",
        }
    }

    /// The value, if it is known.
    #[must_use]
    pub const fn known(&self) -> Option<&Value> {
        match self {
            Self::Known(value) => Some(value),
            _ => None,
        }
    }
}

/// The version of a fact: equal versions mean the same state for the same reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(Digest);

impl Version {
    /// The version of every fact that nothing is known of.
    pub const ABSENT: Self = Self(Digest::from_bytes([0; 32]));

    /// The version of a fact that rests on these statements or records, in any order.
    #[must_use]
    pub fn of(state: &FactState, basis: &[Digest]) -> Self {
        if matches!(state, FactState::Absent) && basis.is_empty() {
            return Self::ABSENT;
        }
        let mut basis = basis.to_vec();
        basis.sort_unstable();
        basis.dedup();
        let mut hasher = Hasher::new("fact");
        hasher.field(state.name().as_bytes());
        if let Some(value) = state.known() {
            // The order of an object's keys says nothing.
            let mut value = value.clone();
            value.sort_all_objects();
            hasher.field(value.to_string().as_bytes());
        }
        for digest in &basis {
            hasher.field(digest.as_bytes());
        }
        Self(hasher.finish())
    }

    /// A version that was computed elsewhere, such as an advisory index's digest of a package's
    /// records.
    #[must_use]
    pub const fn from_digest(digest: Digest) -> Self {
        Self(digest)
    }

    /// The version's digest.
    #[must_use]
    pub const fn digest(&self) -> &Digest {
        &self.0
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::ABSENT {
            f.write_str("absent")
        } else {
            f.write_str(&self.0.short())
        }
    }
}

/// What the admitted statements amount to, under one key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// What it is about.
    pub key: FactKey,
    /// What is known.
    #[serde(flatten)]
    pub state: FactState,
    /// Its version.
    pub version: Version,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_two_parts() {
        let key = FactKey::advisory("npm", "@scope/x");
        assert_eq!((key.scope(), key.name()), ("advisory", "npm/@scope/x"));
        for bad in ["", "#", "a#", "#b", "ab"] {
            assert!(bad.parse::<FactKey>().is_err(), "{bad}");
        }
    }

    #[test]
    fn versions_tell_states_values_and_reasons_apart() {
        let (a, b) = (Digest::of(b"a"), Digest::of(b"b"));
        let yes = FactState::Known(Value::Bool(true));
        let no = FactState::Known(Value::Bool(false));
        assert_eq!(Version::of(&yes, &[a, b]), Version::of(&yes, &[b, a, a]));
        assert_ne!(Version::of(&yes, &[a]), Version::of(&no, &[a]));
        assert_ne!(Version::of(&yes, &[a]), Version::of(&yes, &[b]));
        assert_ne!(
            Version::of(&FactState::Stale, &[a]),
            Version::of(&yes, &[a])
        );
        assert_eq!(Version::of(&FactState::Absent, &[]), Version::ABSENT);
    }
}
