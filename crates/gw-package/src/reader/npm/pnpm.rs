mod path;

use std::collections::HashMap;

use gw_analysis::{Entry, Node};
use gw_finding::ReasonCode;

use super::integrity;
use super::package::{self, flag, text};
use super::package_lock::scope;
use super::reach;
use super::spec;
use crate::Scope;
use crate::reader::{FileReading, Lock, Locked, Reader, Root};

/// `pnpm-lock.yaml` of the versions 5 to 9, and pnpm's record of what it installed
/// (`node_modules/.pnpm/lock.yaml`), which has the same format
/// (<https://github.com/pnpm/spec/tree/master/lockfile>).
pub(super) struct PnpmLock;

const ID: &str = "pnpm-lock";

impl Reader for PnpmLock {
    fn id(&self) -> &'static str {
        ID
    }

    fn matches(&self, path: &str, _head: &[u8]) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        // With a lock file for each branch the name has the branch: `pnpm-lock.main.yaml`.
        (name.starts_with("pnpm-lock.") && name.ends_with(".yaml"))
            || path.ends_with("node_modules/.pnpm/lock.yaml")
    }

    fn read(&self, entry: &Entry) -> FileReading {
        let documents = match entry.yaml() {
            Ok(documents) => documents,
            Err(error) => return package::unreadable(entry, ID, error),
        };
        let mut reading = package::reading(entry, ID);
        let mut lock = Lock {
            location: entry.location().clone(),
            ..Lock::default()
        };
        // From pnpm 11 on a first document may list pnpm itself and configuration packages.
        for document in documents {
            if document.is_map() {
                check_version(entry, document, &mut reading);
                Document::new(entry, document).read(&mut lock, &mut reading);
            }
        }
        package::mark_direct(&mut lock.packages, &lock.roots);
        package::tidy(&mut lock.packages);
        reading.lock = Some(lock);
        reading
    }
}

/// The major version of the format. Old files write a number, newer ones a string.
fn major(document: &Node) -> Option<u32> {
    let version = text(document, "lockfileVersion")?;
    version.split(['.', '-']).next()?.parse().ok()
}

fn check_version(entry: &Entry, document: &Node, reading: &mut FileReading) {
    if matches!(major(document), Some(5..=9)) {
        return;
    }
    let version = document.get("lockfileVersion");
    let detail = format!(
        "lockfileVersion {} is not known: expected 5 to 9; read like the nearest known one",
        version.and_then(Node::scalar).unwrap_or("(none)")
    );
    let span = version.unwrap_or(document).span;
    let problem = package::problem(entry, ReasonCode::Unsupported, span, detail);
    reading.incomplete.push(problem);
}

struct Document<'n> {
    entry: &'n Entry,
    node: &'n Node,
    /// Whether dependencies are apart from packages (`snapshots`), as from version 9 on.
    split: bool,
    positions: HashMap<&'n str, Place>,
}

#[derive(Clone, Copy)]
enum Place {
    Package(usize),
    Folder,
}

/// The sections with dependencies of a package, and whether they are optional.
const SECTIONS: [(&str, bool); 2] = [("dependencies", false), ("optionalDependencies", true)];

/// The sections with dependencies of a project.
const ROOT_SECTIONS: [(&str, Scope); 5] = [
    ("dependencies", Scope::Runtime),
    ("optionalDependencies", Scope::Optional),
    ("devDependencies", Scope::Development),
    ("configDependencies", Scope::Development),
    ("packageManagerDependencies", Scope::Development),
];

impl<'n> Document<'n> {
    fn new(entry: &'n Entry, node: &'n Node) -> Self {
        let split = node.get("snapshots").is_some() || major(node) >= Some(9);
        Self {
            entry,
            node,
            split,
            positions: HashMap::new(),
        }
    }

    fn read(mut self, lock: &mut Lock, reading: &mut FileReading) {
        let first_package = lock.packages.len();
        let first_root = lock.roots.len();
        let packages = self.node.get("packages");
        for (key, node) in packages.into_iter().flat_map(Node::map) {
            let path = key.as_str().unwrap_or_default();
            if path::without_peers(path).contains("@runtime:") {
                let detail = format!("`{path}` is a runtime and no package of the registry");
                let problem =
                    package::problem(self.entry, ReasonCode::Unsupported, key.span, detail);
                reading.incomplete.push(problem);
                self.positions.insert(path, Place::Folder);
                continue;
            }
            match self.locked(key, path, node) {
                Found::Package(locked) => {
                    self.positions
                        .insert(path, Place::Package(lock.packages.len()));
                    lock.packages.push(*locked);
                }
                Found::Folder => {
                    self.positions.insert(path, Place::Folder);
                }
                Found::Nothing => {
                    let detail = format!("`{path}` names no version, and has no field `version`");
                    let problem =
                        package::problem(self.entry, ReasonCode::Malformed, key.span, detail);
                    reading.incomplete.push(problem);
                }
            }
        }
        self.edges(lock);
        self.roots(lock);
        if self.split {
            // Older versions flag each package themselves.
            let roots = lock.roots.get(first_root..).unwrap_or_default();
            reach::set_scopes(&mut lock.packages, first_package, roots);
        }
    }

