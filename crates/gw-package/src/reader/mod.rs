//! Dependency files.
//!
//! A [`Reader`] turns one file into a [`FileReading`]: a [`Lock`] (exact packages), a [`Manifest`]
//! (what the project asks for), or both. A [`Family`] has the readers of one ecosystem and joins
//! their readings: it marks what is direct and what is for development, follows includes, and
//! says which requirements no lock file pins.

use gw_analysis::Entry;
use gw_finding::{Incomplete, Location};

use crate::{Dataset, Ecosystem, Hash, MlModel, Scope};

pub mod cargo;
pub mod cyclonedx;
pub mod go;
pub mod npm;
pub mod python;

/// Every family, in order.
pub const FAMILIES: &[Family] = &[
    cargo::FAMILY,
    npm::FAMILY,
    python::FAMILY,
    go::FAMILY,
    cyclonedx::FAMILY,
];

/// One dependency file format.
pub trait Reader: Sync {
    /// The format's name: `cargo-lock`.
    fn id(&self) -> &'static str;

    /// Whether a file may be of this format, by its path and first bytes (up to 512).
    fn matches(&self, path: &str, head: &[u8]) -> bool;

    /// Reads one file. What cannot be read goes into [`FileReading::incomplete`]; what can still
    /// counts.
    fn read(&self, entry: &Entry) -> FileReading;
}

/// The readers of one ecosystem, and what joins their readings.
#[derive(Clone, Copy)]
pub struct Family {
    /// The family's name: `cargo`.
    pub name: &'static str,
    /// Its formats.
    pub readers: &'static [&'static dyn Reader],
    /// Joins the readings of all its files, in order of location. It passes on what they could not
    /// read, too ([`FileReading::incomplete`]): only it knows whether a file counts at all.
    pub join: fn(Vec<FileReading>, &mut Joined),
}

/// What joining a family's readings yields.
#[derive(Debug, Default)]
pub struct Joined {
    /// The exact packages of each project.
    pub locks: Vec<Lock>,
    /// The models that documents list.
    pub models: Vec<MlModel>,
    /// The datasets that documents list.
    pub datasets: Vec<Dataset>,
    /// What is not complete.
    pub incomplete: Vec<Incomplete>,
}

/// What one file says.
#[derive(Debug, Default)]
pub struct FileReading {
    /// The file.
    pub location: Location,
    /// The id of the reader.
    pub reader: &'static str,
    /// Exact packages, if the file lists some.
    pub lock: Option<Lock>,
    /// Requirements, if the file declares some.
    pub manifest: Option<Manifest>,
    /// Models, if the file lists some.
    pub models: Vec<MlModel>,
    /// Datasets, if the file lists some.
    pub datasets: Vec<Dataset>,
    /// What could not be read. Whoever joins the readings passes it on.
    pub incomplete: Vec<Incomplete>,
}

/// The exact packages of one project.
#[derive(Debug, Default)]
pub struct Lock {
    /// The file.
    pub location: Location,
    /// The packages; the project itself and its workspace members are not among them.
    pub packages: Vec<Locked>,
    /// What the project itself needs, if the file tells: positions in `packages`.
    pub roots: Vec<Root>,
}

/// One package of a lock file.
#[derive(Debug, Clone)]
pub struct Locked {
    /// Its ecosystem.
    pub ecosystem: Ecosystem,
    /// The name as written.
    pub name: String,
    /// The exact version as written.
    pub version: String,
    /// The package URL, with the version.
    pub purl: String,
    /// The line that declares it.
    pub location: Location,
    /// What it is needed for, as far as the file tells.
    pub scope: Scope,
    /// Whether the project names it itself, as far as the file tells.
    pub direct: Option<bool>,
    /// What it needs: positions in [`Lock::packages`].
    pub dependencies: Vec<usize>,
    /// The licence as an SPDX expression, if the file tells.
    pub license: Option<String>,
    /// Hashes of its archive.
    pub hashes: Vec<Hash>,
}

/// The project or a workspace member, as a lock file lists it.
#[derive(Debug, Clone, Default)]
pub struct Root {
    /// Its name.
    pub name: String,
    /// Its folder relative to the lock file's, if the file tells; empty for the same folder.
    pub folder: Option<String>,
    /// What it needs: positions in [`Lock::packages`], each with its scope if the file tells.
    pub dependencies: Vec<(usize, Option<Scope>)>,
}

/// What a project asks for.
#[derive(Debug, Clone, Default)]
pub struct Manifest {
    /// The file.
    pub location: Location,
    /// The project's name, if it has one.
    pub name: Option<String>,
    /// The licence as an SPDX expression, if it has one.
    pub license: Option<String>,
    /// The requirements.
    pub requirements: Vec<Requirement>,
    /// Requirements that other manifests of its workspace may inherit; it needs none of them itself.
    pub inheritable: Vec<Requirement>,
    /// Other files that it includes.
    pub includes: Vec<Include>,
    /// Patterns of workspace members' folders, relative to this file's.
    pub members: Vec<String>,
}

/// One requirement of a manifest.
#[derive(Debug, Clone)]
pub struct Requirement {
    /// The package's name as written.
    pub name: String,
    /// The name under which the project uses it, where that differs.
    pub alias: Option<String>,
    /// The version requirement as written; empty if there is none.
    pub constraint: String,
    /// What it is needed for.
    pub scope: Scope,
    /// The line that declares it.
    pub location: Location,
    /// Whether it comes from the registry, so that it needs a version to be matched.
    pub from_registry: bool,
}

/// Another file that a manifest includes.
#[derive(Debug, Clone)]
pub struct Include {
    /// The path as written, relative to the including file.
    pub path: String,
    /// Whether it only constrains versions, and requires nothing itself.
    pub constraint: bool,
    /// The line that includes it.
    pub location: Location,
}
