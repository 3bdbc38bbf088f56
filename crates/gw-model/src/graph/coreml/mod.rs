//! Core ML: models of Apple's framework as messages of Protocol Buffers, alone or in a package.
//!
//! Source: the `.proto` files of coremltools under `mlmodel/format`.

mod model;
mod package;
mod program;
#[cfg(test)]
mod tests;

use gw_finding::ReasonCode;

pub(crate) use package::Package;

use crate::Content;
use crate::reader::Reader;
use crate::report::{Evidence, Report};
use crate::rules;
use crate::tensor::input::{Input, Reading, Trouble};
use crate::tensor::{payload, pointer, polyglot};

/// Reads a model, whatever the size of its weights.
pub(crate) struct CoreMl;

impl Reader for CoreMl {
    fn claims(&self, path: &str, _: &[u8]) -> bool {
        path.ends_with(".mlmodel")
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        let outcome = Input::new(&mut content)
            .map_err(Trouble::from)
            .and_then(|mut input| read(&mut input, report));
        if let Err(trouble) = outcome {
            trouble.report("Core ML", report);
        }
    }
}

fn read(input: &mut Input<'_, '_>, report: &mut Report<'_>) -> Reading<()> {
    let head = input.up_to(512)?;
    if !head.starts_with(&[0x08]) {
        if pointer::is_pointer(&head) {
            pointer::report(report);
        } else if let Some(found) = payload::kind(&head) {
            let message = format!("The file is named as Core ML and is {}.", found.name);
            report.find(&rules::WRONG_FORMAT, Evidence::new("mlmodel", message));
        } else {
            report.incomplete(
                ReasonCode::Malformed,
                "Core ML: the file does not begin with a version",
            );
        }
        return Ok(());
    }
    input.go_to(0)?;
    model::read(input, report)?;
    polyglot::report(input, report);
    Ok(())
}
