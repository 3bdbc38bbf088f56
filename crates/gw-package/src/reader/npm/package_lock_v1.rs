use std::collections::HashMap;

use gw_analysis::{Entry, Node};
use gw_finding::ReasonCode;

use super::integrity;
use super::package::{self, text};
use super::package_lock::scope;
use super::spec::{self, Spec};
use crate::reader::{FileReading, Lock, Locked, Root};

/// How many enclosing modules a resolution looks into at most.
const MAX_CLIMB: usize = 64;

/// A package or a folder of the project's own, with the modules nested in it.
struct Module<'n> {
    name: &'n str,
    node: &'n Node,
    above: Option<usize>,
    package: Option<usize>,
}

/// Reads the nested `dependencies` of version 1 and of the shrinkwraps before it. They do not tell
/// what the project itself names; the top ones become selectors for that.
pub(super) fn read(entry: &Entry, root: &Node, lock: &mut Lock, reading: &mut FileReading) {
    let mut modules = Vec::new();
    let mut todo = vec![(None, root)];
    while let Some((above, node)) = todo.pop() {
        let Some(dependencies) = node.get("dependencies") else {
            continue;
        };
        for (key, node) in dependencies.map() {
            let name = key.as_str().unwrap_or_default();
            let package = match locked(entry, key, name, node) {
                Found::Package(locked) => {
                    lock.packages.push(*locked);
                    Some(lock.packages.len() - 1)
                }
                Found::Folder => None,
                Found::Nothing => {
                    let detail = format!(
                        "`{name}` has the version `{}`, which is neither one of the registry nor an \
                         address that tells one",
                        text(node, "version").unwrap_or_default()
                    );
                    let problem = package::problem(entry, ReasonCode::Malformed, key.span, detail);
                    reading.incomplete.push(problem);
                    None
                }
            };
            todo.push((Some(modules.len()), node));
            modules.push(Module {
                name,
                node,
                above,
                package,
            });
        }
    }
    connect(&modules, lock);
}

fn connect(modules: &[Module<'_>], lock: &mut Lock) {
    let by_name: HashMap<(Option<usize>, &str), usize> = modules
        .iter()
        .enumerate()
        .map(|(position, module)| ((module.above, module.name), position))
        .collect();
    let resolve = |from: usize, name: &str| {
        let mut folder = Some(from);
        for _ in 0..MAX_CLIMB {
            if let Some(&found) = by_name.get(&(folder, name)) {
                return modules.get(found)?.package;
            }
            folder = modules.get(folder?)?.above;
        }
        None
    };
    for (position, module) in modules.iter().enumerate() {
        let requires = module.node.get("requires").into_iter();
        let names = requires
            .flat_map(Node::map)
            .filter_map(|(name, _)| name.as_str());
        let needs: Vec<usize> = names.filter_map(|name| resolve(position, name)).collect();
        match module
            .package
            .and_then(|package| lock.packages.get_mut(package))
        {
            Some(package) => package.dependencies = needs,
            None => lock.roots.extend(folder(module, needs)),
        }
        if let (None, Some(package)) = (module.above, module.package) {
            lock.roots.push(package::selector(module.name, package));
        }
    }
}

/// A folder that the project links to, which is a project itself.
fn folder(module: &Module<'_>, needs: Vec<usize>) -> Option<Root> {
    match Spec::parse(module.name, text(module.node, "version")?) {
        Spec::Folder(folder) => Some(Root {
            name: module.name.to_owned(),
            folder: Some(folder.to_owned()),
            dependencies: needs.into_iter().map(|need| (need, None)).collect(),
        }),
        _ => None,
    }
}

enum Found {
    Package(Box<Locked>),
    Folder,
    Nothing,
}

fn locked(entry: &Entry, key: &Node, name: &str, node: &Node) -> Found {
    let location = entry.locate(key.span);
    let version = text(node, "version").unwrap_or_default();
    let locked = match Spec::parse(name, version) {
        Spec::Folder(_) => return Found::Folder,
        Spec::Git(address) => package::from_git(name, None, address, location),
        Spec::Archive(address) => package::archive(name, None, address, location),
        Spec::Registry { name, range, .. } if !range.is_empty() => {
            package::locked(name, range, location)
        }
        // Shrinkwraps of npm 2 have modules that are there and whose version is not known.
        Spec::Registry { .. } => spec::registry_archive(text(node, "resolved").unwrap_or_default())
            .and_then(|(name, version)| package::locked(&name, version, location)),
    };
    let Some(mut locked) = locked else {
        return Found::Nothing;
    };
    locked.hashes = integrity::hashes(text(node, "integrity").unwrap_or_default());
    locked.scope = scope(node);
    Found::Package(Box::new(locked))
}
