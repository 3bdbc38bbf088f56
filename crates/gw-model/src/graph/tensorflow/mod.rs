//! TensorFlow: SavedModels, frozen graphs, MetaGraphs and checkpoints.
//!
//! Source: the `.proto` files under `tensorflow/core/protobuf` and `tensorflow/core/framework`.

mod checkpoint;
mod danger;
mod graph;
mod keras;
mod saved;
mod sstable;
mod state;
#[cfg(test)]
mod tests;
mod text;

use gw_finding::ReasonCode;

pub(crate) use checkpoint::CheckpointReader;
pub(crate) use danger::is_known;
pub(crate) use state::judge_name;

use crate::reader::Reader;
use crate::report::{Evidence, Report};
use crate::tensor::input::{Input, Reading, Trouble};
use crate::tensor::{payload, pointer};
use crate::{Content, rules};

/// Reads graphs in any of the messages that hold one.
pub(crate) struct TensorFlow;

/// What a name says a file is; content may say otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    SavedModel,
    MetaGraph,
    Graph,
    Text,
}

impl Reader for TensorFlow {
    fn claims(&self, path: &str, head: &[u8]) -> bool {
        kind(path, head).is_some()
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        let outcome = Input::new(&mut content)
            .map_err(Trouble::from)
            .and_then(|mut input| read(&mut input, report));
        if let Err(trouble) = outcome {
            trouble.report("TensorFlow", report);
        }
    }
}

fn kind(path: &str, head: &[u8]) -> Option<Kind> {
    let name = path.rsplit('/').next().unwrap_or(path);
    match name {
        "saved_model.pb" => return Some(Kind::SavedModel),
        // Layers' configurations, which Keras's reader looks at.
        "keras_metadata.pb" => return None,
        _ => {}
    }
    // The schema's version, always 1, and the first graph.
    if head.starts_with(&[0x08, 0x01, 0x12]) && head.get(3).is_some_and(|size| *size >= 0x80) {
        return Some(Kind::SavedModel);
    }
    if name.ends_with(".meta") && head.starts_with(&[0x0A]) {
        return Some(Kind::MetaGraph);
    }
    if name.ends_with(".pbtxt") {
        return Some(Kind::Text);
    }
    let is_graph = begins_graph(head);
    (is_graph
        || ((name.ends_with(".pb") || name.ends_with(".graphdef")) && head.starts_with(&[0x0A])))
    .then_some(Kind::Graph)
}

/// Whether a file begins with a node: a field with a message that has a name and an operator.
fn begins_graph(head: &[u8]) -> bool {
    let Some(rest) = head.strip_prefix(&[0x0A]) else {
        return false;
    };
    let size = rest
        .iter()
        .position(|byte| *byte < 0x80)
        .map_or(rest.len(), |at| at.saturating_add(1));
    let text = |bytes: &[u8], tag: u8| -> Option<(String, usize)> {
        let [first, size, rest @ ..] = bytes else {
            return None;
        };
        let text = rest.get(..usize::from(*size))?;
        let valid = *first == tag && *size < 0x80 && text.iter().all(u8::is_ascii_graphic);
        let text = std::str::from_utf8(text).ok().filter(|_| valid)?;
        Some((text.to_owned(), usize::from(*size).saturating_add(2)))
    };
    let node = rest.get(size..).unwrap_or_default();
    let Some((_, behind)) = text(node, 0x0A) else {
        return false;
    };
    let operator = node.get(behind..).and_then(|node| text(node, 0x12));
    operator.is_some_and(|(operator, _)| {
        danger::is_registered(&operator) || danger::danger(&operator).is_some()
    })
}

fn read(input: &mut Input<'_, '_>, report: &mut Report<'_>) -> Reading<()> {
    let head = input.up_to(512)?;
    let Some(kind) = kind(report.path(), &head) else {
        return Ok(());
    };
    if pointer::is_pointer(&head) {
        pointer::report(report);
        return Ok(());
    }
    if kind == Kind::SavedModel && !head.starts_with(&[0x08]) && !head.starts_with(&[0x12]) {
        if let Some(found) = payload::kind(&head) {
            let message = format!("The file is named as a SavedModel and is {}.", found.name);
            report.find(&rules::WRONG_FORMAT, Evidence::new("saved-model", message));
        } else {
            report.incomplete(
                ReasonCode::Malformed,
                "TensorFlow: the file is no SavedModel",
            );
        }
        return Ok(());
    }
    input.go_to(0)?;
    match kind {
        Kind::SavedModel => saved::saved_model(input, report),
        Kind::MetaGraph => saved::meta_graph(input, report),
        Kind::Graph => saved::frozen(input, report),
        Kind::Text => text::read(input, report),
    }
}
