//! TensorFlow Lite: graphs and their weights as one FlatBuffer.
//!
//! Source: `tensorflow/compiler/mlir/lite/schema/schema.fbs`, version 3.

mod executorch;
mod model;
mod names;
#[cfg(test)]
mod tests;

use gw_finding::ReasonCode;

pub(crate) use executorch::ExecuTorch;

use super::window::Window;
use crate::reader::Reader;
use crate::report::{Evidence, Report};
use crate::tensor::input::{Input, Reading};
use crate::tensor::polyglot::{self, ZipEnd};
use crate::tensor::{payload, pointer, weights};
use crate::{Content, rules};

/// Reads the graphs, whatever the size of their weights.
pub(crate) struct TfLite;

impl Reader for TfLite {
    fn claims(&self, path: &str, head: &[u8]) -> bool {
        head.get(4..8) == Some(b"TFL3") || path.ends_with(".tflite")
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        if let Err(trouble) = read(&mut content, report) {
            trouble.report("TensorFlow Lite", report);
        }
    }
}

fn read(content: &mut Content<'_>, report: &mut Report<'_>) -> Reading<()> {
    let mut window = Window::new(content)?;
    let head = window.bytes(0, window.size().min(512))?.into_owned();
    if head.get(4..8) != Some(b"TFL3") {
        if pointer::is_pointer(&head) {
            pointer::report(report);
        } else if let Some(found) = payload::kind(&head) {
            let message = format!(
                "The file is named as TensorFlow Lite and is {}.",
                found.name
            );
            report.find(&rules::WRONG_FORMAT, Evidence::new("tflite", message));
        } else {
            report.incomplete(
                ReasonCode::Malformed,
                "TensorFlow Lite: the file has no identifier `TFL3`",
            );
        }
        return Ok(());
    }
    let mut found = model::read(&mut window, report)?;
    drop(window);
    if content.size()?.is_none() {
        report.describe(found.model);
        return Ok(());
    }
    content.go_to(0)?;
    let mut input = Input::new(content)?;
    let outcome = if report.weights {
        weights::pass(&mut input, &mut found.weights, report)
    } else {
        Ok(())
    };
    archive(&mut input, found.has_metadata, report);
    report.describe(found.model);
    outcome
}

/// Looks for the archive that files which belong to the model are packed in, behind the buffer. The
/// metadata says that it is there.
fn archive(input: &mut Input<'_, '_>, has_metadata: bool, report: &mut Report<'_>) {
    match polyglot::zip_end(input) {
        Ok(Some(ZipEnd { start, members })) if !has_metadata => {
            let message = format!(
                "Behind the model, at byte {start}, is a zip archive of {members} members, of which its metadata says nothing."
            );
            report.find(&rules::POLYGLOT, Evidence::new("zip", message));
        }
        Ok(_) => {}
        Err(trouble) => trouble.report("the end of the file", report),
    }
}
