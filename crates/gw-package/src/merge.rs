use rustc_hash::FxHashMap;

use crate::reader::{Lock, Locked};
use crate::{Inventory, Occurrence, Package, PackageIndex};

/// Unites the packages of all locks: each once, with all its places and dependencies, in order of
/// package URL.
///
/// A package is the same if its URL and its name are: URLs of npm are in lower case, while the
/// names of some old packages tell cases apart.
pub(crate) fn merge(locks: Vec<Lock>) -> Inventory {
    let mut found = Found::default();
    for lock in locks {
        found.add(lock);
    }
    found.into_inventory()
}

#[derive(Default)]
struct Found {
    packages: Vec<Package>,
    by_identity: FxHashMap<(String, String), usize>,
}

impl Found {
    fn add(&mut self, lock: Lock) {
        let mut edges = Vec::with_capacity(lock.packages.len());
        let mut indices = Vec::with_capacity(lock.packages.len());
        for locked in lock.packages {
            let (index, dependencies) = self.add_package(locked);
            indices.push(index);
            edges.push(dependencies);
        }
        for (&from, targets) in indices.iter().zip(edges) {
            let Some(package) = self.packages.get_mut(from) else {
                continue;
            };
            let targets = targets.into_iter().filter_map(|target| indices.get(target));
            package
                .dependencies
                .extend(targets.filter_map(|&to| PackageIndex::try_from(to).ok()));
        }
    }

    /// Adds a package or what is new of it; returns its index, and its dependencies in the lock.
    fn add_package(&mut self, locked: Locked) -> (usize, Vec<usize>) {
        let name = locked.ecosystem.normalize_name(&locked.name).into_owned();
        let occurrence = Occurrence {
            location: locked.location,
            scope: locked.scope,
            direct: locked.direct,
        };
        let identity = (locked.purl.clone(), name.clone());
        let next = self.packages.len();
        let index = *self.by_identity.entry(identity).or_insert(next);
        match self.packages.get_mut(index) {
            Some(package) => {
                package.occurrences.push(occurrence);
                package.hashes.extend(locked.hashes);
                package.license = package.license.take().or(locked.license);
            }
            None => self.packages.push(Package {
                ecosystem: locked.ecosystem,
                name,
                version: locked.version,
                purl: locked.purl,
                occurrences: vec![occurrence],
                dependencies: Vec::new(),
                license: locked.license,
                hashes: locked.hashes,
            }),
        }
        (index, locked.dependencies)
    }

    fn into_inventory(self) -> Inventory {
        let mut order: Vec<_> = self.packages.into_iter().enumerate().collect();
        order.sort_by(|(_, a), (_, b)| (&a.purl, &a.name).cmp(&(&b.purl, &b.name)));
        let mut moved: Vec<PackageIndex> = vec![0; order.len()];
        for (new, (old, _)) in order.iter().enumerate() {
            if let Some(slot) = moved.get_mut(*old) {
                *slot = PackageIndex::try_from(new).unwrap_or(PackageIndex::MAX);
            }
        }
        let mut packages: Vec<_> = order.into_iter().map(|(_, package)| package).collect();
        for package in &mut packages {
            for dependency in &mut package.dependencies {
                *dependency = moved
                    .get(*dependency as usize)
                    .copied()
                    .unwrap_or(*dependency);
            }
            package.dependencies.sort_unstable();
            package.dependencies.dedup();
            package.occurrences.sort();
            package.occurrences.dedup();
            package.hashes.sort();
            package.hashes.dedup();
        }
        Inventory {
            packages,
            ..Inventory::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use gw_finding::Location;
    use proptest::prelude::*;

    use super::*;
    use crate::{Ecosystem, Hash, Scope};

    fn lock(path: &str, packages: &[(&str, &[usize])]) -> Lock {
        let packages = packages
            .iter()
            .enumerate()
            .map(|(line, (name, dependencies))| Locked {
                ecosystem: Ecosystem::NPM,
                name: (*name).to_owned(),
                version: "1".to_owned(),
                purl: format!("pkg:npm/{}@1", name.to_lowercase()),
                location: Location::file(path).at_line(u32::try_from(line).unwrap() + 1),
                scope: Scope::Runtime,
                direct: None,
                dependencies: dependencies.to_vec(),
                license: None,
                hashes: vec![Hash {
                    algorithm: "SHA-256".to_owned(),
                    hex: path.to_owned(),
                }],
            });
        Lock {
            packages: packages.collect(),
            ..Lock::default()
        }
    }

    fn edges(inventory: &Inventory) -> Vec<(String, Vec<String>)> {
        let name = |i: &u32| inventory.get(*i).unwrap().name.clone();
        inventory
            .packages
            .iter()
            .map(|p| (p.name.clone(), p.dependencies.iter().map(name).collect()))
            .collect()
    }

    #[test]
    fn unites_places_edges_and_hashes() {
        let one = lock("1", &[("c", &[1, 1, 9]), ("a", &[])]);
        let two = lock("2", &[("b", &[]), ("c", &[0])]);
        let inventory = merge(vec![one, two]);
        let expected = [("a", vec![]), ("b", vec![]), ("c", vec!["a", "b"])];
        let expected = expected.map(|(name, needs)| {
            (
                name.to_owned(),
                needs.into_iter().map(str::to_owned).collect(),
            )
        });
        assert_eq!(edges(&inventory), expected);
        let c = &inventory.packages[2];
        assert_eq!(c.occurrences.len(), 2);
        assert_eq!(c.hashes.len(), 2);
    }

    #[test]
    fn names_that_differ_in_case_stay_apart() {
        assert_eq!(
            merge(vec![lock("1", &[("A", &[]), ("a", &[])])])
                .packages
                .len(),
            2
        );
    }

    proptest! {
        #[test]
        fn order_of_packages_does_not_matter(mut names in proptest::collection::vec("[a-e]", 0..8)) {
            let make = |names: &[String]| {
                let packages: Vec<_> = names.iter().map(|n| (n.as_str(), &[0usize, 1][..])).collect();
                let mut inventory = merge(vec![lock("1", &packages)]);
                inventory.packages.iter_mut().for_each(|p| {
                    p.occurrences.clear();
                    p.dependencies.clear();
                });
                inventory
            };
            let forward = make(&names);
            prop_assert!(forward.packages.is_sorted_by(|a, b| a.purl < b.purl));
            names.reverse();
            prop_assert_eq!(forward, make(&names));
        }
    }
}
