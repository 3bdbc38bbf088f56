use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::digest::HashType;

/// What a digest in the manifest is made over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Method {
    /// A whole file.
    #[default]
    Files,
    /// A piece of a file.
    Shards {
        /// How many bytes every shard but a file's last one has; never 0.
        size: u64,
    },
}

impl Method {
    /// The reference implementation's shards, 10^9 bytes.
    pub const DEFAULT_SHARDS: Self = Self::Shards {
        size: 1_000_000_000,
    };
}

/// How a model was turned into a list of digests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Serialization {
    /// What each digest is made over.
    pub method: Method,
    /// How it is made.
    pub hash: HashType,
    /// Whether links were followed.
    pub allow_symlinks: bool,
    /// Paths inside the model that were left out, with everything below them.
    pub ignore_paths: Vec<String>,
}

impl Serialization {
    /// The name of the function as the manifest's resources have it. That of a shard also says how
    /// long shards are.
    #[must_use]
    pub fn algorithm(&self) -> String {
        match self.method {
            Method::Files => self.hash.as_str().to_owned(),
            Method::Shards { size } => format!("{}-sharded-{size}", self.hash),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Raw {
    method: String,
    hash_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shard_size: Option<serde_json::Number>,
    allow_symlinks: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    ignore_paths: Vec<String>,
}

impl Serialize for Serialization {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (method, size) = match self.method {
            Method::Files => ("files", None),
            Method::Shards { size } => ("shards", Some(size.into())),
        };
        let raw = Raw {
            method: method.to_owned(),
            hash_type: self.hash.as_str().to_owned(),
            shard_size: size,
            allow_symlinks: self.allow_symlinks,
            ignore_paths: self.ignore_paths.clone(),
        };
        raw.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Serialization {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        let raw = Raw::deserialize(deserializer)?;
        let method = match (raw.method.as_str(), raw.shard_size) {
            ("files", None) => Method::Files,
            ("shards", Some(size)) => Method::Shards {
                size: whole(&size).ok_or_else(|| {
                    D::Error::custom("shard_size is not a whole number above zero")
                })?,
            },
            ("shards", None) => return Err(D::Error::missing_field("shard_size")),
            ("files", Some(_)) => return Err(D::Error::custom("files have no shard_size")),
            _ => return Err(D::Error::custom("the method is neither files nor shards")),
        };
        Ok(Self {
            method,
            hash: raw.hash_type.parse().map_err(|()| {
                D::Error::custom("the hash_type is none of sha256, blake2b and blake3")
            })?,
            allow_symlinks: raw.allow_symlinks,
            ignore_paths: raw.ignore_paths,
        })
    }
}

/// A whole number above zero. Protocol buffers know no integers in such places, so it may come as
/// `1e9`.
fn whole(number: &serde_json::Number) -> Option<u64> {
    /// All whole numbers up to here are exact as floating point numbers.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let whole = number.as_u64().or_else(|| {
        let float = number.as_f64()?;
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is whole and within the range"
        )]
        ((0.0..=EXACT).contains(&float) && float.fract() == 0.0).then_some(float as u64)
    })?;
    (whole > 0).then_some(whole)
}
