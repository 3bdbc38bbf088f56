use gw_core::{Principal, Time};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Somebody changed who may do what: people, roles, tokens, settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Administration {
    /// What was done, such as `people:roles`.
    pub action: String,
    /// Who did it, with the chain of delegation.
    pub by: Principal,
    /// What it was done to, such as `person:p-0123`; a name that stays when what it names is erased.
    pub target: String,
    /// What was so before, without secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// What is so now, without secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
    /// When.
    pub time: Time,
}
