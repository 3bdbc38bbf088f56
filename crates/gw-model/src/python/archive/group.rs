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
        }
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
        location.inside.push(path.to_owned());
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
        let member = part.value.downcast_ref::<Member>();
        let pickle = part.value.downcast_ref::<PickleOutcome>();
        let mark = part.value.is::<Mark>();
        if member.is_none() && pickle.is_none() && !mark {
            continue;
        }
        let archive = archives
            .entry(location.clone())
            .or_insert_with(|| Archive::new(location));
        archive
            .members
            .extend(member.map(|member| (path.as_str(), member)));
        archive
            .pickles
            .extend(pickle.map(|pickle| (path.as_str(), pickle)));
        archive.marked |= mark;
    }
    archives.into_values().collect()
}

/// The last part of a path.
pub(crate) fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
