//! Formats of models that Python's libraries write, and the code in them.

pub(crate) mod source;
