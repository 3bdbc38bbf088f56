use std::io::{Read, Seek};

use gw_finding::{Incomplete, Location, ReasonCode};

use crate::EntryKind;

/// One file that is too large to be held in memory: its place, and its content where it lies.
pub struct LargeEntry<'e> {
    /// The place, as a whole file.
    pub location: &'e Location,
    /// What sort of thing it is.
    pub kind: EntryKind,
    /// How many bytes it has, if that is known before the end is reached.
    pub size: Option<u64>,
    /// The content.
    pub content: Large<'e>,
}

/// Content that is too large to be held in memory.
pub enum Large<'e> {
    /// It can be read from any place; it stands at the start.
    Seekable(&'e mut dyn ReadSeek),
    /// It can be read once, from the start.
    Stream(&'e mut dyn Read),
}

/// Bytes that can be read from any place.
pub trait ReadSeek: Read + Seek {}

impl<T: Read + Seek> ReadSeek for T {}

impl LargeEntry<'_> {
    /// The record that `analyzer` could not go on.
    #[must_use]
    pub fn incomplete(
        &self,
        analyzer: &str,
        reason: ReasonCode,
        detail: impl Into<String>,
    ) -> Incomplete {
        Incomplete {
            location: self.location.clone(),
            analyzer: analyzer.to_owned(),
            reason,
            detail: detail.into(),
        }
    }
}
