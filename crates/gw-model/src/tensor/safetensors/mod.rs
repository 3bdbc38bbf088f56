//! Safetensors: a JSON header with each tensor's type, shape and place, then the numbers.
//!
//! The format is defined in the README of its reference implementation, and in more detail by what
//! that implementation (0.7) accepts: `SafeTensors::read_metadata` and `Metadata::validate`.

mod entry;
mod header;
mod index;
mod split;
#[cfg(test)]
pub(crate) mod tests;

use gw_finding::ReasonCode;

pub(in crate::tensor) use header::{tail, trailing};
pub(crate) use index::IndexReader;

use crate::reader::Reader;
use crate::report::{Evidence, Report};
use crate::tensor::input::{Input, Trouble};
use crate::tensor::{payload, pointer};
use crate::{Content, rules};

/// The largest header that the reference implementation takes, in bytes.
const MAX_HEADER: u64 = 100_000_000;

/// Reads the file's header, whatever the size of its numbers.
pub(crate) struct Safetensors;

impl Reader for Safetensors {
    fn claims(&self, path: &str, head: &[u8]) -> bool {
        named(path) || begins(head)
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        let outcome = Input::new(&mut content)
            .map_err(Trouble::from)
            .and_then(|mut input| read(&mut input, report));
        if let Err(trouble) = outcome {
            trouble.report("safetensors", report);
        }
    }
}

fn named(path: &str) -> bool {
    path.len() > 12
        && path
            .get(path.len() - 12..)
            .is_some_and(|end| end.eq_ignore_ascii_case(".safetensors"))
}

/// A length that may be, and a header that begins as one.
fn begins(head: &[u8]) -> bool {
    let Some((size, header)) = head.split_first_chunk() else {
        return false;
    };
    let json = header.strip_prefix(b"{").map(<[u8]>::trim_ascii_start);
    (2..=MAX_HEADER).contains(&u64::from_le_bytes(*size))
        && json.is_some_and(|json| matches!(json.first(), Some(b'"' | b'}')))
}

fn read(input: &mut Input<'_, '_>, report: &mut Report<'_>) -> Result<(), Trouble> {
    let head = input.up_to(512)?;
    if !begins(&head) {
        not_one(&head, input.size(), report);
        return Ok(());
    }
    input.go_to(0)?;
    header::read(input, report)
}

/// Says what a file is that is named as one and does not begin as one.
fn not_one(head: &[u8], size: Option<u64>, report: &mut Report<'_>) {
    if pointer::is_pointer(head) {
        return pointer::report(report);
    }
    if let Some(found) = payload::kind(head) {
        let message = format!("The file is named as safetensors and is {}.", found.name);
        return report.find(&rules::WRONG_FORMAT, Evidence::new("safetensors", message));
    }
    let promised = head.first_chunk().map(|size| u64::from_le_bytes(*size));
    match promised {
        Some(promised) if promised > MAX_HEADER && head.get(8) == Some(&b'{') => {
            let message = format!(
                "The header is said to have {promised} bytes; at most {MAX_HEADER} are allowed, \
                 and the file has {}.",
                size.map_or_else(|| "fewer or more".to_owned(), |size| size.to_string())
            );
            report.find(&rules::IMPOSSIBLE_SIZE, Evidence::new("header", message));
        }
        _ => {
            let detail =
                "safetensors: expected the header's length and a JSON object, found neither";
            report.incomplete(ReasonCode::Malformed, detail);
        }
    }
}
