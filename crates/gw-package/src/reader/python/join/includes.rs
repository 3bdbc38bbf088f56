//! Requirements files with the files that they include.

use gw_finding::{Location, ReasonCode};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::Scope;
use crate::reader::python::dependency::short;
use crate::reader::python::{package, place, requirements};
use crate::reader::{FileReading, Include, Joined, Lock, Locked, Requirement};

use super::pins::Pinned;
use super::{cycles, pins, unpinned};

/// An include that was found.
pub(super) struct Link {
    /// The position of the included file.
    pub target: usize,
    /// Whether it is included as constraints.
    pub constraint: bool,
    /// The line that includes it.
    pub location: Location,
}

/// A requirements file among the others.
pub(super) struct File {
    pub reading: FileReading,
    /// The files it includes.
    pub includes: Vec<Link>,
    /// Set for files by convention and for those that one of these includes.
    pub alive: bool,
    /// Whether a living file includes it as requirements, and as constraints.
    pub required: bool,
    constrains: bool,
    /// Whether what it requires is needed to run.
    runtime: bool,
}

impl File {
    pub(super) fn path(&self) -> &str {
        place::path(&self.reading.location)
    }

    fn conventional(&self) -> bool {
        self.reading.reader == requirements::ID
    }

    /// Whether it requires nothing itself. A requirements file by name that another one takes as
    /// constraints (as layered compilations do) still requires what it lists.
    pub(super) fn only_constrains(&self) -> bool {
        let constraints = requirements::names::is_constraints(self.path());
        !self.required && (constraints || self.constrains && !self.conventional())
    }

    pub(super) fn requirements(&self) -> &[Requirement] {
        self.reading
            .manifest
            .as_ref()
            .map_or(&[], |manifest| manifest.requirements.as_slice())
    }

    pub(super) fn packages(&self) -> &[Locked] {
        self.reading
            .lock
            .as_ref()
            .map_or(&[], |lock| lock.packages.as_slice())
    }
}

/// Joins requirements files. Files that only could be some are dropped unless one includes them,
/// or a project file: `included` has those includes, each with the file that it is in.
pub(super) fn join(
    readings: Vec<FileReading>,
    included: Vec<(Location, Include)>,
    joined: &mut Joined,
) {
    let mut files: Vec<File> = readings
        .into_iter()
        .map(|reading| File {
            alive: reading.reader == requirements::ID,
            includes: Vec::new(),
            required: false,
            constrains: false,
            runtime: false,
            reading,
        })
        .collect();
    follow(&mut files, included, joined);
    cycles::find(&files, joined);
    find_scopes(&mut files);
    let pinned = pins::pin(&files, joined);
    let compiled = compiled(&files);
    mark_direct(&mut files);
    for (file, pinned) in files.into_iter().zip(pinned) {
        finish(file, pinned, &compiled, joined);
    }
}

/// Resolves the includes of every living file, and so brings others to life.
fn follow(files: &mut [File], included: Vec<(Location, Include)>, joined: &mut Joined) {
    let by_place: FxHashMap<Location, usize> = files
        .iter()
        .enumerate()
        .map(|(at, file)| (place::file(&file.reading.location), at))
        .collect();
    let find = |from: &Location, include: &Include| match resolve(from, include) {
        Ok(place) => by_place.get(&place).copied().ok_or_else(|| {
            let detail = format!(
                "`{}` is included here, and there is no requirements file at {}",
                short(&include.path),
                place::path(&place)
            );
            (ReasonCode::Missing, detail)
        }),
        Err(problem) => Err(problem),
    };
    for (from, include) in included {
        match find(&from, &include).map(|at| files.get_mut(at)) {
            Ok(Some(file)) => (file.alive, file.runtime) = (true, true),
            Ok(None) => {}
            Err((reason, detail)) => {
                joined
                    .incomplete
                    .push(package::incomplete(include.location, reason, detail))
            }
        }
    }
    let mut waiting: Vec<usize> = (0..files.len())
        .filter(|&at| files.get(at).is_some_and(|file| file.alive))
        .collect();
    while let Some(at) = waiting.pop() {
        let Some(file) = files.get_mut(at) else {
            continue;
        };
        let includes = match &mut file.reading.manifest {
            Some(manifest) => std::mem::take(&mut manifest.includes),
            None => continue,
        };
        let from = file.reading.location.clone();
        for include in includes {
            let target = match find(&from, &include) {
                Ok(target) => target,
                Err((reason, detail)) => {
                    joined
                        .incomplete
                        .push(package::incomplete(include.location, reason, detail));
                    continue;
                }
            };
            if let Some(file) = files.get_mut(at) {
                file.includes.push(Link {
                    target,
                    constraint: include.constraint,
                    location: include.location,
                });
            }
            // A file that includes itself is neither more required nor more alive for it.
            if let Some(other) = files.get_mut(target).filter(|_| target != at) {
                other.required |= !include.constraint;
                other.constrains |= include.constraint;
                if !std::mem::replace(&mut other.alive, true) {
                    waiting.push(target);
                }
            }
        }
    }
}

