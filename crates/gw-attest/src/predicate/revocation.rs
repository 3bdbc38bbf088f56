use gw_core::Digest;
use serde::{Deserialize, Serialize};

use crate::KeyId;

/// A statement or a key is withdrawn. What rested on it is decided again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Revocation {
    /// Statements, by their ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statements: Vec<Digest>,
    /// Keys; every statement that they signed is withdrawn with them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<KeyId>,
    /// Why.
    pub reason: String,
}
