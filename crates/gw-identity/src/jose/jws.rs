use gw_attest::{PublicKey, Scheme, Sha2};
use serde::Deserialize;

use super::jwk::JwkSet;
use crate::encoding;
use crate::raw_key::{self, Curve};

/// A token longer than this is refused. Providers' tokens have one to four thousand bytes.
const MAX_TOKEN: usize = 16 * 1024;

/// A signature algorithm (RFC 7518 section 3.1, RFC 8037): asymmetric ones only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256, 384 or 512: RS256, RS384, RS512.
    Rs(Sha2),
    /// RSASSA-PSS: PS256, PS384, PS512.
    Ps(Sha2),
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// ECDSA on P-521 with SHA-512.
    Es512,
    /// Ed25519.
    EdDsa,
}

impl Algorithm {
    /// Every one.
    pub const ALL: [Self; 10] = [
        Self::Rs(Sha2::Sha256),
        Self::Rs(Sha2::Sha384),
        Self::Rs(Sha2::Sha512),
        Self::Ps(Sha2::Sha256),
        Self::Ps(Sha2::Sha384),
        Self::Ps(Sha2::Sha512),
        Self::Es256,
        Self::Es384,
        Self::Es512,
        Self::EdDsa,
    ];

    /// Its name in JOSE.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rs(Sha2::Sha256) => "RS256",
            Self::Rs(Sha2::Sha384) => "RS384",
            Self::Rs(Sha2::Sha512) => "RS512",
            Self::Ps(Sha2::Sha256) => "PS256",
            Self::Ps(Sha2::Sha384) => "PS384",
            Self::Ps(Sha2::Sha512) => "PS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The algorithm of this name; none for `none`, for HMAC, and for what nobody knows.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        // RFC 9864 names the curve; only one of the two that `EdDSA` stood for is here.
        let name = if name == "Ed25519" { "EdDSA" } else { name };
        Self::ALL.into_iter().find(|known| known.as_str() == name)
    }

    /// Whether a key of this kind makes such signatures.
    pub(super) fn fits(self, key: &PublicKey) -> bool {
        matches!(
            (self, key),
            (Self::Rs(_) | Self::Ps(_), PublicKey::Rsa(_))
                | (Self::Es256, PublicKey::P256(_))
                | (Self::Es384, PublicKey::P384(_))
                | (Self::Es512, PublicKey::P521(_))
                | (Self::EdDsa, PublicKey::Ed25519(_))
        )
    }

    /// Verifies a signature in JOSE's form.
    pub(super) fn verify(self, key: &PublicKey, message: &[u8], signature: &[u8]) -> bool {
        let ecdsa = |curve, hash| {
            raw_key::ecdsa_der(curve, signature).is_some_and(|der| {
                let scheme = Scheme::Ecdsa(hash);
                key.verify_as(scheme, message, &der).is_ok()
            })
        };
        self.fits(key)
            && match self {
                Self::Rs(hash) => key
                    .verify_as(Scheme::RsaPkcs1(hash), message, signature)
                    .is_ok(),
                Self::Ps(hash) => key
                    .verify_as(Scheme::RsaPss(hash), message, signature)
                    .is_ok(),
                Self::Es256 => ecdsa(Curve::P256, Sha2::Sha256),
                Self::Es384 => ecdsa(Curve::P384, Sha2::Sha384),
                Self::Es512 => ecdsa(Curve::P521, Sha2::Sha512),
                Self::EdDsa => key.verify_as(Scheme::Ed25519, message, signature).is_ok(),
            }
    }
}

/// Why a token's signature does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JwsError {
    /// Not three parts of base64url, or too long.
    #[error("not a signed token: expected three parts of base64url, at most {MAX_TOKEN} bytes")]
    Form,
    /// A header that is no JSON object of the right shape.
    #[error("the token's header is not understood: {0}")]
    Header(String),
    /// A header that brings or names a key, or changes how the token is read.
    #[error("the token's header has `{0}`, which is not accepted")]
    HeaderField(&'static str),
    /// An algorithm that is not allowed here.
    #[error("the token's algorithm `{0}` is not allowed")]
    Algorithm(String),
    /// No published key fits the header; a newer key set may have one.
    #[error("no published key fits the token (kid `{0}`)")]
    UnknownKey(String),
    /// A signature that does not verify.
    #[error("the token's signature does not verify")]
    Signature,
}

