use gw_attest::bundle::{Bundle, Material};
use gw_attest::certificate::{Certificate, Purpose, verify_chain};
use gw_attest::oms::old_pre_authentication_encoding;
use gw_attest::sigstore::SignedContent;
use gw_attest::{PAYLOAD_TYPE, PublicKey, Scheme, Sha2};
use gw_core::Time;

use crate::error::{Refusal, Undone, VerifyError};
use crate::keyless;
use crate::model::VerifyOptions;
use crate::signer::{SignerIdentity, hint};
use crate::trust::Trust;

/// A payload whose signature was verified.
#[derive(Debug, Clone)]
pub(crate) struct Authentic {
    pub(crate) payload: Vec<u8>,
    pub(crate) author: Author,
}

/// Who made a signature that was verified.
#[derive(Debug, Clone)]
pub(crate) struct Author {
    pub(crate) signer: SignerIdentity,
    /// When it was signed, if something proves it.
    pub(crate) time: Option<Time>,
    /// What somebody should know who relies on it.
    pub(crate) notes: Vec<String>,
}

/// Verifies the signature of a bundle's envelope.
pub(crate) fn authenticate(
    bundle: &Bundle,
    trust: &Trust,
    options: &VerifyOptions,
) -> Result<Authentic, VerifyError> {
    let envelope = bundle.envelope().map_err(Refusal::Bundle)?;
    if envelope.payload_type != PAYLOAD_TYPE {
        let given = envelope.payload_type.chars().take(80).collect();
        return Err(Refusal::PayloadType(given).into());
    }
    let [signature] = envelope.signatures.as_slice() else {
        return Err(Refusal::Signatures(envelope.signatures.len()).into());
    };
    let payload = envelope.payload().map_err(Refusal::Envelope)?;
    let signed = Signed {
        content: SignedContent::Payload(&payload),
        signature: &signature.bytes().map_err(Refusal::Envelope)?,
    };
    let author = author(bundle, &signed, trust, options)?;
    Ok(Authentic { payload, author })
}

/// A signature and what it is said to be over.
pub(crate) struct Signed<'a> {
    pub(crate) content: SignedContent<'a>,
    pub(crate) signature: &'a [u8],
}

/// Verifies a bundle's signature, and that somebody made it who is trusted.
pub(crate) fn author(
    bundle: &Bundle,
    signed: &Signed<'_>,
    trust: &Trust,
    options: &VerifyOptions,
) -> Result<Author, VerifyError> {
    let mut notes = Vec::new();
    let signer = match trust {
        Trust::Key(key) => by_key(bundle, signed, key, options, &mut notes)?,
        Trust::Certificates(supplied) => {
            by_certificate(bundle, signed, supplied, options, &mut notes)?
        }
        Trust::Keyless(trust) => keyless::verify(bundle, signed, trust)?,
    };
    let time = match &signer {
        SignerIdentity::Keyless { time, .. } => Some(*time),
        _ => None,
    };
    Ok(Author {
        signer,
        time,
        notes,
    })
}

fn by_key(
    bundle: &Bundle,
    signed: &Signed<'_>,
    key: &PublicKey,
    options: &VerifyOptions,
    notes: &mut Vec<String>,
) -> Result<SignerIdentity, VerifyError> {
    match &bundle.material {
        // Each tool that signs files has hints of its own; the signature decides.
        Material::PublicKey { .. } if matches!(signed.content, SignedContent::File(_)) => {}
        Material::PublicKey { hint: Some(named) } => {
            let expected = hint(key);
            if !named.eq_ignore_ascii_case(&expected) {
                return Err(Refusal::OtherKey {
                    hint: named
                        .chars()
                        .take(80)
                        .flat_map(char::escape_debug)
                        .collect(),
                    expected,
                }
                .into());
            }
        }
        Material::PublicKey { hint: None } if options.strict => {
            return Err(Refusal::Strict("the signature does not name its key").into());
        }
        Material::PublicKey { hint: None } => {
            notes.push("the signature is of an older form and does not name its key".to_owned());
        }
        Material::Chain(_) | Material::Certificate(_) => {
            return Err(Refusal::Material {
                found: "a certificate",
                expected: "a public key (--public-key); see --certificate-chain, --trust-root",
            }
            .into());
        }
    }
    check(signed, key, options, notes)?;
    Ok(SignerIdentity::Key {
        id: key.id(),
        kind: key.kind(),
    })
}

