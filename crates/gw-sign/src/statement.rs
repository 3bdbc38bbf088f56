//! Attestations about one artifact, against what is expected of them.

mod artifact;
mod provenance;

use gw_attest::bundle::Bundle;
use gw_attest::{Envelope, PAYLOAD_TYPE, PublicKey, STATEMENT_TYPE, pre_authentication_encoding};
use serde::Deserialize;
use serde_json::Value;

use crate::authenticate::authenticate;
use crate::error::{Refusal, VerifyError};
use crate::model::VerifyOptions;
use crate::signer::SignerIdentity;
use crate::trust::Trust;
pub use artifact::ArtifactDigests;
use provenance::{PROVENANCE_V02, Provenance};

/// More signatures in one envelope are refused: each costs a verification.
const MAX_SIGNATURES: usize = 64;
/// More subjects in one statement are refused.
const MAX_SUBJECTS: usize = 100_000;

/// The `_type` of in-toto statements before version 1, which older provenance has.
const STATEMENT_V01: &str = "https://in-toto.io/Statement/v0.1";

/// What is expected of an attestation beside a trusted signature and the artifact's digest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expectations {
    /// The sort of statement, as a URI.
    pub predicate_type: Option<String>,
    /// Who built it.
    pub builder_id: Option<String>,
    /// The repository it was built from. `git+` in front, `.git` and `/` behind do not count.
    pub source_uri: Option<String>,
    /// The branch or tag: `refs/heads/main`, or only `main`.
    pub source_ref: Option<String>,
    /// The commit.
    pub source_commit: Option<String>,
    /// The type of build.
    pub build_type: Option<String>,
    /// How many of several trusted keys must have signed; at least one.
    pub threshold: usize,
}

impl Expectations {
    fn need_provenance(&self) -> bool {
        self.builder_id.is_some()
            || self.source_uri.is_some()
            || self.source_ref.is_some()
            || self.source_commit.is_some()
            || self.build_type.is_some()
    }
}