    fn edges(&self, lock: &mut Lock) {
        let section = if self.split { "snapshots" } else { "packages" };
        let snapshots = self.node.get(section);
        for (key, node) in snapshots.into_iter().flat_map(Node::map) {
            let path = key.as_str().unwrap_or_default();
            let mut needs = Vec::new();
            for (section, _) in SECTIONS {
                let dependencies = node.get(section);
                for (name, reference) in dependencies.into_iter().flat_map(Node::map) {
                    let (Some(name), Some(reference)) = (name.as_str(), reference.scalar()) else {
                        continue;
                    };
                    needs.extend(self.resolve(name, reference));
                }
            }
            match self.place(path) {
                Some(Place::Package(position)) => {
                    if let Some(package) = lock.packages.get_mut(position) {
                        package.dependencies.extend(needs);
                        if self.split && flag(node, "optional") {
                            package.scope = Scope::Optional;
                        }
                    }
                }
                Some(Place::Folder) => lock.roots.push(Root {
                    name: String::new(),
                    folder: path::folder(path).map(str::to_owned),
                    dependencies: needs.into_iter().map(|need| (need, None)).collect(),
                }),
                None => {}
            }
        }
    }

    fn roots(&self, lock: &mut Lock) {
        match self.node.get("importers") {
            Some(importers) => {
                for (folder, node) in importers.map() {
                    let folder = folder.as_str().unwrap_or_default();
                    lock.roots
                        .push(self.root(folder.trim_start_matches("./"), node));
                }
            }
            None => lock.roots.push(self.root("", self.node)),
        }
    }

    fn root(&self, folder: &str, node: &Node) -> Root {
        let mut dependencies = Vec::new();
        for (section, scope) in ROOT_SECTIONS {
            let section = node.get(section);
            for (name, reference) in section.into_iter().flat_map(Node::map) {
                // From version 6 on: `{specifier, version}`.
                let version = reference.get("version").unwrap_or(reference).scalar();
                let (Some(name), Some(version)) = (name.as_str(), version) else {
                    continue;
                };
                let need = self.resolve(name, version);
                dependencies.extend(need.map(|need| (need, Some(scope))));
            }
        }
        let folder = if folder == "." { "" } else { folder };
        Root {
            name: String::new(),
            folder: Some(folder.to_owned()),
            dependencies,
        }
    }

    /// The package that a reference means: a version, or the path of an alias, an archive or a
    /// repository.
    fn resolve(&self, name: &str, reference: &str) -> Option<usize> {
        if reference.starts_with("link:") {
            return None;
        }
        let candidates = [
            format!("{name}@{reference}"),
            format!("/{name}@{reference}"),
            format!("/{name}/{reference}"),
            reference.to_owned(),
            format!("/{reference}"),
        ];
        candidates.iter().find_map(|path| match self.place(path)? {
            Place::Package(position) => Some(position),
            Place::Folder => None,
        })
    }

    fn place(&self, path: &str) -> Option<Place> {
        let exact = self.positions.get(path).copied();
        // The packages of version 9 have no peers in their names, the snapshots have.
        exact.or_else(|| self.positions.get(path::without_peers(path)).copied())
    }

    fn locked(&self, key: &Node, path: &str, node: &Node) -> Found {
        let resolution = node.get("resolution");
        let field = |name| resolution.and_then(|resolution| text(resolution, name));
        if field("type") == Some("directory") || field("directory").is_some() {
            return Found::Folder;
        }
        let location = self.entry.locate(key.span);
        let parsed = path::parse(path);
        let name = text(node, "name").or(parsed.map(|(name, _)| name));
        let version = text(node, "version").or(parsed.and_then(|(_, version)| version));
        let Some(name) = name.filter(|name| !name.is_empty()) else {
            return Found::Nothing;
        };
        let tarball = field("tarball");
        let locked = if let (Some(commit), Some(repository)) = (field("commit"), field("repo")) {
            let address = format!("{repository}#{commit}");
            package::from_git(name, version, &address, location)
        } else if let Some(address) =
            tarball.filter(|_| version.is_none_or(|v| !spec::is_version(v)))
        {
            package::archive(name, version, address, location)
        } else {
            version.and_then(|version| package::locked(name, version, location))
        };
        let Some(mut locked) = locked else {
            return Found::Nothing;
        };
        locked.hashes = integrity::hashes(field("integrity").unwrap_or_default());
        if !self.split {
            locked.scope = scope(node);
        }
        Found::Package(Box::new(locked))
    }
}

enum Found {
    Package(Box<Locked>),
    Folder,
    Nothing,
}

#[cfg(test)]
mod tests;
