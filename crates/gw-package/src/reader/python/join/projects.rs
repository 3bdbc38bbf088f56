//! Project files with the lock files that belong to them.

use gw_finding::Location;
use rustc_hash::FxHashMap;

use crate::Scope;
use crate::reader::python::graph::{Names, scopes};
use crate::reader::python::{dependency, package, pipfile, place, uv_lock};
use crate::reader::{FileReading, Joined, Lock, Manifest};

use super::unpinned;

/// Joins lock files and project files. `compiled` has the folders whose projects requirements
/// files pin.
pub(super) fn join(readings: Vec<FileReading>, compiled: &[Location], joined: &mut Joined) {
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

    for (kind, manifest) in &manifests {
        let beside = by_folder
            .get(&folder(&manifest.location))
            .map_or(&[][..], Vec::as_slice);
        let mut locked = false;
        for &at in beside {
            let Some((reader, lock)) = locks.get_mut(at) else {
                continue;
            };
            // A Pipfile has its own lock file; the others all lock `pyproject.toml`.
            if (*reader == pipfile::LOCK) == (*kind == pipfile::MANIFEST) {
                attach(lock, manifest);
                locked = true;
            }
        }
        let locked = locked || in_workspace(manifest, &by_folder, &locks);
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
    let own: rustc_hash::FxHashSet<String> = manifest
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

/// Whether a uv workspace above locks the project.
fn in_workspace(
    manifest: &Manifest,
    by_folder: &FxHashMap<Location, Vec<usize>>,
    locks: &[(&'static str, Lock)],
) -> bool {
    let own = place::folder(place::path(&manifest.location));
    let name = manifest.name.as_deref().map(package::normal);
    let mut above = own;
    // A path has as many folders as slashes.
    while !above.is_empty() {
        above = place::folder(above);
        let key = place::sibling(&manifest.location, above.to_owned());
        let beside = by_folder.get(&key).map_or(&[][..], Vec::as_slice);
        let member = beside
            .iter()
            .filter_map(|&at| locks.get(at))
            .filter(|(reader, _)| *reader == uv_lock::ID)
            .flat_map(|(_, lock)| &lock.roots)
            .any(|root| {
                let folder = root
                    .folder
                    .as_deref()
                    .and_then(|folder| place::resolve(above, folder));
                folder.as_deref() == Some(own)
                    || name
                        .as_ref()
                        .is_some_and(|name| package::normal(&root.name) == *name)
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
