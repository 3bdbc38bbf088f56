//! Go: `go.mod`, `go.sum`, `go.work` and `vendor/modules.txt`.
//!
//! - Since Go 1.17 `go.mod` lists every module of the build. Before, it left out what followed from
//!   other modules; `vendor/modules.txt` stands in for that, else what `go.sum` has archive hashes
//!   of, at its newest version.
//! - The standard library is the package `stdlib`. Its version is the one of the `toolchain` line,
//!   else that of the `go` line: the oldest Go that the project may be built with. The line is
//!   the package's location.
//! - Whether a module is needed for tests only is not written anywhere, so none counts as such.
//! - The hashes of `go.sum` are left out: they are of a list of files and their hashes, not of an
//!   archive, and whoever compared them with one would see a forgery.
//! - `exclude` and `retract` do not change which versions are listed.

mod go_mod;
mod go_sum;
mod go_work;
mod join;
mod line;
mod vendor;

use gw_finding::{Incomplete, Location, ReasonCode};

use super::{Family, Locked, Requirement};
use crate::{Ecosystem, Purl, PurlError, Scope};

/// The family.
pub const FAMILY: Family = Family {
    name: "go",
    readers: &[
        &go_mod::GoMod,
        &go_sum::GoSum,
        &go_work::GoWork,
        &vendor::ModulesTxt,
    ],
    join: join::join,
};

/// The name under which OSV has advisories of the standard library.
const STDLIB: &str = "stdlib";
/// What stands for the `go` line among a manifest's requirements.
const GO: &str = "go";

fn incomplete(location: Location, reason: ReasonCode, detail: impl Into<String>) -> Incomplete {
    Incomplete {
        location,
        analyzer: "package".to_owned(),
        reason,
        detail: detail.into(),
    }
}

/// A module at a version.
fn module(
    path: &str,
    version: &str,
    location: Location,
    direct: Option<bool>,
) -> Result<Locked, PurlError> {
    Ok(Locked {
        ecosystem: Ecosystem::GO,
        name: path.to_owned(),
        version: version.to_owned(),
        purl: Purl::golang(path, version)?.to_string(),
        location,
        scope: Scope::Runtime,
        direct,
        dependencies: Vec::new(),
        license: None,
        hashes: Vec::new(),
    })
}

/// A line of a manifest that is about another module: `go 1.21`, or a replacement with the new path
/// as `alias`.
fn requirement(
    name: String,
    alias: Option<&str>,
    constraint: &str,
    location: Location,
) -> Requirement {
    Requirement {
        name,
        alias: alias.map(str::to_owned),
        constraint: constraint.to_owned(),
        scope: Scope::Runtime,
        location,
        from_registry: !alias.is_some_and(is_folder),
    }
}

/// Whether the right side of a replacement is a folder: Go wants it to begin like this.
fn is_folder(path: &str) -> bool {
    let drive = path.get(1..2) == Some(":");
    matches!(path, "." | "..")
        || drive
        || ["./", "../", "/", ".\\", "..\\"]
            .iter()
            .any(|p| path.starts_with(p))
}

#[cfg(test)]
mod tests;
