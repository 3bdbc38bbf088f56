use gw_core::Digest;
use serde::{Deserialize, Serialize};

use crate::KeyId;

/// A signature over a subject was verified here. The machine that verified it says so; the bundle
/// itself can be verified again by anybody who has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Signature {
    /// The form of the signature: `oms` for an OpenSSF Model Signing bundle.
    pub form: String,
    /// Who signed.
    pub signer: SignedBy,
    /// The digest that was signed, as the form computes it.
    pub root: Digest,
    /// The digest of the signature's file.
    pub bundle: Digest,
    /// What was trusted, if that is what a project's configuration says of its signers. Then it counts
    /// only for decisions whose configuration trusts the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trust: Option<Digest>,
}

/// Who made a signature.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SignedBy {
    /// Whoever holds a key.
    Key(KeyId),
    /// Whom a certificate names.
    Certificate {
        /// The subject's name: an address, or a URI such as a workflow's.
        identity: String,
        /// Who vouched for that name: an OIDC issuer's URL, or a certification authority's name.
        issuer: String,
    },
}

impl SignedBy {
    /// The signer as policies and reports name it: the key's id, or identity and issuer with a
    /// space between them, since an identity means nothing without who vouches for it.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Key(id) => id.to_string(),
            Self::Certificate { identity, issuer } => format!("{identity} {issuer}"),
        }
    }
}
