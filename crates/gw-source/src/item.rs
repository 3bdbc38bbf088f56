use std::path::PathBuf;
use std::sync::Arc;

use gix::ObjectId;
use gw_analysis::EntryKind;
use gw_finding::{Incomplete, Location, ReasonCode};

use crate::ANALYZER;

/// One file of a source, listed and not yet read.
#[derive(Debug)]
pub struct Item {
    /// The path relative to the target with `/` between its parts; bytes that are no UTF-8 are
    /// escaped, so that each file has a path of its own.
    pub path: String,
    /// What sort of thing it is.
    pub kind: EntryKind,
    /// Its size in bytes when it was listed; 0 if that is not known before it is read.
    pub size: u64,
    pub(crate) handle: Handle,
    /// The blob that the last commit has under this path.
    pub(crate) committed: Option<ObjectId>,
}

/// Where an item's bytes are.
#[derive(Debug)]
pub(crate) enum Handle {
    /// Under the root, at the item's own path.
    Named,
    /// Under the root, at a path that is no UTF-8.
    Raw(PathBuf),
    /// In the object database.
    Blob(ObjectId),
    /// Here.
    Memory(Arc<[u8]>),
}

impl Item {
    /// The item's place.
    #[must_use]
    pub fn location(&self) -> Location {
        Location::file(self.path.clone())
    }

    /// The record that this item could not be looked at.
    #[must_use]
    pub fn incomplete(&self, reason: ReasonCode, detail: impl Into<String>) -> Incomplete {
        incomplete(&self.path, reason, detail)
    }
}

pub(crate) fn incomplete(path: &str, reason: ReasonCode, detail: impl Into<String>) -> Incomplete {
    Incomplete {
        location: Location::file(path),
        analyzer: ANALYZER.to_owned(),
        reason,
        detail: detail.into(),
    }
}
