use std::collections::BTreeMap;

use gw_core::Subject;
use gw_finding::{Finding, Incomplete};
use serde::{Deserialize, Serialize};

/// What a scan found in the content itself, and what it could not look at.
///
/// Known vulnerabilities are not in it: they follow from the inventory and the advisories of the
/// day, and are matched anew for each decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Scan {
    /// What was scanned.
    pub target: Subject,
    /// The version of the program.
    pub scanner: String,
    /// How much was looked at.
    pub coverage: Coverage,
    /// What could not be looked at.
    pub incomplete: Vec<Incomplete>,
    /// What was found, every secret redacted.
    pub findings: Vec<Finding>,
}

/// How much a scan looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Coverage {
    /// Files, those in archives included.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Files that each analyzer looked at.
    pub by_analyzer: BTreeMap<String, u64>,
}
