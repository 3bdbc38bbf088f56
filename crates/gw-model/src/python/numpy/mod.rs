//! NumPy's `.npy` files, alone or as members of an `.npz` archive.
//!
//! The format is described by `numpy.lib.format` (versions 1.0, 2.0 and 3.0): a magic number, the
//! length of a header, the header as a Python dictionary, and the array's bytes. An array of Python
//! objects is followed by a pickle instead.

mod dtype;
mod header;
mod join;
#[cfg(test)]
pub(crate) mod tests;

use std::io::{self, Read as _};

use gw_finding::ReasonCode;

use crate::pickle::{self, PickleOptions};
use crate::reader::Reader;
use crate::report::{Evidence, Report};
use crate::tensor::input::Input;
use crate::tensor::polyglot;
use crate::{Content, rules};

pub(crate) use dtype::DType;
pub(crate) use header::{Header, HeaderProblem, MAGIC};
pub(crate) use join::join;

/// How many arrays one after another are read from one file.
const MAX_ARRAYS: usize = 1 << 16;

/// An array that was read, kept for the description of the model that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ArrayFacts {
    pub(crate) dtype: String,
    pub(crate) numbers: u64,
}

/// Reads `.npy` files.
pub(crate) struct Npy;

impl Reader for Npy {
    fn claims(&self, path: &str, head: &[u8]) -> bool {
        head.starts_with(MAGIC) || (path.ends_with(".npy") && !head.is_empty())
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        if let Err(error) = read(&mut content, report) {
            report.incomplete(ReasonCode::Unreadable, error.to_string());
        }
    }
}

fn read(content: &mut Content<'_>, report: &mut Report<'_>) -> io::Result<()> {
    // `numpy.load` tells the formats by content, and so a pickle or an archive under this name is
    // loaded as what it is: their readers see it too.
    for count in 0..MAX_ARRAYS {
        let start = content.position()?;
        let size = content.size()?;
        if size.is_some_and(|size| start >= size) {
            return Ok(());
        }
        let found = match Header::read(content)? {
            Ok(header) => header,
            Err(HeaderProblem::NoMagic(read)) => {
                if count > 0 {
                    trailing(content, start, read, report)?;
                }
                return Ok(());
            }
            Err(HeaderProblem::Impossible(detail)) => {
                let message = format!("The array at byte {start}: {detail}.");
                report.find(&rules::IMPOSSIBLE_SIZE, Evidence::new("header", message));
                report.incomplete(ReasonCode::Malformed, detail);
                return Ok(());
            }
            Err(HeaderProblem::Unread(reason, detail)) => {
                report.incomplete(reason, format!("the array at byte {start}: {detail}"));
                // Whatever the header says, what follows may be a pickle.
                if content.position()? > start {
                    pickled(content, report, false)?;
                }
                return Ok(());
            }
        };
        if !array(content, &found, start, report)? {
            return Ok(());
        }
    }
    report.incomplete(
        ReasonCode::TooMany,
        format!("more than {MAX_ARRAYS} arrays in one file"),
    );
    Ok(())
}

/// Reads what follows a header; whether more may follow.
fn array(
    content: &mut Content<'_>,
    header: &Header,
    start: u64,
    report: &mut Report<'_>,
) -> io::Result<bool> {
    if header.dtype.objects {
        return pickled(content, report, true);
    }
    let Some(length) = header.length() else {
        let message = format!(
            "The array at byte {start} has the shape {:?}, whose product with the size of an \
             element overflows.",
            header.shape
        );
        report.find(&rules::IMPOSSIBLE_SIZE, Evidence::new("shape", message));
        return Ok(false);
    };
    let Some(length) = length else {
        // Of a type that NumPy does not know either. What follows may be a pickle all the same.
        report.incomplete(
            ReasonCode::Malformed,
            format!("the array at byte {start} is of no type that is known"),
        );
        pickled(content, report, false)?;
        return Ok(false);
    };
    let at = content.position()?;
    let left = match content.size()? {
        Some(size) => size.saturating_sub(at).min(length),
        None => content.skip(length)?,
    };
    if left < length {
        let message = format!(
            "The array at byte {start} should have {length} bytes and has {left}: it is cut off, \
             or its header lies."
        );
        report.find(&rules::IMPOSSIBLE_SIZE, Evidence::new("shape", message));
        return Ok(false);
    }
    content.go_to(at.saturating_add(length))?;
    report.keep(ArrayFacts {
        dtype: header.dtype.name.clone(),
        numbers: header.numbers().unwrap_or(0),
    });
    Ok(true)
}

/// Reads the pickle of an array of objects; whether more may follow. If the header does not say
/// that there is one, it is only read if it looks like one.
fn pickled(content: &mut Content<'_>, report: &mut Report<'_>, said: bool) -> io::Result<bool> {
    let at = content.position()?;
    let mut first = Vec::new();
    if !said {
        first = content.take_up_to(2)?;
        if !matches!(first.as_slice(), [0x80, 2..=5]) {
            return Ok(false);
        }
        if !matches!(content, Content::Stream(..)) {
            content.go_to(at)?;
            first.clear();
        }
    }
    let options = PickleOptions {
        part: Some("the array of objects"),
        ..PickleOptions::default()
    };
    let outcome = if first.is_empty() {
        pickle::read(content, &options, report)
    } else {
        // What was read of a stream to look at it goes before the rest.
        let mut whole = io::Cursor::new(first).chain(&mut *content);
        pickle::read(&mut Content::Stream(&mut whole, at), &options, report)
    };
    report.find(
        &rules::PICKLED_ARRAY,
        Evidence::new(
            "objects",
            "The file has an array of Python objects, which is stored as a pickle and loads with \
             allow_pickle=True only.",
        ),
    );
    Ok(outcome.end == pickle::End::Stopped && !matches!(content, Content::Stream(..)))
}

/// Reports what comes after the last array: nothing reads it.
fn trailing(
    content: &mut Content<'_>,
    start: u64,
    read: Vec<u8>,
    report: &mut Report<'_>,
) -> io::Result<()> {
    let count = match content.size()? {
        Some(size) => size.saturating_sub(start),
        None => (read.len() as u64).saturating_add(content.skip(u64::MAX)?),
    };
    // Old writers end a text pickle with an end of line.
    if count == 0 || (count == 1 && read == b"\n") {
        return Ok(());
    }
    let zeros = read.iter().all(|byte| *byte == 0);
    let kind = crate::tensor::payload::kind(&read);
    let what = kind.map_or_else(String::new, |kind| {
        format!(", which begin as {}", kind.name)
    });
    let message = format!("{count} bytes follow the array{what}. NumPy does not read them.");
    let mut evidence = Evidence::new("trailing", message);
    if kind.is_none() && zeros {
        evidence.severity = Some(gw_finding::Severity::Low);
    }
    let rule = if kind.is_some() {
        &rules::EMBEDDED_EXECUTABLE
    } else {
        &rules::HIDDEN_DATA
    };
    report.find(rule, evidence);
    if !matches!(content, Content::Stream(..)) {
        polyglot::report(&mut Input::new(content)?, report);
    }
    Ok(())
}

/// Exactly `N` bytes, or as many as there are.
fn exactly<const N: usize>(content: &mut Content<'_>) -> io::Result<Result<[u8; N], Vec<u8>>> {
    let mut bytes = Vec::new();
    content.take(N as u64).read_to_end(&mut bytes)?;
    match bytes.first_chunk::<N>() {
        Some(array) => Ok(Ok(*array)),
        None => Ok(Err(bytes)),
    }
}
