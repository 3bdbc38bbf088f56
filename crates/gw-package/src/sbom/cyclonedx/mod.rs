//! CycloneDX (<https://cyclonedx.org/specification/overview/>).
//!
//! [`write`] writes version 1.6 or 1.7 as JSON or XML, with everything that an [`Inventory`] says,
//! models as `machine-learning-model` with their cards and datasets as `data`:
//! what the standard has no field for goes into properties whose names begin with `gatewright:`.
//! [`read_json`] and [`read_xml`] read versions 1.0 to 1.7 of any tool. What we wrote is read as
//! the same inventory.

use std::io;

use gw_analysis::{Entry, EntryKind, Node, ParseError, Span};
use gw_finding::{Incomplete, Location};
use jiff::Timestamp;

use crate::Inventory;

mod assemble;
mod build;
mod document;
mod extra;
mod from_json;
mod from_xml;
mod graph;
mod hints;
mod identity;
mod licenses;
mod models;
mod text;
mod to_xml;
mod xml;

pub(crate) use lock::{lock_json, lock_xml};

mod lock;

/// The analyzer's name in what is not complete.
pub(super) const ANALYZER: &str = "package";

/// The versions whose every form is known.
const SPEC_VERSIONS: &[&str] = &["1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7"];

/// The version of the specification to write.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SpecVersion {
    /// ECMA-424 first edition, which most tools read.
    #[default]
    V1_6,
    /// ECMA-424 second edition.
    V1_7,
}

impl SpecVersion {
    /// The version as documents write it: `1.6`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V1_6 => "1.6",
            Self::V1_7 => "1.7",
        }
    }

    const fn schema(self) -> &'static str {
        match self {
            Self::V1_6 => "http://cyclonedx.org/schema/bom-1.6.schema.json",
            Self::V1_7 => "http://cyclonedx.org/schema/bom-1.7.schema.json",
        }
    }

    const fn namespace(self) -> &'static str {
        match self {
            Self::V1_6 => "http://cyclonedx.org/schema/bom/1.6",
            Self::V1_7 => "http://cyclonedx.org/schema/bom/1.7",
        }
    }
}

/// The form to write.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Format {
    /// JSON.
    #[default]
    Json,
    /// XML. It cannot hold control characters: they become U+FFFD.
    Xml,
}

/// What a document says besides the packages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BomOptions {
    /// The version of the specification.
    pub spec: SpecVersion,
    /// JSON or XML.
    pub format: Format,
    /// The document's UUID, with or without `urn:uuid:`.
    pub serial_number: Option<String>,
    /// When it was made.
    pub timestamp: Option<Timestamp>,
    /// What made it.
    pub tool: Option<Tool>,
    /// What it is about.
    pub root: Option<RootComponent>,
    /// Whether components are referred to by short numbers instead of their package URLs. Package
    /// URLs let other documents (VEX) refer to a component; numbers make a third of the size.
    pub short_refs: bool,
    /// Whether to indent.
    pub pretty: bool,
}

/// The program that makes a document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// What a document is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RootComponent {
    /// Its name.
    pub name: String,
    /// Its version, if it has one.
    pub version: Option<String>,
    /// Its package URL, if it is a package.
    pub purl: Option<String>,
}

/// Writes a document.
///
/// # Errors
/// Those of the sink.
pub fn write(
    inventory: &Inventory,
    options: &BomOptions,
    sink: &mut impl io::Write,
) -> io::Result<()> {
    let bom = build::document(inventory, options);
    match options.format {
        Format::Json if options.pretty => serde_json::to_writer_pretty(sink, &bom)?,
        Format::Json => serde_json::to_writer(sink, &bom)?,
        Format::Xml => sink.write_all(to_xml::document(&bom, options).as_bytes())?,
    }
    Ok(())
}

/// A document as bytes of UTF-8.
///
/// # Errors
/// None in practice: memory takes everything.
pub fn to_bytes(inventory: &Inventory, options: &BomOptions) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(inventory.packages.len() * 512 + 1024);
    write(inventory, options, &mut bytes)?;
    Ok(bytes)
}

/// Reads a document of either form, told by its first character. `at` is as for [`read_json`].
///
/// # Errors
/// As [`read_json`] and [`read_xml`].
pub fn read(bytes: &[u8], at: &Location) -> Result<(Inventory, Vec<Incomplete>), ParseError> {
    // A byte order mark and the zeros of UTF-16 come before and between characters.
    let first = bytes
        .iter()
        .find(|byte| byte.is_ascii() && !byte.is_ascii_whitespace() && **byte != 0);
    match first {
        Some(b'<') => read_xml(bytes, at),
        _ => read_json(bytes, at),
    }
}

/// Reads a JSON document. `at` is the document's own place, where packages are that have no
/// evidence of where they were found.
///
/// # Errors
/// [`ParseError`] if it is no JSON or no CycloneDX.
pub fn read_json(bytes: &[u8], at: &Location) -> Result<(Inventory, Vec<Incomplete>), ParseError> {
    let locate = |_: Option<Span>| at.clone();
    // Documents that keep to the schema need no tree.
    if let Ok(bom) = serde_json::from_slice::<document::Bom<'_>>(bytes)
        && is_cyclonedx(&bom)
    {
        let reading = assemble::assemble(&bom, &locate);
        return Ok((reading.inventory, reading.incomplete));
    }
    let entry = Entry::new(at.clone(), EntryKind::File, bytes);
    let node = entry.json().map_err(ParseError::clone)?;
    let reading = assemble::assemble(&from_node(node)?, &locate);
    Ok((reading.inventory, reading.incomplete))
}

/// Reads an XML document. `at` is as for [`read_json`].
///
/// # Errors
/// [`ParseError`] if it is no XML or no CycloneDX, if it has a document type declaration, or if it
/// nests too deep.
pub fn read_xml(bytes: &[u8], at: &Location) -> Result<(Inventory, Vec<Incomplete>), ParseError> {
    let entry = Entry::new(at.clone(), EntryKind::File, bytes);
    let text = entry.text().map_err(ParseError::clone)?;
    let root = xml::parse(text)?;
    let reading = assemble::assemble(&from_xml::document(&root)?, &|_| at.clone());
    Ok((reading.inventory, reading.incomplete))
}

fn from_node(node: &Node) -> Result<document::Bom<'_>, ParseError> {
    let bom = from_json::document(node);
    if is_cyclonedx(&bom) {
        return Ok(bom);
    }
    let found = bom
        .bom_format
        .as_ref()
        .map_or("none", |format| format.as_str());
    let message = format!("expected the bomFormat CycloneDX, found {found}");
    Err(ParseError::malformed(
        message,
        Some(Span {
            start: node.span.start,
            end: node.span.start,
        }),
    ))
}

/// The format is required from 1.2 on, and tools forget it; then the schema's address tells.
fn is_cyclonedx(bom: &document::Bom<'_>) -> bool {
    match &bom.bom_format {
        Some(format) => format.as_str().trim().eq_ignore_ascii_case("CycloneDX"),
        None => bom
            .schema
            .as_ref()
            .is_some_and(|schema| schema.as_str().contains("cyclonedx.org")),
    }
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod foreign_tests;
