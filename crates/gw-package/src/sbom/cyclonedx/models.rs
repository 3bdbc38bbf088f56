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

use std::collections::BTreeMap;

use gw_analysis::Span;
use gw_finding::Location;
use rustc_hash::FxHashMap;

use super::document::{
    Bom, Component, Contents, Data, Evidence, HashEntry, LicenseEntry, MlFormat, ModelCard,
    ModelParameters, Pedigree, Place, Property,
};
use super::text::Text;
use super::{assemble, build, extra, licenses};
use crate::{Dataset, Hash, Inventory, MlModel, ModelFile, Occurrence, Purl, Scope};

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

/// The component of a model. `references` has the reference of each dataset by its name.
pub(super) fn model_component<'a>(
    model: &'a MlModel,
    reference: &str,
    references: &FxHashMap<&str, &str>,
) -> Component<'a> {
    let mut properties = Vec::new();
    let mut own = |name: String, value: Text<'a>| {
        properties.push(Property {
            name: name.into(),
            value,
        });
    };
    let texts = [
        (FORMAT, model.format.as_deref()),
        (FORMAT_VERSION, model.format_version.as_deref()),
        (PRODUCER, model.producer.as_deref()),
        (QUANTIZATION, model.quantization.as_deref()),
        (TOKENIZER, model.tokenizer.as_deref()),
    ];
    for (name, value) in texts {
        if let Some(value) = value {
            own(name.to_owned(), value.into());
        }
    }
    for (name, value) in [(PARAMETERS, model.parameters), (TENSORS, model.tensors)] {
        if let Some(value) = value {
            own(name.to_owned(), value.to_string().into());
        }
    }
    for (name, numbers) in &model.types {
        own(format!("{TYPE}{name}"), numbers.to_string().into());
    }
    for (name, version) in &model.libraries {
        own(format!("{LIBRARY}{name}"), version.as_str().into());
    }
    for (name, value) in &model.properties {
        own(format!("{PROPERTY}{name}"), value.as_str().into());
    }
    for file in &model.files {
        let digest = file.sha256.as_deref().unwrap_or_default();
        own(format!("{FILE}{}", file.path), digest.into());
    }
    let purl = checked_purl(model.purl.as_deref(), &mut own);
    let hashes = hashes(&model.hashes, &mut own);
    let evidence = evidence(&model.location, &mut own);
    let parameters = ModelParameters {
        task: model.task.as_deref().map(Text::from),
        architecture_family: None,
        model_architecture: model.architecture.as_deref().map(Text::from),
        datasets: model
            .datasets
            .iter()
            .map(|name| dataset_reference(name, references))
            .collect(),
        inputs: model.inputs.iter().map(|text| format(text)).collect(),
        outputs: model.outputs.iter().map(|text| format(text)).collect(),
    };
    let ancestors: Vec<_> = model
        .base_models
        .iter()
        .map(|name| Component {
            kind: Some(MODEL.into()),
            name: Some(name.as_str().into()),
            ..Component::default()
        })
        .collect();
    Component {
        kind: Some(MODEL.into()),
        bom_ref: Some(reference.to_owned().into()),
        name: Some(model.name.as_str().into()),
        version: model.version.as_deref().map(Text::from),
        hashes,
        licenses: license_entries(&model.licenses),
        purl,
        pedigree: (!ancestors.is_empty()).then_some(Pedigree { ancestors }),
        properties,
        evidence: Some(evidence),
        model_card: (!parameters.is_empty()).then_some(ModelCard {
            model_parameters: Some(parameters),
        }),
        ..Component::default()
    }
}

/// The component of a dataset.
pub(super) fn dataset_component<'a>(dataset: &'a Dataset, reference: &str) -> Component<'a> {
    let mut properties = Vec::new();
    let mut own = |name: String, value: Text<'a>| {
        properties.push(Property {
            name: name.into(),
            value,
        });
    };
    let url = dataset.url.as_deref();
    let contents = url.filter(|url| is_plain_url(url)).map(|url| Contents {
        url: Some(url.into()),
    });
    if let (None, Some(url)) = (&contents, url) {
        own(DATA_URL.to_owned(), url.into());
    }
    let purl = checked_purl(dataset.purl.as_deref(), &mut own);
    let hashes = hashes(&dataset.hashes, &mut own);
    Component {
        kind: Some(DATA.into()),
        bom_ref: Some(reference.to_owned().into()),
        name: Some(dataset.name.as_str().into()),
        version: dataset.version.as_deref().map(Text::from),
        hashes,
        licenses: license_entries(&dataset.licenses),
        purl,
        properties,
        data: vec![Data {
            kind: Some(DATASET.into()),
            contents,
            ..Data::default()
        }],
        ..Component::default()
    }
}

fn checked_purl<'a>(
    purl: Option<&'a str>,
    own: &mut impl FnMut(String, Text<'a>),
) -> Option<Text<'a>> {
    let purl = purl?;
    if build::is_plain(purl) && Purl::parse(purl).is_ok() {
        return Some(purl.into());
    }
    own(MODEL_PURL.to_owned(), purl.into());
    None
}

