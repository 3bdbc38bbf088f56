//! Lock files with the manifests of their workspaces.

use gw_finding::{Incomplete, ReasonCode};
use rustc_hash::{FxHashMap, FxHashSet};
use semver::{Version, VersionReq};

use super::{INHERITED, graph, incomplete};
use crate::Scope;
use crate::reader::{FileReading, Joined, Lock, Locked, Manifest, Requirement};

pub(super) fn join(readings: Vec<FileReading>, joined: &mut Joined) {
    let mut manifests = Vec::new();
    let mut locks = Vec::new();
    // Where there is a lock file that could not be read, that is the whole complaint.
    let mut broken = FxHashSet::default();
    for reading in readings {
        if reading.lock.is_none() && reading.reader == "cargo-lock" {
            broken.insert(folder(&reading.location.full_path()).to_owned());
        }
        joined.incomplete.extend(reading.incomplete);
        manifests.extend(reading.manifest);
        locks.extend(reading.lock);
    }
    let manifests: Vec<_> = manifests.into_iter().map(InFolder::new).collect();
    let workspaces = Workspaces::new(&manifests);
    let members = Members::new(&manifests);
    for lock in &mut locks {
        set_root_scopes(lock, &members, &workspaces);
        graph::mark(lock);
    }
    let pins = Pins::of(&locks);
    for manifest in &manifests {
        let unread = ancestors(&manifest.folder).any(|folder| broken.contains(folder));
        if !unread && !pins.cover(manifest) {
            joined.incomplete.extend(unpinned(manifest, &workspaces));
        }
    }
    joined.locks.append(&mut locks);
}

/// A manifest with its folder.
struct InFolder {
    folder: String,
    manifest: Manifest,
}

impl InFolder {
    fn new(manifest: Manifest) -> Self {
        Self {
            folder: folder(&manifest.location.full_path()).to_owned(),
            manifest,
        }
    }
}

/// The names that lock files pin, by their folders.
struct Pins<'a>(FxHashMap<String, FxHashSet<&'a str>>);

impl<'a> Pins<'a> {
    fn of(locks: &'a [Lock]) -> Self {
        let mut pins: FxHashMap<_, FxHashSet<_>> = FxHashMap::default();
        for lock in locks {
            let names = pins
                .entry(folder(&lock.location.full_path()).to_owned())
                .or_default();
            names.extend(lock.roots.iter().map(|root| root.name.as_str()));
            // A vendored crate has its manifest in the tree, and is no root.
            names.extend(lock.packages.iter().map(|package| package.name.as_str()));
        }
        Self(pins)
    }

    fn cover(&self, manifest: &InFolder) -> bool {
        let name = manifest.manifest.name.as_deref();
        ancestors(&manifest.folder)
            .filter_map(|folder| self.0.get(folder))
            .any(|names| name.is_none_or(|name| names.contains(name)))
    }
}

/// Manifests by a folder that they are in or below, and their name.
struct Members<'a>(FxHashMap<(&'a str, &'a str), Option<&'a InFolder>>);

impl<'a> Members<'a> {
    fn new(manifests: &'a [InFolder]) -> Self {
        let mut members = FxHashMap::default();
        for manifest in manifests {
            let Some(name) = manifest.manifest.name.as_deref() else {
                continue;
            };
            for folder in ancestors(&manifest.folder) {
                // Two manifests of one name cannot both be of a workspace: a copy tells nothing.
                members
                    .entry((folder, name))
                    .and_modify(|slot| *slot = None)
                    .or_insert(Some(manifest));
            }
        }
        Self(members)
    }

    fn find(&self, home: &str, name: &str) -> Option<&'a InFolder> {
        self.0.get(&(home, name)).copied().flatten()
    }
}

/// What manifests may inherit, by the folder of the workspace.
struct Workspaces<'a>(FxHashMap<&'a str, FxHashMap<&'a str, &'a Requirement>>);

