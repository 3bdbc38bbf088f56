use gw_analysis::{Entry, Node};
use gw_finding::ReasonCode;

use super::modules;
use super::package::{self, text};
use super::spec::Spec;
use crate::Scope;
use crate::reader::{FileReading, Lock, Manifest, Reader, Requirement};

/// `package.json` (<https://docs.npmjs.com/cli/v11/configuring-npm/package-json>): what a project asks
/// for. In a `node_modules` folder it is also a record of one installed package.
pub(super) struct PackageJson;

const ID: &str = "package-json";

impl Reader for PackageJson {
    fn id(&self) -> &'static str {
        ID
    }

    fn matches(&self, path: &str, _head: &[u8]) -> bool {
        path.rsplit('/').next() == Some("package.json")
    }

    fn read(&self, entry: &Entry) -> FileReading {
        let mut reading = package::reading(entry, ID);
        let installed = entry
            .path()
            .strip_suffix("/package.json")
            .and_then(modules::split);
        // Deeper in a package there are files of that name with other purposes.
        let is_root = installed.is_some_and(|(_, name)| is_package_folder(name));
        if installed.is_some() && !is_root {
            return reading;
        }
        let root = match entry.json() {
            Ok(root) => root,
            Err(error) => return package::unreadable(entry, ID, error),
        };
        if !root.is_map() {
            let detail = format!("expected an object, found {}", root.kind());
            let problem = package::problem(entry, ReasonCode::Malformed, root.span, detail);
            reading.incomplete.push(problem);
            return reading;
        }
        reading.manifest = Some(manifest(entry, root));
        if installed.is_some() {
            reading.lock = installed_package(entry, root);
        }
        reading
    }
}

/// Whether a path below `node_modules` is `name` or `@scope/name`.
fn is_package_folder(name: &str) -> bool {
    name.matches('/').count() == usize::from(name.starts_with('@'))
}

fn installed_package(entry: &Entry, root: &Node) -> Option<Lock> {
    let (key, version) = root.entry("version")?;
    let name = text(root, "name").filter(|name| !name.is_empty())?;
    let version = version.as_str().filter(|version| !version.is_empty())?;
    let mut locked = package::locked(name, version, entry.locate(key.span))?;
    locked.license = package::license(root);
    Some(Lock {
        location: entry.location().clone(),
        packages: vec![locked],
        ..Lock::default()
    })
}

/// The sections, the one that counts last.
const SECTIONS: [(&str, Scope); 4] = [
    ("peerDependencies", Scope::Runtime),
    ("devDependencies", Scope::Development),
    ("dependencies", Scope::Runtime),
    ("optionalDependencies", Scope::Optional),
];

fn manifest(entry: &Entry, root: &Node) -> Manifest {
    let mut requirements = Vec::new();
    for (section, scope) in SECTIONS {
        let peer = section == "peerDependencies";
        let section = root.get(section);
        for (key, value) in section.into_iter().flat_map(Node::map) {
            let (Some(name), Some(constraint)) = (key.as_str(), value.scalar()) else {
                continue;
            };
            let optional = root.at(&["peerDependenciesMeta", name, "optional"]);
            let optional = peer && optional.and_then(Node::as_bool) == Some(true);
            let mut requirement = requirement(entry, key, name, constraint);
            requirement.scope = if optional { Scope::Optional } else { scope };
            // Whoever uses the package provides its peers, at a version of their own.
            requirement.from_registry &= !peer;
            requirements.push(requirement);
        }
    }
    Manifest {
        location: entry.location().clone(),
        name: text(root, "name").map(str::to_owned),
        license: package::license(root),
        requirements,
        members: members(root),
        ..Manifest::default()
    }
}

fn requirement(entry: &Entry, key: &Node, name: &str, constraint: &str) -> Requirement {
    let (real, range, from_registry) = match Spec::parse(name, constraint) {
        Spec::Registry { name, range, alias } if alias => (name, range, true),
        Spec::Registry { .. } => (name, constraint, true),
        _ => (name, constraint, false),
    };
    Requirement {
        name: real.to_owned(),
        alias: (real != name).then(|| name.to_owned()),
        constraint: range.to_owned(),
        scope: Scope::Runtime,
        location: entry.locate(key.span),
        from_registry,
    }
}

/// Patterns of the workspace members' folders: a list, or in Yarn 1 an object with one.
fn members(root: &Node) -> Vec<String> {
    let Some(workspaces) = root.get("workspaces") else {
        return Vec::new();
    };
    let list = workspaces.get("packages").unwrap_or(workspaces).list();
    let patterns = list.iter().filter_map(Node::as_str);
    patterns.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests;
