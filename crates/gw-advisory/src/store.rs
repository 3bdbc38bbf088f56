//! The index in use, in the user's data folder.
//!
//! `advisories/<digest>.gwidx` are indexes, never changed once they are there; `advisories/current`
//! leads to the one in use and is replaced as a whole. So a reader sees the old index or the new
//! one, whenever it looks, and a writer that is interrupted changes nothing. A removed index lives
//! on for those who have it mapped.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::ops::Deref;
use std::path::{Path, PathBuf};

use gw_core::Digest;
use gw_finding::Incomplete;
use gw_package::Ecosystem;

use crate::index::{Index, IndexError};
use crate::source::{Added, Bases, CompileOptions, Compiled, Compiler, SourceError};

/// The folder of indexes in the data folder.
const FOLDER: &str = "advisories";
/// What leads to the index in use.
const CURRENT: &str = "current";
/// The extension of indexes.
const EXTENSION: &str = "gwidx";

/// Why the index in use could not be replaced. The old one is still in use.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A file could not be read or written.
    #[error("{path}: {error}")]
    Io {
        /// Which.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Another process is replacing it.
    #[error("another import or update of advisories is running")]
    Busy,
    /// A source cannot be used.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// An index that is built upon, or the new one, is not whole.
    #[error(transparent)]
    Index(#[from] IndexError),
}

/// The advisories to use.
#[derive(Debug)]
pub struct Advisories {
    kind: Kind,
    /// Why the data folder's index is not used, if there is one that cannot be.
    pub problem: Option<IndexError>,
}

#[derive(Debug)]
enum Kind {
    Embedded(&'static Index),
    Own(Box<Index>),
}

impl Deref for Advisories {
    type Target = Index;

    fn deref(&self) -> &Index {
        match &self.kind {
            Kind::Embedded(index) => index,
            Kind::Own(index) => index,
        }
    }
}

impl Advisories {
    /// Whether these are the snapshot in the program.
    #[must_use]
    pub const fn is_embedded(&self) -> bool {
        matches!(self.kind, Kind::Embedded(_))
    }

    /// Whether the program's snapshot has newer data than what was taken from an earlier program's.
    /// [`import`] of nothing takes it over.
    #[must_use]
    pub fn lags_behind(&self, embedded: &Index) -> bool {
        let older = |mine: &&crate::EcosystemInfo| {
            let theirs = embedded
                .ecosystems()
                .iter()
                .find(|theirs| theirs.name == mine.name);
            mine.embedded && theirs.is_some_and(|theirs| mine.as_of < theirs.as_of)
        };
        !self.is_embedded() && self.ecosystems().iter().find(older).is_some()
    }
}

/// The advisories to use: the data folder's, else the program's snapshot.
#[must_use]
pub fn load(data: &Path) -> Advisories {
    match open_current(data) {
        Ok(Some(index)) => Advisories {
            kind: Kind::Own(Box::new(index)),
            problem: None,
        },
        Ok(None) => Advisories {
            kind: Kind::Embedded(crate::embedded()),
            problem: None,
        },
        Err(error) => Advisories {
            kind: Kind::Embedded(crate::embedded()),
            problem: Some(error),
        },
    }
}

/// The data folder's index, if it has one.
///
/// # Errors
/// [`IndexError`] if it has one that cannot be used.
pub fn open_current(data: &Path) -> Result<Option<Index>, IndexError> {
    match current(&data.join(FOLDER)) {
        Some(path) => Index::open(&path).map(Some),
        None => Ok(None),
    }
}

/// What replacing the index brought.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The digest of the index before; the snapshot's if there was none.
    pub before: Digest,
    /// The digest of the index now.
    pub after: Digest,
    /// The packages whose records changed in something that a decision can depend on.
    pub packages: Vec<(Ecosystem, String)>,
    /// Records that could not be used, wholly or in part.
    pub incomplete: Vec<Incomplete>,
}

/// Imports folders, zips and JSON files, in this order, into the data folder's index.
///
/// A whole feed (`<ecosystem>/all.zip`) replaces its ecosystem, single records are added or
/// replaced by their ids. Everything else stays, the program's snapshot included.
///
/// # Errors
/// [`StoreError`]; the old index is then still in use.
pub fn import(data: &Path, paths: &[&Path]) -> Result<(Vec<Added>, Change), StoreError> {
    let store = Store::lock(data)?;
    let mut compiler = Compiler::new(CompileOptions::default());
    let mut added = Vec::with_capacity(paths.len());
    for path in paths {
        added.push(compiler.add(path)?);
    }
    Ok((added, store.replace(compiler)?))
}

/// The right to replace a data folder's index. Readers need none.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    before: Advisories,
    _lock: File,
}

