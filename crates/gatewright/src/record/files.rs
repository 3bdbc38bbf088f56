//! Which files a step read and wrote, from what its processes did in order.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use gw_core::Digest;
use sha2::Digest as _;

/// How many files are followed. What goes beyond is counted.
const MOST_FILES: usize = 200_000;

/// The files of a step so far.
#[derive(Debug, Default)]
pub(crate) struct Files {
    /// What was read and not written before, with its digest if it was changed afterwards.
    pub(crate) read: BTreeMap<PathBuf, Option<Digest>>,
    /// What was written and not removed since.
    pub(crate) written: BTreeSet<PathBuf>,
    /// What ran.
    pub(crate) programs: BTreeSet<PathBuf>,
    /// How many files were beyond the limit.
    pub(crate) missed: usize,
}

impl Files {
    /// A file was opened to be read. What the step wrote itself is no input.
    pub(crate) fn reads(&mut self, path: PathBuf) {
        if self.written.contains(&path) || self.read.contains_key(&path) {
            return;
        }
        if self.has_room() {
            self.read.insert(path, None);
        }
    }

    /// A file was opened to be written, or came to be in another way.
    pub(crate) fn writes(&mut self, path: PathBuf) {
        if !self.written.contains(&path) && self.has_room() {
            self.written.insert(path);
        }
    }

    /// A program was started.
    pub(crate) fn runs(&mut self, path: PathBuf) {
        if !self.programs.contains(&path) && self.has_room() {
            self.programs.insert(path);
        }
    }

    /// A file or folder got another name.
    pub(crate) fn renames(&mut self, old: &Path, new: &Path) {
        let below: Vec<_> = self
            .written
            .iter()
            .filter(|path| path.starts_with(old))
            .cloned()
            .collect();
        if below.is_empty() {
            // It was there before: under its new name the step has made it.
            return self.writes(new.to_owned());
        }
        for path in below {
            self.written.remove(&path);
            let moved = match path.strip_prefix(old) {
                Ok(rest) if !rest.as_os_str().is_empty() => new.join(rest),
                _ => new.to_owned(),
            };
            self.writes(moved);
        }
    }

    /// A file is gone.
    pub(crate) fn removes(&mut self, path: &Path) {
        self.written.remove(path);
    }

    /// A file, or what is in a folder, is about to change: the digests of inputs are taken while
    /// they are what was read.
    pub(crate) fn about_to_change(&mut self, path: &Path) {
        for (input, digest) in self
            .read
            .range_mut::<Path, _>((std::ops::Bound::Included(path), std::ops::Bound::Unbounded))
            .take_while(|(input, _)| input.starts_with(path))
        {
            if digest.is_none() {
                *digest = digest_of(input).ok();
            }
        }
    }

    fn has_room(&mut self) -> bool {
        let room = self.read.len() + self.written.len() + self.programs.len() < MOST_FILES;
        self.missed += usize::from(!room);
        room
    }
}

/// The SHA-256 of a regular file's content.
///
/// # Errors
/// If it is no regular file or cannot be read.
pub(crate) fn digest_of(path: &Path) -> io::Result<Digest> {
    // A pipe would be waited for.
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut file = File::open(path)?;
    let mut hasher = sha2::Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(Digest::from_bytes(hasher.finalize().into())),
            Ok(count) => hasher.update(buffer.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(name: &str) -> PathBuf {
        PathBuf::from(name)
    }

    fn names(files: &Files) -> (Vec<&str>, Vec<&str>) {
        let read = files.read.keys().filter_map(|path| path.to_str());
        let written = files.written.iter().filter_map(|path| path.to_str());
        (read.collect(), written.collect())
    }

    #[test]
    fn what_a_step_wrote_before_reading_is_no_input() {
        let mut files = Files::default();
        files.reads(path("/d/in"));
        files.writes(path("/d/tmp"));
        files.reads(path("/d/tmp"));
        files.renames(&path("/d/tmp"), &path("/d/out"));
        files.reads(path("/d/out"));
        files.writes(path("/d/gone"));
        files.removes(&path("/d/gone"));
        // Read first and written then: an input all the same.
        files.writes(path("/d/in"));
        assert_eq!(names(&files), (vec!["/d/in"], vec!["/d/in", "/d/out"]));
    }

    #[test]
    fn folders_take_what_is_in_them_along() {
        let mut files = Files::default();
        files.writes(path("/d/tmp/a"));
        files.writes(path("/d/tmp/b/c"));
        files.writes(path("/d/tmpx"));
        files.renames(&path("/d/tmp"), &path("/d/final"));
        let expected = vec!["/d/final/a", "/d/final/b/c", "/d/tmpx"];
        assert_eq!(names(&files).1, expected);
        // What was there before and is renamed is made by the step.
        files.renames(&path("/d/old"), &path("/d/new"));
        assert!(files.written.contains(&path("/d/new")));
    }

    #[test]
    fn inputs_are_known_as_they_were_read() {
        let folder = tempfile::tempdir().unwrap();
        let input = folder.path().join("in");
        std::fs::write(&input, "before").unwrap();
        let mut files = Files::default();
        files.reads(input.clone());
        files.about_to_change(folder.path());
        std::fs::write(&input, "after").unwrap();
        files.about_to_change(&input);
        assert_eq!(files.read[&input], Some(Digest::of(b"before")));
        assert!(digest_of(folder.path()).is_err());
    }
}
