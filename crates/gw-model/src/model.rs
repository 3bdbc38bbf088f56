use std::collections::BTreeMap;

use gw_finding::Location;
use serde::Serialize;

/// What a model is made of, as far as its files say. What they do not say is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Model {
    /// Where it is: its file, or the folder or archive that holds all of it.
    pub location: Location,
    /// The format's name: `safetensors`, `pytorch-zip`, `onnx`.
    pub format: String,
    /// Its name, as it gives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The version of the format, as the file has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format_version: Option<String>,
    /// What made the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub producer: Option<String>,
    /// The architecture: `llama`, `BertForMaskedLM`, `RandomForestClassifier`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub architecture: Option<String>,
    /// What it is for: `text-classification`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// How many numbers it has learnt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<u64>,
    /// How many tensors it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tensors: Option<u64>,
    /// The types of its tensors' numbers, with how many numbers have each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<TensorType>,
    /// How it is quantised: `Q4_K_M`, `int8`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantization: Option<String>,
    /// Its tokenizer: `gpt2`, `BertTokenizer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokenizer: Option<String>,
    /// Licences, as the files give them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub licenses: Vec<String>,
    /// The models it was made from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub base_models: Vec<String>,
    /// The datasets it was trained on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub datasets: Vec<String>,
    /// Libraries and versions that it says it was made with or needs.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub libraries: BTreeMap<String, String>,
    /// More that the format says, by its own names; values are shortened.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
    /// Other files that belong to it, relative to its folder.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
}

/// A type of a tensor's numbers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct TensorType {
    /// Its name in lower case: `f32`, `bf16`, `i8`, `q4_k`.
    pub name: String,
    /// How many numbers have it.
    pub numbers: u64,
}

impl Model {
    /// A model at a place, in a format.
    #[must_use]
    pub fn new(format: &str, location: Location) -> Self {
        Self {
            format: format.to_owned(),
            location,
            ..Self::default()
        }
    }

    /// Counts a tensor of `numbers` numbers of a type.
    pub fn add_tensor(&mut self, kind: &str, numbers: u64) {
        self.tensors = Some(self.tensors.unwrap_or(0).saturating_add(1));
        match self.types.iter_mut().find(|known| known.name == kind) {
            Some(known) => known.numbers = known.numbers.saturating_add(numbers),
            None => self.types.push(TensorType {
                name: kind.to_owned(),
                numbers,
            }),
        }
    }
}
