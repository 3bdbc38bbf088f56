use std::collections::BTreeMap;

use gw_core::{Digest, Time};
use serde::{Deserialize, Serialize};

/// Advisory data came into use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Advisories {
    /// The index.
    pub index: Digest,
    /// What it holds, by ecosystem.
    pub ecosystems: BTreeMap<String, EcosystemData>,
    /// Where the data came from, for people.
    pub source: String,
}

/// The advisory data of one ecosystem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EcosystemData {
    /// How many records.
    pub records: u64,
    /// When the data was current.
    pub as_of: Time,
}
