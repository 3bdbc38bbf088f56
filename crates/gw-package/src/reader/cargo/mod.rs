//! Rust: `Cargo.lock` and `Cargo.toml`.
//!
//! - Build dependencies count as needed to run. Build scripts and procedural macros run with all
//!   rights on every machine that builds, and decide what the program becomes.
//! - Crates from registries other than crates.io are looked up there all the same: most of these
//!   registries are mirrors. Their package URL names the registry.
//! - Crates from git have a package URL with the qualifier `vcs_url`, which tells them from
//!   releases: a fork may have a fix under an old number.
//! - Local crates (workspace members, path dependencies) are roots, no packages.

mod graph;
mod join;
mod lock;
mod manifest;
mod source;

use gw_finding::{Incomplete, Location, ReasonCode};

use super::Family;

/// The family.
pub const FAMILY: Family = Family {
    name: "cargo",
    readers: &[&lock::LockFile, &manifest::ManifestFile],
    join: join::join,
};

/// The name of the analyzer, in what it could not read.
const ANALYZER: &str = "package";
/// What stands for the constraint of a requirement that is inherited from the workspace.
const INHERITED: &str = "workspace = true";

fn incomplete(location: Location, reason: ReasonCode, detail: impl Into<String>) -> Incomplete {
    Incomplete {
        location,
        analyzer: ANALYZER.to_owned(),
        reason,
        detail: detail.into(),
    }
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests;