fn hashes<'a>(all: &'a [Hash], own: &mut impl FnMut(String, Text<'a>)) -> Vec<HashEntry<'a>> {
    let mut entries = Vec::new();
    for (index, hash) in all.iter().enumerate() {
        if build::is_standard(hash) {
            entries.push(HashEntry {
                alg: hash.algorithm.as_str().into(),
                content: hash.hex.as_str().into(),
            });
        } else {
            own(extra::HASH.to_owned(), extra::hash(index, hash).into());
        }
    }
    entries
}

fn evidence<'a>(location: &Location, own: &mut impl FnMut(String, Text<'a>)) -> Evidence<'a> {
    let line = location.start.map(|start| start.line);
    let place = Place {
        location: location.full_path().into(),
        line,
    };
    let occurrence = Occurrence {
        location: location.clone(),
        scope: Scope::Runtime,
        direct: None,
    };
    own(
        extra::OCCURRENCE.to_owned(),
        extra::occurrence(&occurrence).into(),
    );
    Evidence {
        occurrences: vec![place],
        licenses: Vec::new(),
    }
}

fn dataset_reference<'a>(name: &'a str, references: &FxHashMap<&str, &str>) -> Data<'a> {
    match references.get(name) {
        Some(&reference) => Data {
            reference: Some(reference.to_owned().into()),
            ..Data::default()
        },
        None => Data {
            kind: Some(DATASET.into()),
            name: Some(name.into()),
            ..Data::default()
        },
    }
}

fn format(text: &str) -> MlFormat<'_> {
    MlFormat {
        format: text.into(),
    }
}

/// The entries of licences. Up to version 1.6 an expression must stand alone.
fn license_entries(all: &[String]) -> Vec<LicenseEntry<'_>> {
    match all {
        [one] => vec![licenses::entry(one)],
        several => several.iter().map(|text| licenses::single(text)).collect(),
    }
}

