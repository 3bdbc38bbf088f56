use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gw_analysis::EntryKind;
use gw_core::{Digest, Subject, SubjectKind};
use gw_finding::{Incomplete, ReasonCode};

use crate::git::{Objects, Repository};
use crate::hash::tree_digest;
use crate::item::{Handle, incomplete};
use crate::{ContentDigest, Item, Limits, Reader, SourceError, Target, walk};

/// What to list of a folder.
#[derive(Debug, Clone)]
pub struct Options {
    /// Leave out what the folder's own `.gitignore` files exclude and the last commit does not
    /// have.
    pub respect_gitignore: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            respect_gitignore: true,
        }
    }
}

/// A target, listed.
pub struct Source {
    kind: SubjectKind,
    name: String,
    root: PathBuf,
    items: Vec<Item>,
    incomplete: Vec<Incomplete>,
    repository: Option<Repository>,
    /// The commit whose tree this is, if every item has the content that it has there.
    commit: Option<String>,
    /// Whether `commit` still depends on what the items contain.
    unproved: bool,
}

impl Source {
    /// Lists a target.
    ///
    /// # Errors
    /// [`SourceError`] if nothing of it can be read.
    pub fn open(target: &Target, limits: &Limits, options: &Options) -> Result<Self, SourceError> {
        let mut source = match target {
            Target::Folder(path) => Self::folder(path, limits, options)?,
            Target::Commit {
                repository,
                rev,
                folder,
            } => Self::commit(repository, rev, folder, limits)?,
            Target::File(path) => Self::file(path)?,
            Target::Stdin => Self::stdin(limits)?,
            Target::Bytes { name, bytes } => Self::memory(name, Arc::clone(bytes)),
        };
        source.name = target.name();
        source.items.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        source.limit_total(limits);
        Ok(source)
    }

    /// The files, in order of path.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// What could not be listed.
    #[must_use]
    pub fn incomplete(&self) -> &[Incomplete] {
        &self.incomplete
    }

