//! XML documents (<https://cyclonedx.org/docs/1.7/xml/>).

use gw_analysis::ParseError;

use super::document::{
    Bom, Component, Contents, Data, Dependency, Evidence, HashEntry, License, LicenseEntry,
    Metadata, MlFormat, ModelCard, ModelParameters, Pedigree, Place, Property,
};
use super::text::Text;
use super::xml::{Element, NAMESPACES};

/// The document of a root element.
pub(super) fn document(root: &Element) -> Result<Bom<'_>, ParseError> {
    let version = root
        .namespace
        .as_deref()
        .and_then(|namespace| namespace.strip_prefix("bom/"));
    let Some(version) = version.filter(|_| &*root.name == "bom") else {
        let message = format!(
            "expected the root element `bom` of {NAMESPACES}bom/, found `{}`",
            root.name
        );
        return Err(ParseError::malformed(message, Some(root.span)));
    };
    let subject = root
        .child("metadata")
        .and_then(|metadata| metadata.child("component"));
    Ok(Bom {
        spec_version: Some(version.trim_end_matches('/').into()),
        metadata: Metadata {
            component: subject.map(component),
            ..Metadata::default()
        },
        components: root
            .items("components", "component")
            .map(component)
            .collect(),
        dependencies: dependencies(root),
        ..Bom::default()
    })
}

// The parser limits how deep a tree is, and so how deep this goes.
fn component(element: &Element) -> Component<'_> {
    let place = element
        .child("purl")
        .or_else(|| element.child("name"))
        .unwrap_or(element);
    Component {
        kind: element.attribute("type").map(Text::from),
        bom_ref: element.attribute("bom-ref").map(Text::from),
        group: text(element, "group"),
        name: text(element, "name"),
        version: text(element, "version"),
        scope: text(element, "scope"),
        hashes: element.items("hashes", "hash").filter_map(hash).collect(),
        licenses: licenses(element),
        cpe: text(element, "cpe"),
        purl: text(element, "purl"),
        pedigree: element.child("pedigree").map(|pedigree| Pedigree {
            ancestors: pedigree
                .items("ancestors", "component")
                .map(component)
                .collect(),
        }),
        properties: element
            .items("properties", "property")
            .filter_map(property)
            .collect(),
        components: element
            .items("components", "component")
            .map(component)
            .collect(),
        evidence: element.child("evidence").map(evidence),
        model_card: element.child("modelCard").map(model_card),
        data: element
            .children
            .iter()
            .filter(|child| &*child.name == "data")
            .map(data)
            .collect(),
        span: Some(place.span),
    }
}

fn model_card(element: &Element) -> ModelCard<'_> {
    let formats = |element, list, name| {
        Element::items(element, list, name)
            .filter_map(|format| {
                Some(MlFormat {
                    format: text(format, "format")?,
                })
            })
            .collect()
    };
    let datasets = |element| {
        let list = Element::child(element, "datasets")
            .map(|list| list.children.as_slice())
            .unwrap_or_default();
        list.iter()
            .filter_map(|item| match &*item.name {
                "ref" => Some(Data {
                    reference: Some(item.text.as_str().into()),
                    ..Data::default()
                }),
                "dataset" => Some(data(item)),
                _ => None,
            })
            .collect()
    };
    let parameters = |element| ModelParameters {
        task: text(element, "task"),
        architecture_family: text(element, "architectureFamily"),
        model_architecture: text(element, "modelArchitecture"),
        datasets: datasets(element),
        inputs: formats(element, "inputs", "input"),
        outputs: formats(element, "outputs", "output"),
    };
    ModelCard {
        model_parameters: element.child("modelParameters").map(parameters),
    }
}

fn data(element: &Element) -> Data<'_> {
    Data {
        reference: None,
        bom_ref: element.attribute("bom-ref").map(Text::from),
        kind: text(element, "type"),
        name: text(element, "name"),
        contents: element.child("contents").map(|contents| Contents {
            url: text(contents, "url"),
        }),
    }
}

fn evidence(element: &Element) -> Evidence<'_> {
    let place = |element| {
        let line = Element::child(element, "line").and_then(|line| line.text.trim().parse().ok());
        Some(Place {
            location: text(element, "location")?,
            line,
        })
    };
    Evidence {
        occurrences: element
            .items("occurrences", "occurrence")
            .filter_map(place)
            .collect(),
        licenses: licenses(element),
    }
}

fn licenses(element: &Element) -> Vec<LicenseEntry<'_>> {
    let list = element
        .child("licenses")
        .map(|list| list.children.as_slice())
        .unwrap_or_default();
    list.iter()
        .filter_map(|item| {
            let mut entry = LicenseEntry {
                acknowledgement: item.attribute("acknowledgement").map(Text::from),
                ..LicenseEntry::default()
            };
            match &*item.name {
                "license" => {
                    entry.license = Some(License {
                        id: text(item, "id"),
                        name: text(item, "name"),
                        acknowledgement: None,
                    });
                }
                // 1.7 has expressions with details as an element of its own.
                "expression" => entry.expression = Some(item.text.as_str().into()),
                "expression-detailed" => {
                    entry.expression = item
                        .attribute("expression")
                        .map(Text::from)
                        .or_else(|| text(item, "expression"));
                }
                _ => return None,
            }
            Some(entry)
        })
        .collect()
}

fn hash(element: &Element) -> Option<HashEntry<'_>> {
    Some(HashEntry {
        alg: element.attribute("alg")?.into(),
        content: element.text.as_str().into(),
    })
}

fn property(element: &Element) -> Option<Property<'_>> {
    Some(Property {
        name: element.attribute("name")?.into(),
        value: element.text.as_str().into(),
    })
}

/// The graph; version 1.1 has it as an extension with the same names.
fn dependencies(root: &Element) -> Vec<Dependency<'_>> {
    let mut todo: Vec<&Element> = root.items("dependencies", "dependency").collect();
    todo.reverse();
    let mut dependencies = Vec::new();
    while let Some(element) = todo.pop() {
        let Some(reference) = element.attribute("ref") else {
            continue;
        };
        let below = element
            .children
            .iter()
            .filter(|child| &*child.name == "dependency");
        todo.extend(below.clone().filter(|child| !child.children.is_empty()));
        dependencies.push(Dependency {
            reference: reference.into(),
            depends_on: below
                .filter_map(|child| child.attribute("ref"))
                .map(Text::from)
                .collect(),
        });
    }
    dependencies
}

fn text<'e>(element: &'e Element, name: &str) -> Option<Text<'e>> {
    element.child(name).map(|child| child.text.as_str().into())
}
