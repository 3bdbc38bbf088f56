//! Brings the files of JavaScript projects together.
//!
//! A manifest belongs to the lock files of the nearest folder, its own or one above it, that list
//! it as a workspace member, that have a manifest beside them whose `workspaces` match it, or that
//! answer its every requirement. Its packages are direct there, and where the lock file does not tell
//! what is for development, it does.
//!
//! Without a lock file, what is installed counts (`node_modules/.package-lock.json`, else every
//! `package.json` in `node_modules`). With one, records of what is installed only add licences. What
//! neither pins is exact if its requirement is (`1.2.3`), and else not complete.

mod attach;
mod glob;
mod installed;
mod pins;
mod place;

use std::collections::{BTreeMap, HashMap, HashSet};

use self::attach::Selectors;
use self::place::Place;
use super::reach;
use crate::reader::{FileReading, Joined, Lock, Manifest, Root};

/// The files of one folder.
#[derive(Default)]
struct Folder {
    locks: Vec<Lock>,
    /// The record of what npm or pnpm installed.
    record: Option<Lock>,
    manifests: Vec<Manifest>,
    /// The manifests of what is installed below it, with the packages that they are.
    installed: Vec<(Manifest, Option<Lock>)>,
}

/// Joins the readings of the family.
pub(super) fn join(readings: Vec<FileReading>, joined: &mut Joined) {
    let mut folders: BTreeMap<Place, Folder> = BTreeMap::new();
    for mut reading in readings {
        joined.incomplete.append(&mut reading.incomplete);
        let place = Place::of(&reading.location);
        match (place.project(), reading.manifest, reading.lock) {
            (Some(project), Some(manifest), lock) => {
                let folder = folders.entry(project).or_default();
                folder.installed.push((manifest, lock));
            }
            (Some(project), None, Some(lock)) if place.is_record(&reading.location) => {
                let folder = folders.entry(project).or_default();
                folder.record = Some(lock);
            }
            // The lock file of a package that somebody published; nobody installs by it.
            (Some(_), None, _) => {}
            (None, manifest, lock) => {
                let folder = folders.entry(place).or_default();
                folder.manifests.extend(manifest);
                folder.locks.extend(lock);
            }
        }
    }
    for folder in folders.values_mut() {
        settle(folder);
    }
    let projects = attach::attach(&mut folders, joined);
    for (mut lock, manifests) in projects {
        let selectors = Selectors::take(&mut lock);
        apply(&mut lock, &manifests, &selectors, joined);
        joined.locks.push(lock);
    }
}

/// Decides what stands for a folder: its lock files, else what is installed there.
fn settle(folder: &mut Folder) {
    let installed = std::mem::take(&mut folder.installed);
    if folder.locks.is_empty() {
        let record = folder.record.take();
        let found = record.or_else(|| installed::lock(&installed));
        folder.locks.extend(found);
    }
    let licenses: HashMap<(&str, &str), &String> = installed
        .iter()
        .filter_map(|(_, lock)| lock.as_ref()?.packages.first())
        .filter_map(|package| {
            let license = package.license.as_ref()?;
            Some(((package.name.as_str(), package.version.as_str()), license))
        })
        .collect();
    for package in folder.locks.iter_mut().flat_map(|lock| &mut lock.packages) {
        if package.license.is_none() {
            let key = (package.name.as_str(), package.version.as_str());
            package.license = licenses.get(&key).map(|license| (*license).clone());
        }
    }
}

/// Completes a lock by the manifests that belong to it.
fn apply(lock: &mut Lock, manifests: &[Manifest], selectors: &Selectors, joined: &mut Joined) {
    // A lock that tells scopes tells what is direct too.
    let told = lock
        .roots
        .iter()
        .any(|root| root.dependencies.iter().any(|(_, scope)| scope.is_some()));
    let listed = lock.roots.iter().map(|root| root.name.clone());
    let named = manifests
        .iter()
        .filter_map(|manifest| manifest.name.clone());
    let projects: HashSet<String> = listed.chain(named).collect();
    let mut direct: HashMap<Option<String>, Root> = HashMap::new();
    for manifest in manifests {
        let mut resolved = selectors.resolve_all(manifest);
        pins::missing(lock, manifest, &mut resolved, selectors, &projects, joined);
        let mut needs: Vec<_> = manifest
            .requirements
            .iter()
            .zip(resolved)
            .filter_map(|(requirement, package)| Some((package?, Some(requirement.scope))))
            .collect();
        needs.reverse();
        let root = attach::root(lock, manifest, needs);
        direct.insert(root.folder.clone(), root);
    }
    if told {
        for root in lock.roots.iter_mut().filter(|root| root.name.is_empty()) {
            let same = direct.get(&root.folder);
            root.name = same.map_or_else(String::new, |other| other.name.clone());
        }
        return;
    }
    if direct.is_empty() {
        return;
    }
    // What the lock file tells of a project and its manifest does not explain (a resolution that
    // replaces a requirement) is still needed, for nobody knows what. Projects without a manifest
    // here keep all that the lock file tells.
    for listed in &lock.roots {
        if let Some(root) = direct.get_mut(&listed.folder) {
            let known: HashSet<usize> = root.dependencies.iter().map(|&(need, _)| need).collect();
            let others = listed.dependencies.iter();
            root.dependencies
                .extend(others.filter(|(need, _)| !known.contains(need)));
        }
    }
    lock.roots.retain(|root| !direct.contains_key(&root.folder));
    let mut direct: Vec<Root> = direct.into_values().collect();
    direct.sort_by(|a, b| a.folder.cmp(&b.folder));
    lock.roots.extend(direct);
    if !selectors.told_scopes() {
        reach::set_scopes(&mut lock.packages, 0, &lock.roots);
    }
    super::package::mark_direct(&mut lock.packages, &lock.roots);
}

#[cfg(test)]
mod tests;
