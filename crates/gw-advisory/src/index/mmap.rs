//! The one place that maps a file into memory.
#![allow(unsafe_code)]

use std::fs::File;
use std::io;
use std::path::Path;

use memmap2::Mmap;

/// A file mapped read-only, shared by all processes that map it.
#[derive(Debug)]
pub(super) struct Mapped(Mmap);

impl Mapped {
    /// Maps the file at `path`, which must be a regular file.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "not a regular file",
            ));
        }
        // SAFETY: the mapping is read-only and private to this value. What would break it is the
        // file's content changing or shrinking while it is mapped. Index files are never changed
        // in place: a writer makes a new file under a name of its own, and readers keep the old
        // one mapped even after its name is gone. The bytes are only ever read as bytes, with
        // every offset checked, so no content can break an invariant of a type.
        let map = unsafe { Mmap::map(&file) }?;
        Ok(Self(map))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}
