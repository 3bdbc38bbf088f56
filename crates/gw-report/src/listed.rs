//! Models as reports list them.

use serde::{Deserialize, Serialize};

/// A model that was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportModel {
    /// Its file or folder, those inside archives joined by `!`.
    pub path: String,
    /// What it is called.
    pub name: String,
    /// The format.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// The architecture, as the model says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub architecture: Option<String>,
    /// How many parameters it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<u64>,
    /// What is known of its signature, if anybody looked for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<ReportSignature>,
}

/// What is known of a model's signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportSignature {
    /// How it stands.
    pub state: SignatureState,
    /// Who signed, if it was verified: the name that the configuration has, else the key or identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Why it does not count, if it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// How a model's signature stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureState {
    /// Somebody who is known signed exactly this content.
    Verified,
    /// It was signed, and is not what was signed.
    Refused,
    /// There is a signature, by nobody who is known.
    UnknownSigner,
    /// There is a signature that was not verified.
    NotVerified,
    /// There is none.
    Unsigned,
}
