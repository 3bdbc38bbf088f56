//! A log in a folder.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::resource::{Resource, Tile};
use crate::store::{Durability, StoreError, TileStore};

/// A log in a folder, laid out so that any web server can serve it as a C2SP tlog-tiles log.
///
/// A durable write is: write a temporary file, fsync it, rename it, fsync the folder. A relaxed
/// one leaves out both fsyncs. The writer holds the lock of the file `lock` as long as it lives.
#[derive(Debug)]
pub struct FsTiles {
    root: PathBuf,
    lock: Option<File>,
}

impl FsTiles {
    /// Opens a log for reading. Nothing is made or changed.
    #[must_use]
    pub fn reader(root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            lock: None,
        }
    }

    /// Opens a log for writing, and makes its folder if need be. Waits until nobody else, this
    /// process included, has it open for writing.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn writer(root: impl Into<PathBuf>) -> Result<Self, StoreError> {
        let root = root.into();
        let path = root.join("lock");
        let open = || {
            fs::create_dir_all(&root)?;
            let file = File::options()
                .create(true)
                .write(true)
                .truncate(false)
                .open(&path)?;
            file.lock()?;
            Ok(file)
        };
        let lock = open().map_err(|source| failed(&path, source))?;
        Ok(Self {
            root,
            lock: Some(lock),
        })
    }

    /// The log's folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn writable(&self, resource: &Resource) -> Result<PathBuf, StoreError> {
        let path = resource.path();
        match self.lock {
            Some(_) => Ok(self.root.join(path)),
            None => Err(StoreError::ReadOnly { path }),
        }
    }
}

impl TileStore for FsTiles {
    fn read(&self, resource: &Resource) -> Result<Option<Vec<u8>>, StoreError> {
        let path = self.root.join(resource.path());
        let limit = resource.max_len();
        match read_up_to(&path, limit) {
            Ok(bytes) if bytes.len() as u64 > limit => Err(StoreError::TooLong {
                path: path.display().to_string(),
                found: bytes.len() as u64,
                limit,
            }),
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if is_absent(&error) => Ok(None),
            Err(source) => Err(failed(&path, source)),
        }
    }

    fn write(
        &mut self,
        resource: &Resource,
        content: &[u8],
        durability: Durability,
    ) -> Result<(), StoreError> {
        let path = self.writable(resource)?;
        if resource.is_immutable()
            && let Some(old) = self.read(resource)?
        {
            if old != content {
                return Err(StoreError::Immutable {
                    path: path.display().to_string(),
                });
            }
            // A process that died may have written it without coming to the fsync.
            return sync(&path)
                .and_then(|()| sync_parent(&path))
                .map_err(|source| failed(&path, source));
        }
        let durable = durability == Durability::Durable;
        replace(&self.root, &path, content, durable).map_err(|source| failed(&path, source))
    }

    fn remove(&mut self, resource: &Resource) -> Result<(), StoreError> {
        let path = self.writable(resource)?;
        match fs::remove_file(&path) {
            Ok(()) => sync_parent(&path).map_err(|source| failed(&path, source)),
            Err(error) if is_absent(&error) => Ok(()),
            Err(source) => Err(failed(&path, source)),
        }
    }

    fn remove_partials(&mut self, full: &Tile) -> Result<(), StoreError> {
        let mut path = self.writable(&full.full().into())?.into_os_string();
        path.push(".p");
        match fs::remove_dir_all(&path) {
            Err(error) if !is_absent(&error) => Err(failed(Path::new(&path), error)),
            _ => Ok(()),
        }
    }
}

/// Reads a file, but not much more than `limit` bytes of it.
fn read_up_to(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn replace(root: &Path, path: &Path, content: &[u8], durable: bool) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        make_dirs(root, parent, durable)?;
    }
    // There is one writer at a time, so one temporary name for each file is enough, and what a
    // crash left under it is overwritten.
    let temporary = path.with_extension("tmp");
    let mut file = File::create(&temporary)?;
    file.write_all(content)?;
    if durable {
        file.sync_data()?;
    }
    drop(file);
    fs::rename(&temporary, path)?;
    if durable { sync_parent(path) } else { Ok(()) }
}

/// Makes `dir` and what is missing between `root` and it.
fn make_dirs(root: &Path, dir: &Path, durable: bool) -> io::Result<()> {
    if !dir.is_dir() {
        if dir != root
            && let Some(parent) = dir.parent()
        {
            make_dirs(root, parent, durable)?;
        }
        match fs::create_dir(dir) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ if durable => sync_parent(dir)?,
            _ => {}
        }
    }
    Ok(())
}

fn sync(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_data()
}

/// Makes a rename or removal last. Only Unix has (and needs) this for folders.
fn sync_parent(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) if cfg!(unix) => File::open(parent)?.sync_all(),
        _ => Ok(()),
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

fn failed(path: &Path, source: io::Error) -> StoreError {
    StoreError::Io {
        path: path.display().to_string(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::TileKind;

    fn tile(width: u16) -> Resource {
        Resource::Tile(Tile {
            kind: TileKind::Entries,
            index: 1234,
            width,
        })
    }

    #[test]
    fn full_tiles_are_final_and_others_are_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = FsTiles::writer(dir.path().join("log")).unwrap();
        for durability in [Durability::Durable, Durability::Relaxed] {
            for resource in [tile(256), tile(3), Resource::Checkpoint] {
                store.write(&resource, b"one", durability).unwrap();
                store.write(&resource, b"one", durability).unwrap();
                let again = store.write(&resource, b"two", durability);
                assert_eq!(again.is_err(), resource.is_immutable(), "{resource}");
                let expected: &[u8] = if again.is_ok() { b"two" } else { b"one" };
                assert_eq!(store.read(&resource).unwrap().as_deref(), Some(expected));
            }
        }
        let Resource::Tile(full) = tile(256) else {
            unreachable!()
        };
        store.remove_partials(&full).unwrap();
        store.remove_partials(&full).unwrap();
        assert_eq!(store.read(&tile(3)).unwrap(), None);
        assert!(store.read(&tile(256)).unwrap().is_some());
        store.remove(&tile(256)).unwrap();
        store.remove(&tile(256)).unwrap();
        assert_eq!(store.read(&tile(256)).unwrap(), None);
    }

    #[test]
    fn readers_do_not_write_and_long_files_are_not_read() {
        let dir = tempfile::tempdir().unwrap();
        let mut reader = FsTiles::reader(dir.path());
        let refused = reader.write(&Resource::Checkpoint, b"", Durability::Relaxed);
        assert!(matches!(refused, Err(StoreError::ReadOnly { .. })));
        fs::write(dir.path().join("checkpoint"), vec![b'a'; (1 << 20) + 1]).unwrap();
        let long = reader.read(&Resource::Checkpoint);
        assert!(matches!(long, Err(StoreError::TooLong { .. })));
    }
}
