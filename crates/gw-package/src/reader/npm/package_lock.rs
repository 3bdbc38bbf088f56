use gw_analysis::{Entry, Node};
use gw_finding::ReasonCode;

use super::integrity;
use super::modules::{self, Modules, Target};
use super::package::{self, flag, text};
use super::package_lock_v1;
use super::spec::Spec;
use crate::Scope;
use crate::reader::{FileReading, Lock, Locked, Reader, Root};

/// `package-lock.json`, `npm-shrinkwrap.json`, and npm's record of what it installed,
/// `node_modules/.package-lock.json`, in the versions 1 to 3
/// (<https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json>).
pub(super) struct PackageLock;

const ID: &str = "npm-lock";

impl Reader for PackageLock {
    fn id(&self) -> &'static str {
        ID
    }

    fn matches(&self, path: &str, _head: &[u8]) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        matches!(
            name,
            "package-lock.json" | "npm-shrinkwrap.json" | ".package-lock.json"
        )
    }

    fn read(&self, entry: &Entry) -> FileReading {
        let root = match entry.json() {
            Ok(root) => root,
            Err(error) => return package::unreadable(entry, ID, error),
        };
        let mut reading = package::reading(entry, ID);
        if !root.is_map() {
            let detail = format!("expected an object, found {}", root.kind());
            let problem = package::problem(entry, ReasonCode::Malformed, root.span, detail);
            reading.incomplete.push(problem);
            return reading;
        }
        check_version(entry, root, &mut reading);
        let mut lock = Lock {
            location: entry.location().clone(),
            ..Lock::default()
        };
        // Version 2 has both, of which `packages` is the whole truth.
        match root.get("packages").filter(|packages| packages.is_map()) {
            Some(packages) => read(entry, packages, &mut lock, &mut reading),
            None => package_lock_v1::read(entry, root, &mut lock, &mut reading),
        }
        package::mark_direct(&mut lock.packages, &lock.roots);
        package::tidy(&mut lock.packages);
        reading.lock = Some(lock);
        reading
    }
}

fn check_version(entry: &Entry, root: &Node, reading: &mut FileReading) {
    let Some(version) = root.get("lockfileVersion") else {
        return;
    };
    if !matches!(version.as_i64(), Some(0..=3)) {
        let detail = format!(
            "lockfileVersion {} is not known: expected 1, 2 or 3; read like the nearest known one",
            version.scalar().unwrap_or(version.kind()),
        );
        let problem = package::problem(entry, ReasonCode::Unsupported, version.span, detail);
        reading.incomplete.push(problem);
    }
}

/// What is at a path, before its dependencies are resolved.
struct Place<'n> {
    path: &'n str,
    node: &'n Node,
    /// The package, or none for a folder of the project's own.
    package: Option<usize>,
}

fn read(entry: &Entry, packages: &Node, lock: &mut Lock, reading: &mut FileReading) {
    let mut modules = Modules::default();
    let mut places = Vec::new();
    for (key, node) in packages.map() {
        let path = key.as_str().unwrap_or_default();
        if flag(node, "link") {
            let target = text(node, "resolved").unwrap_or_default();
            modules.insert(path, Target::Link(target));
            continue;
        }
        let Some((_, name)) = modules::split(path) else {
            modules.insert(path, Target::Project);
            places.push(Place {
                path,
                node,
                package: None,
            });
            continue;
        };
        let Some(locked) = locked(entry, key, text(node, "name").unwrap_or(name), node) else {
            let detail = format!(
                "`{path}` has no version, and its address `{}` tells none",
                text(node, "resolved").unwrap_or_default()
            );
            let problem = package::problem(entry, ReasonCode::Malformed, key.span, detail);
            reading.incomplete.push(problem);
            continue;
        };
        let position = lock.packages.len();
        modules.insert(path, Target::Package(position));
        places.push(Place {
            path,
            node,
            package: Some(position),
        });
        lock.packages.push(locked);
    }
    let mut told = false;
    for place in &places {
        match place.package {
            Some(position) => {
                let needs = needs(place, &modules, &SECTIONS);
                if let Some(package) = lock.packages.get_mut(position) {
                    package.dependencies = needs.into_iter().map(|(need, _)| need).collect();
                }
            }
            None => {
                told = true;
                lock.roots.push(root(place, &modules));
            }
        }
    }
    if !told {
        // The record of what is installed does not list the project itself.
        select_top(&places, lock);
    }
}

/// The sections of a package that make it need others, with what they are needed for.
const SECTIONS: [(&str, Scope); 3] = [
    ("dependencies", Scope::Runtime),
    ("peerDependencies", Scope::Runtime),
    ("optionalDependencies", Scope::Optional),
];

/// The sections of the project itself; of a name in several the last counts, as for npm.
const ROOT_SECTIONS: [(&str, Scope); 4] = [
    ("devDependencies", Scope::Development),
    ("peerDependencies", Scope::Runtime),
    ("dependencies", Scope::Runtime),
    ("optionalDependencies", Scope::Optional),
];

fn root(place: &Place<'_>, modules: &Modules<'_>) -> Root {
    let needs = needs(place, modules, &ROOT_SECTIONS);
    Root {
        name: text(place.node, "name").unwrap_or_default().to_owned(),
        folder: Some(place.path.to_owned()),
        dependencies: needs
            .into_iter()
            .map(|(need, scope)| (need, Some(scope)))
            .collect(),
    }
}

fn needs(
    place: &Place<'_>,
    modules: &Modules<'_>,
    sections: &[(&str, Scope)],
) -> Vec<(usize, Scope)> {
    let mut needs: Vec<(usize, Scope)> = Vec::new();
    for &(section, scope) in sections {
        let Some(section) = place.node.get(section) else {
            continue;
        };
        let names = section.map().filter_map(|(name, _)| name.as_str());
        needs.extend(names.filter_map(|name| Some((modules.package(place.path, name)?, scope))));
    }
    // The last section that has a package counts, so it must be the first to be kept.
    needs.reverse();
    needs.sort_by_key(|&(package, _)| package);
    needs.dedup_by_key(|&mut (package, _)| package);
    needs
}

fn select_top(places: &[Place<'_>], lock: &mut Lock) {
    for place in places {
        if let (Some(("", name)), Some(position)) = (modules::split(place.path), place.package) {
            lock.roots.push(package::selector(name, position));
        }
    }
}

fn locked(entry: &Entry, key: &Node, name: &str, node: &Node) -> Option<Locked> {
    let location = entry.locate(key.span);
    let resolved = text(node, "resolved").unwrap_or_default();
    let version = text(node, "version").filter(|version| !version.is_empty());
    let mut locked = match (Spec::parse(name, resolved), version) {
        (Spec::Git(address), _) => package::from_git(name, version, address, location)?,
        (Spec::Archive(address), None) => package::archive(name, None, address, location)?,
        (_, Some(version)) => package::locked(name, version, location)?,
        (_, None) => return None,
    };
    locked.hashes = integrity::hashes(text(node, "integrity").unwrap_or_default());
    locked.license = package::license(node);
    locked.scope = scope(node);
    Some(locked)
}

/// The scope that npm's flags tell. `devOptional` is what development needs and what an optional
/// dependency needs, so it may run.
pub(super) fn scope(node: &Node) -> Scope {
    if flag(node, "dev") {
        Scope::Development
    } else if flag(node, "optional") || flag(node, "devOptional") {
        Scope::Optional
    } else {
        Scope::Runtime
    }
}

#[cfg(test)]
mod tests;
