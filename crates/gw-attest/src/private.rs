use std::fmt;

use p256::ecdsa::signature::Signer as _;
use p256::pkcs8::DecodePrivateKey as _;

use crate::key::{KeyError, SigningKey, pkcs8_document};
use crate::public::PublicKey;

/// A private key of any kind that we sign with. [`SigningKey`] is what we make ourselves; the
/// others are what people bring.
#[derive(Clone)]
pub enum PrivateKey {
    /// Ed25519.
    Ed25519(Box<SigningKey>),
    /// ECDSA over P-256 with SHA-256.
    P256(Box<p256::ecdsa::SigningKey>),
    /// ECDSA over P-384 with SHA-384.
    P384(Box<p384::ecdsa::SigningKey>),
    /// ECDSA over P-521 with SHA-512.
    P521(Box<p521::ecdsa::SigningKey>),
}

const FORMAT: KeyError = KeyError::Format {
    expected: "private key for ECDSA P-256, P-384, P-521 or Ed25519 in PEM (PKCS #8 or SEC 1)",
};

impl PrivateKey {
    /// Reads a private key in PEM: PKCS #8, encrypted or not, or the older `EC PRIVATE KEY`
    /// (SEC 1, RFC 5915), which OpenSSL writes behind a block of parameters.
    ///
    /// # Errors
    /// [`KeyError::Passphrase`] if it is encrypted and `passphrase` does not open it, else
    /// [`KeyError::Format`].
    pub fn from_pem(pem: &str, passphrase: Option<&str>) -> Result<Self, KeyError> {
        const SEC1: &str = "-----BEGIN EC PRIVATE KEY-----";
        if let Some(at) = pem.find(SEC1) {
            return Self::from_sec1(pem.get(at..).unwrap_or_default().trim_end());
        }
        let document = pkcs8_document(pem.trim()).map_err(|_| FORMAT)?;
        if !pem.contains("BEGIN ENCRYPTED PRIVATE KEY") {
            return Self::from_pkcs8(document.as_bytes());
        }
        let passphrase = passphrase.ok_or(KeyError::Passphrase)?;
        let info =
            pkcs8::EncryptedPrivateKeyInfoRef::try_from(document.as_bytes()).map_err(|_| FORMAT)?;
        let opened = info.decrypt(passphrase).map_err(|_| KeyError::Passphrase)?;
        Self::from_pkcs8(opened.as_bytes())
    }

    fn from_sec1(pem: &str) -> Result<Self, KeyError> {
        // Each curve refuses the keys of the others by their parameters or their length.
        if let Ok(key) = p256::SecretKey::from_sec1_pem(pem) {
            return Ok(Self::P256(Box::new(key.into())));
        }
        if let Ok(key) = p384::SecretKey::from_sec1_pem(pem) {
            return Ok(Self::P384(Box::new(key.into())));
        }
        p521::SecretKey::from_sec1_pem(pem)
            .map(|key| Self::P521(Box::new(key.into())))
            .map_err(|_| FORMAT)
    }

    fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        if let Ok(key) = p256::ecdsa::SigningKey::from_pkcs8_der(der) {
            return Ok(Self::P256(Box::new(key)));
        }
        if let Ok(key) = p384::ecdsa::SigningKey::from_pkcs8_der(der) {
            return Ok(Self::P384(Box::new(key)));
        }
        if let Ok(key) = p521::ecdsa::SigningKey::from_pkcs8_der(der) {
            return Ok(Self::P521(Box::new(key)));
        }
        SigningKey::from_pkcs8_der(der)
            .map(|key| Self::Ed25519(Box::new(key)))
            .ok_or(FORMAT)
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        match self {
            Self::Ed25519(key) => key.public(),
            Self::P256(key) => PublicKey::P256(Box::new(*key.verifying_key())),
            Self::P384(key) => PublicKey::P384(Box::new(*key.verifying_key())),
            Self::P521(key) => PublicKey::P521(Box::new(*key.verifying_key())),
        }
    }

    /// Signs a message: 64 bytes for Ed25519, DER for ECDSA with the hash that belongs to the
    /// curve, made without randomness (RFC 6979).
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Ed25519(key) => key.sign(message).to_vec(),
            Self::P256(key) => {
                let signature: p256::ecdsa::DerSignature = key.sign(message);
                signature.as_bytes().to_vec()
            }
            Self::P384(key) => {
                let signature: p384::ecdsa::DerSignature = key.sign(message);
                signature.as_bytes().to_vec()
            }
            Self::P521(key) => {
                let signature: p521::ecdsa::DerSignature = key.sign(message);
                signature.as_bytes().to_vec()
            }
        }
    }
}

impl From<SigningKey> for PrivateKey {
    fn from(key: SigningKey) -> Self {
        Self::Ed25519(Box::new(key))
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({})", self.public().id().short())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use p256::pkcs8::{EncodePrivateKey as _, LineEnding};

    macro_rules! forms {
        ($curve:ident, $length:literal) => {{
            let mut bytes = [7; $length];
            bytes[0] = 0;
            let key = $curve::SecretKey::from_slice(&bytes).unwrap();
            vec![
                key.to_pkcs8_pem(LineEnding::LF).unwrap().to_string(),
                key.to_sec1_pem(LineEnding::LF).unwrap().to_string(),
            ]
        }};
    }

    #[test]
    fn keys_of_every_curve_sign_what_their_public_half_verifies() {
        for (kind, forms) in [
            ("ECDSA P-256", forms!(p256, 32)),
            ("ECDSA P-384", forms!(p384, 48)),
            ("ECDSA P-521", forms!(p521, 66)),
        ] {
            for pem in forms {
                let key = PrivateKey::from_pem(&pem, None).unwrap();
                assert_eq!(key.public().kind(), kind, "{pem}");
                let signature = key.sign(b"message");
                let public = PublicKey::from_pem(&key.public().to_pem()).unwrap();
                assert_eq!(public.verify(b"message", &signature), Ok(()));
                assert!(public.verify(b"massage", &signature).is_err());
                // Trailing bytes are not DER.
                let longer = [&signature[..], &[0]].concat();
                assert!(public.verify(b"message", &longer).is_err());
            }
        }
        let own = SigningKey::from_seed(&[1; 32]);
        let key = PrivateKey::from_pem(&own.to_pem(None).unwrap(), None).unwrap();
        assert_eq!(key.public(), own.public());
    }

    #[test]
    fn an_encrypted_key_needs_its_passphrase() {
        let own = SigningKey::from_seed(&[1; 32]);
        let pem = own.to_pem(Some("correct horse")).unwrap();
        let key = PrivateKey::from_pem(&pem, Some("correct horse")).unwrap();
        assert_eq!(key.public(), own.public());
        for wrong in [None, Some("battery staple")] {
            let error = PrivateKey::from_pem(&pem, wrong).unwrap_err();
            assert_eq!(error, KeyError::Passphrase);
        }
        assert!(PrivateKey::from_pem("nothing", None).is_err());
    }
}
