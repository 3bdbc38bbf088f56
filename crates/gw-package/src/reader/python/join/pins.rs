//! Requirements that constraints pin, or other files of the same installation.

use gw_finding::ReasonCode;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::reader::python::package;
use crate::reader::{Joined, Locked};

use super::includes::File;

/// How many steps following includes may take over all files, so that many files which include
/// each other many times come to an end.
const MOST_STEPS: usize = 5_000_000;

/// What constraints, or other files of the same installation, make of a requirement that has no
/// exact version itself.
#[derive(Default, Clone)]
pub(super) struct Pinned {
    /// Names that are pinned elsewhere.
    pub names: FxHashSet<String>,
    /// The packages that come from constraints.
    pub packages: Vec<Locked>,
}

/// Finds what is pinned elsewhere, for each file.
pub(super) fn pin(files: &[File], joined: &mut Joined) -> Vec<Pinned> {
    let mut pinned = vec![Pinned::default(); files.len()];
    let mut steps = 0_usize;
    for root in roots(files) {
        let (required, constraints) = reach(files, root, &mut steps);
        if steps > MOST_STEPS {
            let detail = format!("following includes took more than {MOST_STEPS} steps");
            let location = files.get(root).map(|file| file.reading.location.clone());
            joined.incomplete.push(package::incomplete(
                location.unwrap_or_default(),
                ReasonCode::TooMany,
                detail,
            ));
            break;
        }
        if required
            .iter()
            .all(|&at| files.get(at).is_none_or(|f| f.requirements().is_empty()))
        {
            continue;
        }
        let mut by_name: FxHashMap<String, Vec<&Locked>> = FxHashMap::default();
        for package in constraints
            .iter()
            .filter_map(|&at| files.get(at))
            .flat_map(File::packages)
        {
            by_name
                .entry(package::normal(&package.name))
                .or_default()
                .push(package);
        }
        let own: FxHashSet<String> = required
            .iter()
            .filter_map(|&at| files.get(at))
            .flat_map(File::packages)
            .map(|package| package::normal(&package.name))
            .collect();
        for at in required {
            let (Some(file), Some(pinned)) = (files.get(at), pinned.get_mut(at)) else {
                continue;
            };
            for requirement in file.requirements() {
                let name = package::normal(&requirement.name);
                if own.contains(&name) {
                    pinned.names.insert(name);
                } else if let Some(packages) = by_name.get(&name)
                    && requirement.from_registry
                    && pinned.names.insert(name)
                {
                    pinned
                        .packages
                        .extend(packages.iter().take(16).map(|package| Locked {
                            scope: requirement.scope,
                            direct: Some(true),
                            dependencies: Vec::new(),
                            ..(*package).clone()
                        }));
                }
            }
        }
    }
    pinned
}

/// Files that people would give to pip: those that nothing else requires, or all of a ring.
fn roots(files: &[File]) -> Vec<usize> {
    let alive = |at: &usize| files.get(*at).is_some_and(|file| file.alive);
    let tops = |at: &usize| {
        files
            .get(*at)
            .is_some_and(|file| !file.required && !file.only_constrains())
    };
    let mut roots: Vec<usize> = (0..files.len()).filter(alive).filter(tops).collect();
    let mut seen: FxHashSet<usize> = FxHashSet::default();
    let mut waiting = roots.clone();
    let mut next = 0..files.len();
    loop {
        while let Some(at) = waiting.pop() {
            if seen.insert(at) {
                let includes = files.get(at).map_or(&[][..], |file| &file.includes);
                waiting.extend(includes.iter().map(|link| link.target));
            }
        }
        let Some(ring) = next.find(|at| alive(at) && !seen.contains(at)) else {
            break;
        };
        if files.get(ring).is_some_and(|file| !file.only_constrains()) {
            roots.push(ring);
        }
        waiting.push(ring);
    }
    roots
}

/// The files that pip would read for a root: as requirements, and as constraints.
fn reach(files: &[File], root: usize, steps: &mut usize) -> (Vec<usize>, Vec<usize>) {
    let mut required = Vec::new();
    let mut constraints = Vec::new();
    let mut seen: FxHashSet<(usize, bool)> = FxHashSet::default();
    let mut waiting = vec![(root, false)];
    while let Some((at, constraint)) = waiting.pop() {
        if *steps > MOST_STEPS {
            break;
        }
        let Some(file) = files.get(at) else { continue };
        if !seen.insert((at, constraint)) {
            continue;
        }
        if constraint {
            &mut constraints
        } else {
            &mut required
        }
        .push(at);
        let links = file.includes.iter();
        waiting.extend(links.map(|link| (link.target, link.constraint)));
    }
    (required, constraints)
}
