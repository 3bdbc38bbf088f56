//! A document as the lock file of a project, with the lines of its own components, and the models
//! that it lists.

use gw_analysis::{Entry, Node, ParseError, Span};
use gw_finding::Location;

use super::assemble::{self, Reading};
use super::{from_node, from_xml, xml};
use crate::reader::{FileReading, Lock, Locked, Root};
use crate::{Occurrence, Package};

/// Reads the JSON document of an entry.
///
/// # Errors
/// As [`super::read_json`].
pub(crate) fn lock_json(entry: &Entry, node: &Node) -> Result<FileReading, ParseError> {
    let reading = assemble::assemble(&from_node(node)?, &|span| place(entry, span));
    Ok(lock(entry, reading))
}

/// Reads the XML document of an entry.
///
/// # Errors
/// As [`super::read_xml`].
pub(crate) fn lock_xml(entry: &Entry, text: &str) -> Result<FileReading, ParseError> {
    let root = xml::parse(text)?;
    let reading = assemble::assemble(&from_xml::document(&root)?, &|span| place(entry, span));
    Ok(lock(entry, reading))
}

fn place(entry: &Entry, span: Option<Span>) -> Location {
    span.map_or_else(|| entry.location().clone(), |span| entry.locate(span))
}

fn lock(entry: &Entry, reading: Reading) -> FileReading {
    let packages: Vec<Locked> = reading
        .inventory
        .packages
        .into_iter()
        .zip(reading.places)
        .map(|(package, location)| locked(package, location))
        .collect();
    let direct = packages
        .iter()
        .enumerate()
        .filter(|(_, package)| package.direct == Some(true));
    let root = Root {
        name: reading.root.unwrap_or_default(),
        folder: None,
        dependencies: direct
            .map(|(index, package)| (index, Some(package.scope)))
            .collect(),
    };
    let roots = if root.name.is_empty() && root.dependencies.is_empty() {
        Vec::new()
    } else {
        vec![root]
    };
    FileReading {
        lock: Some(Lock {
            location: entry.location().clone(),
            packages,
            roots,
        }),
        models: reading.inventory.models,
        datasets: reading.inventory.datasets,
        incomplete: reading.incomplete,
        ..FileReading::default()
    }
}

fn locked(package: Package, location: Location) -> Locked {
    let direct = package.is_direct();
    let scopes = package
        .occurrences
        .iter()
        .map(|Occurrence { scope, .. }| *scope);
    Locked {
        scope: scopes.min().unwrap_or_default(),
        direct,
        ecosystem: package.ecosystem,
        name: package.name,
        version: package.version,
        purl: package.purl,
        location,
        dependencies: package
            .dependencies
            .iter()
            .map(|&index| index as usize)
            .collect(),
        license: package.license,
        hashes: package.hashes,
    }
}