    /// The sum of the files' sizes in bytes, as far as they are known.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.items
            .iter()
            .fold(0, |sum, item| sum.saturating_add(item.size))
    }

    /// What reads the files; one for each thread.
    #[must_use]
    pub fn reader<'l>(&self, limits: &'l Limits) -> Reader<'l> {
        Reader::new(self, limits)
    }

    /// The subject, from the digest of each item in order, nothing for those that could not be
    /// read. `is_archive` says whether a single file turned out to be an archive.
    #[must_use]
    pub fn subject(
        &self,
        digests: &[Option<(EntryKind, ContentDigest)>],
        is_archive: bool,
    ) -> Subject {
        let of = |index: usize| digests.get(index).copied().flatten();
        let commit = self.commit.clone().filter(|_| {
            !self.unproved
                || (0..self.items.len()).all(|index| {
                    of(index).is_some_and(|(_, digest)| digest.committed == Some(true))
                })
        });
        let (kind, digest) = match self.kind {
            SubjectKind::Tree => {
                let files = self.items.iter().enumerate().map(|(index, item)| {
                    let read = of(index);
                    let kind = read.map_or(item.kind, |(kind, _)| kind);
                    (
                        item.path.as_str(),
                        kind,
                        read.map(|(_, digest)| digest.sha256),
                    )
                });
                (SubjectKind::Tree, tree_digest(files))
            }
            kind => {
                let kind = if is_archive {
                    SubjectKind::Archive
                } else {
                    kind
                };
                // A file that could not be read is known by the digest of nothing.
                let digest = of(0).map_or_else(|| Digest::of(b""), |(_, digest)| digest.sha256);
                (kind, digest)
            }
        };
        Subject {
            kind,
            name: self.name.clone(),
            commit,
            digest,
        }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn objects(&self) -> Option<Objects> {
        self.repository.as_ref().map(Repository::objects)
    }

    fn new(kind: SubjectKind, root: PathBuf, items: Vec<Item>) -> Self {
        Self {
            kind,
            name: String::new(),
            root,
            items,
            incomplete: Vec::new(),
            repository: None,
            commit: None,
            unproved: false,
        }
    }

    fn folder(path: &Path, limits: &Limits, options: &Options) -> Result<Self, SourceError> {
        // Told apart from a folder inside that cannot be listed: nothing could be scanned at all.
        std::fs::read_dir(path).map_err(|error| SourceError::Io {
            path: path.to_owned(),
            error,
        })?;
        let mut walked = walk::walk(path, limits, options);
        let commit = crate::git::work_tree::compare(path, &mut walked, limits);
        let mut source = Self::new(SubjectKind::Tree, path.to_owned(), walked.items);
        source.incomplete = walked.incomplete;
        source.commit = commit;
        source.unproved = true;
        Ok(source)
    }

    fn commit(path: &Path, rev: &str, folder: &str, limits: &Limits) -> Result<Self, SourceError> {
        let repository = Repository::open(path)?;
        let listing = repository.read_tree(rev, folder, limits)?;
        let mut source = Self::new(SubjectKind::Tree, path.to_owned(), listing.items);
        source.incomplete = listing.incomplete;
        source.commit = listing.commit.filter(|_| folder.is_empty());
        source.repository = Some(repository);
        Ok(source)
    }

    fn file(path: &Path) -> Result<Self, SourceError> {
        let io = |error| SourceError::Io {
            path: path.to_owned(),
            error,
        };
        // A link that the user names is followed; links inside a target are not.
        let path = std::fs::canonicalize(path).map_err(io)?;
        let (_, metadata) = crate::read::open_file(&path).map_err(io)?;
        let name = path.file_name().unwrap_or_default().to_owned();
        let item = Item {
            path: gw_archive::display_name(name.as_encoded_bytes()),
            kind: walk::kind(&metadata).unwrap_or(EntryKind::File),
            size: metadata.len(),
            handle: Handle::Raw(name.into()),
            committed: None,
        };
        let root = path.parent().unwrap_or(Path::new("/")).to_owned();
        Ok(Self::new(SubjectKind::File, root, vec![item]))
    }

    fn stdin(limits: &Limits) -> Result<Self, SourceError> {
        let mut bytes = Vec::new();
        std::io::stdin()
            .lock()
            .take(limits.max_stdin.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|error| SourceError::Io {
                path: "-".into(),
                error,
            })?;
        let whole = bytes.len() as u64 <= limits.max_stdin;
        bytes.truncate(usize::try_from(limits.max_stdin).unwrap_or(usize::MAX));
        let mut source = Self::memory("-", bytes.into());
        if !whole {
            let detail = format!(
                "more than {} bytes; the rest was not read",
                limits.max_stdin
            );
            source
                .incomplete
                .push(incomplete("-", ReasonCode::TooLarge, detail));
        }
        Ok(source)
    }

    fn memory(name: &str, bytes: Arc<[u8]>) -> Self {
        let item = Item {
            path: name.to_owned(),
            kind: EntryKind::File,
            size: bytes.len() as u64,
            handle: Handle::Memory(bytes),
            committed: None,
        };
        Self::new(SubjectKind::File, PathBuf::new(), vec![item])
    }

    /// Cuts off the files that lie beyond the limit on all bytes together, in order of path.
    fn limit_total(&mut self, limits: &Limits) {
        let mut sum = 0_u64;
        let fitting = self.items.iter().position(|item| {
            sum = sum.saturating_add(item.size);
            sum > limits.max_total
        });
        if let Some(first) = fitting {
            let left = self.items.len() - first;
            let detail = format!(
                "more than {} bytes in all; {left} files from here on are not read",
                limits.max_total
            );
            let path = self.items.get(first).map_or(".", |item| &item.path);
            self.incomplete
                .push(incomplete(path, ReasonCode::TooLarge, detail));
            self.items.truncate(first);
        }
    }
}