fn resolve(from: &Location, include: &Include) -> Result<Location, (ReasonCode, String)> {
    let path = include.path.strip_prefix("file:").unwrap_or(&include.path);
    if path.contains("://") {
        let detail = format!(
            "`{}` is included from the network, which a scan does not use",
            short(&include.path)
        );
        return Err((ReasonCode::Unsupported, detail));
    }
    match place::resolve(place::folder(place::path(from)), path) {
        Some(path) => Ok(place::sibling(from, path)),
        None => {
            let detail = format!("`{}` leads out of the target", short(&include.path));
            Err((ReasonCode::Escapes, detail))
        }
    }
}

/// What a file for running includes is for running.
fn find_scopes(files: &mut [File]) {
    let mut waiting: Vec<usize> = (0..files.len())
        .filter(|&at| {
            files.get(at).is_some_and(|file| {
                let runs = requirements::names::scope(file.path()) == Scope::Runtime;
                file.runtime || file.conventional() && runs && !file.only_constrains()
            })
        })
        .collect();
    let mut seen: FxHashSet<usize> = FxHashSet::default();
    while let Some(at) = waiting.pop() {
        let Some(file) = files.get_mut(at).filter(|_| seen.insert(at)) else {
            continue;
        };
        file.runtime = true;
        let required = file.includes.iter().filter(|link| !link.constraint);
        waiting.extend(required.map(|link| link.target));
    }
}

/// The names that a folder's requirements files pin, by folder.
fn compiled(files: &[File]) -> FxHashMap<Location, FxHashSet<String>> {
    let mut by_folder: FxHashMap<Location, FxHashSet<String>> = FxHashMap::default();
    for file in files.iter().filter(|file| file.conventional()) {
        let folder = place::folder(file.path());
        let names = by_folder
            .entry(place::sibling(&file.reading.location, folder.to_owned()))
            .or_default();
        names.extend(
            file.packages()
                .iter()
                .map(|package| package::normal(&package.name)),
        );
    }
    by_folder
}

/// Where a compiled file has no comments, its source file tells what is direct.
fn mark_direct(files: &mut [File]) {
    let mut sources: FxHashMap<Location, FxHashSet<String>> = FxHashMap::default();
    for file in files.iter().filter(|file| file.alive) {
        if let Some(stem) = file.path().strip_suffix(".in") {
            let names = file
                .requirements()
                .iter()
                .map(|requirement| &requirement.name);
            let pinned = file.packages().iter().map(|package| &package.name);
            let names = names
                .chain(pinned)
                .map(|name| package::normal(name))
                .collect();
            sources.insert(
                place::sibling(&file.reading.location, stem.to_owned()),
                names,
            );
        }
    }
    for file in files {
        let Some(stem) = file.path().strip_suffix(".txt") else {
            continue;
        };
        let key = place::sibling(&file.reading.location, stem.to_owned());
        let (Some(names), Some(lock)) = (sources.get(&key), &mut file.reading.lock) else {
            continue;
        };
        for package in lock
            .packages
            .iter_mut()
            .filter(|package| package.direct.is_none())
        {
            package.direct = Some(names.contains(&package::normal(&package.name)));
        }
    }
}

fn finish(
    file: File,
    mut pinned: Pinned,
    compiled: &FxHashMap<Location, FxHashSet<String>>,
    joined: &mut Joined,
) {
    if !file.alive {
        return;
    }
    let only_constrains = file.only_constrains();
    let path = file.path().to_owned();
    let listed = file
        .reading
        .manifest
        .map_or_else(Vec::new, |manifest| manifest.requirements);
    joined
        .incomplete
        .extend(listed.iter().filter_map(requirements::reveal));
    // What constrains an installation is listed there, if it is required at all.
    if only_constrains && file.constrains {
        return;
    }
    let mut lock = file.reading.lock.unwrap_or_else(|| Lock {
        location: file.reading.location.clone(),
        ..Lock::default()
    });
    lock.packages.append(&mut pinned.packages);
    for package in &mut lock.packages {
        if only_constrains {
            package.direct = None;
        } else if !file.runtime {
            package.scope = Scope::Development;
        } else if package.scope == Scope::Development {
            package.scope = Scope::Runtime;
        }
    }
    if !lock.packages.is_empty() {
        joined.locks.push(lock);
    }
    if only_constrains {
        return;
    }
    let elsewhere = |requirement: &Requirement, name: &str| {
        // A source file is compiled beside itself or, from a folder of sources, above it. What
        // only other platforms need is left out there, and nothing installs it from the source.
        let folder = place::folder(&path);
        path.ends_with(".in")
            && [folder, place::folder(folder)].into_iter().any(|folder| {
                let key = place::sibling(&file.reading.location, folder.to_owned());
                compiled.get(&key).is_some_and(|names| {
                    names.contains(name)
                        || requirement.scope == Scope::Optional && !names.is_empty()
                })
            })
    };
    let open = listed.iter().filter(|requirement| {
        let name = package::normal(&requirement.name);
        requirement.from_registry && !pinned.names.contains(&name) && !elsewhere(requirement, &name)
    });
    joined.incomplete.extend(unpinned::record(
        open,
        "pin them with `==`, for example by pip-compile or `uv pip compile`",
    ));
}
