//! Sigstore bundles: a signature with what is needed to verify it
//! (<https://github.com/sigstore/protobuf-specs>, `sigstore_bundle.proto`). Bundles around a DSSE
//! envelope are read in versions 0.1 to 0.3 and written in version 0.3.

pub(crate) mod json;
mod tlog;

use serde::{Deserialize, Serialize};

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

/// A bundle around a DSSE envelope.
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
    /// What was signed.
    pub envelope: Envelope,
}

/// Bytes that are no bundle around a DSSE envelope.
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
    /// A signature over a digest instead of an envelope.
    #[error("it has no DSSE envelope but a signature of a message")]
    NoEnvelope,
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
    message_signature: Option<serde_json::Value>,
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
            envelope,
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
        if raw.message_signature.is_some() {
            return Err(BundleError::NoEnvelope);
        }
        let envelope = raw.dsse_envelope.ok_or(BundleError::NoEnvelope)?;
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
            envelope,
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
            dsse_envelope: Some(self.envelope.clone()),
            message_signature: None,
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
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn document() -> Value {
        json!({
            "mediaType": BUNDLE_MEDIA_TYPE,
            "verificationMaterial": { "publicKey": { "hint": "abc" }, "tlogEntries": [] },
            "dsseEnvelope": {
                "payloadType": "application/vnd.in-toto+json",
                "payload": "e30=",
                "signatures": [{ "sig": "AAAA", "keyid": null }],
            },
        })
    }

    fn parse(value: &Value) -> Result<Bundle, BundleError> {
        Bundle::parse(value.to_string().as_bytes())
    }

    #[test]
    fn reads_what_it_writes() {
        for material in [
            Material::PublicKey { hint: None },
            Material::PublicKey {
                hint: Some("x".to_owned()),
            },
            Material::Chain(vec![vec![1, 2], vec![3]]),
            Material::Certificate(vec![9; 40]),
        ] {
            let mut bundle = parse(&document()).unwrap();
            bundle.material = material;
            bundle.timestamps = vec![vec![5; 3]];
            bundle.tlog_entries = vec![TlogEntry {
                log_index: u64::MAX,
                log_id: Some(LogId {
                    key_id: vec![1; 32],
                }),
                kind_version: KindVersion {
                    kind: "dsse".to_owned(),
                    version: "0.0.1".to_owned(),
                },
                integrated_time: 5,
                inclusion_promise: None,
                inclusion_proof: Some(InclusionProof {
                    log_index: 1,
                    root_hash: vec![2; 32],
                    tree_size: 2,
                    hashes: vec![vec![3; 32]],
                    checkpoint: None,
                }),
                canonicalized_body: b"{}".to_vec(),
            }];
            let again = Bundle::parse(&bundle.to_json().unwrap()).unwrap();
            assert_eq!(again, bundle);
        }
    }

    #[test]
    fn refuses_what_is_no_bundle_or_two_in_one() {
        let check = |pointer: &str, value: Value, expected: &str| {
            let mut document = document();
            let (parent, key) = pointer.rsplit_once('/').unwrap();
            document.pointer_mut(parent).unwrap()[key] = value;
            let error = parse(&document).unwrap_err().to_string();
            assert!(error.contains(expected), "{pointer}: {error}");
        };
        check("/mediaType", json!("application/json"), "media type");
        check(
            "/mediaType",
            json!("application/vnd.dev.sigstore.bundle.v0.4+json"),
            "media type",
        );
        check("/dsseEnvelope", Value::Null, "no DSSE envelope");
        check("/messageSignature", json!({}), "no DSSE envelope");
        check("/verificationMaterial", json!({}), "it has 0");
        check(
            "/verificationMaterial/certificate",
            json!({ "rawBytes": "AAAA" }),
            "it has 2",
        );
        check(
            "/verificationMaterial/tlogEntries",
            Value::Array(vec![
                json!({ "kindVersion": { "kind": "", "version": "" } });
                33
            ]),
            "more than 32",
        );
        let twice = document()
            .to_string()
            .replacen('{', r#"{"mediaType":"x","#, 1);
        assert!(Bundle::parse(twice.as_bytes()).is_err());
    }
}
