use std::ops::Range;

/// An object of marshalled data. Objects name others by their index in the list of all, so that
/// what is shared is there once.
#[derive(Debug)]
pub(super) enum Object {
    /// `TYPE_NULL`, which ends dictionaries.
    Null,
    /// A number, a truth value, `None` or `...`.
    Plain,
    /// Bytes, or a string of Python 2.
    Bytes(Range<usize>),
    /// A string of Unicode characters, in UTF-8 or ASCII.
    Text(Range<usize>),
    /// A tuple.
    Tuple(Vec<usize>),
    /// A list, set, dictionary or slice.
    Other(Vec<usize>),
    /// Code.
    Code(Code),
}

/// The parts of a code object that tell what it does.
#[derive(Debug)]
pub(super) struct Code {
    /// `co_consts`.
    pub(super) consts: usize,
    /// `co_names`: globals, attributes and modules.
    pub(super) names: usize,
    /// `co_name`.
    pub(super) name: usize,
    /// `co_filename`.
    pub(super) filename: usize,
}
