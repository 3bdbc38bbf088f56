use std::fs;
use std::path::{Path, PathBuf};

use gix::ObjectId;

use super::Objects;
use crate::{Limits, SourceError};

/// The largest object that is inflated, one on which others are based included, in bytes.
const MAX_OBJECT: u64 = 128 << 20;

/// A repository, opened without trust in it.
pub struct Repository {
    inner: gix::ThreadSafeRepository,
    path: PathBuf,
}

impl Repository {
    /// Opens the repository whose work tree or bare folder is at `path`.
    ///
    /// # Errors
    /// [`SourceError::Git`] if it cannot be read, or borrows objects from another folder.
    pub fn open(path: &Path) -> Result<Self, SourceError> {
        let fail = |detail: String| SourceError::Git {
            path: path.to_owned(),
            detail,
        };
        // Replacement references would show other content under a commit's name, and objects may
        // be stored as differences from others that are far larger than themselves.
        let inner = gix::open::Options::isolated()
            .config_overrides([
                "core.useReplaceRefs=false".to_owned(),
                format!("gitoxide.objects.allocLimit={MAX_OBJECT}"),
            ])
            .open(path)
            .map_err(|error| fail(chain(&error)))?;
        let repository = inner.to_thread_local();
        // Alternates could lend objects from a folder that the owner of the repository may not
        // read and we may.
        let alternates = repository.common_dir().join("objects/info/alternates");
        if fs::symlink_metadata(&alternates).is_ok_and(|metadata| metadata.len() > 0) {
            return Err(fail(
                "it borrows objects from other folders (objects/info/alternates), which is not \
                 followed; `git repack -a -d` and removing that file make it self-contained"
                    .to_owned(),
            ));
        }
        Ok(Self {
            inner,
            path: path.to_owned(),
        })
    }

    /// What reads objects, for one thread.
    #[must_use]
    pub fn objects(&self) -> Objects {
        Objects::new(self.inner.to_thread_local())
    }

    /// The full id of the commit that `rev` names, and of its tree.
    ///
    /// # Errors
    /// [`SourceError::Revision`] if it names none.
    pub fn resolve(&self, rev: &str) -> Result<(String, ObjectId), SourceError> {
        let fail = |detail: String| SourceError::Revision {
            path: self.path.clone(),
            rev: rev.to_owned(),
            detail,
        };
        let repository = self.inner.to_thread_local();
        let id = repository
            .rev_parse_single(rev)
            .map_err(|error| fail(chain(&error)))?
            .detach();
        self.objects().commit_tree(id).map_err(fail)
    }

    /// The content of one file at a revision; nothing if there is no such file.
    ///
    /// # Errors
    /// [`SourceError`] if the revision cannot be read, or the file is too large.
    pub fn read_file(
        &self,
        rev: &str,
        path: &str,
        limits: &Limits,
    ) -> Result<Option<Vec<u8>>, SourceError> {
        let fail = |detail: String| SourceError::Git {
            path: self.path.clone(),
            detail: format!("{rev}:{path}: {detail}"),
        };
        let (_, tree) = self.resolve(rev)?;
        let objects = self.objects();
        let Some((mode, id)) = objects.lookup(tree, path).map_err(fail)? else {
            return Ok(None);
        };
        if !mode.is_blob() {
            return Ok(None);
        }
        match objects.blob(id, limits.max_file_size) {
            Ok(bytes) => Ok(Some(bytes)),
            Err((_, detail)) => Err(fail(detail)),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn local(&self) -> gix::Repository {
        self.inner.to_thread_local()
    }
}

/// An error with everything that caused it, in one line.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    for _ in 0..8 {
        let Some(error) = cause else { break };
        let part = error.to_string();
        if !text.contains(&part) {
            text.push_str(": ");
            text.push_str(&part);
        }
        cause = error.source();
    }
    text.replace(['\n', '\r'], " ")
}
