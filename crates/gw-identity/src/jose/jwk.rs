use gw_attest::PublicKey;
use serde::Deserialize;

use super::Algorithm;
use crate::encoding;
use crate::raw_key::{self, Curve};

/// A key set longer than this is refused, and so is one with more keys than this.
const MAX_BYTES: usize = 256 * 1024;
const MAX_KEYS: usize = 100;

/// A public key as an issuer publishes it (RFC 7517).
#[derive(Debug, Clone)]
pub struct Jwk {
    kid: Option<String>,
    algorithm: Option<Algorithm>,
    public: PublicKey,
}

impl Jwk {
    /// The key.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Its id, if it has one.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }
}

/// Bytes that are no key set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeySetError {
    /// More than we read.
    #[error("the key set is too large: at most {MAX_BYTES} bytes and {MAX_KEYS} keys")]
    TooLarge,
    /// Not JSON of the right shape.
    #[error("not a JSON Web Key set: {0}")]
    Shape(String),
    /// Nothing in it verifies signatures.
    #[error("the key set has no key that verifies signatures with an algorithm we use")]
    Empty,
}

/// The keys that an issuer publishes for signatures. Secret keys, keys for encryption and kinds
/// that we do not use are left out.
#[derive(Debug, Clone)]
pub struct JwkSet {
    keys: Vec<Jwk>,
}

#[derive(Deserialize)]
struct RawSet {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct RawKey {
    kty: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default, rename = "use")]
    purpose: Option<String>,
    #[serde(default)]
    key_ops: Option<Vec<String>>,
    #[serde(default)]
    alg: Option<String>,
    #[serde(default)]
    crv: Option<String>,
    #[serde(default)]
    x: Option<String>,
    #[serde(default)]
    y: Option<String>,
    #[serde(default)]
    n: Option<String>,
    #[serde(default)]
    e: Option<String>,
}

impl JwkSet {
    /// Reads a key set.
    ///
    /// # Errors
    /// [`KeySetError`] if it is none, or has no key of use.
    pub fn parse(bytes: &[u8]) -> Result<Self, KeySetError> {
        if bytes.len() > MAX_BYTES {
            return Err(KeySetError::TooLarge);
        }
        let raw: RawSet =
            serde_json::from_slice(bytes).map_err(|e| KeySetError::Shape(e.to_string()))?;
        if raw.keys.len() > MAX_KEYS {
            return Err(KeySetError::TooLarge);
        }
        let keys: Vec<_> = raw
            .keys
            .into_iter()
            .filter_map(|key| read(&serde_json::from_value(key).ok()?))
            .collect();
        if keys.is_empty() {
            return Err(KeySetError::Empty);
        }
        Ok(Self { keys })
    }

    /// The keys.
    #[must_use]
    pub fn keys(&self) -> &[Jwk] {
        &self.keys
    }

    /// The keys that may have made a signature of this algorithm with this key id.
    pub(super) fn fitting<'k>(
        &'k self,
        algorithm: Algorithm,
        kid: Option<&'k str>,
    ) -> impl Iterator<Item = &'k Jwk> {
        self.keys.iter().filter(move |key| {
            kid.is_none_or(|kid| key.kid() == Some(kid))
                && key.algorithm.is_none_or(|only| only == algorithm)
                && algorithm.fits(&key.public)
        })
    }
}

fn read(raw: &RawKey) -> Option<Jwk> {
    let verifies = raw
        .key_ops
        .as_ref()
        .is_none_or(|operations| operations.iter().any(|operation| operation == "verify"));
    if raw.purpose.as_deref().is_some_and(|used| used != "sig") || !verifies {
        return None;
    }
    let number = |field: &Option<String>| field.as_deref().and_then(encoding::decode);
    let public = match (raw.kty.as_str(), raw.crv.as_deref()) {
        ("EC", Some("P-256")) => raw_key::elliptic(Curve::P256, &number(&raw.x)?, &number(&raw.y)?),
        ("EC", Some("P-384")) => raw_key::elliptic(Curve::P384, &number(&raw.x)?, &number(&raw.y)?),
        ("EC", Some("P-521")) => raw_key::elliptic(Curve::P521, &number(&raw.x)?, &number(&raw.y)?),
        ("OKP", Some("Ed25519")) => raw_key::ed25519(&number(&raw.x)?),
        ("RSA", _) => raw_key::rsa(&number(&raw.n)?, &number(&raw.e)?),
        _ => None,
    }?;
    // A key that is for an algorithm we do not use is for no other one either.
    let algorithm = match &raw.alg {
        Some(name) => Some(Algorithm::by_name(name)?),
        None => None,
    };
    Some(Jwk {
        kid: raw.kid.clone(),
        algorithm,
        public,
    })
}
