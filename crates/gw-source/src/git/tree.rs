use gix::ObjectId;
use gix::objs::tree::EntryKind as TreeKind;
use gw_analysis::EntryKind;
use gw_archive::component_name;
use gw_finding::{Incomplete, ReasonCode};

use super::{Objects, Repository};
use crate::item::{Handle, incomplete};
use crate::walk::MAX_PATH_BYTES;
use crate::{Item, Limits, SourceError};

/// The longest path that is listed, in bytes, as most systems have it.
const MAX_PATH: usize = 4096;

/// The files of a commit's tree.
pub struct TreeListing {
    /// The files, in no particular order.
    pub items: Vec<Item>,
    /// What could not be listed.
    pub incomplete: Vec<Incomplete>,
    /// The full id of the commit.
    pub commit: Option<String>,
}

impl Repository {
    /// Lists the files at a revision, or those of one folder there.
    ///
    /// # Errors
    /// [`SourceError`] if the revision or the folder is not there.
    pub fn read_tree(
        &self,
        rev: &str,
        folder: &str,
        limits: &Limits,
    ) -> Result<TreeListing, SourceError> {
        let (commit, mut tree) = self.resolve(rev)?;
        let fail = |detail: String| SourceError::Revision {
            path: self.path().to_owned(),
            rev: rev.to_owned(),
            detail,
        };
        let objects = self.objects();
        if !folder.is_empty() {
            tree = match objects.lookup(tree, folder).map_err(fail)? {
                Some((mode, id)) if mode.is_tree() => id,
                _ => return Err(fail(format!("it has no folder {folder}"))),
            };
        }
        let mut listing = list(&objects, tree, limits);
        listing.commit = Some(commit);
        Ok(listing)
    }
}

/// Lists everything under a tree.
pub(super) fn list(objects: &Objects, tree: ObjectId, limits: &Limits) -> TreeListing {
    let mut listing = TreeListing {
        items: Vec::new(),
        incomplete: Vec::new(),
        commit: None,
    };
    let (mut trees, mut path_bytes) = (0_u64, 0_u64);
    let mut pending = vec![(tree, String::new(), 0_usize)];
    while let Some((id, path, depth)) = pending.pop() {
        // Trees without files count as well, since the same ones may be nested without end.
        trees = trees.saturating_add(1);
        if trees > limits.max_entries {
            let detail = format!(
                "more than {} folders; the rest is not listed",
                limits.max_entries
            );
            listing.report(&path, ReasonCode::TooMany, detail);
            break;
        }
        if limits.expired() {
            let detail = format!(
                "the time was up with {} folders not listed",
                pending.len() + 1
            );
            listing.report(&path, ReasonCode::TimedOut, detail);
            break;
        }
        if depth > limits.max_folders {
            let detail = format!("more than {} folders deep", limits.max_folders);
            listing.report(&path, ReasonCode::TooDeep, detail);
            continue;
        }
        let entries = match objects.tree(id) {
            Ok(entries) => entries,
            Err((reason, detail)) => {
                listing.report(&path, reason, detail);
                continue;
            }
        };
        for (mode, name, id) in entries {
            let mut path = path.clone();
            if !path.is_empty() {
                path.push('/');
            }
            path.push_str(&component_name(&name));
            if path.len() > MAX_PATH {
                let shown: String = path.chars().take(120).collect();
                let detail = format!(
                    "a path of {} bytes, at most {MAX_PATH} are read",
                    path.len()
                );
                listing.report(&format!("{shown}…"), ReasonCode::TooLarge, detail);
                continue;
            }
            path_bytes = path_bytes.saturating_add(path.len() as u64);
            if path_bytes > MAX_PATH_BYTES {
                let detail =
                    format!("paths of more than {MAX_PATH_BYTES} bytes; the rest is not listed");
                listing.report(&path, ReasonCode::TooMany, detail);
                return listing;
            }
            if leads_out(&name) {
                let detail = "the name would lead out of the folder when checked out; the content \
                              was looked at all the same";
                listing.report(&path, ReasonCode::Escapes, detail);
            }
            let kind = match mode.kind() {
                TreeKind::Tree => {
                    pending.push((id, path, depth + 1));
                    continue;
                }
                TreeKind::Commit => {
                    let detail =
                        format!("a submodule at {id}, whose files are in another repository");
                    listing.report(&path, ReasonCode::Missing, detail);
                    continue;
                }
                TreeKind::Blob => EntryKind::File,
                TreeKind::BlobExecutable => EntryKind::Executable,
                TreeKind::Link => EntryKind::Link,
            };
            if listing.items.len() as u64 >= limits.max_entries {
                let detail = format!(
                    "more than {} files; the rest is not listed",
                    limits.max_entries
                );
                listing.report(&path, ReasonCode::TooMany, detail);
                return listing;
            }
            listing.items.push(Item {
                path,
                kind,
                size: 0,
                handle: Handle::Blob(id),
                committed: None,
            });
        }
    }
    listing
}

impl TreeListing {
    fn report(&mut self, path: &str, reason: ReasonCode, detail: impl Into<String>) {
        let path = if path.is_empty() { "." } else { path };
        self.incomplete.push(incomplete(path, reason, detail));
    }
}

/// Whether git refuses to check out a file of this name, because it would lie outside the folder
/// or inside `.git` (on some system).
fn leads_out(name: &[u8]) -> bool {
    let is_git = |name: &[u8]| {
        let name = name.trim_ascii_end();
        let name = name.split(|&byte| byte == b':').next().unwrap_or_default();
        let dots = name.iter().rev().take_while(|&&byte| byte == b'.').count();
        let name = name.get(..name.len() - dots).unwrap_or_default();
        name.eq_ignore_ascii_case(b".git") || name.eq_ignore_ascii_case(b"git~1")
    };
    matches!(name, b"" | b"." | b"..")
        || name.iter().any(|byte| matches!(byte, b'/' | 0))
        || name
            .split(|&byte| byte == b'\\')
            .any(|part| part == b".." || is_git(part))
        || name.first() == Some(&b'\\')
}
