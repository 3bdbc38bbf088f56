//! ONNX: a graph of operators with its weights, as one message of Protocol Buffers.
//!
//! Source: `onnx.proto3` and `docs/IR.md`, `docs/ExternalData.md` of ONNX 1.20.

mod domain;
mod functions;
mod graph;
mod model;
mod node;
mod standard;
mod tensor;
#[cfg(test)]
mod tests;

use gw_finding::ReasonCode;

use crate::reader::Reader;
use crate::report::{Evidence, Report};
use crate::tensor::input::{Input, Reading, Trouble};
use crate::tensor::{payload, pointer};
use crate::{Content, rules};

/// Reads the graph, whatever the size of its weights.
pub(crate) struct Onnx;

impl Reader for Onnx {
    fn claims(&self, path: &str, head: &[u8]) -> bool {
        path.ends_with(".onnx") || begins(head)
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        let outcome = Input::new(&mut content)
            .map_err(Trouble::from)
            .and_then(|mut input| read(&mut input, report));
        if let Err(trouble) = outcome {
            trouble.report("ONNX", report);
        }
    }
}

/// Whether a file begins with the version of the representation, and then with the name of what made
/// it, the operators' versions or the graph: exporters write fields in the order of their numbers.
fn begins(head: &[u8]) -> bool {
    let [0x08, 1..=20, rest @ ..] = head else {
        return false;
    };
    match rest {
        [0x12, size, rest @ ..] => {
            let name = rest.get(..usize::from(*size));
            let next = rest.get(usize::from(*size));
            let printable = |name: &[u8]| name.iter().all(|byte| (b' '..=b'~').contains(byte));
            *size < 0x80
                && name.is_some_and(printable)
                && matches!(next, Some(0x1A | 0x22 | 0x28 | 0x32 | 0x3A | 0x42))
        }
        // A graph, whose first field is a node, its name or a weight.
        [0x3A, rest @ ..] => {
            let size = rest
                .iter()
                .position(|byte| *byte < 0x80)
                .unwrap_or(rest.len());
            matches!(rest.get(size.saturating_add(1)), Some(0x0A | 0x12 | 0x2A))
        }
        // The operators' versions: a domain, which may be empty, and a version.
        [0x42, size, 0x0A, domain, rest @ ..] => {
            size.checked_sub(4).is_some_and(|left| left >= *domain)
                && rest.get(usize::from(*domain)) == Some(&0x10)
        }
        [0x42, 2, 0x10, 1..=40, ..] => true,
        _ => false,
    }
}

fn read(input: &mut Input<'_, '_>, report: &mut Report<'_>) -> Reading<()> {
    let named = report.path().ends_with(".onnx");
    let head = input.up_to(512)?;
    if named && !head.starts_with(&[0x08]) {
        if pointer::is_pointer(&head) {
            pointer::report(report);
            return Ok(());
        }
        if let Some(found) = payload::kind(&head) {
            let message = format!("The file is named as ONNX and is {}.", found.name);
            report.find(&rules::WRONG_FORMAT, Evidence::new("onnx", message));
            return Ok(());
        }
        if head.is_empty() {
            report.incomplete(ReasonCode::Malformed, "ONNX: the file is empty");
            return Ok(());
        }
    }
    input.go_to(0)?;
    model::read(input, named, report)
}
