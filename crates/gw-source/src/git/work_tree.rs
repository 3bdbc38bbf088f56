use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use gw_finding::ReasonCode;

use super::{Repository, tree};
use crate::item::{Handle, incomplete};
use crate::walk::Walk;
use crate::{Item, Limits};

/// Compares a walk of a work tree with the commit it is at.
///
/// Adds the files that the commit has and `.gitignore` kept out of the walk, notes for every item
/// which blob the commit has under its path, and returns the commit's id if the work tree has
/// exactly the commit's files, so that only their content is left to compare. Where the repository
/// cannot be read nothing is known of any commit, and that is reported if files were kept out.
pub(crate) fn compare(root: &Path, walked: &mut Walk, limits: &Limits) -> Option<String> {
    if !is_own_repository(root) {
        return None;
    }
    let repository = match Repository::open(root) {
        Ok(repository) => repository,
        Err(error) => {
            if walked.excluded {
                let detail = format!("cannot tell which ignored files are committed: {error}");
                let report = incomplete(".git", ReasonCode::Unreadable, detail);
                walked.incomplete.push(report);
            }
            return None;
        }
    };
    let (commit, tree) = repository.resolve("HEAD").ok()?;
    let listing = tree::list(&repository.objects(), tree, limits);
    let mut clean = listing.incomplete.is_empty();

    let mut committed: HashMap<String, &Item> = HashMap::with_capacity(listing.items.len());
    for item in &listing.items {
        committed.insert(item.path.clone(), item);
    }
    clean &= committed.len() == listing.items.len();

    let walked_paths: HashSet<String> = walked.items.iter().map(|item| item.path.clone()).collect();
    let mut folders = Folders::default();
    for item in &listing.items {
        // Paths with escaped bytes were listed if they are there; they cannot be opened by name.
        if !walked_paths.contains(&item.path) && !item.path.contains('\u{FFFD}') {
            let relative = PathBuf::from(&item.path);
            if !is_inside_git(&item.path)
                && folders.lead_to(root, &relative)
                && let Ok(metadata) = fs::symlink_metadata(root.join(&relative))
                && !metadata.is_dir()
            {
                walked.add(item.path.clone(), relative, &metadata);
            }
        }
    }

    clean &= walked.items.len() == listing.items.len();
    for item in &walked.items {
        match committed.get(&item.path) {
            Some(blob) if blob.kind == item.kind => {}
            _ => clean = false,
        }
    }
    if !clean {
        return None;
    }
    for item in &mut walked.items {
        if let Some(Handle::Blob(id)) = committed.get(&item.path).map(|blob| &blob.handle) {
            item.committed = Some(*id);
        }
    }
    Some(commit)
}

/// Which folders of a work tree are folders, and no links that lead elsewhere.
#[derive(Default)]
struct Folders(HashMap<PathBuf, bool>);

impl Folders {
    /// Whether every folder on the way to `relative` is one.
    fn lead_to(&mut self, root: &Path, relative: &Path) -> bool {
        let mut folder = PathBuf::new();
        for part in relative.parent().into_iter().flat_map(Path::components) {
            folder.push(part);
            let is_folder = *self.0.entry(folder.clone()).or_insert_with(|| {
                fs::symlink_metadata(root.join(&folder)).is_ok_and(|metadata| metadata.is_dir())
            });
            if !is_folder {
                return false;
            }
        }
        true
    }
}

fn is_inside_git(path: &str) -> bool {
    path.split('/')
        .any(|part| part.eq_ignore_ascii_case(".git"))
}

/// Whether the folder's `.git` is a repository of this folder: a folder itself, or the pointer of
/// a linked work tree or submodule to which the repository points back.
fn is_own_repository(root: &Path) -> bool {
    let dot_git = root.join(".git");
    match fs::symlink_metadata(&dot_git) {
        Ok(metadata) if metadata.is_dir() => fs::symlink_metadata(dot_git.join("HEAD")).is_ok(),
        Ok(metadata) if metadata.is_file() && metadata.len() < 4096 => {
            points_back(root, &dot_git).unwrap_or(false)
        }
        _ => false,
    }
}

fn points_back(root: &Path, dot_git: &Path) -> Option<bool> {
    let text = fs::read_to_string(dot_git).ok()?;
    let folder = root.join(text.strip_prefix("gitdir:")?.trim());
    let back = folder.join("gitdir");
    let metadata = fs::symlink_metadata(&back).ok()?;
    if !metadata.is_file() || metadata.len() > 4096 {
        return None;
    }
    let back = folder.join(fs::read_to_string(back).ok()?.trim());
    Some(fs::canonicalize(back).ok()? == fs::canonicalize(dot_git).ok()?)
}
