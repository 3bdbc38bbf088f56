use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::SourceError;

/// What there is to scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A folder, the work tree of a repository included.
    Folder(PathBuf),
    /// The tree of a commit, or a folder in it.
    Commit {
        /// A work tree, or a bare repository.
        repository: PathBuf,
        /// The revision, as `git rev-parse` takes it.
        rev: String,
        /// A folder in the tree, with `/` between its parts; empty for all of it.
        folder: String,
    },
    /// One file: an archive, a bill of materials, a lock file. Its content says which.
    File(PathBuf),
    /// Standard input, as one file.
    Stdin,
    /// Bytes that the caller has.
    Bytes {
        /// What to call them.
        name: String,
        /// The bytes.
        bytes: std::sync::Arc<[u8]>,
    },
}

impl Target {
    /// Tells by what is there what `path` is: `-` is standard input, a bare repository is the tree
    /// of its HEAD, and with `rev` a folder in a repository is that revision's tree.
    ///
    /// # Errors
    /// [`SourceError`] if it is not there, is a pipe or a device, or if a revision is asked for
    /// where there is no repository.
    pub fn detect(path: &Path, rev: Option<&str>) -> Result<Self, SourceError> {
        if path == OsStr::new("-") {
            return match rev {
                Some(_) => Err(SourceError::NoRepository(path.to_owned())),
                None => Ok(Self::Stdin),
            };
        }
        let metadata = fs::metadata(path).map_err(|error| SourceError::Io {
            path: path.to_owned(),
            error,
        })?;
        if let Some(rev) = rev {
            let (repository, folder) = repository_of(path)?;
            let rev = rev.to_owned();
            return Ok(Self::Commit {
                repository,
                rev,
                folder,
            });
        }
        if metadata.is_file() {
            return Ok(Self::File(path.to_owned()));
        }
        if !metadata.is_dir() {
            return Err(SourceError::Special(path.to_owned()));
        }
        if is_bare_repository(path) {
            return Ok(Self::Commit {
                repository: path.to_owned(),
                rev: "HEAD".to_owned(),
                folder: String::new(),
            });
        }
        Ok(Self::Folder(path.to_owned()))
    }

    /// What people call it: the last part of its path, or `-`.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Stdin => "-".to_owned(),
            Self::Bytes { name, .. } => name.clone(),
            Self::Folder(path) | Self::File(path) => name_of(path),
            Self::Commit { repository, .. } => {
                let name = name_of(repository);
                match name.strip_suffix(".git") {
                    Some(short) if !short.is_empty() => short.to_owned(),
                    _ => name,
                }
            }
        }
    }
}

fn name_of(path: &Path) -> String {
    let absolute = fs::canonicalize(path).ok();
    let named = if path.file_name().is_some() {
        Some(path)
    } else {
        absolute.as_deref()
    };
    named.and_then(Path::file_name).map_or_else(
        || "/".to_owned(),
        |name| gw_archive::display_name(name.as_encoded_bytes()),
    )
}

/// The repository that `path` is in, and the path of `path` in its tree.
fn repository_of(path: &Path) -> Result<(PathBuf, String), SourceError> {
    let absolute = fs::canonicalize(path).map_err(|error| SourceError::Io {
        path: path.to_owned(),
        error,
    })?;
    for root in absolute.ancestors() {
        let is_work_tree = fs::symlink_metadata(root.join(".git")).is_ok();
        let is_bare = root == absolute && is_repository(root);
        if !is_work_tree && !is_bare {
            continue;
        }
        let inside = absolute.strip_prefix(root).unwrap_or(Path::new(""));
        let folder: Vec<_> = inside.iter().map(OsStr::to_string_lossy).collect();
        return Ok((root.to_owned(), folder.join("/")));
    }
    Err(SourceError::NoRepository(path.to_owned()))
}

fn is_repository(path: &Path) -> bool {
    path.join("HEAD").is_file() && path.join("objects").is_dir() && path.join("refs").is_dir()
}

/// What a bare repository's folder may hold. A folder with anything else in it is scanned as a
/// folder: nobody shall hide files by putting an empty repository beside them.
const IN_BARE: [&str; 24] = [
    "HEAD",
    "config",
    "config.worktree",
    "description",
    "hooks",
    "info",
    "objects",
    "refs",
    "packed-refs",
    "branches",
    "FETCH_HEAD",
    "ORIG_HEAD",
    "logs",
    "worktrees",
    "modules",
    "shallow",
    "index",
    "lfs",
    "gc.pid",
    "gc.log",
    "COMMIT_EDITMSG",
    "reftable",
    "rr-cache",
    "remotes",
];

fn is_bare_repository(path: &Path) -> bool {
    is_repository(path)
        && fs::read_dir(path).is_ok_and(|entries| {
            entries
                .flatten()
                .all(|entry| IN_BARE.iter().any(|known| entry.file_name() == *known))
        })
}