impl<'a> Workspaces<'a> {
    fn new(manifests: &'a [InFolder]) -> Self {
        let with_some = manifests
            .iter()
            .filter(|manifest| !manifest.manifest.inheritable.is_empty());
        let by_key = |manifest: &'a InFolder| {
            let list = manifest.manifest.inheritable.iter();
            list.map(|requirement| (key(requirement), requirement))
                .collect()
        };
        Self(
            with_some
                .map(|manifest| (manifest.folder.as_str(), by_key(manifest)))
                .collect(),
        )
    }

    /// A requirement with what it inherits from the nearest workspace above.
    fn resolve(&self, requirement: &Requirement, home: &str) -> Requirement {
        let mut resolved = requirement.clone();
        if requirement.constraint != INHERITED {
            return resolved;
        }
        let inherited = ancestors(home)
            .filter_map(|folder| self.0.get(folder))
            .find_map(|requirements| requirements.get(key(requirement)));
        if let Some(inherited) = inherited {
            resolved.name.clone_from(&inherited.name);
            resolved.constraint.clone_from(&inherited.constraint);
            resolved.from_registry = inherited.from_registry;
        }
        resolved
    }
}

/// The name under which a manifest has a requirement.
fn key(requirement: &Requirement) -> &str {
    requirement.alias.as_deref().unwrap_or(&requirement.name)
}

/// Gives each dependency of a root the scope under which the root's manifest asks for it.
fn set_root_scopes(lock: &mut Lock, members: &Members<'_>, workspaces: &Workspaces<'_>) {
    let path = lock.location.full_path();
    let Lock {
        packages, roots, ..
    } = lock;
    for root in roots {
        let Some(manifest) = members.find(folder(&path), &root.name) else {
            continue;
        };
        let home = &manifest.folder;
        let mut requirements: FxHashMap<String, Vec<Wanted>> = FxHashMap::default();
        for requirement in &manifest.manifest.requirements {
            let requirement = workspaces.resolve(requirement, home);
            let wanted = (
                VersionReq::parse(&requirement.constraint).ok(),
                requirement.scope,
            );
            requirements
                .entry(requirement.name)
                .or_default()
                .push(wanted);
        }
        for (index, scope) in &mut root.dependencies {
            if let Some(package) = packages.get(*index)
                && let Some(wanted) = requirements.get(&package.name)
            {
                *scope = scope_of(package, wanted);
            }
        }
    }
}

/// Which versions a requirement allows, if that can be read, and what for.
type Wanted = (Option<VersionReq>, Scope);

/// The least restricted scope among the requirements that a package may be for. Where a project
/// asks for two versions of a package, the constraints tell them apart.
fn scope_of(package: &Locked, wanted: &[Wanted]) -> Option<Scope> {
    let version = Version::parse(&package.version).ok();
    let fits = |(constraint, _): &&Wanted| {
        let both = constraint.as_ref().zip(version.as_ref());
        both.is_none_or(|(constraint, version)| constraint.matches(version))
    };
    let least = |wanted: &mut dyn Iterator<Item = &Wanted>| wanted.map(|(_, scope)| *scope).min();
    least(&mut wanted.iter().filter(fits)).or_else(|| least(&mut wanted.iter()))
}

fn unpinned(manifest: &InFolder, workspaces: &Workspaces<'_>) -> Option<Incomplete> {
    const SHOWN: usize = 10;
    let InFolder { folder, manifest } = manifest;
    let mut names: Vec<_> = manifest
        .requirements
        .iter()
        .map(|requirement| workspaces.resolve(requirement, folder))
        .filter(|requirement| requirement.from_registry)
        .map(|requirement| requirement.name)
        .collect();
    names.sort();
    names.dedup();
    if names.is_empty() {
        return None;
    }
    let count = names.len();
    names.truncate(SHOWN);
    let more = match count.saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(incomplete(
        manifest.location.clone(),
        ReasonCode::Unpinned,
        format!(
            "no Cargo.lock beside or above pins the {count} {} of this file: {}{more}",
            if count == 1 {
                "requirement"
            } else {
                "requirements"
            },
            names.join(", "),
        ),
    ))
}

/// The folder of a path, empty for the top.
fn folder(path: &str) -> &str {
    path.rsplit_once(['/', '!'])
        .map_or("", |(folder, _)| folder)
}

/// A folder and all above it, the nearest first.
fn ancestors(start: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(start), |path| (!path.is_empty()).then(|| folder(path)))
}
