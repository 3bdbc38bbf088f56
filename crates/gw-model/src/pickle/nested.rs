/// How a payload is wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrapping {
    /// It is a pickle itself.
    Plain,
}

/// Bytes of a stream that may be a pickle.
pub(super) struct Payload {
    pub(super) at: u64,
    pub(super) bytes: Vec<u8>,
    pub(super) wrapping: Wrapping,
}

/// Whether a constant may be a pickle, by its first bytes.
pub(super) fn looks_like(bytes: &[u8]) -> Option<Wrapping> {
    match bytes {
        [0x80, 0..=5, _, ..] => Some(Wrapping::Plain),
        _ => None,
    }
}
