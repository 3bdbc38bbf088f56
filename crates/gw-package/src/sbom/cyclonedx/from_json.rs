//! Any JSON document, however it bends the schema. What has the wrong type counts as not there.

use gw_analysis::Node;

use super::document::{
    Bom, Component, Contents, Data, Dependency, Evidence, HashEntry, License, LicenseEntry,
    Metadata, MlFormat, ModelCard, ModelParameters, Pedigree, Place, Property,
};
use super::text::Text;

/// The document in a tree.
pub(super) fn document(node: &Node) -> Bom<'_> {
    let metadata = node
        .get("metadata")
        .and_then(|metadata| metadata.get("component"));
    Bom {
        schema: text(node, "$schema"),
        bom_format: text(node, "bomFormat"),
        spec_version: text(node, "specVersion"),
        serial_number: None,
        version: 0,
        metadata: Metadata {
            component: metadata.map(component),
            ..Metadata::default()
        },
        components: maps(node, "components").map(component).collect(),
        dependencies: maps(node, "dependencies").filter_map(dependency).collect(),
    }
}

// The parser limits how deep a tree is, and so how deep this goes.
fn component(node: &Node) -> Component<'_> {
    let place = node
        .get("purl")
        .or_else(|| node.get("name"))
        .unwrap_or(node);
    Component {
        kind: text(node, "type"),
        bom_ref: text(node, "bom-ref"),
        group: text(node, "group"),
        name: text(node, "name"),
        version: text(node, "version"),
        scope: text(node, "scope"),
        hashes: maps(node, "hashes").filter_map(hash).collect(),
        licenses: licenses(node),
        cpe: text(node, "cpe"),
        purl: text(node, "purl"),
        pedigree: node.get("pedigree").map(|pedigree| Pedigree {
            ancestors: maps(pedigree, "ancestors").map(component).collect(),
        }),
        properties: maps(node, "properties").filter_map(property).collect(),
        components: maps(node, "components").map(component).collect(),
        evidence: node.get("evidence").map(evidence),
        model_card: node.get("modelCard").map(model_card),
        data: maps(node, "data").map(data).collect(),
        span: Some(place.span),
    }
}

fn model_card(node: &Node) -> ModelCard<'_> {
    let formats = |node, key| {
        maps(node, key)
            .filter_map(|format| {
                Some(MlFormat {
                    format: text(format, "format")?,
                })
            })
            .collect()
    };
    let parameters = |node| ModelParameters {
        task: text(node, "task"),
        architecture_family: text(node, "architectureFamily"),
        model_architecture: text(node, "modelArchitecture"),
        datasets: maps(node, "datasets").map(data).collect(),
        inputs: formats(node, "inputs"),
        outputs: formats(node, "outputs"),
    };
    ModelCard {
        model_parameters: node.get("modelParameters").map(parameters),
    }
}

fn data(node: &Node) -> Data<'_> {
    Data {
        reference: text(node, "ref"),
        bom_ref: text(node, "bom-ref"),
        kind: text(node, "type"),
        name: text(node, "name"),
        contents: node.get("contents").map(|contents| Contents {
            url: text(contents, "url"),
        }),
    }
}

fn evidence(node: &Node) -> Evidence<'_> {
    let place = |node| {
        let line = Node::get(node, "line").and_then(Node::as_i64);
        Some(Place {
            location: text(node, "location")?,
            line: line.and_then(|line| u32::try_from(line).ok()),
        })
    };
    Evidence {
        occurrences: maps(node, "occurrences").filter_map(place).collect(),
        licenses: licenses(node),
    }
}

fn licenses(node: &Node) -> Vec<LicenseEntry<'_>> {
    let entry = |node| LicenseEntry {
        license: Node::get(node, "license").map(|license| License {
            id: text(license, "id"),
            // Some write the licence as a string.
            name: text(license, "name").or_else(|| license.as_str().map(Text::from)),
            acknowledgement: text(license, "acknowledgement"),
        }),
        expression: text(node, "expression"),
        acknowledgement: text(node, "acknowledgement"),
    };
    maps(node, "licenses").map(entry).collect()
}

fn hash(node: &Node) -> Option<HashEntry<'_>> {
    Some(HashEntry {
        alg: text(node, "alg")?,
        content: text(node, "content")?,
    })
}

fn property(node: &Node) -> Option<Property<'_>> {
    Some(Property {
        name: text(node, "name")?,
        value: text(node, "value").unwrap_or_default(),
    })
}

fn dependency(node: &Node) -> Option<Dependency<'_>> {
    let targets = node.get("dependsOn").map(Node::list).unwrap_or_default();
    Some(Dependency {
        reference: text(node, "ref")?,
        depends_on: targets
            .iter()
            .filter_map(|target| target.scalar().map(Text::from))
            .collect(),
    })
}

fn text<'n>(node: &'n Node, key: &str) -> Option<Text<'n>> {
    node.get(key).and_then(Node::scalar).map(Text::from)
}

fn maps<'n>(node: &'n Node, key: &str) -> impl Iterator<Item = &'n Node> {
    let list = node.get(key).map(Node::list).unwrap_or_default();
    list.iter().filter(|item| item.is_map())
}
