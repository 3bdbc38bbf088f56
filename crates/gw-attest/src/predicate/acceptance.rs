use gw_core::Time;
use serde::{Deserialize, Serialize};

/// Somebody answers for a finding, so that it may stay for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Acceptance {
    /// What is accepted.
    pub accepts: Accepts,
    /// Why it may stay.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// Until when; within a year of when it was accepted.
    pub expires: Time,
}

/// What an acceptance accepts. Fields that are given must all match.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Accepts {
    /// A finding's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<String>,
    /// A rule, `area/name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// A package: its name, or its purl without the version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// An advisory, by any of its ids.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advisory: Option<String>,
}
