use gw_core::Digest;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::TEST_RESULT;
use crate::Statement;

/// The extension field of an in-toto test-result that holds what was measured: [`TestMetrics`]. The
/// predicate itself has a place only for names of tests
/// (<https://github.com/in-toto/attestation/blob/main/spec/predicates/test-result.md>), and asks
/// consumers to ignore fields that they do not know.
pub const TEST_METRICS: &str = "https://gatewright.dev/test-metrics/v1";

/// What a test of a model measured.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TestMetrics {
    /// What it was measured on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataset: Option<TestDataset>,
    /// What was measured.
    pub metrics: Vec<Metric>,
}

/// The dataset of a test.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TestDataset {
    /// Its name, such as `dataset:claims-holdout`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
}

/// One number that was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Metric {
    /// Its name: `accuracy`, `auc`, `latency-ms`.
    pub name: String,
    /// Its value.
    pub value: f64,
    /// The least that whoever ran the test expects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// The most that whoever ran the test expects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
}

impl Metric {
    /// Whether the value is within what whoever ran the test expects.
    #[must_use]
    pub fn is_within(&self) -> bool {
        self.min.is_none_or(|min| self.value >= min) && self.max.is_none_or(|max| self.value <= max)
    }
}

/// What a test-result statement measured, if it says.
///
/// # Errors
/// What is wrong with it, in words.
pub fn metrics_of(statement: &Statement) -> Result<Option<TestMetrics>, String> {
    if statement.predicate_type != TEST_RESULT {
        return Ok(None);
    }
    let predicate: Value = statement.predicate_as().map_err(|e| e.to_string())?;
    let metrics = predicate.get(TEST_METRICS);
    metrics
        .map(|metrics| TestMetrics::deserialize(metrics).map_err(|e| e.to_string()))
        .transpose()
}
