//! A graph's nodes and its library of functions.

use std::collections::HashMap;

use super::danger::{self, Danger};
use super::state::State;
use crate::graph::wire::{Field, Wire};
use crate::report::Report;
use crate::tensor::input::Reading;

/// A node that is looked at once the whole graph is known.
pub(super) struct Suspect {
    /// The function it is in; empty for the graph itself.
    pub(super) scope: String,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) danger: Danger,
    /// The names of the nodes whose results it takes, without the result's number.
    pub(super) inputs: Vec<String>,
    /// Texts among its attributes.
    pub(super) texts: Vec<(String, String)>,
}

/// What a node's result may be, for following it to constants.
pub(super) enum Origin {
    /// A constant of texts.
    Texts(Vec<String>),
    /// The results of other nodes, passed on or joined.
    Inputs(Vec<String>),
}

/// Where results come from, by node, in one graph or function.
pub(super) type Origins = HashMap<String, Origin>;

/// How much of all constants' texts is kept, in bytes, and of one.
const MAX_KEPT: usize = 4 << 20;
const MAX_TEXT: u64 = 1024;

/// How many functions are known by name.
const MAX_FUNCTIONS: usize = 1 << 18;

/// How many nodes are kept as suspects, inputs of one, texts of one.
const MAX_SUSPECTS: usize = 4096;
const MAX_INPUTS: usize = 8;
const MAX_TEXTS: usize = 8;

/// Reads a `GraphDef`.
pub(super) fn read(
    wire: &mut Wire<'_, '_, '_>,
    size: u64,
    state: &mut State,
    report: &mut Report<'_>,
) -> Reading<()> {
    wire.message(size, |wire, field| graph_field(wire, field, state, report))?;
    state.end_of_scope("", report);
    Ok(())
}

/// A field of `GraphDef`.
pub(super) fn graph_field(
    wire: &mut Wire<'_, '_, '_>,
    field: Field,
    state: &mut State,
    report: &mut Report<'_>,
) -> Reading<()> {
    let size = field.size().unwrap_or(0);
    match field.number {
        1 => node(wire, size, "", state)?,
        2 => wire.message(size, |wire, field| match field.number {
            1 => function(wire, field.size().unwrap_or(0), state, report),
            _ => Ok(()),
        })?,
        4 => wire.message(size, |_, field| {
            if field.number == 1 {
                state.producer = field.varint();
            }
            Ok(())
        })?,
        _ => {}
    }
    Ok(())
}

/// A `FunctionDef`: the signature, which has the name, comes first as written by TensorFlow; where it
/// does not, the function's nodes are looked at without one.
fn function(
    wire: &mut Wire<'_, '_, '_>,
    size: u64,
    state: &mut State,
    report: &mut Report<'_>,
) -> Reading<()> {
    let outer = std::mem::take(&mut state.origins);
    let mut name = String::from("?");
    wire.message(size, |wire, field| {
        let size = field.size().unwrap_or(0);
        match field.number {
            1 => wire.message(size, |wire, field| {
                if field.number == 1 {
                    name = wire.text(field, MAX_TEXT)?;
                    if state.functions.len() < MAX_FUNCTIONS {
                        state.functions.insert(name.clone());
                    }
                }
                Ok(())
            })?,
            3 => node(wire, size, &name, state)?,
            _ => {}
        }
        Ok(())
    })?;
    state.end_of_scope(&name, report);
    state.origins = outer;
    Ok(())
}

/// A `NodeDef`.
fn node(wire: &mut Wire<'_, '_, '_>, size: u64, scope: &str, state: &mut State) -> Reading<()> {
    let (mut name, mut kind) = (String::new(), String::new());
    let mut inputs: Vec<String> = Vec::new();
    let mut texts: Vec<(String, String)> = Vec::new();
    let mut constants: Vec<String> = Vec::new();
    wire.message(size, |wire, field| {
        match field.number {
            1 => name = wire.text(field, MAX_TEXT)?,
            2 => kind = wire.text(field, MAX_TEXT)?,
            3 if inputs.len() < MAX_INPUTS => {
                let input = wire.text(field, MAX_TEXT)?;
                if !input.starts_with('^') {
                    inputs.push(input.split(':').next().unwrap_or_default().to_owned());
                }
            }
            5 => attribute(wire, field.size().unwrap_or(0), &mut texts, &mut constants)?,
            _ => {}
        }
        Ok(())
    })?;
    state.operators.add(&kind);
    if let Some(danger) = danger::danger(&kind) {
        if state.suspects.len() < MAX_SUSPECTS {
            state.suspects.push(Suspect {
                scope: scope.to_owned(),
                name: name.clone(),
                kind: kind.clone(),
                danger,
                inputs: inputs.clone(),
                texts,
            });
        } else {
            state.too_many = true;
        }
    }
    let origin = match kind.as_str() {
        "Const" if !constants.is_empty() => Some(Origin::Texts(constants)),
        "Identity"
        | "PlaceholderWithDefault"
        | "StringJoin"
        | "Pack"
        | "ExpandDims"
        | "Reshape"
        | "ShardedFilename"
        | "StopGradient"
        | "Select"
        | "SelectV2"
        | "ConcatV2"
        | "Squeeze"
        | "TensorSliceDataset"
        | "FlatMapDataset" => Some(Origin::Inputs(inputs)),
        _ => None,
    };
    if let Some(origin) = origin {
        let kept = match &origin {
            Origin::Texts(texts) | Origin::Inputs(texts) => texts.iter().map(String::len).sum(),
        };
        state.kept = state.kept.saturating_add(kept).saturating_add(name.len());
        if state.kept <= MAX_KEPT {
            state.origins.insert(name, origin);
        }
    }
    Ok(())
}

/// An entry of the map of attributes. Texts are kept, and the texts of a constant.
fn attribute(
    wire: &mut Wire<'_, '_, '_>,
    size: u64,
    texts: &mut Vec<(String, String)>,
    constants: &mut Vec<String>,
) -> Reading<()> {
    let mut key = String::new();
    wire.message(size, |wire, field| {
        match field.number {
            1 => key = wire.text(field, MAX_TEXT)?,
            2 => wire.message(field.size().unwrap_or(0), |wire, field| {
                match field.number {
                    1 => wire.message(field.size().unwrap_or(0), |wire, field| {
                        if field.number == 2 && texts.len() < MAX_TEXTS {
                            texts.push((key.clone(), wire.text(field, MAX_TEXT)?));
                        }
                        Ok(())
                    })?,
                    2 if texts.len() < MAX_TEXTS => {
                        texts.push((key.clone(), wire.text(field, MAX_TEXT)?))
                    }
                    8 => wire.message(field.size().unwrap_or(0), |wire, field| {
                        if field.number == 8 && constants.len() < MAX_TEXTS {
                            constants.push(wire.text(field, MAX_TEXT)?);
                        }
                        Ok(())
                    })?,
                    _ => {}
                }
                Ok(())
            })?,
            _ => {}
        }
        Ok(())
    })
}
