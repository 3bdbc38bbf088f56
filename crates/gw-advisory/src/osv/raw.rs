//! The JSON of an OSV record, read leniently: a field that is absent, `null` or of another type
//! than the schema says counts as absent, because records in the wild have all of these.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Record {
    pub(super) id: String,
    #[serde(deserialize_with = "lenient")]
    pub(super) modified: String,
    #[serde(deserialize_with = "lenient")]
    pub(super) published: String,
    pub(super) withdrawn: Value,
    #[serde(deserialize_with = "lenient")]
    pub(super) aliases: Vec<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) upstream: Vec<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) related: Vec<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) summary: String,
    #[serde(deserialize_with = "lenient")]
    pub(super) details: String,
    #[serde(deserialize_with = "lenient")]
    pub(super) severity: Vec<Severity>,
    #[serde(deserialize_with = "null_as_default")]
    pub(super) affected: Vec<Affected>,
    #[serde(deserialize_with = "lenient")]
    pub(super) references: Vec<Reference>,
    pub(super) database_specific: Value,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Severity {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) score: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Reference {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) url: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Affected {
    #[serde(deserialize_with = "null_as_default")]
    pub(super) package: Option<Package>,
    #[serde(deserialize_with = "lenient")]
    pub(super) severity: Vec<Severity>,
    #[serde(deserialize_with = "null_as_default")]
    pub(super) ranges: Vec<Range>,
    #[serde(deserialize_with = "null_as_default")]
    pub(super) versions: Vec<String>,
    pub(super) ecosystem_specific: Value,
    pub(super) database_specific: Value,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Package {
    pub(super) ecosystem: String,
    pub(super) name: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Range {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(deserialize_with = "null_as_default")]
    pub(super) events: Vec<Event>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Event {
    pub(super) introduced: Option<String>,
    pub(super) fixed: Option<String>,
    pub(super) last_affected: Option<String>,
    pub(super) limit: Option<String>,
}

/// What does not decide whether a package is affected may be malformed without harm.
fn lenient<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + serde::de::DeserializeOwned,
{
    let value = Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).unwrap_or_default())
}

/// What does decide must have its type, but may be `null`.
fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}
