//! Sigstore bundles: a signature with what is needed to verify it
//! (<https://github.com/sigstore/protobuf-specs>, `sigstore_bundle.proto`). They are read in
//! versions 0.1 to 0.3 and written in version 0.3.

mod content;
pub(crate) mod json;
mod tlog;

use serde::{Deserialize, Serialize};

pub use content::{Content, MessageDigest, MessageSignature};
pub use tlog::{InclusionPromise, InclusionProof, KindVersion, LogCheckpoint, LogId, TlogEntry};

use crate::Envelope;

/// The media type of what we write.
pub const BUNDLE_MEDIA_TYPE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";

/// Longer bundles are refused: a manifest of a million files is shorter.
pub const MAX_BUNDLE: usize = 256 << 20;

/// More certificates, log entries or time stamps than this are refused.
const MAX_ITEMS: usize = 32;

/// The version of a bundle's form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BundleVersion {
    /// 0.1: an inclusion promise suffices.
    V01,
    /// 0.2: an inclusion proof is required.
    V02,
    /// 0.3: one certificate instead of a chain.
    V03,
}

/// What verifies the signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Material {
    /// A public key, named by a hint that its owner understands.
    PublicKey {
        /// The hint; bundles made before the format had it have none.
        hint: Option<String>,
    },
    /// A signing certificate and its issuers, each in DER.
    Chain(Vec<Vec<u8>>),
    /// A signing certificate in DER.
    Certificate(Vec<u8>),
}

/// A signature with what verifies it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// The version of its form.
    pub version: BundleVersion,
    /// What verifies the signature.
    pub material: Material,
    /// Entries of transparency logs.
    pub tlog_entries: Vec<TlogEntry>,
    /// Time stamps over the signature, each a `TimeStampResp` in DER (RFC 3161).
    pub timestamps: Vec<Vec<u8>>,
    /// What was signed: an envelope, or a file that lies elsewhere.
    pub content: Content,
}

