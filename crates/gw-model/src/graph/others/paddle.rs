//! Paddle: a program of blocks of operators, as a message.
//!
//! Source: `paddle/fluid/framework/framework.proto`.

use gw_finding::Severity;

use super::python;
use crate::graph::operators::Operators;
use crate::graph::wire::Wire;
use crate::reader::Reader;
use crate::report::{Evidence, Report, quote};
use crate::tensor::input::{Input, Reading, Trouble};
use crate::tensor::pointer;
use crate::{Content, Model, rules};

pub(crate) struct Paddle;

impl Reader for Paddle {
    fn claims(&self, path: &str, _: &[u8]) -> bool {
        path.ends_with(".pdmodel") || path.ends_with("/__model__") || path == "__model__"
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        let outcome = Input::new(&mut content)
            .map_err(Trouble::from)
            .and_then(|mut input| read(&mut input, report));
        if let Err(trouble) = outcome {
            trouble.report("Paddle", report);
        }
    }
}

fn read(input: &mut Input<'_, '_>, report: &mut Report<'_>) -> Reading<()> {
    let head = input.up_to(64)?;
    if pointer::is_pointer(&head) {
        pointer::report(report);
        return Ok(());
    }
    input.go_to(0)?;
    let mut model = Model::new("paddle", report.location().clone());
    let mut operators = Operators::default();
    let outcome = Wire::new(input).whole(|wire, field| {
        match field.number {
            1 => wire.message(field.size().unwrap_or(0), |wire, field| {
                match field.number {
                    4 => operator(wire, field.size().unwrap_or(0), &mut operators, report),
                    _ => Ok(()),
                }
            })?,
            4 => wire.message(field.size().unwrap_or(0), |_, field| {
                if field.number == 1 {
                    model.format_version = field.varint().map(|version| version.to_string());
                }
                Ok(())
            })?,
            _ => {}
        }
        Ok(())
    });
    operators.describe(&mut model);
    report.describe(model);
    outcome
}

/// An `OpDesc`: its type, and texts among its attributes.
fn operator(
    wire: &mut Wire<'_, '_, '_>,
    size: u64,
    operators: &mut Operators,
    report: &mut Report<'_>,
) -> Reading<()> {
    let (mut kind, mut texts) = (String::new(), Vec::new());
    wire.message(size, |wire, field| {
        match field.number {
            3 => kind = wire.text(field, 256)?,
            4 => wire.message(field.size().unwrap_or(0), |wire, field| {
                if field.number == 5 && texts.len() < 8 {
                    texts.push(wire.text(field, 1024)?);
                }
                Ok(())
            })?,
            _ => {}
        }
        Ok(())
    })?;
    operators.add(&kind);
    let (rule, what) = match kind.as_str() {
        "py_func" | "py_layer" | "pylayer" => {
            python(&kind, "calls a function of Python", Severity::High, report);
            return Ok(());
        }
        "save" | "save_combine" => (&rules::FILE_OPERATOR, "writes files"),
        "load" | "load_combine" | "read_file" | "create_recordio_file_reader" => {
            (&rules::FILE_OPERATOR, "reads files")
        }
        "listen_and_serv"
        | "heter_listen_and_serv"
        | "send"
        | "recv"
        | "distributed_lookup_table"
        | "fetch_barrier"
        | "send_barrier"
        | "checkpoint_notify" => (&rules::NETWORK_OPERATOR, "talks to other machines"),
        _ => return Ok(()),
    };
    let path = texts
        .iter()
        .find(|text| text.contains(['/', '.']))
        .map_or_else(String::new, |path| format!(": \"{}\"", quote(path)));
    let message = format!("The operator `{}` {what}{path}.", quote(&kind));
    report.find(rule, Evidence::new(format!("{kind} {path}"), message));
    Ok(())
}
