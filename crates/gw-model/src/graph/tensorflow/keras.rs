//! What Keras puts into SavedModels: each layer's configuration as JSON, from which layers are made
//! again on loading.

use gw_analysis::{Node, parse};
use gw_finding::Severity;

use crate::report::{Evidence, Report, quote};
use crate::rules;

/// The largest configuration of an object that is read, in bytes. A model's root has all its layers.
pub(super) const MAX_METADATA: u64 = 16 << 20;

/// Judges an object's configuration.
pub(super) fn object(text: &str, report: &mut Report<'_>) {
    if text.trim().is_empty() {
        return;
    }
    match parse::json(text) {
        Ok(node) => layers(&node, report),
        // Objects of others keep what they like there.
        Err(_) if !text.trim_start().starts_with('{') => {}
        Err(error) => report.incomplete(
            error.reason,
            format!("TensorFlow: a layer's configuration: {error}"),
        ),
    }
}

/// Looks for layers whose computation is code of Python. Nesting is limited by the parser.
fn layers(node: &Node, report: &mut Report<'_>) {
    if node.get("class_name").and_then(Node::as_str) == Some("Lambda") {
        let config = node.get("config");
        let name = config
            .and_then(|config| config.get("name"))
            .and_then(Node::as_str)
            .unwrap_or("?");
        let function = config.and_then(|config| config.get("function"));
        let is_code =
            function.is_some_and(|function| !function.list().is_empty() || function.is_map());
        let message = if is_code {
            format!(
                "The layer `{}` is a Lambda with compiled code of Python, which loading the model runs.",
                quote(name)
            )
        } else {
            format!(
                "The layer `{}` is a Lambda, which calls a function of Python.",
                quote(name)
            )
        };
        let mut evidence = Evidence::new(name, message);
        evidence.severity = Some(if is_code {
            Severity::Critical
        } else {
            Severity::Medium
        });
        report.find(&rules::CODE_OPERATOR, evidence);
    }
    for item in node.list() {
        layers(item, report);
    }
    for (_, value) in node.map() {
        layers(value, report);
    }
}
