use gw_core::Digest;
use serde::{Deserialize, Serialize};

/// Which rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RulesKind {
    /// The gate policies.
    Policy,
    /// The authority rules.
    Authority,
    /// The keys that may speak at all.
    TrustRoots,
}

/// Rules came into use. They are signed subjects with increasing versions: a lower version than
/// one already seen is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rules {
    /// Which rules.
    pub kind: RulesKind,
    /// Their version.
    pub version: u64,
    /// Their digest.
    pub digest: Digest,
}
