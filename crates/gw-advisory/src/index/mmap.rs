//! The one place that maps a file into memory.
#![allow(unsafe_code)]

use std::fs::File;
use std::io;
use std::path::Path;

use memmap2::Mmap;

/// A file mapped read-only, shared by all processes that map it.
#[derive(Debug)]
pub(super) struct Mapped {
    map: Mmap,
    file: File,
}

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
        Ok(Self { map, file })
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.map
    }

    /// Reads bytes at an offset without mapping them.
    ///
    /// A page that is touched in a mapping brings fifteen neighbours into the process's memory, so
    /// a few thousand scattered lookups would make a large index resident as a whole.
    #[cfg(unix)]
    pub(super) fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(&self.file, buffer, offset)
    }

    /// Reads bytes at an offset.
    #[cfg(not(unix))]
    pub(super) fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let end = start.saturating_add(buffer.len());
        let bytes = self
            .map
            .get(start..end)
            .ok_or(io::ErrorKind::UnexpectedEof)?;
        buffer.copy_from_slice(bytes);
        Ok(())
    }
}
