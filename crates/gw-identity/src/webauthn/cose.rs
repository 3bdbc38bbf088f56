use gw_attest::{PublicKey, Scheme, Sha2};

use super::WebauthnError;
use super::cbor::Cbor;
use crate::raw_key::{self, Curve};

/// A signature algorithm of COSE that we ask authenticators for (RFC 9053, RFC 8812).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CoseAlgorithm {
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
    /// RSASSA-PKCS1-v1_5 with SHA-256, which Windows Hello has.
    Rs256,
}

impl CoseAlgorithm {
    /// Every one, in the order of preference.
    pub const ALL: [Self; 3] = [Self::EdDsa, Self::Es256, Self::Rs256];

    /// Its number in COSE's registry.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self::Es256 => -7,
            Self::EdDsa => -8,
            Self::Rs256 => -257,
        }
    }

    /// The algorithm of a number.
    #[must_use]
    pub fn by_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.number() == number)
    }
}

/// A credential's public key (RFC 9052 section 7), with the one algorithm that it may be used with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoseKey {
    algorithm: CoseAlgorithm,
    public: PublicKey,
}

// Labels of RFC 9052 and RFC 9053.
const KEY_TYPE: i64 = 1;
const ALGORITHM: i64 = 3;
const CURVE: i64 = -1;
const X: i64 = -2;
const Y: i64 = -3;
const MODULUS: i64 = -1;
const EXPONENT: i64 = -2;

impl CoseKey {
    /// Reads a key that is all of `bytes`.
    ///
    /// # Errors
    /// [`WebauthnError::Malformed`] if it is no key, [`WebauthnError::Algorithm`] if it is of an
    /// algorithm that we do not ask for.
    pub fn parse(bytes: &[u8]) -> Result<Self, WebauthnError> {
        let value = Cbor::parse(bytes).map_err(|e| WebauthnError::malformed("key", e))?;
        Self::of(&value)
    }

    pub(super) fn of(value: &Cbor<'_>) -> Result<Self, WebauthnError> {
        let number = |label| value.at(label).and_then(Cbor::integer);
        let bytes = |label| value.at(label).and_then(Cbor::bytes).unwrap_or_default();
        let wrong = |detail: &str| WebauthnError::malformed("key", detail);
        let named = number(ALGORITHM).ok_or_else(|| wrong("it names no algorithm"))?;
        let algorithm = CoseAlgorithm::by_number(named).ok_or(WebauthnError::Algorithm(named))?;
        let public = match (algorithm, number(KEY_TYPE), number(CURVE)) {
            (CoseAlgorithm::Es256, Some(2), Some(1)) => {
                raw_key::elliptic(Curve::P256, bytes(X), bytes(Y))
            }
            (CoseAlgorithm::EdDsa, Some(1), Some(6)) => raw_key::ed25519(bytes(X)),
            (CoseAlgorithm::Rs256, Some(3), _) => raw_key::rsa(bytes(MODULUS), bytes(EXPONENT)),
            _ => None,
        };
        let public = public.ok_or_else(|| wrong("it is no key of its algorithm"))?;
        Ok(Self { algorithm, public })
    }

    /// Its algorithm.
    #[must_use]
    pub fn algorithm(&self) -> CoseAlgorithm {
        self.algorithm
    }

    /// The key.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Whether it is this key's signature.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let scheme = match self.algorithm {
            CoseAlgorithm::Es256 => Scheme::Ecdsa(Sha2::Sha256),
            CoseAlgorithm::EdDsa => Scheme::Ed25519,
            CoseAlgorithm::Rs256 => Scheme::RsaPkcs1(Sha2::Sha256),
        };
        self.public.verify_as(scheme, message, signature).is_ok()
    }
}