/// What a header may have (RFC 7515 section 4.1). Each of these fields counts once.
#[derive(Debug, Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    typ: Option<String>,
    // Keys that come with a token are an attacker's. `crit` and `b64` change the reading.
    #[serde(default)]
    jwk: Option<serde_json::Value>,
    #[serde(default)]
    jku: Option<serde_json::Value>,
    #[serde(default)]
    x5u: Option<serde_json::Value>,
    #[serde(default)]
    x5c: Option<serde_json::Value>,
    #[serde(default)]
    crit: Option<serde_json::Value>,
    #[serde(default)]
    b64: Option<serde_json::Value>,
    #[serde(default)]
    zip: Option<serde_json::Value>,
}

/// A token that was taken apart and not verified yet. What it says cannot be reached without
/// [`Jws::verify`].
#[derive(Debug, Clone)]
pub struct Jws<'t> {
    algorithm: Algorithm,
    kid: Option<String>,
    typ: Option<String>,
    signed: &'t str,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

impl<'t> Jws<'t> {
    /// Takes a token in compact form apart.
    ///
    /// # Errors
    /// [`JwsError`] if it is not in that form, has an algorithm that is not among `allowed`, or
    /// brings a key of its own.
    pub fn parse(token: &'t str, allowed: &[Algorithm]) -> Result<Self, JwsError> {
        if token.len() > MAX_TOKEN {
            return Err(JwsError::Form);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(JwsError::Form)?;
        let (header, payload) = signed.split_once('.').ok_or(JwsError::Form)?;
        let part = |text| encoding::decode(text).ok_or(JwsError::Form);
        let header: Header = serde_json::from_slice(&part(header)?)
            .map_err(|error| JwsError::Header(error.to_string()))?;
        for (name, value) in [
            ("jwk", &header.jwk),
            ("jku", &header.jku),
            ("x5u", &header.x5u),
            ("x5c", &header.x5c),
            ("crit", &header.crit),
            ("b64", &header.b64),
            ("zip", &header.zip),
        ] {
            if value.is_some() {
                return Err(JwsError::HeaderField(name));
            }
        }
        let algorithm = Algorithm::by_name(&header.alg)
            .filter(|algorithm| allowed.contains(algorithm))
            .ok_or_else(|| JwsError::Algorithm(header.alg.chars().take(32).collect()))?;
        Ok(Self {
            algorithm,
            kid: header.kid,
            typ: header.typ,
            signed,
            payload: part(payload)?,
            signature: part(signature)?,
        })
    }

    /// The id of the key that the header asks for. It is compared with published ids, and never
    /// taken for a path, an address or a query.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The header's `typ`, such as `JWT` or `at+jwt`.
    #[must_use]
    pub fn typ(&self) -> Option<&str> {
        self.typ.as_deref()
    }

    /// The issuer that the token says it is from, before anything is verified: good for choosing
    /// keys among those of issuers that are trusted anyway, and for nothing else.
    #[must_use]
    pub fn claimed_issuer(&self) -> Option<String> {
        #[derive(Deserialize)]
        struct Named {
            iss: String,
        }
        let named: Named = serde_json::from_slice(&self.payload).ok()?;
        Some(named.iss)
    }

    /// Verifies the signature with the one key of `keys` that the header means, and returns what
    /// was signed.
    ///
    /// # Errors
    /// [`JwsError::UnknownKey`] if no key, or more than one without a `kid`, fits the header;
    /// [`JwsError::Signature`] if it is not that key's signature.
    pub fn verify(&self, keys: &JwkSet) -> Result<&[u8], JwsError> {
        let mut fitting = keys.fitting(self.algorithm, self.kid());
        let unknown = || {
            let kid = self.kid.as_deref().unwrap_or_default();
            JwsError::UnknownKey(kid.chars().take(80).collect())
        };
        let key = fitting.next().ok_or_else(unknown)?;
        if fitting.next().is_some() {
            return Err(unknown());
        }
        let message = self.signed.as_bytes();
        if self
            .algorithm
            .verify(key.public(), message, &self.signature)
        {
            Ok(&self.payload)
        } else {
            Err(JwsError::Signature)
        }
    }
}
