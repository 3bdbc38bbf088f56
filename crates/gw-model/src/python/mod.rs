//! Formats of models that Python's libraries write, and the code in them.

pub(crate) mod archive;
pub(crate) mod literal;
pub(crate) mod numpy;
pub(crate) mod source;
pub(crate) mod torchscript;

use gw_analysis::{Output, Part};

/// Brings together what was read of one archive or folder.
pub(crate) fn join(parts: &[Part], out: &mut Output) {
    let described = archive::join(parts, out);
    numpy::join(parts, &described, out);
}
