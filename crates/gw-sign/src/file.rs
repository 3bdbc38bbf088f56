//! The signature of one file, as `cosign sign-blob --bundle` and `sigstore sign` make it.

use std::path::Path;

use gw_attest::bundle::Bundle;
use gw_attest::oms::HashType;
use gw_attest::sigstore::SignedContent;
use gw_core::{Digest, Time};

use crate::authenticate::{Signed, author};
use crate::error::{Refusal, Undone, VerifyError};
use crate::hashing::hash_file;
use crate::model::VerifyOptions;
use crate::signer::SignerIdentity;
use crate::trust::Trust;

/// What a bundle calls SHA-256.
const SHA256: &str = "SHA2_256";

/// A file that is what was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedFile {
    /// The file's SHA-256 digest.
    pub digest: Digest,
    /// Who signed it.
    pub signer: SignerIdentity,
    /// When it was signed, if something proves it.
    pub time: Option<Time>,
    /// What somebody should know who relies on it.
    pub notes: Vec<String>,
}

/// Verifies that a bundle has a signature of this file, by somebody who is trusted. The signature
/// is over SHA-256; the digest that the bundle names is only compared.
///
/// # Errors
/// [`VerifyError::Refused`] if signature or file are not what they should be,
/// [`VerifyError::Undone`] if that could not be found out.
pub fn verify_file(
    file: &Path,
    bundle: &[u8],
    trust: &Trust,
    options: &VerifyOptions,
) -> Result<VerifiedFile, VerifyError> {
    let bundle = Bundle::parse(bundle).map_err(Refusal::Bundle)?;
    let message = bundle.message().map_err(Refusal::Bundle)?;
    if let Some(named) = &message.message_digest
        && named.algorithm != SHA256
    {
        let name: String = named.algorithm.chars().take(40).collect();
        return Err(Undone::Unsupported(format!("a signature over {name}")).into());
    }
    let digest = hash_file(file, HashType::Sha256)?;
    let digest = Digest::from_hex(&digest.to_hex()).map_err(|e| Undone::Other(e.to_string()))?;
    if let Some(named) = &message.message_digest
        && named.digest != digest.as_bytes()
    {
        return Err(Refusal::OtherFile {
            signed: hex::encode(&named.digest).chars().take(64).collect(),
            found: digest,
        }
        .into());
    }
    let signed = Signed {
        content: SignedContent::File(&digest),
        signature: &message.signature,
    };
    let author = author(&bundle, &signed, trust, options)?;
    Ok(VerifiedFile {
        digest,
        signer: author.signer,
        time: author.time,
        notes: author.notes,
    })
}
