//! Bills of materials in CycloneDX that lie among the files of a project. Each is a lock file:
//! it lists exact packages. The models and datasets that it lists are listed, too.

use gw_analysis::{Entry, ParseError};

use super::{Family, FileReading, Joined, Reader};
use crate::sbom::cyclonedx::{lock_json, lock_xml};

/// The family.
pub const FAMILY: Family = Family {
    name: "cyclonedx",
    readers: &[&Json, &Xml],
    join,
};

/// The JSON form.
#[derive(Debug)]
pub struct Json;

/// The XML form.
#[derive(Debug)]
pub struct Xml;

impl Reader for Json {
    fn id(&self) -> &'static str {
        "cyclonedx-json"
    }

    /// Keys may come in any order, so that the format may be named at the very end: the names of
    /// files and keys that no other format has add candidates.
    fn matches(&self, path: &str, head: &[u8]) -> bool {
        if first_byte(head).is_some_and(|byte| byte != b'{') {
            return false;
        }
        let marks = [
            "\"bomFormat\"",
            "CycloneDX",
            "cyclonedx.org",
            "\"bom-ref\"",
            "\"specVersion\"",
        ];
        marks.iter().any(|mark| contains(head, mark)) || is_named(path, "json")
    }

    fn read(&self, entry: &Entry) -> FileReading {
        let sure =
            contains(entry.bytes(), "CycloneDX") || name(entry.path()).ends_with(".cdx.json");
        match entry.json() {
            Ok(node) => reading(self.id(), entry, lock_json(entry, node), sure),
            Err(error) => reading(self.id(), entry, Err(error.clone()), sure),
        }
    }
}

impl Reader for Xml {
    fn id(&self) -> &'static str {
        "cyclonedx-xml"
    }

    fn matches(&self, path: &str, head: &[u8]) -> bool {
        first_byte(head).is_none_or(|byte| byte == b'<')
            && (contains(head, "cyclonedx.org/schema/bom") || is_named(path, "xml"))
    }

    fn read(&self, entry: &Entry) -> FileReading {
        let sure =
            contains(entry.bytes(), "cyclonedx.org") || name(entry.path()).ends_with(".cdx.xml");
        let lock = entry
            .text()
            .map_err(ParseError::clone)
            .and_then(|text| lock_xml(entry, text));
        reading(self.id(), entry, lock, sure)
    }
}

/// Only a name suggested that some files are ours, and those that are not say nothing.
fn reading(
    reader: &'static str,
    entry: &Entry,
    lock: Result<FileReading, ParseError>,
    sure: bool,
) -> FileReading {
    let mut reading = FileReading::default();
    match lock {
        Ok(read) => reading = read,
        Err(error) if sure => reading.incomplete.push(entry.incomplete("package", &error)),
        Err(_) => {}
    }
    reading.location = entry.location().clone();
    reading.reader = reader;
    reading
}

fn join(readings: Vec<FileReading>, joined: &mut Joined) {
    for reading in readings {
        joined.locks.extend(reading.lock);
        joined.models.extend(reading.models);
        joined.datasets.extend(reading.datasets);
        joined.incomplete.extend(reading.incomplete);
    }
}

/// `bom.json`, `app.cdx.json`, `app-sbom.json` and the like.
fn is_named(path: &str, extension: &str) -> bool {
    let name = name(path);
    name.strip_suffix(extension)
        .and_then(|stem| stem.strip_suffix('.'))
        .is_some_and(|stem| {
            stem.ends_with(".cdx") || stem.ends_with("bom") || stem.contains("cyclonedx")
        })
}

fn name(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase()
}

/// The first byte that is neither white space nor part of a byte order mark, if any.
fn first_byte(head: &[u8]) -> Option<u8> {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let text = text
        .strip_prefix(b"\xff\xfe")
        .or_else(|| text.strip_prefix(b"\xfe\xff"))
        .unwrap_or(text);
    text.iter()
        .copied()
        .find(|byte| !byte.is_ascii_whitespace() && *byte != 0)
}

fn contains(bytes: &[u8], mark: &str) -> bool {
    let Some((&first, _)) = mark.as_bytes().split_first() else {
        return false;
    };
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|&byte| byte == first) {
        rest = rest.get(at..).unwrap_or_default();
        if rest.starts_with(mark.as_bytes()) {
            return true;
        }
        rest = rest.get(1..).unwrap_or_default();
    }
    false
}

#[cfg(test)]
mod tests;
