//! Models and datasets as components are written.

use gw_finding::Location;
use rustc_hash::FxHashMap;

use super::{
    DATA, DATA_URL, DATASET, FILE, FORMAT, FORMAT_VERSION, LIBRARY, MODEL, MODEL_PURL, PARAMETERS,
    PRODUCER, PROPERTY, QUANTIZATION, TENSORS, TOKENIZER, TYPE,
};
use crate::sbom::cyclonedx::document::{
    Component, Contents, Data, Evidence, HashEntry, LicenseEntry, MlFormat, ModelCard,
    ModelParameters, Pedigree, Place, Property,
};
use crate::sbom::cyclonedx::text::Text;
use crate::sbom::cyclonedx::{build, extra, licenses};
use crate::{Dataset, Hash, MlModel, Occurrence, Purl, Scope};

/// The component of a model. `references` has the reference of each dataset by its name.
pub(in crate::sbom::cyclonedx) fn model_component<'a>(
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
pub(in crate::sbom::cyclonedx) fn dataset_component<'a>(
    dataset: &'a Dataset,
    reference: &str,
) -> Component<'a> {
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
