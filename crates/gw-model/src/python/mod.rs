//! Formats of models that Python's libraries write, and the code in them.

pub(crate) mod archive;
pub(crate) mod config;
pub(crate) mod executorch;
pub(crate) mod joblib;
pub(crate) mod literal;
pub(crate) mod mar;
pub(crate) mod mlflow;
pub(crate) mod named;
pub(crate) mod numpy;
pub(crate) mod skops;
pub(crate) mod source;
#[cfg(test)]
mod tests;
mod text;
pub(crate) mod torchscript;

use gw_analysis::{Output, Part};

/// Brings together what was read of one archive or folder.
pub(crate) fn join(parts: &[Part], out: &mut Output) {
    let described = archive::join(parts, out);
    numpy::join(parts, &described, out);
    joblib::join(parts, out);
}