impl Store {
    /// Takes the right, which ends when the value does.
    ///
    /// # Errors
    /// [`StoreError::Busy`] if another process has it, [`StoreError::Io`] if the folder cannot be
    /// made or written.
    pub fn lock(data: &Path) -> Result<Self, StoreError> {
        let folder = data.join(FOLDER);
        fs::create_dir_all(&folder).map_err(|error| io_error(&folder, error))?;
        let path = folder.join("lock");
        let lock = File::options().create(true).append(true).open(&path);
        let lock = lock.map_err(|error| io_error(&path, error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StoreError::Busy),
            Err(TryLockError::Error(error)) => return Err(io_error(&path, error)),
        }
        Ok(Self {
            folder,
            before: load(data),
            _lock: lock,
        })
    }

    /// The folder, for files that must be on the same file system.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The advisories in use.
    #[must_use]
    pub const fn before(&self) -> &Advisories {
        &self.before
    }

    /// Puts what a compiler has read on top of the advisories in use.
    ///
    /// # Errors
    /// [`StoreError`]; the old index is then still in use.
    pub fn replace(&self, compiler: Compiler) -> Result<Change, StoreError> {
        let current = if self.before.is_embedded() {
            None
        } else {
            Some(&*self.before)
        };
        let bases = Bases {
            current,
            embedded: Some(crate::embedded()),
        };
        let Compiled { bytes, incomplete } = compiler.finish_on(bases)?;
        let path = self.write(&bytes)?;
        let after = Index::open(&path)?;
        after.verify()?;
        let packages = after.changed_since(&self.before)?;
        self.point_to(&path)?;
        self.remove_others(&path);
        Ok(Change {
            before: self.before.digest(),
            after: after.digest(),
            packages,
            incomplete,
        })
    }

    /// Writes an index under its digest's name, so that it is there wholly or not at all.
    fn write(&self, bytes: &[u8]) -> Result<PathBuf, StoreError> {
        let digest = Index::from_bytes(bytes.to_vec())?.digest();
        let path = self.folder.join(format!("{}.{EXTENSION}", digest.to_hex()));
        let at = |error| io_error(&path, error);
        let mut file = tempfile::Builder::new()
            .prefix(".new-")
            .tempfile_in(&self.folder)
            .map_err(at)?;
        file.write_all(bytes).map_err(at)?;
        file.as_file().sync_all().map_err(at)?;
        file.persist(&path).map_err(|error| at(error.error))?;
        sync(&self.folder);
        Ok(path)
    }

    /// Makes `current` lead to an index.
    fn point_to(&self, path: &Path) -> Result<(), StoreError> {
        let name = path.file_name().unwrap_or_default();
        let link = self.folder.join(CURRENT);
        let new = self.folder.join(".new-current");
        let at = |error| io_error(&link, error);
        match fs::remove_file(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(at(error)),
            _ => {}
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink(name, &new).map_err(at)?;
        #[cfg(not(unix))]
        fs::write(&new, name.to_string_lossy().as_bytes()).map_err(at)?;
        fs::rename(&new, &link).map_err(at)?;
        sync(&self.folder);
        Ok(())
    }

    /// Removes indexes that are not in use any more, and what interrupted writers left. What
    /// cannot be removed stays until the next time.
    fn remove_others(&self, current: &Path) {
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let is_left = entry.file_name().to_string_lossy().starts_with(".new-");
            let is_old = path.extension().is_some_and(|e| e == EXTENSION) && path != current;
            if is_left || is_old {
                let _ = fs::remove_file(&path);
            }
        }
    }
}

/// The file that `current` leads to, if there is such a link.
fn current(folder: &Path) -> Option<PathBuf> {
    let link = folder.join(CURRENT);
    let metadata = fs::symlink_metadata(&link).ok()?;
    if metadata.is_symlink() {
        return Some(link);
    }
    // Where links need a privilege, it is a file with the name.
    let name = fs::read_to_string(&link).ok()?;
    let name = Path::new(name.trim()).file_name()?;
    Some(folder.join(name))
}

