use serde::Deserialize;
use serde_json::Value;

use super::content::SignedContent;
use crate::Sha2;
use crate::bundle::KindVersion;
use crate::bundle::json::from_base64;
use crate::certificate::Certificate;

/// An entry of a transparency log that is about something else.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// A sort of entry that we do not read.
    #[error("entries of kind {kind} {version} are not read")]
    Unsupported {
        /// Its kind.
        kind: String,
        /// Its version.
        version: String,
    },
    /// Not an entry.
    #[error("the entry cannot be read: {0}")]
    Shape(String),
    /// The entry's head is not what the bundle says.
    #[error("the bundle calls the entry {0}, which it is not")]
    Kind(String),
    /// Another payload.
    #[error("the entry is about another payload")]
    Payload,
    /// Another signature.
    #[error("the entry is about another signature")]
    Signature,
    /// Another certificate.
    #[error("the entry is about another certificate")]
    Verifier,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    kind: String,
    api_version: String,
    spec: Value,
}

/// Checks that an entry of a log (Rekor, <https://github.com/sigstore/rekor> `pkg/types`, and
/// <https://github.com/sigstore/rekor-tiles>) is about this content with this signature by this
/// certificate. Entries `dsse` 0.0.1 and 0.0.2, `hashedrekord` 0.0.1 and 0.0.2 and `intoto` 0.0.2
/// are read.
///
/// # Errors
/// [`EntryError`].
pub fn check_entry(
    named: &KindVersion,
    body: &[u8],
    content: &SignedContent<'_>,
    signature: &[u8],
    certificate: &Certificate,
) -> Result<(), EntryError> {
    let KindVersion { kind, version } = named;
    let entry: Entry =
        serde_json::from_slice(body).map_err(|e| EntryError::Shape(e.to_string()))?;
    if entry.kind != *kind || entry.api_version != *version {
        return Err(EntryError::Kind(short(&format!("{kind} {version}"))));
    }
    let claim = match (kind.as_str(), version.as_str()) {
        ("dsse", "0.0.1") => dsse_1(&entry.spec),
        ("dsse", "0.0.2") => dsse_2(&entry.spec),
        ("hashedrekord", "0.0.1") => hashedrekord_1(&entry.spec),
        ("hashedrekord", "0.0.2") => hashedrekord_2(&entry.spec),
        ("intoto", "0.0.2") => intoto_2(&entry.spec),
        _ => {
            return Err(EntryError::Unsupported {
                kind: short(kind),
                version: short(version),
            });
        }
    };
    let claim = claim.ok_or_else(|| {
        EntryError::Shape("a field is missing, or is not as this kind has it".to_owned())
    })?;
    let expected = match claim.hash {
        Hashed::Payload => content
            .payload_digest()
            .map(|digest| digest.as_bytes().to_vec()),
        Hashed::Message(hash) => content.message_digest(hash),
    };
    if expected.as_deref() != Some(&claim.digest) {
        return Err(EntryError::Payload);
    }
    if claim.signature != signature {
        return Err(EntryError::Signature);
    }
    if claim.certificate != certificate.der() {
        return Err(EntryError::Verifier);
    }
    Ok(())
}

/// What an entry says.
struct Claim {
    hash: Hashed,
    digest: Vec<u8>,
    signature: Vec<u8>,
    /// In DER.
    certificate: Vec<u8>,
}

/// What an entry's digest is over.
enum Hashed {
    /// An envelope's payload, with SHA-256.
    Payload,
    /// What is signed: a file, or an envelope in DSSE's encoding.
    Message(Sha2),
}

fn dsse_1(spec: &Value) -> Option<Claim> {
    let hash = spec.get("payloadHash")?;
    let signature = only(spec.get("signatures")?)?;
    Some(Claim {
        hash: Hashed::Payload,
        digest: hex_digest(hash)?,
        signature: base64_field(signature, "signature")?,
        certificate: pem_certificate(&base64_field(signature, "verifier")?)?,
    })
}

fn dsse_2(spec: &Value) -> Option<Claim> {
    let spec = spec.get("dsseV002")?;
    let (hash, digest) = named_digest(spec.get("payloadHash")?)?;
    let (signature, certificate) = signature_2(only(spec.get("signatures")?)?)?;
    (hash == Sha2::Sha256).then_some(Claim {
        hash: Hashed::Payload,
        digest,
        signature,
        certificate,
    })
}

fn hashedrekord_1(spec: &Value) -> Option<Claim> {
    let signature = spec.get("signature")?;
    let verifier = base64_field(signature.get("publicKey")?, "content")?;
    Some(Claim {
        hash: Hashed::Message(Sha2::Sha256),
        digest: hex_digest(spec.get("data")?.get("hash")?)?,
        signature: base64_field(signature, "content")?,
        certificate: pem_certificate(&verifier)?,
    })
}

/// The second log has no other kind: envelopes are entered with the digest of their encoding.
fn hashedrekord_2(spec: &Value) -> Option<Claim> {
    let spec = spec.get("hashedRekordV002")?;
    let (hash, digest) = named_digest(spec.get("data")?)?;
    let (signature, certificate) = signature_2(spec.get("signature")?)?;
    Some(Claim {
        hash: Hashed::Message(hash),
        digest,
        signature,
        certificate,
    })
}

fn intoto_2(spec: &Value) -> Option<Claim> {
    let content = spec.get("content")?;
    let signature = only(content.get("envelope")?.get("signatures")?)?;
    // The signature is encoded twice: as the envelope has it, and once more by the log.
    let once = base64_field(signature, "sig")?;
    let twice = from_base64(std::str::from_utf8(&once).ok()?)?;
    Some(Claim {
        hash: Hashed::Payload,
        digest: hex_digest(content.get("payloadHash")?)?,
        signature: twice,
        certificate: pem_certificate(&base64_field(signature, "publicKey")?)?,
    })
}

/// A digest with the name of its function, as protocol buffers have it.
fn named_digest(value: &Value) -> Option<(Sha2, Vec<u8>)> {
    let hash = match value.get("algorithm")?.as_str()? {
        "SHA2_256" => Sha2::Sha256,
        "SHA2_384" => Sha2::Sha384,
        "SHA2_512" => Sha2::Sha512,
        _ => return None,
    };
    Some((hash, base64_field(value, "digest")?))
}

/// A signature and its certificate, as protocol buffers have them.
fn signature_2(value: &Value) -> Option<(Vec<u8>, Vec<u8>)> {
    let certificate = value.get("verifier")?.get("x509Certificate")?;
    Some((
        base64_field(value, "content")?,
        base64_field(certificate, "rawBytes")?,
    ))
}

/// The one element of a list.
fn only(list: &Value) -> Option<&Value> {
    match list.as_array()?.as_slice() {
        [one] => Some(one),
        _ => None,
    }
}

fn hex_digest(hash: &Value) -> Option<Vec<u8>> {
    let is_sha256 = hash.get("algorithm")?.as_str()? == "sha256";
    is_sha256
        .then(|| hex::decode(hash.get("value")?.as_str()?).ok())
        .flatten()
}

fn base64_field(value: &Value, name: &str) -> Option<Vec<u8>> {
    from_base64(value.get(name)?.as_str()?)
}

fn pem_certificate(pem: &[u8]) -> Option<Vec<u8>> {
    let mut certificates = Certificate::from_pem(std::str::from_utf8(pem).ok()?).ok()?;
    let one = certificates.pop()?;
    certificates.is_empty().then(|| one.der().to_vec())
}

fn short(text: &str) -> String {
    text.chars().take(60).collect()
}
