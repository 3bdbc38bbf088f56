use std::collections::BTreeMap;

use gw_analysis::Part;
use gw_finding::Location;

use super::Member;
use crate::pickle::PickleOutcome;

/// Endings of archives that frameworks open as models.
pub(super) const ENDINGS: [&str; 18] = [
    ".bin", ".ckpt", ".dill", ".joblib", ".keras", ".mar", ".model", ".nemo", ".npz", ".pkl",
    ".pt", ".pt2", ".pte", ".pth", ".ptl", ".skops", ".torch", ".jit",
];

/// An archive, or a folder of a model that is not in one, with what is known of its members.
pub(crate) struct Archive<'p> {
    pub(crate) location: Location,
    pub(crate) members: Vec<(&'p str, &'p Member)>,
    pub(crate) pickles: Vec<(&'p str, &'p PickleOutcome)>,
    /// Something in it says that it is a model: a manifest, a schema.
    pub(crate) marked: bool,
    /// Whether it is a folder into which an archive was unpacked.
    pub(crate) unpacked: bool,
}

/// Kept for a member that makes its archive, or the folder that it is in, a model.
pub(crate) struct Mark;

impl<'p> Archive<'p> {
    fn new(location: Location) -> Self {
        Self {
            location,
            members: Vec::new(),
            pickles: Vec::new(),
            marked: false,
            unpacked: false,
        }
    }

    fn add(&mut self, path: &'p str, part: &'p Part) {
        let member = part.value.downcast_ref::<Member>();
        let pickle = part.value.downcast_ref::<PickleOutcome>();
        self.members.extend(member.map(|member| (path, member)));
        self.pickles.extend(pickle.map(|pickle| (path, pickle)));
        self.marked |= part.value.is::<Mark>();
    }

    /// Whether it is a model and not an archive of something else with some pickle in it.
    pub(crate) fn is_model(&self) -> bool {
        let name = self.location.inside.last().unwrap_or(&self.location.path);
        let lower = name.to_ascii_lowercase();
        // A folder's name is no file's.
        let named = ENDINGS.iter().any(|ending| lower.ends_with(ending));
        self.marked || (named && !self.members.is_empty()) || super::torch::is_torch(self)
    }

    /// The word in a member of a name, and the member's path.
    pub(crate) fn word(&self, name: &str) -> Option<(&'p str, &'p str)> {
        self.members.iter().find_map(|(path, member)| match member {
            Member::Word(word) if last(path) == name => Some((*path, word.as_str())),
            _ => None,
        })
    }

    /// The place of a member.
    pub(crate) fn place(&self, path: &str) -> Location {
        let mut location = self.location.clone();
        if !self.unpacked {
            location.inside.push(path.to_owned());
        } else if location.path == "." {
            path.clone_into(&mut location.path);
        } else {
            location.path = format!("{}/{path}", location.path);
        }
        location
    }
}

/// Everything that was kept, by the archive that it is in.
pub(crate) fn archives(parts: &[Part]) -> Vec<Archive<'_>> {
    let mut archives: BTreeMap<Location, Archive<'_>> = BTreeMap::new();
    for part in parts {
        let mut location = part.location.clone();
        if location.inside.pop().is_none() {
            continue;
        }
        let Some(path) = part.location.inside.last() else {
            continue;
        };
        let counts = part.value.is::<Member>()
            || part.value.is::<PickleOutcome>()
            || part.value.is::<Mark>();
        if counts {
            archives
                .entry(location.clone())
                .or_insert_with(|| Archive::new(location))
                .add(path, part);
        }
    }
    archives.into_values().chain(unpacked(parts)).collect()
}

/// Folders on disk into which an archive of PyTorch's was unpacked: those with its main pickle.
fn unpacked(parts: &[Part]) -> Vec<Archive<'_>> {
    let mut folders: BTreeMap<&str, Archive<'_>> = BTreeMap::new();
    for part in parts {
        let location = &part.location;
        if location.inside.is_empty()
            && last(&location.path) == "data.pkl"
            && part.value.is::<PickleOutcome>()
        {
            let folder = parent(&location.path);
            folders.entry(folder).or_insert_with(|| {
                let place = if folder.is_empty() { "." } else { folder };
                let mut archive = Archive::new(Location::file(place));
                archive.unpacked = true;
                archive
            });
        }
    }
    if folders.is_empty() {
        return Vec::new();
    }
    for part in parts {
        if !part.location.inside.is_empty() {
            continue;
        }
        let path = part.location.path.as_str();
        // The innermost folder that has a main pickle; members lie at most a few folders deep.
        let above = std::iter::successors(Some(parent(path)), |folder| {
            (!folder.is_empty()).then(|| parent(folder))
        });
        for folder in above.take(DEEPEST) {
            if let Some(archive) = folders.get_mut(folder) {
                let inside = path.get(folder.len()..).unwrap_or_default();
                archive.add(inside.trim_start_matches('/'), part);
                break;
            }
        }
    }
    folders
        .into_values()
        .filter(super::torch::is_torch)
        .collect()
}

/// How deep a file may lie in an unpacked archive: TorchScript's sources are in packages.
const DEEPEST: usize = 32;

/// The folder of a path; empty if it has none.
fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The last part of a path.
pub(crate) fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
