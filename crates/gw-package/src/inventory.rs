use std::collections::BTreeMap;

use gw_finding::Location;
use serde::{Deserialize, Serialize};

use crate::ml::{tidy_datasets, tidy_models};
use crate::{Dataset, Ecosystem, MlModel};

/// The position of a package in [`Inventory::packages`].
pub type PackageIndex = u32;

/// What a dependency is needed for.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// To run. What is not known to be less counts as this.
    #[default]
    Runtime,
    /// To run, if the user wants a feature or the platform has it.
    Optional,
    /// To build or test only.
    Development,
}

/// One place that declares a package.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Occurrence {
    /// The line in the lock file or manifest.
    pub location: Location,
    /// What it is needed for there.
    pub scope: Scope,
    /// Whether that project names it itself; unknown where no manifest tells.
    pub direct: Option<bool>,
}

/// A hash of a package's archive.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Hash {
    /// The algorithm in CycloneDX's spelling: `SHA-256`, `SHA-512`, `SHA-1`, `MD5`.
    pub algorithm: String,
    /// The value in lower-case hexadecimal.
    pub hex: String,
}

/// A package at one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// Its ecosystem.
    pub ecosystem: Ecosystem,
    /// The name, as [`Ecosystem::normalize_name`] gives it.
    pub name: String,
    /// The version as written.
    pub version: String,
    /// The package URL, with the version.
    pub purl: String,
    /// Where it is declared, in order; at least one.
    pub occurrences: Vec<Occurrence>,
    /// The packages that it needs, in order, without duplicates.
    pub dependencies: Vec<PackageIndex>,
    /// The licence as an SPDX expression, if a file on disk says so.
    pub license: Option<String>,
    /// Hashes of its archive, in order.
    pub hashes: Vec<Hash>,
}

/// What a target consists of: its packages, models and datasets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inventory {
    /// The packages, each once, in order of purl and name. Old npm packages differ only in the case
    /// of their names, which purls do not keep.
    pub packages: Vec<Package>,
    /// The models, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<MlModel>,
    /// The datasets that are there or that models name, in order of name, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub datasets: Vec<Dataset>,
}

impl Inventory {
    /// The package at an index.
    #[must_use]
    pub fn get(&self, index: PackageIndex) -> Option<&Package> {
        self.packages.get(index as usize)
    }

    /// Adds models and datasets, and puts them in order. Every dataset that a model names is there
    /// afterwards.
    pub fn add_models(&mut self, models: Vec<MlModel>, datasets: Vec<Dataset>) {
        self.models.extend(models);
        self.datasets.extend(datasets);
        tidy_models(&mut self.models);
        tidy_datasets(&mut self.datasets, &self.models);
    }

    /// The dataset of a name.
    #[must_use]
    pub fn dataset(&self, name: &str) -> Option<&Dataset> {
        let at = self
            .datasets
            .binary_search_by(|dataset| dataset.name.as_str().cmp(name))
            .ok()?;
        self.datasets.get(at)
    }

    /// The ecosystems that occur, with the number of their packages.
    #[must_use]
    pub fn ecosystems(&self) -> BTreeMap<&Ecosystem, usize> {
        let mut count = BTreeMap::new();
        for package in &self.packages {
            *count.entry(&package.ecosystem).or_insert(0) += 1;
        }
        count
    }
}

impl Package {
    /// Whether every occurrence is for development only.
    #[must_use]
    pub fn is_development(&self) -> bool {
        self.occurrences
            .iter()
            .all(|occurrence| occurrence.scope == Scope::Development)
    }

    /// Whether any project names it itself; unknown if none tells.
    #[must_use]
    pub fn is_direct(&self) -> Option<bool> {
        self.occurrences.iter().filter_map(|o| o.direct).max()
    }
}
