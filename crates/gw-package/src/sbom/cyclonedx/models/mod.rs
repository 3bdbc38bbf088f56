//! Models and datasets as components, in both directions.
//!
//! A model is a `machine-learning-model` with a model card, the models that it was made from are
//! the ancestors in its pedigree, and a dataset is a component `data` that model cards refer to.
//! What the standard has no field for is in properties:
//!
//! | property | value |
//! |---|---|
//! | `gatewright:model:format`, `:format-version`, `:producer`, `:parameters`, `:tensors`, `:quantization`, `:tokenizer` | the value |
//! | `gatewright:model:type:NAME` | how many numbers are of the type |
//! | `gatewright:model:library:NAME` | the library's version, which may be empty |
//! | `gatewright:model:property:NAME` | what the model says under that name |
//! | `gatewright:model:file:PATH` | the file's SHA-256, which may be empty |
//! | `gatewright:model:purl`, `gatewright:data:url` | the value, where the schema would not take it |

mod read;
mod write;

use super::document::Component;

pub(super) use read::read;
pub(super) use write::{dataset_component, model_component};

/// The type of a component that is a model.
const MODEL: &str = "machine-learning-model";
/// The type of a component that is data.
const DATA: &str = "data";
/// The type of data that is a dataset.
const DATASET: &str = "dataset";

const FORMAT: &str = "gatewright:model:format";
const FORMAT_VERSION: &str = "gatewright:model:format-version";
const PRODUCER: &str = "gatewright:model:producer";
const PARAMETERS: &str = "gatewright:model:parameters";
const TENSORS: &str = "gatewright:model:tensors";
const QUANTIZATION: &str = "gatewright:model:quantization";
const TOKENIZER: &str = "gatewright:model:tokenizer";
const MODEL_PURL: &str = "gatewright:model:purl";
const DATA_URL: &str = "gatewright:data:url";
const TYPE: &str = "gatewright:model:type:";
const LIBRARY: &str = "gatewright:model:library:";
const PROPERTY: &str = "gatewright:model:property:";
const FILE: &str = "gatewright:model:file:";

/// Whether a component is a model or data, and so no package whatever its package URL.
pub(super) fn is_other_than_package(component: &Component<'_>) -> bool {
    matches!(kind(component), Some(MODEL | DATA))
}

fn kind<'c>(component: &'c Component<'_>) -> Option<&'c str> {
    component.kind.as_ref().and_then(|kind| kind.trimmed())
}
