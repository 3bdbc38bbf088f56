use std::collections::BTreeSet;

use super::model::{MAX_TEXT, State};
use super::{node, tensor};
use crate::graph::wire::Wire;
use crate::report::Report;
use crate::tensor::input::Reading;
use crate::tensor::{describe, text};

/// Reads a `GraphProto` of `size` bytes: the model's, or a branch's or loop's. `calls` takes the
/// operators that are used, if it is part of a function.
pub(super) fn read(
    wire: &mut Wire<'_, '_, '_>,
    size: u64,
    mut calls: Option<&mut BTreeSet<String>>,
    state: &mut State,
    report: &mut Report<'_>,
) -> Reading<()> {
    wire.message(size, |wire, field| {
        let size = field.size().unwrap_or(0);
        match field.number {
            1 => node::read(wire, size, calls.as_deref_mut(), state, report)?,
            2 => {
                let name = wire.text(field, 1024)?;
                if state.model.name.is_none() && !name.is_empty() {
                    state.model.name = Some(describe::shortened(&name));
                }
            }
            5 => tensor::read(wire, size, true, state, report)?,
            10 => text::judge("doc_string", &wire.text(field, MAX_TEXT)?, report),
            15 => sparse(wire, size, state, report)?,
            16 => {
                let (key, value) = tensor::pair(wire, field, MAX_TEXT)?;
                text::judge(&key, &value, report);
            }
            _ => {}
        }
        Ok(())
    })
}

/// Reads a `SparseTensorProto`: its values and where they are.
pub(super) fn sparse(
    wire: &mut Wire<'_, '_, '_>,
    size: u64,
    state: &mut State,
    report: &mut Report<'_>,
) -> Reading<()> {
    wire.message(size, |wire, field| match field.number {
        1 => tensor::read(wire, field.size().unwrap_or(0), true, state, report),
        2 => tensor::read(wire, field.size().unwrap_or(0), false, state, report),
        _ => Ok(()),
    })
}