/// Bytes that are no bundle, or a bundle of another sort than is needed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// Longer than the limit.
    #[error("it has {0} bytes, more than {MAX_BUNDLE}")]
    Length(usize),
    /// Not JSON of the right shape.
    #[error("not a sigstore bundle: {0}")]
    Shape(String),
    /// Not a bundle, or of a version we do not know.
    #[error("its media type is `{0}`, expected `{BUNDLE_MEDIA_TYPE}`")]
    MediaType(String),
    /// Several ways to verify, or none.
    #[error("expected one of publicKey, certificate and x509CertificateChain, it has {0}")]
    Material(usize),
    /// Several things that are signed, or none.
    #[error("expected one of dsseEnvelope and messageSignature, it has {0}")]
    Content(&'static str),
    /// A signature of a file where that of an envelope is needed.
    #[error("it has no DSSE envelope but the signature of one file")]
    NoEnvelope,
    /// The signature of an envelope where that of a file is needed.
    #[error("it has a DSSE envelope, and no signature of a file")]
    NoMessage,
    /// More parts than anybody needs.
    #[error("it has {count} {what}, more than {MAX_ITEMS}")]
    TooMany {
        /// How many.
        count: usize,
        /// Of what.
        what: &'static str,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawBundle {
    media_type: String,
    verification_material: RawMaterial,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dsse_envelope: Option<Envelope>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message_signature: Option<MessageSignature>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawMaterial {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    public_key: Option<RawPublicKey>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    x509_certificate_chain: Option<RawChain>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    certificate: Option<RawCertificate>,
    #[serde(default, deserialize_with = "null_is_default")]
    tlog_entries: Vec<TlogEntry>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    timestamp_verification_data: Option<RawTimestamps>,
}

#[derive(Serialize, Deserialize)]
struct RawPublicKey {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct RawChain {
    certificates: Vec<RawCertificate>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RawCertificate {
    #[serde(with = "json::bytes")]
    pub(crate) raw_bytes: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawTimestamps {
    #[serde(default, deserialize_with = "null_is_default")]
    rfc3161_timestamps: Vec<RawTimestamp>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawTimestamp {
    #[serde(with = "json::bytes")]
    signed_timestamp: Vec<u8>,
}

/// Some writers put `null` where others leave a list out.
fn null_is_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

impl Bundle {
    /// A bundle of a signed envelope and what verifies it.
    #[must_use]
    pub fn new(material: Material, envelope: Envelope) -> Self {
        Self {
            version: BundleVersion::V03,
            material,
            tlog_entries: Vec::new(),
            timestamps: Vec::new(),
            content: Content::Envelope(envelope),
        }
    }

    /// The envelope that is signed.
    ///
    /// # Errors
    /// [`BundleError::NoEnvelope`] if a file is.
    pub const fn envelope(&self) -> Result<&Envelope, BundleError> {
        match &self.content {
            Content::Envelope(envelope) => Ok(envelope),
            Content::Message(_) => Err(BundleError::NoEnvelope),
        }
    }

    /// The signature of a file.
    ///
    /// # Errors
    /// [`BundleError::NoMessage`] if an envelope is signed.
    pub const fn message(&self) -> Result<&MessageSignature, BundleError> {
        match &self.content {
            Content::Message(message) => Ok(message),
            Content::Envelope(_) => Err(BundleError::NoMessage),
        }
    }

    /// Reads a bundle. Nothing in it is verified.
    ///
    /// # Errors
    /// [`BundleError`] if it is none, or goes over a limit.
    pub fn parse(bytes: &[u8]) -> Result<Self, BundleError> {
        if bytes.len() > MAX_BUNDLE {
            return Err(BundleError::Length(bytes.len()));
        }
        let raw: RawBundle =
            serde_json::from_slice(bytes).map_err(|e| BundleError::Shape(e.to_string()))?;
        let version = version(&raw.media_type)
            .ok_or_else(|| BundleError::MediaType(raw.media_type.chars().take(80).collect()))?;
        let content = match (raw.dsse_envelope, raw.message_signature) {
            (Some(envelope), None) => Content::Envelope(envelope),
            (None, Some(message)) => Content::Message(message),
            (Some(_), Some(_)) => return Err(BundleError::Content("both")),
            (None, None) => return Err(BundleError::Content("neither")),
        };
        let material = raw.verification_material;
        let timestamps: Vec<_> = material
            .timestamp_verification_data
            .map(|data| data.rfc3161_timestamps)
            .unwrap_or_default()
            .into_iter()
            .map(|timestamp| timestamp.signed_timestamp)
            .collect();
        let bundle = Self {
            version,
            tlog_entries: material.tlog_entries,
            timestamps,
            content,
            material: match (
                material.public_key,
                material.x509_certificate_chain,
                material.certificate,
            ) {
                (Some(key), None, None) => Material::PublicKey {
                    hint: key.hint.filter(|hint| !hint.is_empty()),
                },
                (None, Some(chain), None) => Material::Chain(
                    chain
                        .certificates
                        .into_iter()
                        .map(|certificate| certificate.raw_bytes)
                        .collect(),
                ),
                (None, None, Some(certificate)) => Material::Certificate(certificate.raw_bytes),
                (key, chain, certificate) => {
                    let parts = [key.is_some(), chain.is_some(), certificate.is_some()];
                    let count = parts.iter().filter(|part| **part).count();
                    return Err(BundleError::Material(count));
                }
            },
        };
        bundle.check_limits()?;
        Ok(bundle)
    }

    /// The bundle as JSON, in version 0.3.
    ///
    /// # Errors
    /// [`BundleError::Shape`] if it cannot be written.
    pub fn to_json(&self) -> Result<Vec<u8>, BundleError> {
        let certificate = |bytes: &Vec<u8>| RawCertificate {
            raw_bytes: bytes.clone(),
        };
        let mut material = RawMaterial {
            tlog_entries: self.tlog_entries.clone(),
            ..RawMaterial::default()
        };
        match &self.material {
            Material::PublicKey { hint } => {
                material.public_key = Some(RawPublicKey { hint: hint.clone() });
            }
            Material::Chain(chain) => {
                material.x509_certificate_chain = Some(RawChain {
                    certificates: chain.iter().map(certificate).collect(),
                });
            }
            Material::Certificate(bytes) => material.certificate = Some(certificate(bytes)),
        }
        if !self.timestamps.is_empty() {
            material.timestamp_verification_data = Some(RawTimestamps {
                rfc3161_timestamps: self
                    .timestamps
                    .iter()
                    .map(|bytes| RawTimestamp {
                        signed_timestamp: bytes.clone(),
                    })
                    .collect(),
            });
        }
        serde_json::to_vec(&RawBundle {
            media_type: BUNDLE_MEDIA_TYPE.to_owned(),
            verification_material: material,
            dsse_envelope: self.envelope().ok().cloned(),
            message_signature: self.message().ok().cloned(),
        })
        .map_err(|e| BundleError::Shape(e.to_string()))
    }

    fn check_limits(&self) -> Result<(), BundleError> {
        let certificates = match &self.material {
            Material::Chain(chain) => chain.len(),
            _ => 0,
        };
        for (count, what) in [
            (certificates, "certificates"),
            (self.tlog_entries.len(), "log entries"),
            (self.timestamps.len(), "time stamps"),
        ] {
            if count > MAX_ITEMS {
                return Err(BundleError::TooMany { count, what });
            }
        }
        Ok(())
    }
}

fn version(media_type: &str) -> Option<BundleVersion> {
    match media_type {
        "application/vnd.dev.sigstore.bundle+json;version=0.1" => Some(BundleVersion::V01),
        "application/vnd.dev.sigstore.bundle+json;version=0.2" => Some(BundleVersion::V02),
        BUNDLE_MEDIA_TYPE | "application/vnd.dev.sigstore.bundle+json;version=0.3" => {
            Some(BundleVersion::V03)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
