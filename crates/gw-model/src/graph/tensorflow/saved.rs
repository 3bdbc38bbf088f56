use super::graph;
use super::keras;
use super::state::State;
use crate::Model;
use crate::graph::wire::Wire;
use crate::report::{Evidence, Report, quote};
use crate::rules;
use crate::tensor::input::{Input, Reading};
use crate::tensor::{describe, files, polyglot};

const MAX_TEXT: u64 = 4096;

/// Reads a SavedModel: a message with graphs, each with what it is for.
pub(super) fn saved_model(input: &mut Input<'_, '_>, report: &mut Report<'_>) -> Reading<()> {
    let mut state = State {
        model: Model::new("tensorflow-saved-model", report.location().clone()),
        ..State::default()
    };
    let outcome = Wire::new(input).whole(|wire, field| {
        match field.number {
            1 => state.model.format_version = field.varint().map(|version| version.to_string()),
            2 => graphs(wire, field.size().unwrap_or(0), &mut state, report)?,
            _ => {}
        }
        Ok(())
    });
    finish(state, report);
    outcome?;
    polyglot::report(input, report);
    Ok(())
}

/// Reads the file beside a checkpoint that has its graph.
pub(super) fn meta_graph(input: &mut Input<'_, '_>, report: &mut Report<'_>) -> Reading<()> {
    let mut state = State {
        model: Model::new("tensorflow-meta-graph", report.location().clone()),
        ..State::default()
    };
    let size = input.size().unwrap_or(u64::MAX);
    let outcome = graphs(&mut Wire::new(input), size, &mut state, report);
    if state.operators.names().next().is_none() {
        // Other files have this name, too.
        return Ok(());
    }
    finish(state, report);
    outcome
}

/// Reads a graph by itself. What turns out to have no operator of TensorFlow is another message.
pub(super) fn frozen(input: &mut Input<'_, '_>, report: &mut Report<'_>) -> Reading<()> {
    let mut state = State {
        model: Model::new("tensorflow-graph", report.location().clone()),
        ..State::default()
    };
    let outcome =
        Wire::new(input).whole(|wire, field| graph::graph_field(wire, field, &mut state, report));
    let (mut known, mut all) = (0_usize, 0_usize);
    for (name, _) in state.operators.names() {
        all = all.saturating_add(1);
        known = known.saturating_add(usize::from(
            super::danger::is_known(name) || super::danger::danger(name).is_some(),
        ));
    }
    if known.saturating_mul(2) <= all {
        return Ok(());
    }
    state.end_of_scope("", report);
    finish(state, report);
    outcome?;
    polyglot::report(input, report);
    Ok(())
}

fn finish(mut state: State, report: &mut Report<'_>) {
    state.judge_tables(report);
    state.unknown(report);
    state.operators.describe(&mut state.model);
    if let Some(producer) = state.producer {
        describe::keep(&mut state.model, "producer", &producer.to_string());
    }
    if !state.functions.is_empty() {
        describe::keep(
            &mut state.model,
            "functions",
            &state.functions.len().to_string(),
        );
    }
    state.references.keep(report);
    report.describe(state.model);
}

/// Reads a `MetaGraphDef` of `size` bytes.
fn graphs(
    wire: &mut Wire<'_, '_, '_>,
    size: u64,
    state: &mut State,
    report: &mut Report<'_>,
) -> Reading<()> {
    wire.message(size, |wire, field| {
        let size = field.size().unwrap_or(0);
        match field.number {
            1 => wire.message(size, |wire, field| {
                match field.number {
                    4 => describe::keep(&mut state.model, "tags", &wire.text(field, MAX_TEXT)?),
                    5 => {
                        let version = wire.text(field, MAX_TEXT)?;
                        if !version.is_empty() && version != "unknown" {
                            state
                                .model
                                .libraries
                                .insert("tensorflow".to_owned(), describe::shortened(&version));
                        }
                    }
                    _ => {}
                }
                Ok(())
            })?,
            2 => graph::read(wire, size, state, report)?,
            5 => wire.message(size, |wire, field| {
                if field.number == 1 {
                    let key = format!("signature {}", wire.text(field, 256)?);
                    describe::keep(&mut state.model, &key, "yes");
                }
                Ok(())
            })?,
            6 => asset(wire, size, state, report)?,
            7 => objects(wire, size, state, report)?,
            _ => {}
        }
        Ok(())
    })
}

/// An `AssetFileDef`: a file in the folder `assets`, by a path relative to it.
fn asset(
    wire: &mut Wire<'_, '_, '_>,
    size: u64,
    state: &mut State,
    report: &mut Report<'_>,
) -> Reading<()> {
    wire.message(size, |wire, field| {
        if field.number == 2 {
            let name = wire.text(field, MAX_TEXT)?;
            if let Some(problem) = files::escape(&name) {
                let message = format!("The model has the asset \"{}\": {problem}.", quote(&name));
                report.find(&rules::EXTERNAL_PATH, Evidence::new(name.as_str(), message));
            }
            describe::add(
                &mut state.model.files,
                describe::shortened(&format!("assets/{name}")),
            );
            let last = name.rsplit('/').next().unwrap_or_default();
            if state.assets.len() < 1024 {
                state.assets.insert(last.to_owned());
            }
        }
        Ok(())
    })
}

/// A `SavedObjectGraph`, of which only the objects' own metadata counts: Keras keeps its layers
/// there.
fn objects(
    wire: &mut Wire<'_, '_, '_>,
    size: u64,
    state: &mut State,
    report: &mut Report<'_>,
) -> Reading<()> {
    wire.message(size, |wire, field| match field.number {
        1 => wire.message(field.size().unwrap_or(0), |wire, field| {
            match field.number {
                4 => wire.message(field.size().unwrap_or(0), |wire, field| {
                    match field.number {
                        1 => {
                            let identifier = wire.text(field, 256)?;
                            if identifier.starts_with("_tf_keras") {
                                state.model.producer = Some("keras".to_owned());
                            }
                        }
                        3 => keras::object(&wire.text(field, keras::MAX_METADATA)?, report),
                        _ => {}
                    }
                    Ok(())
                }),
                _ => Ok(()),
            }
        }),
        _ => Ok(()),
    })
}
