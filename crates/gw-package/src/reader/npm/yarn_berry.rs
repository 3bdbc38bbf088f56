use std::collections::HashMap;

use gw_analysis::{Entry, Node};
use gw_finding::ReasonCode;

use super::package::{self, flag, text};
use super::reach;
use super::spec::{self, Spec};
use crate::reader::{FileReading, Lock, Locked, Root};

/// Reads the `yarn.lock` of Yarn 2 and later (<https://yarnpkg.com/advanced/lexicon>). Workspaces are
/// listed with what they need, but not whether for development: the manifests tell that.
///
/// The checksums are of the archives in Yarn's own cache, not of the published ones, so they are no
/// hashes of the package.
pub(super) fn read(entry: &Entry, id: &'static str) -> FileReading {
    let documents = match entry.yaml() {
        Ok(documents) => documents,
        Err(error) => return package::unreadable(entry, id, error),
    };
    let mut reading = package::reading(entry, id);
    let mut lock = Lock {
        location: entry.location().clone(),
        ..Lock::default()
    };
    // Every requirement, by `name@range` without `npm:`.
    let mut selected: HashMap<String, usize> = HashMap::new();
    let mut owners = Vec::new();
    let blocks = documents.iter().flat_map(Node::map);
    let (patched, plain): (Vec<_>, Vec<_>) = blocks.partition(|(_, node)| is_patched(node));
    let mut positions: HashMap<String, usize> = HashMap::new();
    for (key, node) in plain.into_iter().chain(patched) {
        let selectors = key.as_str().unwrap_or_default();
        if selectors == "__metadata" {
            continue;
        }
        match locked(entry, key, node) {
            Found::Package(locked) => {
                // What is patched is listed beside its source, and is the same package.
                let source = positions.get(&locked.purl).filter(|_| is_patched(node));
                let position = source.copied().unwrap_or(lock.packages.len());
                if position == lock.packages.len() {
                    positions.insert(locked.purl.clone(), position);
                    lock.packages.push(*locked);
                    owners.push((node, Owner::Package(position)));
                }
                for selector in selectors.split(", ") {
                    let (name, range) = spec::split_name(selector);
                    selected.insert(package::selector_key(name, range), position);
                }
            }
            Found::Folder(name, folder) => owners.push((node, Owner::Folder(name, folder))),
            Found::Nothing => {
                let detail = format!(
                    "`{selectors}` has the resolution `{}` and the version `{}`, of which none tells \
                     a version",
                    text(node, "resolution").unwrap_or_default(),
                    text(node, "version").unwrap_or_default(),
                );
                let problem = package::problem(entry, ReasonCode::Malformed, key.span, detail);
                reading.incomplete.push(problem);
            }
        }
    }
    connect(&mut lock, owners, &selected);
    let mut selectors: Vec<_> = selected.into_iter().collect();
    selectors.sort_unstable();
    let selectors = selectors.iter();
    lock.roots
        .extend(selectors.map(|(key, position)| package::selector(key, *position)));
    package::mark_direct(&mut lock.packages, &lock.roots);
    package::tidy(&mut lock.packages);
    reading.lock = Some(lock);
    reading
}

fn is_patched(node: &Node) -> bool {
    text(node, "resolution").is_some_and(|resolution| resolution.contains("@patch:"))
}

enum Owner {
    Package(usize),
    Folder(String, String),
}

fn connect(lock: &mut Lock, owners: Vec<(&Node, Owner)>, selected: &HashMap<String, usize>) {
    let mut edges = reach::Edges::default();
    for (node, owner) in owners {
        let mut needs = Vec::new();
        let dependencies = node.get("dependencies");
        for (name, range) in dependencies.into_iter().flat_map(Node::map) {
            let (Some(name), Some(range)) = (name.as_str(), range.scalar()) else {
                continue;
            };
            let Some(&need) = selected.get(&package::selector_key(name, range)) else {
                continue;
            };
            let meta = node.at(&["dependenciesMeta", name]);
            let optional = meta.is_some_and(|meta| flag(meta, "optional"));
            if let Owner::Package(_) = owner {
                edges.add(need, optional);
            }
            needs.push(need);
        }
        match owner {
            Owner::Package(position) => {
                if let Some(package) = lock.packages.get_mut(position) {
                    package.dependencies = needs;
                }
            }
            Owner::Folder(name, folder) => lock.roots.push(Root {
                name,
                folder: Some(folder),
                dependencies: needs.into_iter().map(|need| (need, None)).collect(),
            }),
        }
    }
    edges.mark_optional(&mut lock.packages);
}

enum Found {
    Package(Box<Locked>),
    /// A folder of the project's own: its name and path.
    Folder(String, String),
    Nothing,
}

fn locked(entry: &Entry, key: &Node, node: &Node) -> Found {
    let location = entry.locate(key.span);
    let version = text(node, "version").filter(|version| !version.is_empty());
    let resolution = text(node, "resolution")
        .or_else(|| key.as_str()?.split(", ").next())
        .unwrap_or_default();
    let (name, reference) = spec::split_name(resolution);
    let reference = unwrapped(reference);
    // Parameters: `a@npm:1.0.0::__archiveUrl=...`, `workspace:x::locator=...`.
    let plain = reference.split("::").next().unwrap_or(reference);
    if text(node, "linkType") == Some("soft") {
        let folder = match Spec::parse(name, plain) {
            Spec::Folder("." | "./") => "",
            Spec::Folder(folder) => folder.strip_prefix("./").unwrap_or(folder),
            _ => "",
        };
        return Found::Folder(name.to_owned(), folder.to_owned());
    }
    let known = version.filter(|version| *version != "0.0.0-use.local");
    let locked = match Spec::parse(name, plain) {
        Spec::Git(address) => package::from_git(name, known, address, location),
        Spec::Archive(address) => package::archive(name, known, address, location),
        // A folder that is copied: `file:./vendored#./vendored::hash=...`.
        Spec::Folder(folder) => {
            let folder = folder.split('#').next().unwrap_or(folder);
            return Found::Folder(name.to_owned(), folder.to_owned());
        }
        Spec::Registry { name, range, .. } => {
            let version = known.or_else(|| spec::exact(range));
            version.and_then(|version| package::locked(name, version, location))
        }
    };
    locked.map_or(Found::Nothing, |locked| Found::Package(Box::new(locked)))
}

/// What a virtual reference stands for: `virtual:0a1b#npm:1.0.0` is `npm:1.0.0`.
fn unwrapped(reference: &str) -> &str {
    match reference.strip_prefix("virtual:") {
        Some(rest) => rest.split_once('#').map_or(rest, |(_, inner)| inner),
        None => reference,
    }
}

#[cfg(test)]
mod tests;
