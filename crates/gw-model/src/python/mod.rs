//! Formats of models that Python's libraries write, and the code in them.

pub(crate) mod literal;
pub(crate) mod numpy;
pub(crate) mod source;

use gw_analysis::{Output, Part};

use crate::reader::Reader;

/// The readers of this folder.
pub(crate) const NPY: &dyn Reader = &numpy::Npy;

/// Brings together what was read of one archive or folder.
pub(crate) fn join(parts: &[Part], out: &mut Output) {
    numpy::join(parts, &[], out);
}
