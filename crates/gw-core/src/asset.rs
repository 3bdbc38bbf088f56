use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A long-lived thing people talk about, such as `repo:payments` or `model:fraud`: a stable URI
/// inside one realm, of the form `kind:name`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Asset {
    uri: String,
    colon: usize,
}

/// Text that names no asset.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{given}` is not an asset: expected kind:name such as repo:payments, the kind in lower-case \
     letters, the name without spaces, control characters or `#`, at most 512 bytes"
)]
pub struct AssetError {
    given: String,
}

impl Asset {
    /// An asset of a kind and a name.
    ///
    /// # Errors
    /// [`AssetError`] if either has characters that a URI or a fact key could not carry.
    pub fn new(kind: &str, name: &str) -> Result<Self, AssetError> {
        format!("{kind}:{name}").parse()
    }

    /// What sort of thing it is: `repo`, `image`, `model`, `dataset`, `service`, `automation`.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.uri.get(..self.colon).unwrap_or_default()
    }

    /// Its name among the things of its kind.
    #[must_use]
    pub fn name(&self) -> &str {
        self.uri.get(self.colon + 1..).unwrap_or_default()
    }

    /// The whole URI.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.uri
    }
}

impl FromStr for Asset {
    type Err = AssetError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let colon = text.find(':').unwrap_or(0);
        let (kind, name) = text.split_at(colon);
        let name = name.get(1..).unwrap_or_default();
        let good = text.len() <= 512
            && !kind.is_empty()
            && kind.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
            // A digest begins like an asset; it names a subject.
            && kind != "sha"
            && !name.is_empty()
            && !name
                .chars()
                .any(|c| c.is_whitespace() || c.is_control() || c == '#');
        if good {
            Ok(Self {
                uri: text.to_owned(),
                colon,
            })
        } else {
            Err(AssetError {
                given: text.chars().take(80).collect(),
            })
        }
    }
}

impl TryFrom<String> for Asset {
    type Error = AssetError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Asset> for String {
    fn from(asset: Asset) -> Self {
        asset.uri
    }
}

impl fmt::Display for Asset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.uri)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_a_kind_and_a_name() {
        let asset: Asset = "repo:example.org/team/payments".parse().unwrap();
        assert_eq!(asset.kind(), "repo");
        assert_eq!(asset.name(), "example.org/team/payments");
        assert_eq!(
            Asset::new("model", "fraud").unwrap().as_str(),
            "model:fraud"
        );
    }

    #[test]
    fn refuses_what_a_key_could_not_carry() {
        for bad in [
            "", "repo", ":x", "repo:", "Repo:x", "repo:a b", "repo:a#b", "repo:a\n",
        ] {
            assert!(bad.parse::<Asset>().is_err(), "{bad:?}");
        }
        assert!(
            format!("repo:{}", "x".repeat(600))
                .parse::<Asset>()
                .is_err()
        );
    }
}
