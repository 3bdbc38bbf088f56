use gw_core::Gate;
use serde::{Deserialize, Serialize};

/// Somebody approves a subject at a gate. It holds for this subject only: changed content needs a
/// new approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Approval {
    /// The gate.
    pub gate: Gate,
    /// Why.
    pub reason: String,
    /// Who approves, for people; the signature says who it really was.
    pub by: String,
}
