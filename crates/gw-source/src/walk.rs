use std::fs::{self, DirEntry, Metadata};
use std::path::{Path, PathBuf};

use gw_analysis::EntryKind;
use gw_archive::display_name;
use gw_finding::{Incomplete, ReasonCode};

use crate::ignored::Rules;
use crate::item::{Handle, incomplete};
use crate::{Item, Limits, Options};

/// What a walk found, in no particular order.
#[derive(Default)]
pub(crate) struct Walk {
    pub(crate) items: Vec<Item>,
    pub(crate) incomplete: Vec<Incomplete>,
    /// Whether `.gitignore` kept anything out.
    pub(crate) excluded: bool,
    /// How many bytes the paths have.
    path_bytes: u64,
}

/// How many bytes all paths together may have.
pub(crate) const MAX_PATH_BYTES: u64 = 256 << 20;

/// A folder that is still to be listed.
struct Pending {
    relative: PathBuf,
    path: String,
    depth: usize,
    rules: Rules,
}

/// Lists the files under `root`. Links are listed and never followed; pipes, sockets and devices
/// are reported and never opened; whatever is called `.git` is left out.
pub(crate) fn walk(root: &Path, limits: &Limits, options: &Options) -> Walk {
    let mut walk = Walk::default();
    let mut rules = Rules::default();
    if options.respect_gitignore {
        rules = rules.add(&root.join(".git/info/exclude"), Path::new("")).0;
    }
    let mut pending = vec![Pending {
        relative: PathBuf::new(),
        path: String::new(),
        depth: 0,
        rules,
    }];
    while let Some(folder) = pending.pop() {
        if limits.expired() {
            let left = pending.len() + 1;
            let detail = format!("the time was up with {left} folders not listed");
            walk.report(&folder.path, ReasonCode::TimedOut, detail);
            break;
        }
        if !walk.list(root, folder, limits, options, &mut pending) {
            break;
        }
    }
    walk
}

impl Walk {
    /// Lists one folder. Returns whether the walk may go on.
    fn list(
        &mut self,
        root: &Path,
        folder: Pending,
        limits: &Limits,
        options: &Options,
        pending: &mut Vec<Pending>,
    ) -> bool {
        let absolute = root.join(&folder.relative);
        let entries = match self.entries(&absolute, &folder.path, limits) {
            Ok(entries) => entries,
            Err(error) => {
                let detail = format!("the folder cannot be listed: {error}");
                self.report(&folder.path, ReasonCode::Unreadable, detail);
                return true;
            }
        };
        let mut rules = folder.rules;
        if options.respect_gitignore {
            let (inner, problem) = rules.enter(&absolute, &folder.relative);
            rules = inner;
            if let Some(detail) = problem {
                let path = join(&folder.path, ".gitignore");
                self.report(
                    &path,
                    ReasonCode::TooLarge,
                    format!("not respected: {detail}"),
                );
            }
        }
        for entry in entries {
            let name = entry.file_name();
            if name == ".git" {
                continue;
            }
            let relative = folder.relative.join(&name);
            let path = join(&folder.path, &display_name(name.as_encoded_bytes()));
            let metadata = match entry.metadata() {
                Ok(metadata) => metadata,
                Err(error) => {
                    self.report(&path, ReasonCode::Unreadable, error.to_string());
                    continue;
                }
            };
            if rules.excludes(&relative, metadata.is_dir()) {
                self.excluded = true;
                continue;
            }
            self.path_bytes = self.path_bytes.saturating_add(path.len() as u64);
            if self.path_bytes > MAX_PATH_BYTES {
                let detail =
                    format!("paths of more than {MAX_PATH_BYTES} bytes; the rest is not listed");
                self.report(&folder.path, ReasonCode::TooMany, detail);
                return false;
            }
            if metadata.is_dir() {
                if folder.depth >= limits.max_folders {
                    let detail = format!("more than {} folders deep", limits.max_folders);
                    self.report(&path, ReasonCode::TooDeep, detail);
                    continue;
                }
                pending.push(Pending {
                    relative,
                    path,
                    depth: folder.depth + 1,
                    rules: rules.clone(),
                });
                continue;
            }
            if self.items.len() as u64 >= limits.max_entries {
                let detail = format!(
                    "more than {} files; the rest is not listed",
                    limits.max_entries
                );
                self.report(&folder.path, ReasonCode::TooMany, detail);
                return false;
            }
            self.add(path, relative, &metadata);
        }
        true
    }

    /// The entries of a folder in order of name, so that a limit cuts off the same ones each time.
    fn entries(
        &mut self,
        folder: &Path,
        path: &str,
        limits: &Limits,
    ) -> std::io::Result<Vec<DirEntry>> {
        let cap = usize::try_from(limits.max_entries.saturating_add(1)).unwrap_or(usize::MAX);
        let mut entries = Vec::new();
        for entry in fs::read_dir(folder)?.take(cap) {
            match entry {
                Ok(entry) => entries.push(entry),
                Err(error) => {
                    let detail = format!("the folder cannot be listed to its end: {error}");
                    self.report(path, ReasonCode::Unreadable, detail);
                    break;
                }
            }
        }
        entries.sort_by_cached_key(DirEntry::file_name);
        Ok(entries)
    }

    /// Adds one file, link or special file.
    pub(crate) fn add(&mut self, path: String, relative: PathBuf, metadata: &Metadata) {
        let Some(kind) = kind(metadata) else {
            let detail = format!("{}, which is not opened", special(metadata));
            self.report(&path, ReasonCode::Unreadable, detail);
            return;
        };
        let same = relative.as_os_str().as_encoded_bytes() == path.as_bytes();
        self.items.push(Item {
            path,
            kind,
            size: metadata.len(),
            handle: if same {
                Handle::Named
            } else {
                Handle::Raw(relative)
            },
            committed: None,
        });
    }

    fn report(&mut self, path: &str, reason: ReasonCode, detail: impl Into<String>) {
        let path = if path.is_empty() { "." } else { path };
        self.incomplete.push(incomplete(path, reason, detail));
    }
}

/// The kind of a regular file or link; nothing for anything else.
pub(crate) fn kind(metadata: &Metadata) -> Option<EntryKind> {
    if metadata.is_symlink() {
        Some(EntryKind::Link)
    } else if !metadata.is_file() {
        None
    } else if executable(metadata) {
        Some(EntryKind::Executable)
    } else {
        Some(EntryKind::File)
    }
}

#[cfg(unix)]
fn executable(metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    // As git does: the owner's bit decides.
    metadata.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn executable(_: &Metadata) -> bool {
    false
}

#[cfg(unix)]
fn special(metadata: &Metadata) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    let kind = metadata.file_type();
    if kind.is_fifo() {
        "a named pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn special(_: &Metadata) -> &'static str {
    "a special file"
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}
