use std::fmt;
use std::str::FromStr;

use ed25519_dalek::Signer as _;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, KeypairBytes};
use gw_core::Digest;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::PublicKey;

/// The name of a public key: the SHA-256 of its SubjectPublicKeyInfo in DER, in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeyId(String);

impl KeyId {
    /// The id of the key with this SubjectPublicKeyInfo in DER.
    pub(crate) fn of_spki(der: &[u8]) -> Self {
        Self(Digest::of(der).to_hex())
    }
}

impl KeyId {
    /// The id as text: 64 hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first twelve digits, for people.
    #[must_use]
    pub fn short(&self) -> &str {
        self.0.get(..12).unwrap_or(&self.0)
    }
}

impl FromStr for KeyId {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Digest::from_hex(text).map_err(|_| KeyError::Id)?;
        Ok(Self(text.to_ascii_lowercase()))
    }
}

impl TryFrom<String> for KeyId {
    type Error = KeyError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<KeyId> for String {
    fn from(id: KeyId) -> Self {
        id.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A key that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Text that is not a key id.
    #[error("not a key id: expected 64 hexadecimal digits")]
    Id,
    /// Not a key of a kind we use.
    #[error("not a {expected}")]
    Format {
        /// What would have been one.
        expected: &'static str,
    },
    /// The passphrase is missing or wrong.
    #[error("the key is encrypted, and the passphrase is missing or wrong")]
    Passphrase,
    /// The operating system gave no randomness.
    #[error("the operating system gave no randomness")]
    Randomness,
}

/// A signature that does not verify.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not verify")]
pub struct SignatureError;

/// An Ed25519 key that signs.
#[derive(Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// A new key from the operating system's randomness.
    ///
    /// # Errors
    /// [`KeyError::Randomness`].
    pub fn generate() -> Result<Self, KeyError> {
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(seed.as_mut_slice()).map_err(|_| KeyError::Randomness)?;
        Ok(Self::from_seed(&seed))
    }

    /// The key of a 32-byte seed (RFC 8032 section 5.1.5).
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// Reads a PKCS #8 private key in PEM, encrypted or not.
    ///
    /// # Errors
    /// [`KeyError::Passphrase`] if it is encrypted and `passphrase` does not open it, else
    /// [`KeyError::Format`].
    pub fn from_pem(pem: &str, passphrase: Option<&str>) -> Result<Self, KeyError> {
        let key = if pem.contains("BEGIN ENCRYPTED PRIVATE KEY") {
            let passphrase = passphrase.ok_or(KeyError::Passphrase)?;
            let document = pkcs8_document(pem)?;
            let info = pkcs8::EncryptedPrivateKeyInfoRef::try_from(document.as_bytes())
                .map_err(|_| Self::FORMAT)?;
            let der = info.decrypt(passphrase).map_err(|_| KeyError::Passphrase)?;
            ed25519_dalek::SigningKey::from_pkcs8_der(der.as_bytes())
        } else {
            ed25519_dalek::SigningKey::from_pkcs8_pem(pem)
        };
        key.map(Self).map_err(|_| Self::FORMAT)
    }

    /// The key as PKCS #8 in PEM, encrypted if a passphrase is given.
    ///
    /// # Errors
    /// [`KeyError::Randomness`] if it could not be encrypted.
    pub fn to_pem(&self, passphrase: Option<&str>) -> Result<Zeroizing<String>, KeyError> {
        // Without the public half, which is optional and which OpenSSL 3.0 does not expect.
        let secret = KeypairBytes {
            secret_key: self.0.to_bytes(),
            public_key: None,
        };
        let Some(passphrase) = passphrase else {
            return secret
                .to_pkcs8_pem(LineEnding::LF)
                .map_err(|_| Self::FORMAT);
        };
        let der = secret.to_pkcs8_der().map_err(|_| Self::FORMAT)?;
        let info = pkcs8::PrivateKeyInfoRef::try_from(der.as_bytes()).map_err(|_| Self::FORMAT)?;
        let encrypted = info.encrypt(passphrase).map_err(|_| KeyError::Randomness)?;
        encrypted
            .to_pem("ENCRYPTED PRIVATE KEY", pkcs8::LineEnding::LF)
            .map_err(|_| Self::FORMAT)
    }

    /// The key of a PKCS #8 document in DER.
    pub(crate) fn from_pkcs8_der(der: &[u8]) -> Option<Self> {
        ed25519_dalek::SigningKey::from_pkcs8_der(der)
            .map(Self)
            .ok()
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey::Ed25519(Box::new(self.0.verifying_key()))
    }

    /// Signs a message: 64 bytes (RFC 8032).
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }

    const FORMAT: KeyError = KeyError::Format {
        expected: "PKCS #8 private key for Ed25519 in PEM",
    };
}

/// The DER of a PKCS #8 document in PEM, encrypted or not.
pub(crate) fn pkcs8_document(pem: &str) -> Result<pkcs8::SecretDocument, KeyError> {
    pkcs8::SecretDocument::from_pem(pem)
        .map(|(_, document)| document)
        .map_err(|_| SigningKey::FORMAT)
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public().id().short())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_survive_pem_with_and_without_a_passphrase() {
        let key = SigningKey::generate().unwrap();
        let plain = key.to_pem(None).unwrap();
        let back = SigningKey::from_pem(&plain, None).unwrap();
        assert_eq!(back.public(), key.public());

        let closed = key.to_pem(Some("correct horse")).unwrap();
        assert!(closed.contains("ENCRYPTED"));
        let back = SigningKey::from_pem(&closed, Some("correct horse")).unwrap();
        assert_eq!(back.public().id(), key.public().id());
        for wrong in [None, Some(""), Some("battery staple")] {
            let error = SigningKey::from_pem(&closed, wrong).unwrap_err();
            assert_eq!(error, KeyError::Passphrase);
        }
        assert!(SigningKey::from_pem("nothing", None).is_err());
    }

    #[test]
    fn signs_as_rfc_8032_section_7_1_test_2() {
        let seed = hex::decode("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
        let key = SigningKey::from_seed(&seed.unwrap().try_into().unwrap());
        let signature = key.sign(&[0x72]);
        assert_eq!(
            hex::encode(signature),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
             085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        );
        assert_eq!(key.public().verify(&[0x72], &signature), Ok(()));
        assert!(key.public().verify(&[0x73], &signature).is_err());
        assert!(key.public().verify(&[0x72], &signature[..63]).is_err());
    }
}
