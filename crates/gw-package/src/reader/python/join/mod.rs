//! What the files of this family say together.

mod cycles;
mod includes;
mod installed;
mod pins;
mod projects;
pub(super) mod unpinned;

use rustc_hash::FxHashSet;

use crate::Scope;
use crate::reader::{FileReading, Joined};

use super::requirements::names;
use super::{installed as metadata, place, requirements};

/// Joins the readings of all files.
pub(super) fn join(readings: Vec<FileReading>, joined: &mut Joined) {
    let (installed, readings): (Vec<_>, Vec<_>) = readings
        .into_iter()
        .partition(|reading| reading.reader == metadata::ID);
    installed::join(installed, joined);

    let (requirements, mut projects): (Vec<_>, Vec<_>) = readings
        .into_iter()
        .partition(|reading| matches!(reading.reader, requirements::ID | requirements::INCLUDED));
    // A requirements file pins the project beside it, or above a folder of requirements files.
    let compiled: FxHashSet<_> = requirements
        .iter()
        .filter(|reading| {
            let path = place::path(&reading.location);
            reading.reader == requirements::ID
                && names::scope(path) == Scope::Runtime
                && !names::is_constraints(path)
        })
        .flat_map(|reading| {
            let folder = projects::folder(&reading.location);
            let above = projects::folder(&folder);
            [folder, above]
        })
        .collect();
    let included = projects
        .iter_mut()
        .filter_map(|reading| reading.manifest.as_mut())
        .flat_map(|manifest| {
            let from = manifest.location.clone();
            let includes = std::mem::take(&mut manifest.includes);
            includes
                .into_iter()
                .map(move |include| (from.clone(), include))
        })
        .collect();
    includes::join(requirements, included, joined);
    projects::join(projects, &compiled, joined);
}
