/// What is thought of a global that a pickle names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    /// Honest files need it, and all it does is to make data.
    Safe,
    /// It is on no list.
    Unknown,
    /// It makes code out of the pickle's data.
    Code,
    /// It is known what it can be used for: runs commands, reads files.
    Dangerous(&'static str),
}

/// What is thought of an attribute of a module.
pub(super) fn judge(module: &str, attribute: &str) -> Verdict {
    match (module, attribute) {
        ("collections", "OrderedDict") => Verdict::Safe,
        ("os" | "posix" | "nt" | "subprocess", _) => Verdict::Dangerous("runs commands"),
        _ => Verdict::Unknown,
    }
}
