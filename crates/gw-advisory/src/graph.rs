//! How a package came in: paths through the dependency graph of one file's project.

use std::collections::{BTreeSet, VecDeque};

use gw_finding::Location;
use gw_package::{Inventory, Package, PackageIndex, Scope};
use rustc_hash::{FxHashMap, FxHashSet};

/// The most direct dependencies that are named as a way in.
const MOST_WAYS: usize = 20;

/// A package's place in one file's project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct InFile {
    /// Only needed there to build or test.
    pub(crate) development: bool,
    /// Whether the project names it itself, if that is known.
    pub(crate) direct: Option<bool>,
    /// From a direct dependency to the package, `name@version` each, by the shortest way.
    pub(crate) path: Vec<String>,
    /// The direct dependencies that bring it in, itself included if it is one.
    pub(crate) through: Vec<String>,
}

/// The projects of an inventory, each worked out when first asked for.
#[derive(Debug)]
pub(crate) struct Projects<'i> {
    inventory: &'i Inventory,
    files: FxHashMap<File, Project>,
}

type File = (String, Vec<String>);

/// One file's packages.
#[derive(Debug, Default)]
struct Project {
    direct: FxHashSet<PackageIndex>,
    /// For each package that a direct one leads to, the package before it on a shortest way.
    before: FxHashMap<PackageIndex, PackageIndex>,
    /// For each package, who needs it.
    dependents: FxHashMap<PackageIndex, Vec<PackageIndex>>,
}

impl<'i> Projects<'i> {
    pub(crate) fn new(inventory: &'i Inventory) -> Self {
        Self {
            inventory,
            files: FxHashMap::default(),
        }
    }

    /// A package's place in the project of a file.
    pub(crate) fn in_file(&mut self, at: PackageIndex, file: &Location) -> InFile {
        let inventory = self.inventory;
        let project = self
            .files
            .entry((file.path.clone(), file.inside.clone()))
            .or_insert_with(|| Project::new(inventory, file));
        let here = || {
            inventory
                .get(at)
                .into_iter()
                .flat_map(|package| in_file(package, file))
        };
        let is_development = here().all(|occurrence| occurrence.scope == Scope::Development);
        InFile {
            development: is_development,
            direct: here().filter_map(|occurrence| occurrence.direct).max(),
            path: project.path(inventory, at),
            through: project.through(inventory, at),
        }
    }
}

fn in_file<'p>(
    package: &'p Package,
    file: &Location,
) -> impl Iterator<Item = &'p gw_package::Occurrence> {
    package.occurrences.iter().filter(move |occurrence| {
        occurrence.location.path == file.path && occurrence.location.inside == file.inside
    })
}

impl Project {
    fn new(inventory: &Inventory, file: &Location) -> Self {
        let mut project = Self::default();
        let mut queue: VecDeque<PackageIndex> = VecDeque::new();
        let mut members: FxHashSet<PackageIndex> = FxHashSet::default();
        for (at, package) in (0..).zip(&inventory.packages) {
            let mut here = in_file(package, file).peekable();
            if here.peek().is_none() {
                continue;
            }
            members.insert(at);
            if here.any(|occurrence| occurrence.direct == Some(true)) {
                project.direct.insert(at);
                queue.push_back(at);
            }
        }
        let needs = |at: PackageIndex| {
            let package = inventory.get(at).into_iter();
            package.flat_map(|package| package.dependencies.iter().copied())
        };
        let mut members_in_order: Vec<PackageIndex> = members.iter().copied().collect();
        members_in_order.sort_unstable();
        for &at in &members_in_order {
            for needed in needs(at).filter(|needed| members.contains(needed)) {
                project.dependents.entry(needed).or_default().push(at);
            }
        }
        let mut seen: FxHashSet<PackageIndex> = project.direct.clone();
        while let Some(at) = queue.pop_front() {
            for needed in needs(at).filter(|needed| members.contains(needed)) {
                if seen.insert(needed) {
                    project.before.insert(needed, at);
                    queue.push_back(needed);
                }
            }
        }
        project
    }

    /// A shortest way from a direct dependency; empty if none leads there.
    fn path(&self, inventory: &Inventory, to: PackageIndex) -> Vec<String> {
        if !self.direct.contains(&to) && !self.before.contains_key(&to) {
            return Vec::new();
        }
        let mut path = Vec::new();
        let mut at = Some(to);
        while let Some(package) = at.and_then(|at| inventory.get(at)) {
            path.push(format!("{}@{}", package.name, package.version));
            // Direct dependencies have nothing before them, so this ends.
            at = at.and_then(|at| self.before.get(&at).copied());
        }
        path.reverse();
        path
    }

    /// The direct dependencies that lead to a package, by name.
    fn through(&self, inventory: &Inventory, to: PackageIndex) -> Vec<String> {
        let mut seen: FxHashSet<PackageIndex> = FxHashSet::default();
        let mut queue = VecDeque::from([to]);
        seen.insert(to);
        let mut names: BTreeSet<&str> = BTreeSet::new();
        while let Some(at) = queue.pop_front() {
            if self.direct.contains(&at) {
                names.extend(inventory.get(at).map(|package| package.name.as_str()));
            }
            for &dependent in self.dependents.get(&at).into_iter().flatten() {
                if seen.insert(dependent) {
                    queue.push_back(dependent);
                }
            }
        }
        names
            .into_iter()
            .take(MOST_WAYS)
            .map(str::to_owned)
            .collect()
    }
}