/// Makes a rename in a folder last. Not every system can; then it lasts a little later.
fn sync(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

fn io_error(path: &Path, error: io::Error) -> StoreError {
    StoreError::Io {
        path: path.to_owned(),
        error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::match_package;
    use crate::testing::{feed, record};

    fn ids(index: &Index, ecosystem: &Ecosystem, name: &str) -> Vec<String> {
        let found = match_package(index, ecosystem, name, "0.8.3").unwrap();
        found.matches.into_iter().map(|m| m.id).collect()
    }

    #[test]
    fn imports_go_on_top_of_the_snapshot() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let before = load(&data);
        assert!(before.is_embedded() && before.coverage(&Ecosystem::NPM).is_none());

        feed(
            &folder.path().join("in/npm/all.zip"),
            &[record("GHSA-1", "npm", "left", &["introduced 0"])],
        );
        let (added, change) = import(&data, &[&folder.path().join("in")]).unwrap();
        assert_eq!(added[0].records, 1);
        assert_eq!(change.packages, [(Ecosystem::NPM, "left".to_owned())]);
        assert_eq!(change.before, before.digest());
        let now = load(&data);
        assert_eq!((now.is_embedded(), now.digest()), (false, change.after));
        assert_eq!(ids(&now, &Ecosystem::NPM, "left"), ["GHSA-1"]);
        assert!(
            ids(&now, &Ecosystem::CRATES_IO, "openssl").contains(&"RUSTSEC-2016-0001".to_owned())
        );
        assert!(now.kev().is_some());
        assert!(!now.lags_behind(crate::embedded()));

        // The same again changes nothing.
        let (_, again) = import(&data, &[&folder.path().join("in")]).unwrap();
        assert_eq!((again.before, again.packages.len()), (again.after, 0));

        // A mapped index outlives its removal.
        feed(
            &folder.path().join("in/npm/all.zip"),
            &[record("GHSA-2", "npm", "left", &["introduced 0"])],
        );
        import(&data, &[&folder.path().join("in")]).unwrap();
        assert_eq!(ids(&now, &Ecosystem::NPM, "left"), ["GHSA-1"]);
        assert_eq!(ids(&load(&data), &Ecosystem::NPM, "left"), ["GHSA-2"]);
        let files = fs::read_dir(data.join(FOLDER)).unwrap();
        let indexes = files
            .filter(|f| f.as_ref().unwrap().path().extension().is_some())
            .count();
        assert_eq!(indexes, 1, "the old one is removed");
    }

    #[test]
    fn a_failed_import_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path();
        let source = folder.path().join("one.json");
        fs::write(
            &source,
            record("ACME-1", "npm", "a", &["introduced 0"]).to_string(),
        )
        .unwrap();
        import(data, &[&source]).unwrap();
        let before = load(data).digest();
        let bad = folder.path().join("bad.zip");
        fs::write(&bad, "no zip").unwrap();
        assert!(matches!(
            import(data, &[&source, &bad]),
            Err(StoreError::Source(_))
        ));
        assert_eq!(load(data).digest(), before);
        let lock = Store::lock(data).unwrap();
        assert!(matches!(import(data, &[&source]), Err(StoreError::Busy)));
        drop(lock);
        import(data, &[&source]).unwrap();
    }

    #[test]
    fn a_damaged_index_is_said_and_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path();
        let source = folder.path().join("one.json");
        fs::write(
            &source,
            record("ACME-1", "npm", "a", &["introduced 0"]).to_string(),
        )
        .unwrap();
        let (_, change) = import(data, &[&source]).unwrap();
        let path = data
            .join(FOLDER)
            .join(format!("{}.gwidx", change.after.to_hex()));
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        let damaged = load(data);
        assert!(damaged.is_embedded());
        assert!(matches!(damaged.problem, Some(IndexError::Length { .. })));
        import(data, &[&source]).unwrap();
        assert_eq!(load(data).problem, None);
        fs::remove_file(
            data.join(FOLDER)
                .join(format!("{}.gwidx", change.after.to_hex())),
        )
        .unwrap();
        assert!(matches!(load(data).problem, Some(IndexError::Io { .. })));
    }
}
