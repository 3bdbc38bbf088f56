//! Modules with their checksums and workspaces.

use gw_finding::{Incomplete, ReasonCode};
use rustc_hash::{FxHashMap, FxHashSet};

use super::{GO, STDLIB, go_mod, go_sum, go_work, incomplete, module, vendor};
use crate::Ecosystem;
use crate::reader::{FileReading, Joined, Lock, Locked, Manifest, Requirement, Root};
use crate::version::VersionKey;

pub(super) fn join(readings: Vec<FileReading>, joined: &mut Joined) {
    let (mut modules, mut sums, mut works) = (Vec::new(), FxHashMap::default(), Vec::new());
    let mut vendored = FxHashMap::default();
    for reading in readings {
        joined.incomplete.extend(reading.incomplete);
        let path = reading.location.full_path();
        match (reading.reader, reading.lock, reading.manifest) {
            (go_mod::ID, Some(lock), Some(manifest)) => modules.push((path, lock, manifest)),
            (go_work::ID, Some(lock), Some(manifest)) => works.push((path, lock, manifest)),
            (go_sum::ID, Some(lock), _) => {
                sums.insert(path, lock);
            }
            (vendor::ID, Some(lock), _) => {
                vendored.insert(folder(folder(&path)).to_owned(), lock);
            }
            _ => {}
        }
    }
    let workspaces = Workspaces::of(&works);
    let mut used = FxHashSet::default();
    let mut homes = FxHashSet::default();
    for (path, mut lock, manifest) in modules {
        let sum_path = format!("{}.sum", path.strip_suffix(".mod").unwrap_or(&path));
        let sum = sums.get(&sum_path);
        used.insert(sum_path);
        let replacements = Replacements::of(folder(&path), &workspaces, &manifest);
        if lists_all(&manifest) {
            lock.packages = replacements.apply(lock.packages, &mut joined.incomplete);
        } else {
            let copied = vendored.get(folder(&path));
            let more = match (copied, sum) {
                (Some(copied), _) => copied.packages.clone(),
                (None, Some(sum)) => newest(&sum.packages),
                (None, None) => Vec::new(),
            };
            if sum.is_none()
                && copied.is_none()
                && lock.packages.iter().any(|package| package.name != STDLIB)
            {
                joined.incomplete.push(without_sum(&lock, &manifest));
            }
            lock.packages = replacements.apply(lock.packages, &mut joined.incomplete);
            let known: FxHashSet<_> = lock.packages.iter().map(|p| p.name.clone()).collect();
            let more = more
                .into_iter()
                .filter(|package| !known.contains(&package.name));
            let more = more
                .map(|package| Locked {
                    direct: Some(false),
                    ..package
                })
                .collect();
            let more = replacements.apply(more, &mut joined.incomplete);
            lock.packages.extend(more);
        }
        homes.insert(folder(&path).to_owned());
        lock.roots = vec![root(&lock, manifest.name)];
        joined.locks.push(lock);
    }
    joined
        .locks
        .extend(works.into_iter().map(|(_, lock, _)| lock));
    let mut alone: Vec<_> = sums
        .into_iter()
        .filter(|(path, _)| !used.contains(path))
        .collect();
    alone.sort_by(|(a, _), (b, _)| a.cmp(b));
    for (_, mut lock) in alone {
        lock.packages = newest(&lock.packages);
        joined.locks.push(lock);
    }
    let mut alone: Vec<_> = vendored
        .into_iter()
        .filter(|(home, _)| !homes.contains(home))
        .collect();
    alone.sort_by(|(a, _), (b, _)| a.cmp(b));
    joined.locks.extend(alone.into_iter().map(|(_, lock)| lock));
}

/// Whether `go.mod` lists every module of the build, as it does since Go 1.17.
fn lists_all(manifest: &Manifest) -> bool {
    let key = |version: &str| VersionKey::parse(&Ecosystem::GO, version).ok();
    let go = manifest
        .requirements
        .iter()
        .find(|line| line.name == GO && line.alias.is_none());
    // Without a `go` line Go assumes 1.16.
    go.is_some_and(|line| key(&line.constraint) >= key("1.17"))
}

