//! What others' records say that something was made from: experiment trackers, lineage events and
//! pipeline locks, as inputs of a lineage statement of whoever takes them in.
//!
//! Nobody's word is more than that: a record says what its writer was told, names are theirs, and a
//! digest counts only if it is a SHA-256.

pub mod dvc;
pub mod mlflow;
pub mod openlineage;

use gw_analysis::{Lines, Node, ParseError};
use gw_attest::predicate::{InputKind, Lineage, LineageInput};
use thiserror::Error;

/// More inputs than this are no account of what something was made from.
const MOST_INPUTS: usize = 10_000;

/// Why a record says nothing that can be stated.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ClaimError {
    /// It breaks its format's rules.
    #[error("line {line}: {message}")]
    Malformed {
        /// The line, from 1.
        line: u32,
        /// What was found and what was expected.
        message: String,
    },
    /// It is no record that is known here.
    #[error(
        "it is neither an MLflow run, nor OpenLineage events, nor a dvc.lock, as far as can be told"
    )]
    Unknown,
    /// It is about several things, or not about the one that was asked for.
    #[error("{0}")]
    Which(String),
    /// It names more than can be an account of anything.
    #[error("it names more than {MOST_INPUTS} inputs")]
    TooMany,
}

/// What a file says. `of` names the output that is asked about, in the record's own words.
///
/// # Errors
/// [`ClaimError`].
pub fn read(text: &str, of: Option<&str>) -> Result<Lineage, ClaimError> {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    if !start.starts_with(['{', '[']) {
        return dvc::read(text, of);
    }
    match gw_analysis::parse::json(text) {
        Ok(node) if mlflow::is_run(&node) => mlflow::run(&node),
        Ok(node) => openlineage::read(&openlineage::events(&node)?, of),
        // Several values, one a line.
        Err(error) => match openlineage::lines(text) {
            Some(nodes) => openlineage::read(&nodes?.iter().collect::<Vec<_>>(), of),
            None => Err(malformed(text, &error)),
        },
    }
}

fn malformed(text: &str, error: &ParseError) -> ClaimError {
    let start = error.span.map_or(0, |span| span.start);
    ClaimError::Malformed {
        line: Lines::of(text).position(text, start).line,
        message: error.message.clone(),
    }
}

/// A lineage with its inputs in order and each once.
fn lineage(source: &str, mut inputs: Vec<LineageInput>) -> Result<Lineage, ClaimError> {
    inputs.retain(|input| !input.name.trim().is_empty());
    inputs.sort_unstable();
    inputs.dedup();
    if inputs.len() > MOST_INPUTS {
        return Err(ClaimError::TooMany);
    }
    Ok(Lineage {
        inputs,
        source: source.to_owned(),
    })
}

fn text(node: &Node, path: &[&str]) -> Option<String> {
    node.at(path)
        .and_then(Node::scalar)
        .filter(|text| !text.trim().is_empty())
        .map(str::to_owned)
}

/// What a file is, by its name: where a record does not say.
#[must_use]
pub fn kind_of(path: &str) -> InputKind {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let extension = name.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase());
    match extension.as_deref() {
        Some(
            "py" | "pyw" | "pyx" | "ipynb" | "sh" | "bash" | "r" | "jl" | "lua" | "js" | "mjs"
            | "ts" | "rb" | "pl" | "go" | "rs" | "c" | "h" | "cc" | "cpp" | "hpp" | "cu" | "java"
            | "scala" | "sql" | "toml" | "yaml" | "yml" | "cfg" | "ini" | "conf" | "env" | "mk"
            | "lock",
        ) => InputKind::Code,
        Some(
            "safetensors" | "gguf" | "ggml" | "onnx" | "pt" | "pth" | "ckpt" | "bin" | "h5"
            | "hdf5" | "keras" | "pb" | "tflite" | "pkl" | "pickle" | "joblib" | "mlmodel"
            | "engine" | "nemo" | "pdparams" | "msgpack",
        ) => InputKind::Model,
        _ => match name {
            "Makefile" | "Snakefile" | "Dockerfile" | "MLproject" | "params.json" => {
                InputKind::Code
            }
            _ => InputKind::Dataset,
        },
    }
}

#[cfg(test)]
mod tests;
