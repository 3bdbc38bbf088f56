//! Members that somebody reads here and there, that can only be read once, and that are too large
//! to be held in memory: they go through a temporary file, which has no name and ends with its use.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// How much is copied at once, in bytes.
const CHUNK: usize = 128 << 10;

/// A member in a temporary file. Its bytes are given back to the allowance when it is dropped.
pub(crate) struct Spool<'s> {
    file: File,
    size: u64,
    used: &'s AtomicU64,
}

/// Where members may be written to, and how much of them at a time.
pub(crate) struct Spooling<'s> {
    pub(crate) folder: &'s Path,
    /// How many bytes all threads together may have written and not given back.
    pub(crate) limit: u64,
    /// How many they have.
    pub(crate) used: &'s AtomicU64,
}

/// What writing a member down came to.
pub(crate) enum Spooled<'s> {
    /// All of it is there.
    Whole(Spool<'s>),
    /// Only its start is, then come these bytes, then what is left of the content.
    Part(Spool<'s>, Vec<u8>),
    /// Nothing is, and nothing of the content was read.
    Not,
}

impl<'s> Spooling<'s> {
    /// Writes `start` and what follows it. An error of `content` is its end, as it is where content
    /// is held.
    pub(crate) fn write(&self, start: &[u8], content: &mut dyn Read) -> Spooled<'s> {
        let Ok(file) = tempfile::tempfile_in(self.folder) else {
            return Spooled::Not;
        };
        let mut spool = Spool {
            file,
            size: 0,
            used: self.used,
        };
        if !self.append(&mut spool, start) {
            return Spooled::Not;
        }
        let mut buffer = vec![0; CHUNK];
        loop {
            let count = match content.read(&mut buffer) {
                Ok(0) => return Spooled::Whole(spool),
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(_) => return Spooled::Whole(spool),
            };
            if !self.append(&mut spool, buffer.get(..count).unwrap_or_default()) {
                buffer.truncate(count);
                return Spooled::Part(spool, buffer);
            }
        }
    }

    /// Whether the bytes are allowed and were written.
    fn append(&self, spool: &mut Spool<'s>, bytes: &[u8]) -> bool {
        let count = bytes.len() as u64;
        let before = self.used.fetch_add(count, Ordering::Relaxed);
        if before.saturating_add(count) <= self.limit && spool.file.write_all(bytes).is_ok() {
            spool.size = spool.size.saturating_add(count);
            return true;
        }
        self.used.fetch_sub(count, Ordering::Relaxed);
        false
    }
}

impl Spool<'_> {
    /// The file, to be read from any place.
    pub(crate) const fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// The bytes that were written, from the start.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(crate) fn written(&mut self) -> io::Result<io::Take<&mut File>> {
        self.file.seek(SeekFrom::Start(0))?;
        Ok(Read::take(&mut self.file, self.size))
    }
}

impl Drop for Spool<'_> {
    fn drop(&mut self) {
        self.used.fetch_sub(self.size, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_given_back() {
        let folder = tempfile::tempdir().unwrap();
        let used = AtomicU64::new(0);
        let spooling = |limit| Spooling {
            folder: folder.path(),
            limit,
            used: &used,
        };
        let rest = vec![7_u8; 300_000];
        let Spooled::Whole(mut spool) = spooling(1 << 20).write(b"start", &mut rest.as_slice())
        else {
            panic!("it fits");
        };
        let mut all = Vec::new();
        spool.written().unwrap().read_to_end(&mut all).unwrap();
        assert_eq!(all.len(), 300_005);
        assert!(all.starts_with(b"start\x07"));
        assert_eq!(used.load(Ordering::Relaxed), 300_005);
        drop(spool);
        assert_eq!(used.load(Ordering::Relaxed), 0);
        let mut content = rest.as_slice();
        let Spooled::Part(mut spool, next) = spooling(200_000).write(b"start", &mut content) else {
            panic!("it does not fit");
        };
        all.clear();
        spool.written().unwrap().read_to_end(&mut all).unwrap();
        assert_eq!(all.len() + next.len() + content.len(), 300_005);
        drop(spool);
        assert_eq!(used.load(Ordering::Relaxed), 0);
        assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none());
        let nowhere = folder.path().join("nowhere");
        let spooling = Spooling {
            folder: &nowhere,
            limit: 1 << 20,
            used: &used,
        };
        let mut content = rest.as_slice();
        assert!(matches!(
            spooling.write(b"start", &mut content),
            Spooled::Not
        ));
        assert_eq!(content.len(), rest.len());
    }
}