fn by_certificate(
    bundle: &Bundle,
    signed: &Signed<'_>,
    supplied: &[Certificate],
    options: &VerifyOptions,
    notes: &mut Vec<String>,
) -> Result<SignerIdentity, VerifyError> {
    let chain = match &bundle.material {
        Material::Chain(chain) => chain.clone(),
        Material::Certificate(certificate) => vec![certificate.clone()],
        Material::PublicKey { .. } => {
            return Err(Refusal::Material {
                found: "a public key",
                expected: "a certificate; see --public-key",
            }
            .into());
        }
    };
    let chain = chain
        .iter()
        .map(|der| Certificate::from_der(der))
        .collect::<Result<Vec<_>, _>>()
        .map_err(Refusal::Certificate)?;
    let Some((leaf, between)) = chain.split_first() else {
        return Err(Refusal::Material {
            found: "no certificate",
            expected: "one",
        }
        .into());
    };
    let (anchors, others): (Vec<_>, Vec<_>) = supplied
        .iter()
        .cloned()
        .partition(Certificate::is_self_issued);
    if anchors.is_empty() {
        return Err(Undone::Trust(
            "none of the certificates given to trust is a root: none is self-signed".to_owned(),
        )
        .into());
    }
    let between: Vec<_> = between.iter().cloned().chain(others).collect();
    let path = verify_chain(leaf, &between, &anchors, options.at, Purpose::Model)
        .map_err(Refusal::Chain)?;
    let key = leaf
        .public_key()
        .map_err(|e| Refusal::Signature(format!("the certificate's key: {e}")))?;
    check(signed, &key, options, notes)?;
    let authority = path.last().copied().unwrap_or(leaf);
    Ok(SignerIdentity::Certificate {
        subject: leaf.subject(),
        fingerprint: leaf.fingerprint(),
        authority: authority.subject(),
        authority_fingerprint: authority.fingerprint(),
    })
}

/// Verifies the signature over DSSE's encoding, or what was signed before release 1.0 if that is
/// allowed.
fn check(
    signed: &Signed<'_>,
    key: &PublicKey,
    options: &VerifyOptions,
    notes: &mut Vec<String>,
) -> Result<(), VerifyError> {
    if matches!(key, PublicKey::Ed25519(_)) {
        if let SignedContent::File(_) = signed.content {
            return Err(Undone::Unsupported("a file signed with Ed25519".to_owned()).into());
        }
        if options.strict {
            return Err(Refusal::Strict("Ed25519 is no part of model signing").into());
        }
        notes.push("signed with Ed25519, an extension that other tools do not verify".to_owned());
    }
    // DER alone, where P-256 keys elsewhere may come with 64 bytes.
    if signed
        .content
        .verify(key, key.scheme(), signed.signature)
        .is_ok()
    {
        return Ok(());
    }
    let wrong = || Refusal::Signature(format!("the {} key {}", key.kind(), key.id().short()));
    let SignedContent::Payload(payload) = signed.content else {
        return Err(wrong().into());
    };
    let old = old_pre_authentication_encoding(PAYLOAD_TYPE, payload);
    // Before 1.0 every curve was used with SHA-256.
    let verifies_old = [key.scheme(), Scheme::Ecdsa(Sha2::Sha256)]
        .into_iter()
        .any(|scheme| key.verify_as(scheme, &old, signed.signature).is_ok());
    match (verifies_old, options.old_encoding && !options.strict) {
        (true, true) => {
            notes.push(
                "the signature is over the encoding of releases before 1.0, which is not DSSE's"
                    .to_owned(),
            );
            Ok(())
        }
        (true, false) => Err(Refusal::OldEncoding.into()),
        (false, _) => Err(wrong().into()),
    }
}
