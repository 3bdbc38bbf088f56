use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePublicKey as _, EncodePublicKey as _};
use p256::ecdsa::signature::hazmat::PrehashVerifier as _;

use crate::key::{KeyError, KeyId, SignatureError};
use crate::rsa::RsaPublicKey;
use crate::scheme::{Scheme, Sha2};

/// A key that verifies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicKey {
    /// Ed25519 (RFC 8032), verified strictly: small-order keys and malleable signatures are
    /// refused.
    Ed25519(Box<ed25519_dalek::VerifyingKey>),
    /// ECDSA over P-256 with SHA-256; signatures in DER or as 64 bytes.
    P256(Box<p256::ecdsa::VerifyingKey>),
    /// ECDSA over P-384 with SHA-384; signatures in DER.
    P384(Box<p384::ecdsa::VerifyingKey>),
    /// ECDSA over P-521 with SHA-512; signatures in DER.
    P521(Box<p521::ecdsa::VerifyingKey>),
    /// RSA of 2048 to 8192 bits, PKCS #1 v1.5 with SHA-256 where nothing names another scheme:
    /// certificate authorities and logs have such keys, we make no signatures with them.
    Rsa(Box<RsaPublicKey>),
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo in PEM.
    ///
    /// # Errors
    /// [`KeyError::Format`] if it is no key of a kind we use.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        let (label, document) = pkcs8::Document::from_pem(pem.trim()).map_err(|_| Self::FORMAT)?;
        if label != "PUBLIC KEY" {
            return Err(Self::FORMAT);
        }
        Self::from_spki(document.as_bytes())
    }

    /// Reads a SubjectPublicKeyInfo in DER (RFC 5280 section 4.1).
    ///
    /// # Errors
    /// [`KeyError::Format`] if it is no key of a kind we use.
    pub fn from_spki(der: &[u8]) -> Result<Self, KeyError> {
        if let Ok(key) = ed25519_dalek::VerifyingKey::from_public_key_der(der) {
            return Ok(Self::Ed25519(Box::new(key)));
        }
        if let Ok(key) = p256::ecdsa::VerifyingKey::from_public_key_der(der) {
            return Ok(Self::P256(Box::new(key)));
        }
        if let Ok(key) = p384::ecdsa::VerifyingKey::from_public_key_der(der) {
            return Ok(Self::P384(Box::new(key)));
        }
        if let Ok(key) = p521::ecdsa::VerifyingKey::from_public_key_der(der) {
            return Ok(Self::P521(Box::new(key)));
        }
        RsaPublicKey::from_spki(der)
            .map(|key| Self::Rsa(Box::new(key)))
            .ok_or(Self::FORMAT)
    }

    /// An Ed25519 key from its 32 bytes.
    ///
    /// # Errors
    /// [`KeyError::Format`] if they are no point of the curve.
    pub fn from_ed25519_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        ed25519_dalek::VerifyingKey::from_bytes(bytes)
            .map(|key| Self::Ed25519(Box::new(key)))
            .map_err(|_| KeyError::Format {
                expected: "public key for Ed25519",
            })
    }

    /// The 32 bytes of an Ed25519 key.
    #[must_use]
    pub fn ed25519_bytes(&self) -> Option<[u8; 32]> {
        match self {
            Self::Ed25519(key) => Some(key.to_bytes()),
            _ => None,
        }
    }

    /// The key's kind, as people write it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Ed25519(_) => "Ed25519",
            Self::P256(_) => "ECDSA P-256",
            Self::P384(_) => "ECDSA P-384",
            Self::P521(_) => "ECDSA P-521",
            Self::Rsa(_) => "RSA",
        }
    }

    /// The key as SubjectPublicKeyInfo in PEM, as OpenSSL writes it.
    #[must_use]
    pub fn to_pem(&self) -> String {
        // Encoding a valid key cannot fail; an empty text would fail to parse again.
        match self {
            Self::Ed25519(key) => key.to_public_key_pem(LineEnding::LF).ok(),
            Self::P256(key) => key.to_public_key_pem(LineEnding::LF).ok(),
            Self::P384(key) => key.to_public_key_pem(LineEnding::LF).ok(),
            Self::P521(key) => key.to_public_key_pem(LineEnding::LF).ok(),
            Self::Rsa(key) => pkcs8::Document::try_from(key.spki())
                .and_then(|document| document.to_pem("PUBLIC KEY", LineEnding::LF))
                .ok(),
        }
        .unwrap_or_default()
    }

    /// The key as SubjectPublicKeyInfo in DER.
    #[must_use]
    pub fn to_spki(&self) -> Vec<u8> {
        match self {
            Self::Ed25519(key) => key.to_public_key_der(),
            Self::P256(key) => key.to_public_key_der(),
            Self::P384(key) => key.to_public_key_der(),
            Self::P521(key) => key.to_public_key_der(),
            Self::Rsa(key) => return key.spki().to_vec(),
        }
        .map(|der| der.as_bytes().to_vec())
        .unwrap_or_default()
    }

    /// The key's id.
    #[must_use]
    pub fn id(&self) -> KeyId {
        KeyId::of_spki(&self.to_spki())
    }

    /// The scheme of this key's signatures where nothing else names one.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        match self {
            Self::Ed25519(_) => Scheme::Ed25519,
            Self::P256(_) => Scheme::Ecdsa(Sha2::Sha256),
            Self::P384(_) => Scheme::Ecdsa(Sha2::Sha384),
            Self::P521(_) => Scheme::Ecdsa(Sha2::Sha512),
            Self::Rsa(_) => Scheme::RsaPkcs1(Sha2::Sha256),
        }
    }

    /// Verifies a signature in the scheme that belongs to the key's kind.
    ///
    /// # Errors
    /// [`SignatureError`] if it is not this key's signature of `message`.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
        if let (Self::P256(key), 64) = (self, signature.len())
            && let Ok(signature) = p256::ecdsa::Signature::from_slice(signature)
            && key
                .verify_prehash(&Sha2::Sha256.digest(message), &signature)
                .is_ok()
        {
            return Ok(());
        }
        self.verify_as(self.scheme(), message, signature)
    }

    /// Verifies a signature in a named scheme. ECDSA signatures are strict DER; both halves of the
    /// range of `s` are valid, as FIPS 186-5 has it.
    ///
    /// # Errors
    /// [`SignatureError`] if it is not this key's signature of `message`, or the scheme is not for
    /// such keys.
    pub fn verify_as(
        &self,
        scheme: Scheme,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        match (self, scheme.hash()) {
            (Self::Ed25519(key), None) => ed25519_dalek::Signature::from_slice(signature)
                .and_then(|signature| key.verify_strict(message, &signature))
                .map_err(|_| SignatureError),
            (_, Some(hash)) => self.verify_digest(scheme, &hash.digest(message), signature),
            _ => Err(SignatureError),
        }
    }

    /// Verifies a signature of a message of which only the digest is known, made with the hash
    /// function of the scheme. There is none for Ed25519, which signs messages whole.
    ///
    /// # Errors
    /// [`SignatureError`] if it is not this key's signature, or the scheme is not for such keys.
    pub fn verify_digest(
        &self,
        scheme: Scheme,
        digest: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        if scheme.hash().map(|hash| usize::from(hash.length())) != Some(digest.len()) {
            return Err(SignatureError);
        }
        let verified = match (self, scheme) {
            (Self::P256(key), Scheme::Ecdsa(_)) => p256::ecdsa::Signature::from_der(signature)
                .and_then(|signature| key.verify_prehash(digest, &signature))
                .is_ok(),
            (Self::P384(key), Scheme::Ecdsa(_)) => p384::ecdsa::Signature::from_der(signature)
                .and_then(|signature| key.verify_prehash(digest, &signature))
                .is_ok(),
            (Self::P521(key), Scheme::Ecdsa(_)) => {
                // A digest of less than half the curve's length is refused by the library. Zeros in
                // front do not change the number that it stands for.
                let mut padded = vec![0; 64_usize.saturating_sub(digest.len())];
                padded.extend_from_slice(digest);
                p521::ecdsa::Signature::from_der(signature)
                    .and_then(|signature| key.verify_prehash(&padded, &signature))
                    .is_ok()
            }
            (Self::Rsa(key), Scheme::RsaPkcs1(hash)) => key.verify_pkcs1(hash, digest, signature),
            (Self::Rsa(key), Scheme::RsaPss(hash)) => key.verify_pss(hash, digest, signature),
            _ => false,
        };
        verified.then_some(()).ok_or(SignatureError)
    }

    const FORMAT: KeyError = KeyError::Format {
        expected: "public key for Ed25519, ECDSA P-256, P-384, P-521 or RSA",
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn verifies_p256_as_rfc_6979_appendix_a_2_5() {
        // The key and the signature of "sample" with SHA-256.
        let point = hex::decode(
            "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6\
             7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
        )
        .unwrap();
        let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(&point).unwrap();
        let key = PublicKey::P256(Box::new(key));
        let signature = hex::decode(
            "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716\
             f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
        )
        .unwrap();
        assert_eq!(key.verify(b"sample", &signature), Ok(()));
        assert!(key.verify(b"simple", &signature).is_err());
        let again = PublicKey::from_pem(&key.to_pem()).unwrap();
        assert_eq!(again.id(), key.id());
    }
}