/// An attestation that says what was expected.
#[derive(Debug, Clone, PartialEq)]
pub struct VerifiedStatement {
    /// The sort of statement.
    pub predicate_type: String,
    /// Who signed it.
    pub signers: Vec<SignerIdentity>,
    /// What it calls the artifact.
    pub subject: String,
    /// What it says about it.
    pub predicate: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Statement {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<Subject>,
    predicate_type: String,
    #[serde(default)]
    predicate: Value,
}

#[derive(Deserialize)]
struct Subject {
    #[serde(default)]
    name: String,
    #[serde(default)]
    digest: std::collections::BTreeMap<String, String>,
}

/// Verifies an attestation, a DSSE envelope or a sigstore bundle, about an artifact with these
/// digests. With several keys, signatures by `threshold` different ones are needed.
///
/// # Errors
/// [`VerifyError::Refused`] with what is wrong; it names the first expectation that is not met.
pub fn verify_statement(
    attestation: &[u8],
    artifact: &ArtifactDigests,
    trust: &[Trust],
    expected: &Expectations,
    options: &VerifyOptions,
) -> Result<VerifiedStatement, VerifyError> {
    let (payload, signers) = match Bundle::parse(attestation) {
        Ok(bundle) => by_bundle(&bundle, trust, options)?,
        Err(not_a_bundle) => match Envelope::parse(attestation) {
            Ok(envelope) => by_envelope(&envelope, trust, expected.threshold.max(1))?,
            // If it says that it is a bundle, what is wrong with the bundle tells more.
            Err(_) if has_media_type(attestation) => {
                return Err(Refusal::Bundle(not_a_bundle).into());
            }
            Err(e) => return Err(Refusal::Envelope(e).into()),
        },
    };
    let statement: Statement = serde_json::from_slice(&payload)
        .map_err(|e| Refusal::Expectation(format!("it signs no in-toto statement: {e}")))?;
    let subject = check(&statement, artifact, expected).map_err(Refusal::Expectation)?;
    Ok(VerifiedStatement {
        predicate_type: statement.predicate_type,
        signers,
        subject,
        predicate: statement.predicate,
    })
}

fn has_media_type(attestation: &[u8]) -> bool {
    serde_json::from_slice::<Value>(attestation).is_ok_and(|value| value.get("mediaType").is_some())
}

type Authentic = (Vec<u8>, Vec<SignerIdentity>);

/// A bundle has one signature, which one of the trusted must have made.
fn by_bundle(
    bundle: &Bundle,
    trust: &[Trust],
    options: &VerifyOptions,
) -> Result<Authentic, VerifyError> {
    let mut error = None;
    for trust in trust {
        match authenticate(bundle, trust, options) {
            Ok(authentic) => return Ok((authentic.payload, vec![authentic.author.signer])),
            Err(why) => error = Some(why),
        }
    }
    Err(error.unwrap_or_else(|| Refusal::Signatures(0).into()))
}

/// An envelope may have several signatures. Those of unknown keys do not matter, and each key
/// counts once.
fn by_envelope(
    envelope: &Envelope,
    trust: &[Trust],
    threshold: usize,
) -> Result<Authentic, VerifyError> {
    if envelope.payload_type != PAYLOAD_TYPE {
        let given = envelope.payload_type.chars().take(80).collect();
        return Err(Refusal::PayloadType(given).into());
    }
    if envelope.signatures.is_empty() || envelope.signatures.len() > MAX_SIGNATURES {
        return Err(Refusal::Signatures(envelope.signatures.len()).into());
    }
    let keys: Vec<&PublicKey> = trust
        .iter()
        .filter_map(|trust| match trust {
            Trust::Key(key) => Some(&**key),
            _ => None,
        })
        .collect();
    if keys.is_empty() {
        return Err(Refusal::Material {
            found: "no certificate",
            expected: "one; an envelope alone is verified with --public-key",
        }
        .into());
    }
    let payload = envelope.payload().map_err(Refusal::Envelope)?;
    let message = pre_authentication_encoding(PAYLOAD_TYPE, &payload);
    let mut signers: Vec<&PublicKey> = Vec::new();
    for signature in &envelope.signatures {
        let bytes = signature.bytes().map_err(Refusal::Envelope)?;
        let signer = keys.iter().find(|key| key.verify(&message, &bytes).is_ok());
        if let Some(signer) = signer
            && !signers.contains(signer)
        {
            signers.push(signer);
        }
    }
    if signers.is_empty() {
        let shown = match keys.as_slice() {
            [key] => format!("the {} key {}", key.kind(), key.id().short()),
            keys => format!("any of the {} keys", keys.len()),
        };
        return Err(Refusal::Signature(shown).into());
    }
    if signers.len() < threshold {
        return Err(Refusal::Expectation(format!(
            "{} of the trusted keys signed it, expected {threshold}",
            signers.len()
        ))
        .into());
    }
    let signers = signers
        .into_iter()
        .map(|key| SignerIdentity::Key {
            id: key.id(),
            kind: key.kind(),
        })
        .collect();
    Ok((payload, signers))
}

/// Checks a statement, and returns what it calls the artifact.
fn check(
    statement: &Statement,
    artifact: &ArtifactDigests,
    expected: &Expectations,
) -> Result<String, String> {
    let kind = statement.kind.as_str();
    let is_old = kind == STATEMENT_V01 && statement.predicate_type == PROVENANCE_V02;
    if kind != STATEMENT_TYPE && !is_old {
        return Err(format!(
            "it is no in-toto statement: its _type is `{}`",
            short(kind)
        ));
    }
    if let Some(wanted) = &expected.predicate_type
        && *wanted != statement.predicate_type
    {
        return Err(format!(
            "its predicate type is `{}`, expected `{wanted}`",
            short(&statement.predicate_type)
        ));
    }
    if statement.subject.len() > MAX_SUBJECTS {
        return Err(format!("it has more than {MAX_SUBJECTS} subjects"));
    }
    let mut subjects = statement.subject.iter();
    let subject = subjects.find(|subject| artifact.is_named_by(&subject.digest));
    let Some(subject) = subject else {
        let named: Vec<_> = statement
            .subject
            .iter()
            .take(5)
            .map(|subject| format!("`{}`", short(&subject.name)))
            .collect();
        return Err(format!(
            "it is about something else: no subject has the digest {}; it is about {}",
            artifact.sha256(),
            named.join(", ")
        ));
    };
    if expected.need_provenance() {
        let provenance = Provenance::read(&statement.predicate_type, &statement.predicate)?;
        provenance.check(expected)?;
    }
    Ok(subject.name.clone())
}

fn short(text: &str) -> String {
    text.chars()
        .take(200)
        .flat_map(char::escape_debug)
        .collect()
}

#[cfg(test)]
mod tests;
