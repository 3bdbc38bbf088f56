//! Digests of files that have not changed since they were hashed, as far as their metadata tells.

use std::collections::BTreeMap;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use gw_attest::oms::{ContentDigest, HashType};
use serde::{Deserialize, Serialize};

use crate::tree::TreeFile;

const SCHEMA: &str = "gatewright.digests/1";

/// A file that changed so shortly before the cache was written is hashed again: a second change
/// could have left the same times.
const SETTLED: Duration = Duration::from_secs(2);

/// Digests of earlier runs, kept in a file. A file's digest is used again if path, size, times of
/// change and inode are as they were.
///
/// That is an assumption and no proof: who can write the cache, or change content behind the file
/// system's back, is believed.
#[derive(Debug, Default)]
pub struct Cache {
    path: PathBuf,
    written: Option<SystemTime>,
    entries: BTreeMap<String, Entry>,
    changed: bool,
}

/// A cache that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// It cannot be read or written.
    #[error("the cache {}: {source}", .path.display())]
    Io {
        /// Where it is.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is something else.
    #[error("{} is no cache of digests", .path.display())]
    Format {
        /// Where it is.
        path: PathBuf,
    },
}

#[derive(Serialize, Deserialize)]
struct File {
    schema: String,
    entries: BTreeMap<String, Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    state: State,
    digest: String,
}

/// How a file looks from outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct State {
    size: u64,
    modified: u64,
    changed: u64,
    device: u64,
    inode: u64,
}

impl Cache {
    /// Opens a cache; a file that is not there is an empty one.
    ///
    /// # Errors
    /// [`CacheError`] if it cannot be read, or is something else.
    pub fn open(path: &Path) -> Result<Self, CacheError> {
        let io = |source| CacheError::Io {
            path: path.to_owned(),
            source,
        };
        let mut cache = Self {
            path: path.to_owned(),
            ..Self::default()
        };
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(cache),
            Err(e) => return Err(io(e)),
        };
        let file: File = serde_json::from_slice(&bytes)
            .ok()
            .filter(|file: &File| file.schema == SCHEMA)
            .ok_or_else(|| CacheError::Format {
                path: path.to_owned(),
            })?;
        cache.entries = file.entries;
        // The time of the file system that wrote it, so no clock of ours is needed.
        cache.written = std::fs::metadata(path).map_err(io)?.modified().ok();
        Ok(cache)
    }

    /// Writes the cache, if something changed. The file is replaced whole.
    ///
    /// # Errors
    /// [`CacheError::Io`].
    pub fn save(&self) -> Result<(), CacheError> {
        if !self.changed {
            return Ok(());
        }
        let file = File {
            schema: SCHEMA.to_owned(),
            entries: self.entries.clone(),
        };
        let mut new = self.path.clone().into_os_string();
        new.push(".new");
        serde_json::to_vec(&file)
            .map_err(std::io::Error::from)
            .and_then(|bytes| std::fs::write(&new, bytes))
            .and_then(|()| std::fs::rename(&new, &self.path))
            .map_err(|source| CacheError::Io {
                path: self.path.clone(),
                source,
            })
    }

    /// The digest of a file that looks as it did.
    pub(crate) fn get(
        &self,
        file: &TreeFile,
        range: Option<(u64, u64)>,
        hash: HashType,
    ) -> Option<ContentDigest> {
        let entry = self.entries.get(&key(file, range, hash)?)?;
        let metadata = std::fs::metadata(&file.full).ok()?;
        let settled = self
            .written?
            .checked_sub(SETTLED)?
            .duration_since(SystemTime::UNIX_EPOCH)
            .ok()?
            .as_nanos();
        let settled = u64::try_from(settled).ok()?;
        let state = State::of(&metadata)?;
        let is_old = state.modified < settled && state.changed < settled;
        (is_old && state == entry.state)
            .then(|| ContentDigest::from_hex(hash, &entry.digest))
            .flatten()
    }

    /// Keeps a digest.
    pub(crate) fn put(
        &mut self,
        file: &TreeFile,
        range: Option<(u64, u64)>,
        digest: &ContentDigest,
    ) {
        let state = std::fs::metadata(&file.full)
            .ok()
            .and_then(|metadata| State::of(&metadata));
        if let (Some(key), Some(state)) = (key(file, range, digest.hash()), state) {
            let entry = Entry {
                state,
                digest: digest.to_hex(),
            };
            self.entries.insert(key, entry);
            // Also if nothing differs: by now the file has settled.
            self.changed = true;
        }
    }
}

impl State {
    fn of(metadata: &Metadata) -> Option<Self> {
        let nanoseconds = |time: SystemTime| {
            time.duration_since(SystemTime::UNIX_EPOCH)
                .ok()
                .and_then(|since| u64::try_from(since.as_nanos()).ok())
        };
        let modified = nanoseconds(metadata.modified().ok()?)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            let seconds = u64::try_from(metadata.ctime()).ok()?;
            let rest = u64::try_from(metadata.ctime_nsec()).ok()?;
            Some(Self {
                size: metadata.len(),
                modified,
                changed: seconds.checked_mul(1_000_000_000)?.checked_add(rest)?,
                device: metadata.dev(),
                inode: metadata.ino(),
            })
        }
        #[cfg(not(unix))]
        Some(Self {
            size: metadata.len(),
            modified,
            changed: modified,
            device: 0,
            inode: 0,
        })
    }
}

fn key(file: &TreeFile, range: Option<(u64, u64)>, hash: HashType) -> Option<String> {
    let path = std::fs::canonicalize(&file.full).ok()?;
    let path = path.to_str()?;
    Some(match range {
        None => format!("{hash} {path}"),
        Some((start, end)) => format!("{hash} {start}:{end} {path}"),
    })
}
