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
    let workspaces = Workspaces::new(&manifests);
    for lock in &mut locks {
        let home = folder(&lock.location.full_path()).to_owned();
        set_root_scopes(lock, &home, &manifests, &workspaces);
        graph::mark(lock);
    }
    let pins: Vec<_> = locks.iter().map(Pins::of).collect();
    for manifest in &manifests {
        let path = manifest.location.full_path();
        let unread = ancestors(folder(&path)).any(|folder| broken.contains(folder));
        let name = manifest.name.as_deref();
        if !unread && !pins.iter().any(|pins| pins.cover(folder(&path), name)) {
            joined.incomplete.extend(unpinned(manifest, &workspaces));
        }
    }
    joined.locks.append(&mut locks);
}

/// What a lock file pins.
struct Pins<'a> {
    home: String,
    names: FxHashSet<&'a str>,
}

impl<'a> Pins<'a> {
    fn of(lock: &'a Lock) -> Self {
        let local = lock.roots.iter().map(|root| root.name.as_str());
        // A vendored crate has its manifest in the tree, and is no root.
        let vendored = lock.packages.iter().map(|package| package.name.as_str());
        Self {
            home: folder(&lock.location.full_path()).to_owned(),
            names: local.chain(vendored).collect(),
        }
    }

    fn cover(&self, folder: &str, name: Option<&str>) -> bool {
        ancestors(folder).any(|ancestor| ancestor == self.home)
            && name.is_none_or(|name| self.names.contains(name))
    }
}

/// What manifests may inherit, by the folder of the workspace.
struct Workspaces<'a>(FxHashMap<String, &'a [Requirement]>);

impl<'a> Workspaces<'a> {
    fn new(manifests: &'a [Manifest]) -> Self {
        let with_some = manifests
            .iter()
            .filter(|manifest| !manifest.inheritable.is_empty());
        Self(
            with_some
                .map(|m| {
                    (
                        folder(&m.location.full_path()).to_owned(),
                        m.inheritable.as_slice(),
                    )
                })
                .collect(),
        )
    }

    /// A requirement with what it inherits from the nearest workspace above.
    fn resolve(&self, requirement: &Requirement, home: &str) -> Requirement {
        let mut resolved = requirement.clone();
        if requirement.constraint != INHERITED {
            return resolved;
        }
        let key = requirement.alias.as_ref().unwrap_or(&requirement.name);
        let inherited = ancestors(home)
            .filter_map(|folder| self.0.get(folder))
            .flat_map(|requirements| requirements.iter())
            .find(|other| other.alias.as_ref().unwrap_or(&other.name) == key);
        if let Some(inherited) = inherited {
            resolved.name.clone_from(&inherited.name);
            resolved.constraint.clone_from(&inherited.constraint);
            resolved.from_registry = inherited.from_registry;
        }
        resolved
    }
}

/// Gives each dependency of a root the scope under which the root's manifest asks for it.
fn set_root_scopes(
    lock: &mut Lock,
    home: &str,
    manifests: &[Manifest],
    workspaces: &Workspaces<'_>,
) {
    let mut by_name: FxHashMap<&str, Vec<&Manifest>> = FxHashMap::default();
    for manifest in manifests {
        let path = manifest.location.full_path();
        if let Some(name) = &manifest.name
            && ancestors(folder(&path)).any(|ancestor| ancestor == home)
        {
            by_name.entry(name).or_default().push(manifest);
        }
    }
    let Lock {
        packages, roots, ..
    } = lock;
    for root in roots {
        // Two manifests of one name cannot both be of this workspace: a copy tells nothing.
        let Some([manifest]) = by_name.get(root.name.as_str()).map(Vec::as_slice) else {
            continue;
        };
        let path = manifest.location.full_path();
        let home = folder(&path);
        let mut requirements: FxHashMap<String, Vec<Requirement>> = FxHashMap::default();
        for requirement in &manifest.requirements {
            let requirement = workspaces.resolve(requirement, home);
            requirements
                .entry(requirement.name.clone())
                .or_default()
                .push(requirement);
        }
        for (index, scope) in &mut root.dependencies {
            if let Some(package) = packages.get(*index)
                && let Some(candidates) = requirements.get(&package.name)
            {
                *scope = scope_of(package, candidates);
            }
        }
    }
}

/// The least restricted scope among the requirements that a package may be for. Where a project
/// asks for two versions of a package, the constraints tell them apart.
fn scope_of(package: &Locked, requirements: &[Requirement]) -> Option<Scope> {
    let version = Version::parse(&package.version).ok();
    let fits = |requirement: &&Requirement| {
        let wanted = VersionReq::parse(&requirement.constraint).ok();
        wanted
            .zip(version.as_ref())
            .is_none_or(|(wanted, version)| wanted.matches(version))
    };
    let fitting = requirements
        .iter()
        .filter(fits)
        .map(|requirement| requirement.scope)
        .min();
    fitting.or_else(|| {
        requirements
            .iter()
            .map(|requirement| requirement.scope)
            .min()
    })
}

fn unpinned(manifest: &Manifest, workspaces: &Workspaces<'_>) -> Option<Incomplete> {
    const SHOWN: usize = 10;
    let path = manifest.location.full_path();
    let mut names: Vec<_> = manifest
        .requirements
        .iter()
        .map(|requirement| workspaces.resolve(requirement, folder(&path)))
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
