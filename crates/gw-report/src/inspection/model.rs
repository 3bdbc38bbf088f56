use std::collections::BTreeMap;

use gw_finding::Finding;
use serde::{Deserialize, Serialize};

use crate::{ReportIncomplete, ReportSubject, Tool};

/// The `schema` field of every inspection: a stable contract, whose JSON Schema is
/// [`INSPECTION_SCHEMA`].
pub const INSPECTION_SCHEMA_NAME: &str = "gatewright.inspection/1";

/// The JSON Schema of [`Inspection`].
pub const INSPECTION_SCHEMA: &str = include_str!("../../schemas/inspection.json");

/// What the models of a target are made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Inspection {
    /// [`INSPECTION_SCHEMA_NAME`].
    pub schema: String,
    /// The program.
    pub tool: Tool,
    /// The target's content, if its digest was asked for: that takes as long as reading all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<ReportSubject>,
    /// Whether tensors' numbers were looked at, too.
    pub weights: bool,
    /// The models, in order of path.
    pub models: Vec<InspectedModel>,
    /// What is wrong with them: the most urgent first.
    pub findings: Vec<Finding>,
    /// What could not be looked at.
    pub incomplete: Vec<ReportIncomplete>,
}

/// What a model is made of, as far as its files say. What they do not say is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InspectedModel {
    /// Where it is, paths inside archives joined by `!`.
    pub path: String,
    /// Its name.
    pub name: String,
    /// The format of its files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// The version of the format.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format_version: Option<String>,
    /// What made the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub producer: Option<String>,
    /// Its architecture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub architecture: Option<String>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// How many numbers it has learnt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<u64>,
    /// How many tensors it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tensors: Option<u64>,
    /// The types of its tensors' numbers, the most frequent first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<InspectedType>,
    /// How it is quantised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantization: Option<String>,
    /// Its tokenizer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokenizer: Option<String>,
    /// How many tokens it takes at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_length: Option<u64>,
    /// Licences, as they are given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub licenses: Vec<String>,
    /// The models that it was made from, by its own word.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub base_models: Vec<String>,
    /// The datasets that it was trained on, by its own word.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub datasets: Vec<String>,
    /// Libraries that it was made with or needs, with their versions.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub libraries: BTreeMap<String, String>,
    /// More that it says, by its own names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
    /// Its files.
    pub files: Vec<InspectedFile>,
    /// The ids of the findings that are about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<String>,
}

/// A type of a tensor's numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InspectedType {
    /// Its name in lower case.
    pub name: String,
    /// How many numbers have it.
    pub numbers: u64,
}

/// A file of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InspectedFile {
    /// Its path.
    pub path: String,
    /// Its size in bytes, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Its SHA-256, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}
