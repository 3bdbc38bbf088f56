use super::model::State;
use crate::graph::wire::Wire;
use crate::report::{Evidence, Report, quote};
use crate::rules;
use crate::tensor::files;
use crate::tensor::input::Reading;

/// What stands for the model's own folder in paths.
const OWN: &str = "@model_path/";

/// Reads a `MILSpec.Program`: functions of blocks of operations, with blocks in them.
pub(super) fn read(
    wire: &mut Wire<'_, '_, '_>,
    size: u64,
    state: &mut State,
    report: &mut Report<'_>,
) -> Reading<()> {
    wire.message(size, |wire, field| match field.number {
        2 => value_of_entry(wire, field.size().unwrap_or(0), &mut |wire, size| {
            function(wire, size, state, report)
        }),
        _ => Ok(()),
    })
}

type Visit<'v> = dyn FnMut(&mut Wire<'_, '_, '_>, u64) -> Reading<()> + 'v;

/// Visits the value of an entry of a map.
fn value_of_entry(wire: &mut Wire<'_, '_, '_>, size: u64, visit: &mut Visit<'_>) -> Reading<()> {
    wire.message(size, |wire, field| match (field.number, field.size()) {
        (2, Some(size)) => visit(wire, size),
        _ => Ok(()),
    })
}

fn function(
    wire: &mut Wire<'_, '_, '_>,
    size: u64,
    state: &mut State,
    report: &mut Report<'_>,
) -> Reading<()> {
    wire.message(size, |wire, field| match field.number {
        3 => value_of_entry(wire, field.size().unwrap_or(0), &mut |wire, size| {
            block(wire, size, state, report)
        }),
        _ => Ok(()),
    })
}

fn block(
    wire: &mut Wire<'_, '_, '_>,
    size: u64,
    state: &mut State,
    report: &mut Report<'_>,
) -> Reading<()> {
    wire.message(size, |wire, field| match field.number {
        3 => operation(wire, field.size().unwrap_or(0), state, report),
        _ => Ok(()),
    })
}

/// An `Operation`: its type, what goes in, blocks, and attributes, where constants are.
fn operation(
    wire: &mut Wire<'_, '_, '_>,
    size: u64,
    state: &mut State,
    report: &mut Report<'_>,
) -> Reading<()> {
    wire.message(size, |wire, field| {
        let size = field.size().unwrap_or(0);
        match field.number {
            1 => {
                let kind = wire.text(field, 256)?;
                if kind.starts_with("custom") {
                    let message = format!(
                        "The operation `{}` is computed by the application.",
                        quote(&kind)
                    );
                    report.find(
                        &rules::CUSTOM_OPERATOR,
                        Evidence::new(kind.as_str(), message),
                    );
                }
                state.operators.add(&kind);
            }
            // An argument is a list of names or values.
            2 => value_of_entry(wire, size, &mut |wire, size| {
                wire.message(size, |wire, field| match field.number {
                    1 => wire.message(field.size().unwrap_or(0), |wire, field| {
                        match field.number {
                            2 => value(wire, field.size().unwrap_or(0), state, report),
                            _ => Ok(()),
                        }
                    }),
                    _ => Ok(()),
                })
            })?,
            4 => block(wire, size, state, report)?,
            5 => value_of_entry(wire, size, &mut |wire, size| {
                value(wire, size, state, report)
            })?,
            _ => {}
        }
        Ok(())
    })
}

/// A `Value`, which may be in a file.
fn value(
    wire: &mut Wire<'_, '_, '_>,
    size: u64,
    state: &mut State,
    report: &mut Report<'_>,
) -> Reading<()> {
    let (mut name, mut offset) = (None, 0);
    wire.message(size, |wire, field| match field.number {
        5 => wire.message(field.size().unwrap_or(0), |wire, field| {
            match field.number {
                1 => name = Some(wire.text(field, 4096)?),
                2 => offset = field.varint().unwrap_or(0),
                _ => {}
            }
            Ok(())
        }),
        _ => Ok(()),
    })?;
    let Some(name) = name else {
        return Ok(());
    };
    let path = name.strip_prefix(OWN).unwrap_or(&name);
    if files::escape(path).is_some() || name.starts_with(OWN) {
        // A blob begins with 64 bytes that describe it.
        state
            .references
            .add("The program", path, offset.saturating_add(64), report);
    }
    Ok(())
}
