//! HDF5 files: what is in them, as far as their structure says. Numbers are not read.
//!
//! Source: HDF5 File Format Specification 3.0.

mod datatype;
mod header;
mod heap;
#[cfg(all(test, feature = "interop"))]
mod interop;
mod object;
mod source;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::HashSet;
use std::io;

use gw_finding::ReasonCode;

use self::object::Link;
use self::source::{Source, Trouble};
use crate::Content;

pub(crate) use self::header::is_hdf5;

/// How many objects of a file are looked at.
const MAX_OBJECTS: usize = 100_000;

/// How many problems of a file are told apart.
const MAX_PROBLEMS: usize = 16;

/// What a file has in it.
#[derive(Debug, Default)]
pub(crate) struct File {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) datasets: Vec<Dataset>,
    pub(crate) outside: Vec<Outside>,
    /// What could not be read.
    pub(crate) problems: Vec<(ReasonCode, String)>,
}

/// An attribute with texts, of the object at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attribute {
    pub(crate) path: String,
    pub(crate) name: String,
    pub(crate) texts: Vec<String>,
}

/// Data at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dataset {
    pub(crate) path: String,
    /// The type of its values: `f32`, `text`.
    pub(crate) kind: &'static str,
    pub(crate) shape: Vec<u64>,
    /// The numbers of the filters that it goes through.
    pub(crate) filters: Vec<u16>,
    /// What is wrong with the size that it gives, if anything is.
    pub(crate) lie: Option<String>,
}

/// Something that is in another file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outside {
    /// The path of the link or dataset.
    pub(crate) path: String,
    pub(crate) file: String,
    /// The path in the other file, if it is a link.
    pub(crate) object: Option<String>,
}

impl File {
    /// The texts of an attribute of the root.
    pub(crate) fn root(&self, name: &str) -> Option<&str> {
        let found = |attribute: &&Attribute| attribute.path.is_empty() && attribute.name == name;
        let attribute = self.attributes.iter().find(found)?;
        attribute.texts.first().map(String::as_str)
    }

    fn problem(&mut self, place: &str, trouble: Trouble) {
        let (reason, detail) = match trouble {
            Trouble::Malformed(detail) => (ReasonCode::Malformed, detail),
            Trouble::TooMuch(detail) => (ReasonCode::TooMany, detail),
            Trouble::Unsupported(detail) => (ReasonCode::Unsupported, detail),
            Trouble::Io(detail) => (ReasonCode::Unreadable, detail),
        };
        if self.problems.len() < MAX_PROBLEMS {
            let place = if place.is_empty() { "/" } else { place };
            self.problems
                .push((reason, format!("at {place}: {detail}")));
        }
    }
}

/// Reads the structure of a file.
///
/// # Errors
/// If the content cannot be read.
pub(crate) fn read(content: Content<'_>) -> io::Result<File> {
    let mut source = Source::new(content)?;
    let mut file = File::default();
    if source.cut {
        let detail = format!(
            "the file can only be read in order, and was cut after {} bytes",
            source.size
        );
        file.problems.push((ReasonCode::TooLarge, detail));
    }
    let root = match header::superblock(&mut source) {
        Ok(root) => root,
        Err(trouble) => {
            file.problem("", trouble);
            return Ok(file);
        }
    };
    let mut seen = HashSet::new();
    let mut todo = vec![(String::new(), root)];
    while let Some((path, address)) = todo.pop() {
        // A second name of an object adds nothing.
        if !seen.insert(address) {
            continue;
        }
        if seen.len() > MAX_OBJECTS {
            file.problem(
                &path,
                Trouble::TooMuch(format!("more than {MAX_OBJECTS} objects")),
            );
            break;
        }
        match object::read(&mut source, address) {
            Ok(object) => take(&source, &mut file, &path, object, &mut todo),
            Err(trouble) => file.problem(&path, trouble),
        }
    }
    file.datasets.sort_by(|a, b| a.path.cmp(&b.path));
    file.outside.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(file)
}

fn take(
    source: &Source<'_>,
    file: &mut File,
    path: &str,
    object: object::Object,
    todo: &mut Vec<(String, u64)>,
) {
    for trouble in object.troubles {
        file.problem(path, trouble);
    }
    let attributes = object.attributes.into_iter();
    file.attributes
        .extend(attributes.map(|attribute| Attribute {
            path: path.to_owned(),
            name: attribute.name,
            texts: attribute.texts,
        }));
    for outside in object.outside {
        file.outside.push(Outside {
            path: path.to_owned(),
            file: outside,
            object: None,
        });
    }
    if let Some((kind, shape)) = object.data {
        let lie = lie(source, &kind, &shape, object.extent);
        file.datasets.push(Dataset {
            path: path.to_owned(),
            kind: kind.name(),
            shape,
            filters: object.filters,
            lie,
        });
    }
    for (name, link) in object.links {
        let path = format!("{path}/{name}");
        match link {
            Link::Hard(address) => todo.push((path, address)),
            Link::Soft => {}
            Link::External(other, object) => file.outside.push(Outside {
                path,
                file: other,
                object: Some(object),
            }),
        }
    }
}

/// What is wrong with the size of a dataset.
fn lie(
    source: &Source<'_>,
    kind: &datatype::Type,
    shape: &[u64],
    extent: Option<(u64, u64)>,
) -> Option<String> {
    let count = shape
        .iter()
        .try_fold(1_u64, |all, size| all.checked_mul(*size));
    let Some(bytes) = count.and_then(|count| count.checked_mul(kind.size() as u64)) else {
        return Some(format!(
            "its shape {shape:?} has more bytes than can be counted"
        ));
    };
    let (address, size) = extent?;
    let end = source.base.checked_add(address)?.checked_add(size);
    if !source.cut && end.is_none_or(|end| end > source.size) {
        return Some(format!(
            "its {size} bytes at {address:#x} lie outside a file of {}",
            source.size
        ));
    }
    (size < bytes).then(|| format!("{size} bytes are there for a shape that takes {bytes}"))
}
