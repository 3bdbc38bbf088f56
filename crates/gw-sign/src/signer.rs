use gw_attest::bundle::Material;
use gw_attest::certificate::Certificate;
use gw_attest::{KeyId, PrivateKey, PublicKey};
use gw_core::{Digest, Time};

use crate::error::SignError;

/// Who signs a model: a key, perhaps with a certificate.
#[derive(Debug, Clone)]
pub struct ModelSigner {
    key: PrivateKey,
    chain: Vec<Certificate>,
}

impl ModelSigner {
    /// Signs with a key that verifiers know.
    #[must_use]
    pub fn with_key(key: PrivateKey) -> Self {
        Self {
            key,
            chain: Vec::new(),
        }
    }

    /// Signs with a key that a certificate is for. The issuers' certificates go into the bundle,
    /// from the signing certificate's own upward.
    ///
    /// # Errors
    /// [`SignError::OtherKey`] if the certificate is for another key.
    pub fn with_certificate(
        key: PrivateKey,
        certificate: Certificate,
        issuers: Vec<Certificate>,
    ) -> Result<Self, SignError> {
        if certificate.public_key().ok() != Some(key.public()) {
            return Err(SignError::OtherKey(certificate.subject()));
        }
        let mut chain = vec![certificate];
        chain.extend(issuers);
        Ok(Self { key, chain })
    }

    /// The key.
    #[must_use]
    pub const fn key(&self) -> &PrivateKey {
        &self.key
    }

    /// What the bundle has, so that it can be verified.
    pub(crate) fn material(&self) -> Material {
        if self.chain.is_empty() {
            return Material::PublicKey {
                hint: Some(hint(&self.key.public())),
            };
        }
        Material::Chain(
            self.chain
                .iter()
                .map(|certificate| certificate.der().to_vec())
                .collect(),
        )
    }
}

/// How model signing names a key: SHA-256 of its PEM text.
pub(crate) fn hint(key: &PublicKey) -> String {
    Digest::of(key.to_pem().as_bytes()).to_hex()
}

/// Who signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignerIdentity {
    /// Who has a key.
    Key {
        /// The key's id.
        id: KeyId,
        /// The key's kind.
        kind: &'static str,
    },
    /// Whom a certificate names, by an authority that the verifier trusts.
    Certificate {
        /// Whom.
        subject: String,
        /// SHA-256 over the certificate.
        fingerprint: Digest,
        /// The authority.
        authority: String,
        /// SHA-256 over the authority's certificate.
        authority_fingerprint: Digest,
    },
    /// Who proved an identity to an authority that issues short-lived certificates.
    Keyless {
        /// The identity: an e-mail address, a URI or another name.
        identity: String,
        /// Who vouched for it.
        issuer: String,
        /// When it was signed.
        time: Time,
    },
}

impl std::fmt::Display for SignerIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Key { id, kind } => write!(f, "key {} ({kind})", id.short()),
            Self::Certificate {
                subject, authority, ..
            } => write!(f, "{subject}, certified by {authority}"),
            Self::Keyless {
                identity,
                issuer,
                time,
            } => write!(f, "{identity}, by {issuer}, at {time}"),
        }
    }
}
