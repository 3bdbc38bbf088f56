use gw_core::Digest;

use crate::key::SignatureError;
use crate::{PAYLOAD_TYPE, PublicKey, Scheme, Sha2, pre_authentication_encoding};

/// What a signature is over.
#[derive(Debug, Clone, Copy)]
pub enum SignedContent<'a> {
    /// The payload of an envelope, of the type of in-toto statements.
    Payload(&'a [u8]),
    /// A file with this SHA-256 digest.
    File(&'a Digest),
}

impl SignedContent<'_> {
    /// Verifies a signature over the content. That of a file is over SHA-256, whatever the curve
    /// of the key.
    ///
    /// # Errors
    /// [`SignatureError`].
    pub fn verify(
        &self,
        key: &PublicKey,
        scheme: Scheme,
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        match self {
            Self::Payload(payload) => {
                let message = pre_authentication_encoding(PAYLOAD_TYPE, payload);
                key.verify_as(scheme, &message, signature)
            }
            Self::File(digest) => {
                let scheme = match scheme {
                    Scheme::Ecdsa(_) => Scheme::Ecdsa(Sha2::Sha256),
                    other => other,
                };
                key.verify_digest(scheme, digest.as_bytes(), signature)
            }
        }
    }

    /// SHA-256 over the payload; nothing for a file.
    pub(super) fn payload_digest(&self) -> Option<Digest> {
        match self {
            Self::Payload(payload) => Some(Digest::of(payload)),
            Self::File(_) => None,
        }
    }

    /// The digest of what is signed: of the envelope in DSSE's encoding, or of the file.
    pub(super) fn message_digest(&self, hash: Sha2) -> Option<Vec<u8>> {
        match (self, hash) {
            (Self::Payload(payload), hash) => {
                Some(hash.digest(&pre_authentication_encoding(PAYLOAD_TYPE, payload)))
            }
            (Self::File(digest), Sha2::Sha256) => Some(digest.as_bytes().to_vec()),
            (Self::File(_), _) => None,
        }
    }
}
