use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A tenant or team: assets, statements and decisions of different realms never mix.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Realm(String);

/// A name that no realm may have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a realm: expected 1 to 63 of a-z, 0-9 and `-`, beginning with a letter")]
pub struct RealmError;

impl Realm {
    /// The realm of the command line on one machine.
    #[must_use]
    pub fn local() -> Self {
        Self("local".to_owned())
    }

    /// The realm's name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Realm {
    type Err = RealmError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let good = matches!(text.len(), 1..=63)
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if good {
            Ok(Self(text.to_owned()))
        } else {
            Err(RealmError)
        }
    }
}

impl TryFrom<String> for Realm {
    type Error = RealmError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Realm> for String {
    fn from(realm: Realm) -> Self {
        realm.0
    }
}

impl fmt::Display for Realm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
