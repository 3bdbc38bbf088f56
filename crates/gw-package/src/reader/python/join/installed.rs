//! The distributions of one environment with what they need of each other.

use std::collections::BTreeMap;

use gw_finding::Location;
use rustc_hash::FxHashSet;

use crate::reader::python::graph::{Names, tidy};
use crate::reader::python::{dependency, marker, package, place};
use crate::reader::{FileReading, Joined, Lock, Requirement};

/// Joins distributions that lie in the same folder into one environment.
pub(super) fn join(readings: Vec<FileReading>, joined: &mut Joined) {
    let mut environments: BTreeMap<Location, (Lock, Vec<Vec<Requirement>>)> = BTreeMap::new();
    for reading in readings {
        let (Some(lock), Some(manifest)) = (reading.lock, reading.manifest) else {
            continue;
        };
        let place = environment(&reading.location);
        let (whole, requirements) = environments.entry(place.clone()).or_insert_with(|| {
            let lock = Lock {
                location: place,
                ..Lock::default()
            };
            (lock, Vec::new())
        });
        for package in lock.packages {
            whole.packages.push(package);
            requirements.push(manifest.requirements.clone());
        }
    }
    for (mut lock, requirements) in environments.into_values() {
        relate(&mut lock, &requirements);
        joined.locks.push(lock);
    }
}

/// The folder that distributions share: the one above `x.dist-info`.
fn environment(location: &Location) -> Location {
    let folder = place::folder(place::path(location));
    let folder = if folder.ends_with(".dist-info")
        || folder.ends_with(".egg-info")
        || folder.ends_with("EGG-INFO")
    {
        place::folder(folder)
    } else {
        folder
    };
    // An egg is a folder of its own in the environment.
    let folder = if folder.ends_with(".egg") {
        place::folder(folder)
    } else {
        folder
    };
    place::sibling(location, folder.to_owned())
}

/// Requirements are kept whole in `constraint`: an edge counts if no extra asks for it, or one
/// that some distribution asks for.
fn relate(lock: &mut Lock, requirements: &[Vec<Requirement>]) {
    let names = Names::of(lock.packages.iter().map(|package| package.name.as_str()));
    let mut asked: FxHashSet<(String, String)> = FxHashSet::default();
    for requirement in requirements.iter().flatten() {
        if let Ok(dependency) = dependency::parse(&requirement.constraint) {
            let name = package::normal(dependency.name);
            let extras = dependency.extras.iter();
            asked.extend(extras.map(|extra| (name.clone(), package::normal(extra))));
        }
    }
    for (package, requirements) in lock.packages.iter_mut().zip(requirements) {
        let own = package::normal(&package.name);
        for requirement in requirements {
            let Ok(dependency) = dependency::parse(&requirement.constraint) else {
                continue;
            };
            let extras = dependency.marker.map_or_else(Vec::new, marker::extras);
            let wanted = extras.is_empty()
                || extras
                    .iter()
                    .any(|extra| asked.contains(&(own.clone(), package::normal(extra))));
            if wanted {
                package.dependencies.extend(names.find(dependency.name));
            }
        }
    }
    tidy(&mut lock.packages);
}
