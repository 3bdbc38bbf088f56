//! Models and datasets in an inventory. What reads models is elsewhere; this is how a bill of
//! materials speaks of them.

use std::collections::BTreeMap;

use gw_finding::Location;
use serde::{Deserialize, Serialize};

use crate::Hash;

/// A model, as far as its files or a bill of materials say. What they do not say is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MlModel {
    /// Where it is: its file, the folder or archive that holds all of it, or the document that
    /// lists it.
    pub location: Location,
    /// Its name.
    pub name: String,
    /// Its version, if it has one.
    pub version: Option<String>,
    /// Its package URL, if it has one.
    pub purl: Option<String>,
    /// The format of its files: `safetensors`, `gguf`.
    pub format: Option<String>,
    /// The version of the format.
    pub format_version: Option<String>,
    /// What made the file.
    pub producer: Option<String>,
    /// The architecture: `llama`, `BertForMaskedLM`.
    pub architecture: Option<String>,
    /// What it is for: `text-classification`.
    pub task: Option<String>,
    /// How many numbers it has learnt.
    pub parameters: Option<u64>,
    /// How many tensors it has.
    pub tensors: Option<u64>,
    /// The types of its tensors' numbers, with how many numbers have each.
    pub types: BTreeMap<String, u64>,
    /// How it is quantised: `Q4_K_M`.
    pub quantization: Option<String>,
    /// Its tokenizer.
    pub tokenizer: Option<String>,
    /// What it takes: formats of its inputs.
    pub inputs: Vec<String>,
    /// What it gives: formats of its outputs.
    pub outputs: Vec<String>,
    /// Licences, as they are given.
    pub licenses: Vec<String>,
    /// The models that it was made from, by name.
    pub base_models: Vec<String>,
    /// The datasets that it was trained on, by name: each is in [`crate::Inventory::datasets`].
    pub datasets: Vec<String>,
    /// Libraries that it was made with or needs, with their versions.
    pub libraries: BTreeMap<String, String>,
    /// More that it says, by its own names.
    pub properties: BTreeMap<String, String>,
    /// Hashes of its file, if it is one file.
    pub hashes: Vec<Hash>,
    /// The files that it consists of, where it is several.
    pub files: Vec<ModelFile>,
}

/// A file that belongs to a model.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ModelFile {
    /// Its path, relative to the model's folder.
    pub path: String,
    /// Its SHA-256 in lower-case hexadecimal, if it was read.
    pub sha256: Option<String>,
}

/// A dataset.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Dataset {
    /// Its name: what models refer to it by.
    pub name: String,
    /// Its version, if it has one.
    pub version: Option<String>,
    /// Its package URL, if it has one.
    pub purl: Option<String>,
    /// Where its content is, if a document says so.
    pub url: Option<String>,
    /// Licences, as they are given.
    pub licenses: Vec<String>,
    /// Hashes of its content.
    pub hashes: Vec<Hash>,
}

/// Models in order, each once.
pub(crate) fn tidy_models(models: &mut Vec<MlModel>) {
    models.sort();
    models.dedup();
}

/// Datasets in order of name, each name once, and one for each name that a model refers to.
///
/// Of several of one name the one that says more stays.
pub(crate) fn tidy_datasets(datasets: &mut Vec<Dataset>, models: &[MlModel]) {
    let named = models.iter().flat_map(|model| &model.datasets);
    datasets.extend(named.map(|name| Dataset {
        name: name.clone(),
        ..Dataset::default()
    }));
    // What is there sorts behind what is not, so the last of a name says the most.
    datasets.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| b.cmp(a)));
    datasets.dedup_by(|next, first| next.name == first.name);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datasets_are_there_once_and_the_telling_one_stays() {
        let named = |name: &str| Dataset {
            name: name.to_owned(),
            ..Dataset::default()
        };
        let telling = Dataset {
            url: Some("https://example.com/b".to_owned()),
            ..named("b")
        };
        let models = [MlModel {
            datasets: vec!["c".to_owned(), "b".to_owned()],
            ..MlModel::default()
        }];
        let mut datasets = vec![named("b"), telling.clone(), named("a")];
        tidy_datasets(&mut datasets, &models);
        assert_eq!(datasets, [named("a"), telling, named("c")]);
    }
}
