//! Project files with the lock files that belong to them.

use gw_finding::Location;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::Scope;
use crate::reader::python::graph::{Names, scopes};
use crate::reader::python::{dependency, package, pipfile, place, uv_lock};
use crate::reader::{FileReading, Joined, Lock, Manifest};

use super::unpinned;

/// Joins lock files and project files. `compiled` has the folders whose projects requirements
/// files pin.
pub(super) fn join(
    readings: Vec<FileReading>,
    compiled: &FxHashSet<Location>,
    joined: &mut Joined,
) {
    let mut locks: Vec<(&'static str, Lock)> = Vec::new();
    let mut manifests: Vec<(&'static str, Manifest)> = Vec::new();
    for reading in readings {
        locks.extend(reading.lock.map(|lock| (reading.reader, lock)));
        manifests.extend(reading.manifest.map(|manifest| (reading.reader, manifest)));
    }
    let mut by_folder: FxHashMap<Location, Vec<usize>> = FxHashMap::default();
    for (at, (_, lock)) in locks.iter().enumerate() {
        by_folder
            .entry(folder(&lock.location))
            .or_default()
            .push(at);
    }

    let workspaces = workspaces(&locks);

    for (kind, manifest) in &manifests {
        let beside = by_folder
            .get(&folder(&manifest.location))
            .map_or(&[][..], Vec::as_slice);
        let mut locked = false;
        for &at in beside {
            let Some((reader, lock)) = locks.get_mut(at) else {
                continue;
            };
            // A script's lock file belongs to that script only.
            if place::path(&lock.location).ends_with(".py.lock") {
                continue;
            }
            // A Pipfile has its own lock file; the others all lock `pyproject.toml`. A Pipfile may
            // also install the project beside it, and then locks what that one needs.
            let own = (*reader == pipfile::LOCK) == (*kind == pipfile::MANIFEST);
            if own {
                attach(lock, manifest);
            }
            locked |= own || *kind != pipfile::MANIFEST;
        }
        let locked = locked || in_workspace(manifest, &workspaces);
        if !locked {
            open(
                manifest,
                compiled.contains(&folder(&manifest.location)),
                joined,
            );
        }
    }
    let locks = locks.into_iter().map(|(_, lock)| lock);
    joined
        .locks
        .extend(locks.filter(|lock| !lock.packages.is_empty() || !lock.roots.is_empty()));
}

/// The folder of a file, as a place.
pub(super) fn folder(location: &Location) -> Location {
    place::sibling(location, place::folder(place::path(location)).to_owned())
}

/// Marks what a project names itself and, where the lock file does not tell, what is only for
/// development.
fn attach(lock: &mut Lock, manifest: &Manifest) {
    // A manifest whose requirements are somewhere else (`setup.py` as a stub) tells nothing.
    if manifest.requirements.is_empty()
        || lock
            .packages
            .iter()
            .any(|package| package.direct == Some(false))
    {
        return;
    }
    let names = Names::of(lock.packages.iter().map(|package| package.name.as_str()));
    let mut named: Vec<(usize, Scope)> = Vec::new();
    for requirement in &manifest.requirements {
        let found = names.find(&requirement.name).iter().copied();
        named.extend(found.map(|at| (at, requirement.scope)));
    }
    for root in &lock.roots {
        named.extend(
            root.dependencies
                .iter()
                .map(|&(at, scope)| (at, scope.unwrap_or_default())),
        );
    }
    let own: FxHashSet<String> = manifest
        .requirements
        .iter()
        .map(|requirement| package::normal(&requirement.name))
        .collect();
    for package in &mut lock.packages {
        package.direct = Some(own.contains(&package::normal(&package.name)));
    }
    let knows = lock
        .packages
        .iter()
        .any(|package| package.scope == Scope::Development);
    let edges: Vec<Vec<(usize, Scope)>> = lock
        .packages
        .iter()
        .map(|package| {
            package
                .dependencies
                .iter()
                .map(|&to| (to, Scope::Runtime))
                .collect()
        })
        .collect();
    // Without edges nothing tells what the rest is for.
    if knows || edges.iter().all(Vec::is_empty) {
        return;
    }
    for (package, reached) in lock.packages.iter_mut().zip(scopes(&edges, named)) {
        package.scope = reached.map_or(package.scope, |scope| scope.max(package.scope));
    }
}

/// The members of a uv workspace.
#[derive(Default)]
struct Workspace {
    folders: FxHashSet<String>,
    names: FxHashSet<String>,
}

/// The workspaces by the folders of their lock files.
fn workspaces(locks: &[(&'static str, Lock)]) -> FxHashMap<Location, Workspace> {
    let mut workspaces: FxHashMap<Location, Workspace> = FxHashMap::default();
    for (_, lock) in locks.iter().filter(|(reader, _)| *reader == uv_lock::ID) {
        let top = folder(&lock.location);
        let workspace = workspaces.entry(top.clone()).or_default();
        for root in &lock.roots {
            workspace.names.insert(package::normal(&root.name));
            let folder = root.folder.as_deref();
            let folder = folder.and_then(|folder| place::resolve(place::path(&top), folder));
            workspace.folders.extend(folder);
        }
    }
    workspaces
}

/// Whether a uv workspace above locks the project.
fn in_workspace(manifest: &Manifest, workspaces: &FxHashMap<Location, Workspace>) -> bool {
    let own = place::folder(place::path(&manifest.location));
    let name = manifest.name.as_deref().map(package::normal);
    let mut above = own;
    // A path has as many folders as slashes.
    while !above.is_empty() {
        above = place::folder(above);
        let key = place::sibling(&manifest.location, above.to_owned());
        let member = workspaces.get(&key).is_some_and(|workspace| {
            workspace.folders.contains(own)
                || name
                    .as_ref()
                    .is_some_and(|name| workspace.names.contains(name))
        });
        if member {
            return true;
        }
    }
    false
}

/// A manifest that no lock file belongs to: its exact requirements are packages, and the others
/// are said to be open unless requirements files pin them.
fn open(manifest: &Manifest, compiled: bool, joined: &mut Joined) {
    let mut lock = Lock {
        location: manifest.location.clone(),
        ..Lock::default()
    };
    let mut rest = Vec::new();
    for requirement in manifest
        .requirements
        .iter()
        .filter(|requirement| requirement.from_registry)
    {
        match dependency::pinned(&requirement.constraint) {
            Some(version) => {
                let mut locked =
                    package::locked(&requirement.name, version, requirement.location.clone());
                locked.scope = requirement.scope;
                locked.direct = Some(true);
                lock.packages.push(locked);
            }
            None => rest.push(requirement),
        }
    }
    if !lock.packages.is_empty() {
        joined.locks.push(lock);
    }
    if !compiled {
        let advice = "a lock file beside it would tell the versions";
        joined
            .incomplete
            .extend(unpinned::record(rest.into_iter(), advice));
    }
}