/// Whether the schema takes an address: an absolute one of characters that need no encoding.
fn is_plain_url(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else {
        return false;
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#@!$&'()*+,;=".contains(&byte);
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        && rest.starts_with(|c: char| c.is_ascii_alphanumeric())
        && rest.bytes().all(plain)
        && rest.bytes().filter(|&byte| byte == b'#').count() < 2
        && has_plain_authority(rest)
}

/// Whether the part up to the path is a host, with a port that is a number if there is one.
fn has_plain_authority(rest: &str) -> bool {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (host, port) = authority.split_once(':').unwrap_or((authority, "0"));
    host.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
        && !port.is_empty()
        && port.bytes().all(|byte| byte.is_ascii_digit())
}

/// Adds the models and datasets among the components of a document to the inventory.
pub(super) fn read(
    bom: &Bom<'_>,
    nodes: &[&Component<'_>],
    locate: &dyn Fn(Option<Span>) -> Location,
    inventory: &mut Inventory,
) {
    let models: Vec<_> = nodes
        .iter()
        .filter(|node| kind(node) == Some(MODEL))
        .collect();
    let data: Vec<_> = nodes
        .iter()
        .filter(|node| kind(node) == Some(DATA))
        .collect();
    if models.is_empty() && data.is_empty() {
        return;
    }
    let mut names = Names::default();
    names.add(nodes);
    let mut datasets: Vec<Dataset> = data.iter().filter_map(|node| dataset(node)).collect();
    let mut found = Vec::new();
    for node in models {
        let subject = bom.metadata.component.as_ref();
        let is_subject = subject.is_some_and(|subject| std::ptr::eq(subject, *node));
        found.push(model(node, is_subject, &names, locate, &mut datasets));
    }
    inventory.add_models(found, datasets);
}

/// The names of datasets by their references.
#[derive(Default)]
struct Names<'n>(FxHashMap<&'n str, &'n str>);

impl<'n> Names<'n> {
    fn add(&mut self, nodes: &[&'n Component<'_>]) {
        let name = |text: &'n Option<Text<'_>>| text.as_ref().map(Text::as_str);
        for node in nodes {
            if kind(node) == Some(DATA)
                && let (Some(reference), Some(name)) = (name(&node.bom_ref), name(&node.name))
            {
                self.0.entry(reference).or_insert(name);
            }
            let card = node
                .model_card
                .as_ref()
                .and_then(|card| card.model_parameters.as_ref());
            let inner = card.map_or(&[][..], |card| &card.datasets);
            for data in node.data.iter().chain(inner) {
                // Data without a name of its own is what its component is called.
                let called = name(&data.name).or_else(|| name(&node.name));
                if let (Some(reference), Some(called)) = (name(&data.bom_ref), called) {
                    self.0.entry(reference).or_insert(called);
                }
            }
        }
    }
}

fn model(
    component: &Component<'_>,
    is_subject: bool,
    names: &Names<'_>,
    locate: &dyn Fn(Option<Span>) -> Location,
    datasets: &mut Vec<Dataset>,
) -> MlModel {
    let one = |name| component.properties(name).next().map(str::to_owned);
    let number = |name| component.properties(name).next()?.parse().ok();
    let card = component
        .model_card
        .as_ref()
        .and_then(|card| card.model_parameters.as_ref());
    let mut model = MlModel {
        location: location(component, is_subject, locate),
        name: full_name(component),
        version: owned(component.version.as_ref()),
        purl: owned(component.purl.as_ref()).or_else(|| one(MODEL_PURL)),
        format: one(FORMAT),
        format_version: one(FORMAT_VERSION),
        producer: one(PRODUCER),
        parameters: number(PARAMETERS),
        tensors: number(TENSORS),
        quantization: one(QUANTIZATION),
        tokenizer: one(TOKENIZER),
        types: named(component, TYPE)
            .filter_map(|(name, numbers)| Some((name.to_owned(), numbers.parse().ok()?)))
            .collect(),
        libraries: map(component, LIBRARY),
        properties: map(component, PROPERTY),
        files: named(component, FILE)
            .map(|(path, digest)| ModelFile {
                path: path.to_owned(),
                sha256: (!digest.is_empty()).then(|| digest.to_owned()),
            })
            .collect(),
        licenses: license_texts(component),
        hashes: assemble::hashes(component),
        base_models: component
            .pedigree
            .iter()
            .flat_map(|pedigree| &pedigree.ancestors)
            .map(full_name)
            .collect(),
        ..MlModel::default()
    };
    let Some(card) = card else {
        return model;
    };
    model.task = owned(card.task.as_ref());
    model.architecture = owned(card.model_architecture.as_ref())
        .or_else(|| owned(card.architecture_family.as_ref()));
    let texts = |formats: &[MlFormat<'_>]| {
        formats
            .iter()
            .map(|f| f.format.as_str().to_owned())
            .collect()
    };
    model.inputs = texts(&card.inputs);
    model.outputs = texts(&card.outputs);
    for data in &card.datasets {
        let name = match &data.reference {
            // A reference that leads nowhere, or out of the document, is all there is of a name.
            Some(reference) => {
                let reference = reference.as_str();
                names.0.get(reference).copied().unwrap_or(reference)
            }
            None => data.name.as_ref().map_or("", Text::as_str),
        };
        if data.reference.is_none() {
            let url = data.contents.as_ref().and_then(|c| owned(c.url.as_ref()));
            datasets.push(Dataset {
                name: name.to_owned(),
                url,
                ..Dataset::default()
            });
        }
        model.datasets.push(name.to_owned());
    }
    model
}

/// A dataset; nothing if the data is something else, such as configuration.
fn dataset(component: &Component<'_>) -> Option<Dataset> {
    let is_dataset = |data: &Data<'_>| {
        data.kind.as_ref().and_then(|kind| kind.trimmed()) == Some(DATASET) || data.kind.is_none()
    };
    if !component.data.is_empty() && !component.data.iter().any(is_dataset) {
        return None;
    }
    let one = |name| component.properties(name).next().map(str::to_owned);
    let url = component
        .data
        .iter()
        .filter_map(|data| owned(data.contents.as_ref()?.url.as_ref()))
        .next();
    Some(Dataset {
        name: full_name(component),
        version: owned(component.version.as_ref()),
        purl: owned(component.purl.as_ref()).or_else(|| one(MODEL_PURL)),
        url: url.or_else(|| one(DATA_URL)),
        licenses: license_texts(component),
        hashes: assemble::hashes(component),
    })
}

/// The name, behind its group as model hubs write it.
fn full_name(component: &Component<'_>) -> String {
    let name = component.name.as_ref().map_or("", Text::as_str);
    match component.group.as_ref().and_then(|group| group.trimmed()) {
        Some(group) if !name.is_empty() => format!("{group}/{name}"),
        _ => name.to_owned(),
    }
}

fn location(
    component: &Component<'_>,
    is_subject: bool,
    locate: &dyn Fn(Option<Span>) -> Location,
) -> Location {
    let span = if is_subject { None } else { component.span };
    let place = locate(span);
    let (occurrences, _) = assemble::occurrences(component, Scope::Runtime, &place);
    occurrences
        .into_iter()
        .next()
        .map_or(place, |occurrence| occurrence.location)
}

/// The values of the properties whose names begin so, with the rest of their names.
fn named<'c>(
    component: &'c Component<'_>,
    prefix: &'c str,
) -> impl Iterator<Item = (&'c str, &'c str)> {
    component.properties.iter().filter_map(move |property| {
        let name = property.name.as_str().strip_prefix(prefix)?;
        Some((name, property.value.as_str()))
    })
}

fn map(component: &Component<'_>, prefix: &str) -> BTreeMap<String, String> {
    named(component, prefix)
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn license_texts(component: &Component<'_>) -> Vec<String> {
    let text = |entry: &LicenseEntry<'_>| {
        let inner = entry.license.as_ref();
        let text = entry
            .expression
            .as_ref()
            .or_else(|| inner.and_then(|license| license.id.as_ref()))
            .or_else(|| inner.and_then(|license| license.name.as_ref()));
        text.map(|text| text.as_str().to_owned())
    };
    component.licenses.iter().filter_map(text).collect()
}

fn owned(text: Option<&Text<'_>>) -> Option<String> {
    text.map(|text| text.as_str().to_owned())
}
