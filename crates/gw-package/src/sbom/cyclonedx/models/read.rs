//! Components that are models and datasets, read.

use std::collections::BTreeMap;

use gw_analysis::Span;
use gw_finding::Location;
use rustc_hash::FxHashMap;

use super::{
    DATA, DATA_URL, DATASET, FILE, FORMAT, FORMAT_VERSION, LIBRARY, MODEL, MODEL_PURL, PARAMETERS,
    PRODUCER, PROPERTY, QUANTIZATION, TENSORS, TOKENIZER, TYPE, kind,
};
use crate::sbom::cyclonedx::assemble;
use crate::sbom::cyclonedx::document::{Bom, Component, Data, LicenseEntry, MlFormat};
use crate::sbom::cyclonedx::text::Text;
use crate::{Dataset, Inventory, MlModel, ModelFile, Scope};

/// Adds the models and datasets among the components of a document to the inventory.
pub(in crate::sbom::cyclonedx) fn read(
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