fn without_sum(lock: &Lock, manifest: &Manifest) -> Incomplete {
    let go = manifest
        .requirements
        .iter()
        .find(|line| line.name == GO && line.alias.is_none());
    let version = go.map_or("no Go version", |line| line.constraint.as_str());
    incomplete(
        go.map_or_else(|| lock.location.clone(), |line| line.location.clone()),
        ReasonCode::Missing,
        format!(
            "go.mod of {version} does not list what its requirements need (it does since 1.17), \
             and there is no go.sum beside it"
        ),
    )
}

/// Of each module the newest version, which is the one that Go selects.
fn newest(packages: &[Locked]) -> Vec<Locked> {
    let mut best: Vec<(&Locked, Option<VersionKey>)> = Vec::new();
    let mut by_name: FxHashMap<&str, usize> = FxHashMap::default();
    for package in packages {
        let key = VersionKey::parse(&Ecosystem::GO, &package.version).ok();
        let index = *by_name.entry(&package.name).or_insert(best.len());
        match best.get_mut(index) {
            Some(slot) if slot.1 < key => *slot = (package, key),
            Some(_) => {}
            None => best.push((package, key)),
        }
    }
    best.into_iter()
        .map(|(package, _)| package.clone())
        .collect()
}

/// The workspaces that use a folder's module.
struct Workspaces<'a>(FxHashMap<String, Vec<&'a Manifest>>);

impl<'a> Workspaces<'a> {
    fn of(works: &'a [(String, Lock, Manifest)]) -> Self {
        let mut by_folder: FxHashMap<_, Vec<_>> = FxHashMap::default();
        for (path, _, manifest) in works {
            for used in &manifest.includes {
                if let Some(folder) = resolve(folder(path), &used.path) {
                    by_folder.entry(folder).or_default().push(manifest);
                }
            }
        }
        Self(by_folder)
    }
}

/// The replacements that hold for a module: those of a workspace that uses it first.
struct Replacements<'a>(FxHashMap<&'a str, &'a Requirement>);

impl<'a> Replacements<'a> {
    fn of(home: &str, workspaces: &Workspaces<'a>, own: &'a Manifest) -> Self {
        let mut by_name = FxHashMap::default();
        let works = workspaces.0.get(home).into_iter().flatten().copied();
        for line in works
            .chain([own])
            .flat_map(|manifest| &manifest.requirements)
        {
            if line.alias.is_some() {
                by_name.entry(line.name.as_str()).or_insert(line);
            }
        }
        Self(by_name)
    }

    /// The one for a version, else the one for every version.
    fn find(&self, package: &Locked) -> Option<&'a Requirement> {
        let exact = format!("{}@{}", package.name, package.version);
        let found = self.0.get(exact.as_str());
        found.or_else(|| self.0.get(package.name.as_str())).copied()
    }

    /// Replaces modules. What a folder of the project stands in for is no package.
    fn apply(&self, packages: Vec<Locked>, problems: &mut Vec<Incomplete>) -> Vec<Locked> {
        let mut replaced = Vec::with_capacity(packages.len());
        for package in packages {
            match self.find(&package) {
                None => replaced.push(package),
                Some(line) if !line.from_registry => {}
                Some(line) => {
                    let path = line.alias.as_deref().unwrap_or_default();
                    match module(
                        path,
                        &line.constraint,
                        line.location.clone(),
                        package.direct,
                    ) {
                        Ok(package) => replaced.push(package),
                        Err(error) => problems.push(incomplete(
                            line.location.clone(),
                            ReasonCode::Malformed,
                            error.to_string(),
                        )),
                    }
                }
            }
        }
        replaced
    }
}

fn root(lock: &Lock, name: Option<String>) -> Root {
    let direct = lock.packages.iter().enumerate();
    let direct = direct.filter(|(_, package)| package.direct == Some(true));
    Root {
        name: name.unwrap_or_default(),
        folder: Some(String::new()),
        dependencies: direct.map(|(index, _)| (index, None)).collect(),
    }
}

fn folder(path: &str) -> &str {
    path.rsplit_once(['/', '!'])
        .map_or("", |(folder, _)| folder)
}

/// A relative path from a folder, if it does not lead out of the target.
fn resolve(home: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = home.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
