use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Folder, Place, glob, pins};
use crate::Scope;
use crate::reader::npm::package;
use crate::reader::{Joined, Lock, Manifest, Requirement, Root};

/// Gives every manifest to the locks that it belongs to. What belongs to none is judged alone.
pub(super) fn attach(
    folders: &mut BTreeMap<Place, Folder>,
    joined: &mut Joined,
) -> Vec<(Lock, Vec<Manifest>)> {
    let mut given: BTreeMap<Place, Vec<Manifest>> = BTreeMap::new();
    let listings: HashMap<&Place, Listing<'_>> = folders
        .iter()
        .filter(|(_, folder)| !folder.locks.is_empty())
        .map(|(place, folder)| (place, Listing::of(folder)))
        .collect();
    let mut siblings = Siblings::default();
    for (place, folder) in folders.iter() {
        for manifest in &folder.manifests {
            let owner = place.upward().find(|above| {
                let listing = listings.get(above);
                listing.is_some_and(|listing| listing.covers(above, place, manifest))
            });
            match owner {
                Some(owner) => given.entry(owner).or_default().push(manifest.clone()),
                None => pins::alone(manifest, siblings.of(folders, place), joined),
            }
        }
    }
    let mut projects = Vec::new();
    for (place, folder) in folders {
        let manifests = given.remove(place).unwrap_or_default();
        let locks = std::mem::take(&mut folder.locks);
        projects.extend(locks.into_iter().map(|lock| (lock, manifests.clone())));
    }
    projects
}

/// What the locks and manifests of a folder tell of the projects that belong to it.
struct Listing<'f> {
    folder: &'f Folder,
    /// The folders of the projects that the locks list.
    projects: HashSet<&'f str>,
    /// The requirements that the locks have an answer to.
    selectors: HashSet<&'f str>,
}

impl<'f> Listing<'f> {
    fn of(folder: &'f Folder) -> Self {
        let mut projects = HashSet::new();
        let mut selectors = HashSet::new();
        for root in folder.locks.iter().flat_map(|lock| &lock.roots) {
            match root.folder.as_deref() {
                Some(project) => projects.insert(project),
                None => selectors.insert(root.name.as_str()),
            };
        }
        Self {
            folder,
            projects,
            selectors,
        }
    }

    /// Whether a manifest in the folder `inner` belongs to the locks in `outer`.
    fn covers(&self, outer: &Place, inner: &Place, manifest: &Manifest) -> bool {
        outer.relative(inner).is_some_and(|relative| {
            relative.is_empty()
                || self.projects.contains(relative)
                || is_member(self.folder, relative)
                || self.answers(manifest)
        })
    }

    /// Whether the locks have an exact answer to all that a manifest asks of the registry. Tools
    /// that install several projects together do not always say which.
    fn answers(&self, manifest: &Manifest) -> bool {
        let requirements = manifest.requirements.iter();
        let mut wanted = requirements.filter(|r| r.from_registry).peekable();
        wanted.peek().is_some()
            && wanted.all(|wanted| self.selectors.contains(Selectors::key(wanted).as_str()))
    }
}

fn is_member(folder: &Folder, relative: &str) -> bool {
    let mut manifests = folder.manifests.iter();
    manifests.any(|manifest| glob::matches(&manifest.members, relative))
}

/// The names of the projects in each workspace, by the folder that declares it.
#[derive(Default)]
struct Siblings<'f> {
    names: HashMap<Place, HashSet<&'f str>>,
    none: HashSet<&'f str>,
}

impl<'f> Siblings<'f> {
    /// The names of the projects in the same workspace as the one at `place`.
    fn of(&mut self, folders: &'f BTreeMap<Place, Folder>, place: &Place) -> &HashSet<&'f str> {
        let root = place.upward().find_map(|above| {
            let folder = folders.get(&above)?;
            let declares = folder.manifests.iter().any(|m| !m.members.is_empty());
            declares.then_some((above, folder))
        });
        let Some((root, workspace)) = root else {
            return &self.none;
        };
        let is_in = |place: &Place| {
            let relative = root.relative(place);
            relative.is_some_and(|at| at.is_empty() || is_member(workspace, at))
        };
        if !is_in(place) {
            return &self.none;
        }
        self.names.entry(root.clone()).or_insert_with(|| {
            let members = folders.iter().filter(|(place, _)| is_in(place));
            let manifests = members.flat_map(|(_, folder)| &folder.manifests);
            manifests.filter_map(|m| m.name.as_deref()).collect()
        })
    }
}

/// What requirements resolved to, for lock files that tell this.
pub(super) struct Selectors {
    packages: HashMap<String, usize>,
    by_name: HashMap<String, Vec<usize>>,
    /// Whether the lock told scopes by itself.
    scopes: bool,
}

impl Selectors {
    /// Takes the roots that stand for requirements out of a lock.
    pub(super) fn take(lock: &mut Lock) -> Self {
        let mut packages = HashMap::new();
        lock.roots.retain(|root| {
            if root.folder.is_none() {
                let package = root.dependencies.first().map(|&(package, _)| package);
                packages.extend(package.map(|package| (root.name.clone(), package)));
            }
            root.folder.is_some()
        });
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (position, package) in lock.packages.iter().enumerate() {
            by_name
                .entry(package.name.clone())
                .or_default()
                .push(position);
        }
        let scopes = lock.packages.iter().any(|p| p.scope == Scope::Development);
        Self {
            packages,
            by_name,
            scopes,
        }
    }

    /// Whether the lock has any version of a package.
    pub(super) fn has(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    /// Whether the lock file flags each package by itself, as npm's first version does.
    pub(super) const fn told_scopes(&self) -> bool {
        self.scopes
    }

    /// The package of each requirement of a manifest.
    pub(super) fn resolve_all(&self, manifest: &Manifest) -> Vec<Option<usize>> {
        let requirements = manifest.requirements.iter();
        requirements
            .map(|requirement| self.resolve(requirement))
            .collect()
    }

    fn resolve(&self, requirement: &Requirement) -> Option<usize> {
        let local = requirement.alias.as_ref().unwrap_or(&requirement.name);
        let by_range = self.packages.get(&Self::key(requirement));
        if let Some(&package) = by_range.or_else(|| self.packages.get(local)) {
            return Some(package);
        }
        // Overrides and resolutions change what is asked for.
        match self.by_name.get(&requirement.name)?.as_slice() {
            &[only] => Some(only),
            _ => None,
        }
    }

    fn key(requirement: &Requirement) -> String {
        match &requirement.alias {
            Some(alias) => {
                let Requirement {
                    name, constraint, ..
                } = requirement;
                // `npm:name` without a range has no `@`.
                let at = if constraint.is_empty() { "" } else { "@" };
                format!("{alias}@{name}{at}{constraint}")
            }
            None => package::selector_key(&requirement.name, &requirement.constraint),
        }
    }
}

/// The root for a manifest and what it needs.
pub(super) fn root(lock: &Lock, manifest: &Manifest, needs: Vec<(usize, Option<Scope>)>) -> Root {
    let lock = Place::of(&lock.location);
    let lock = lock.project().unwrap_or(lock);
    let own = Place::of(&manifest.location);
    Root {
        name: manifest.name.clone().unwrap_or_default(),
        folder: Some(lock.relative(&own).unwrap_or_default().to_owned()),
        dependencies: needs,
    }
}
