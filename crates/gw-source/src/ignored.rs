use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::read::open_file;

/// A `.gitignore` may not be larger than this; hostile ones would otherwise be compiled into
/// patterns for minutes.
const MAX_BYTES: u64 = 1 << 20;

/// The rules that hold in one folder: its own `.gitignore` and those above it in the same tree.
/// Only files inside the target count, no global or user configuration.
#[derive(Clone, Default)]
pub(crate) struct Rules(Option<Arc<Level>>);

struct Level {
    rules: Gitignore,
    parent: Rules,
}

impl Rules {
    /// The rules inside `folder`, which has the path `relative` from the target. Returns what kept
    /// its `.gitignore` from being used, too.
    pub(crate) fn enter(&self, folder: &Path, relative: &Path) -> (Self, Option<String>) {
        self.add(&folder.join(".gitignore"), relative)
    }

    /// These rules and those of one more file, whose patterns are relative to `relative`.
    pub(crate) fn add(&self, file: &Path, relative: &Path) -> (Self, Option<String>) {
        let text = match open_file(file) {
            Ok((file, metadata)) if metadata.len() <= MAX_BYTES => match read(file) {
                Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
                Err(error) => return (self.clone(), Some(error.to_string())),
            },
            Ok((_, metadata)) => {
                let found = metadata.len();
                let detail = format!("{found} bytes of patterns, at most {MAX_BYTES} are used");
                return (self.clone(), Some(detail));
            }
            // A link or a pipe of this name has no rules, as in git.
            Err(_) => return (self.clone(), None),
        };
        let mut builder = GitignoreBuilder::new(relative);
        for line in text.trim_start_matches('\u{FEFF}').lines() {
            // A pattern that is not understood excludes nothing, so that more is scanned.
            let _ = builder.add_line(None, line);
        }
        match builder.build() {
            Ok(rules) if rules.is_empty() => (self.clone(), None),
            Ok(rules) => {
                let level = Level {
                    rules,
                    parent: self.clone(),
                };
                (Self(Some(Arc::new(level))), None)
            }
            Err(error) => (self.clone(), Some(error.to_string())),
        }
    }

    /// Whether a path relative to the target is excluded. The innermost rule decides.
    pub(crate) fn excludes(&self, path: &Path, is_folder: bool) -> bool {
        let mut level = self.0.as_deref();
        while let Some(Level { rules, parent }) = level {
            let matched = rules.matched(path, is_folder);
            if !matched.is_none() {
                return matched.is_ignore();
            }
            level = parent.0.as_deref();
        }
        false
    }
}

fn read(file: File) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(MAX_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}
