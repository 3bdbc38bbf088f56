use gw_core::{Digest, Time};
use serde::{Deserialize, Serialize};

/// What a monitor says about a model in use, or about a dataset: whether what it sees has moved
/// away from what it was compared with. A monitor's latest word counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Drift {
    /// Whether it is too much.
    pub alarm: bool,
    /// Which monitor says so: two of them can differ.
    pub monitor: String,
    /// Since when it has been so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Time>,
    /// What was compared with, by its digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Digest>,
    /// What was seen, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}
