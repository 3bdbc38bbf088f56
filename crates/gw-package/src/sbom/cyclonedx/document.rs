//! The part of a CycloneDX document that says something about packages, the same for JSON and
//! XML. Field names and their order are the JSON schema's (<https://cyclonedx.org/docs/1.7/json/>).

use gw_analysis::Span;
use serde::{Deserialize, Serialize};

use super::text::Text;

/// A whole document.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Bom<'a> {
    #[serde(borrow, rename = "$schema", skip_serializing_if = "Option::is_none")]
    pub(super) schema: Option<Text<'a>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) bom_format: Option<Text<'a>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) spec_version: Option<Text<'a>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) serial_number: Option<Text<'a>>,
    #[serde(skip_deserializing)]
    pub(super) version: u32,
    #[serde(borrow)]
    pub(super) metadata: Metadata<'a>,
    #[serde(borrow)]
    pub(super) components: Vec<Component<'a>>,
    #[serde(borrow, skip_serializing_if = "Vec::is_empty")]
    pub(super) dependencies: Vec<Dependency<'a>>,
}

/// What the document is about.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Metadata<'a> {
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    pub(super) timestamp: Option<Text<'a>>,
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    pub(super) tools: Option<Tools<'a>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) component: Option<Component<'a>>,
}

/// What made the document. It is only written: its other forms do not matter to us.
#[derive(Debug, Default, Serialize)]
pub(super) struct Tools<'a> {
    pub(super) components: Vec<Component<'a>>,
}

/// A package, or anything else that a product is made of.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Component<'a> {
    #[serde(borrow, rename = "type", skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<Text<'a>>,
    #[serde(borrow, rename = "bom-ref", skip_serializing_if = "Option::is_none")]
    pub(super) bom_ref: Option<Text<'a>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) group: Option<Text<'a>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<Text<'a>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<Text<'a>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) scope: Option<Text<'a>>,
    #[serde(borrow, skip_serializing_if = "Vec::is_empty")]
    pub(super) hashes: Vec<HashEntry<'a>>,
    #[serde(borrow, skip_serializing_if = "Vec::is_empty")]
    pub(super) licenses: Vec<LicenseEntry<'a>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) cpe: Option<Text<'a>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) purl: Option<Text<'a>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) pedigree: Option<Pedigree<'a>>,
    #[serde(borrow, skip_serializing_if = "Vec::is_empty")]
    pub(super) properties: Vec<Property<'a>>,
    #[serde(borrow, skip_serializing_if = "Vec::is_empty")]
    pub(super) components: Vec<Component<'a>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) evidence: Option<Evidence<'a>>,
    #[serde(borrow, rename = "modelCard", skip_serializing_if = "Option::is_none")]
    pub(super) model_card: Option<ModelCard<'a>>,
    #[serde(borrow, skip_serializing_if = "Vec::is_empty")]
    pub(super) data: Vec<Data<'a>>,
    /// Its place in the document, if that is known: of the package URL, else of the name.
    #[serde(skip)]
    pub(super) span: Option<Span>,
}

impl Component<'_> {
    /// The values of the properties of that name, in order.
    pub(super) fn properties<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s str> {
        self.properties
            .iter()
            .filter(move |property| property.name.as_str() == name)
            .map(|property| property.value.as_str())
    }
}

/// Where a component comes from.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Pedigree<'a> {
    #[serde(borrow, skip_serializing_if = "Vec::is_empty")]
    pub(super) ancestors: Vec<Component<'a>>,
}

/// What a model is.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ModelCard<'a> {
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) model_parameters: Option<ModelParameters<'a>>,
}

/// How a model was made and what it takes and gives.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ModelParameters<'a> {
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) task: Option<Text<'a>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) architecture_family: Option<Text<'a>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) model_architecture: Option<Text<'a>>,
    #[serde(borrow, skip_serializing_if = "Vec::is_empty")]
    pub(super) datasets: Vec<Data<'a>>,
    #[serde(borrow, skip_serializing_if = "Vec::is_empty")]
    pub(super) inputs: Vec<MlFormat<'a>>,
    #[serde(borrow, skip_serializing_if = "Vec::is_empty")]
    pub(super) outputs: Vec<MlFormat<'a>>,
}

impl ModelParameters<'_> {
    /// Whether it says nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.task.is_none()
            && self.architecture_family.is_none()
            && self.model_architecture.is_none()
            && self.datasets.is_empty()
            && self.inputs.is_empty()
            && self.outputs.is_empty()
    }
}

/// Data: written out, or by reference to a component or other data of the document.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Data<'a> {
    #[serde(borrow, rename = "ref", skip_serializing_if = "Option::is_none")]
    pub(super) reference: Option<Text<'a>>,
    #[serde(borrow, rename = "bom-ref", skip_serializing_if = "Option::is_none")]
    pub(super) bom_ref: Option<Text<'a>>,
    #[serde(borrow, rename = "type", skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<Text<'a>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<Text<'a>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) contents: Option<Contents<'a>>,
}

/// What data consists of.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Contents<'a> {
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) url: Option<Text<'a>>,
}

/// What a model takes or gives.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct MlFormat<'a> {
    #[serde(borrow)]
    pub(super) format: Text<'a>,
}

/// A hash of a component's archive.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct HashEntry<'a> {
    #[serde(borrow)]
    pub(super) alg: Text<'a>,
    #[serde(borrow)]
    pub(super) content: Text<'a>,
}

/// One licence, or an expression of several.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct LicenseEntry<'a> {
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) license: Option<License<'a>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) expression: Option<Text<'a>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) acknowledgement: Option<Text<'a>>,
}

/// One licence: an SPDX identifier or a name.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct License<'a> {
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<Text<'a>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<Text<'a>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub(super) acknowledgement: Option<Text<'a>>,
}

/// A name and a value that the standard does not define.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Property<'a> {
    #[serde(borrow)]
    pub(super) name: Text<'a>,
    #[serde(borrow)]
    pub(super) value: Text<'a>,
}

/// How a component was found.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Evidence<'a> {
    #[serde(borrow, skip_serializing_if = "Vec::is_empty")]
    pub(super) occurrences: Vec<Place<'a>>,
    #[serde(borrow, skip_serializing_if = "Vec::is_empty")]
    pub(super) licenses: Vec<LicenseEntry<'a>>,
}

/// Where a component was found.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Place<'a> {
    #[serde(borrow)]
    pub(super) location: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) line: Option<u32>,
}

/// What a component needs.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Dependency<'a> {
    #[serde(borrow, rename = "ref")]
    pub(super) reference: Text<'a>,
    #[serde(borrow, skip_serializing_if = "Vec::is_empty")]
    pub(super) depends_on: Vec<Text<'a>>,
}
