//! MXNet: a graph as JSON, `model-symbol.json`.

use gw_analysis::{Node, parse};
use gw_finding::Severity;

use super::python;
use crate::graph::operators::Operators;
use crate::reader::Reader;
use crate::report::Report;
use crate::{Content, Model};

pub(crate) struct MxNet;

impl Reader for MxNet {
    fn claims(&self, path: &str, _: &[u8]) -> bool {
        path.ends_with("-symbol.json") || path.ends_with("-symbol.sym")
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        let Some(text) = super::text(&mut content, "MXNet", report) else {
            return;
        };
        match parse::json(&text) {
            Ok(graph) => read(&graph, report),
            Err(error) => report.incomplete(error.reason, format!("MXNet: {error}")),
        }
    }
}

fn read(graph: &Node, report: &mut Report<'_>) {
    let Some(nodes) = graph.get("nodes") else {
        return;
    };
    let mut model = Model::new("mxnet", report.location().clone());
    let version = graph
        .at(&["attrs", "mxnet_version"])
        .and_then(|version| version.list().get(1));
    if let Some(version) = version.and_then(Node::scalar) {
        model
            .libraries
            .insert("mxnet".to_owned(), version.to_owned());
    }
    let mut operators = Operators::default();
    visit(nodes, &mut operators, report);
    operators.describe(&mut model);
    report.describe(model);
}

/// Nodes, and graphs inside of them; nesting is limited by the parser.
fn visit(nodes: &Node, operators: &mut Operators, report: &mut Report<'_>) {
    for node in nodes.list() {
        let text = |key: &str| node.get(key).and_then(Node::as_str).unwrap_or_default();
        let operator = text("op");
        operators.add(if operator == "null" {
            "input"
        } else {
            operator
        });
        if operator == "Custom" || operator == "_Native" || operator == "_NDArray" {
            let attributes = ["attrs", "attr", "param"]
                .iter()
                .find_map(|key| node.get(key));
            let kind = attributes.and_then(|attributes| {
                attributes.get("op_type").or_else(|| attributes.get("info"))
            });
            let kind = kind.and_then(Node::as_str).unwrap_or("?");
            let what = format!(
                "calls the operator \"{}\", which is registered from Python",
                crate::report::quote(kind)
            );
            python(text("name"), &what, Severity::High, report);
        }
        for inner in node.get("subgraphs").map(Node::list).unwrap_or_default() {
            if let Some(nodes) = inner.get("nodes") {
                visit(nodes, operators, report);
            }
        }
    }
}
