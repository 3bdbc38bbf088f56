//! GGUF, the format of llama.cpp and its kin: metadata, a table of tensors, then the numbers.
//!
//! Defined in `docs/gguf.md` of ggml; what loaders accept is in its `src/gguf.cpp`.

mod field;
mod metadata;
mod tensors;
#[cfg(test)]
pub(crate) mod tests;
pub(in crate::tensor) mod types;

use std::collections::HashSet;

use gw_finding::ReasonCode;

use field::{Fields, MAX_NAMES, Stop};
use metadata::Metadata;
pub(in crate::tensor) use tensors::size;

use crate::reader::Reader;
use crate::report::{Evidence, Report, quote};
use crate::tensor::input::{Input, Trouble};
use crate::tensor::{payload, pointer};
use crate::{Content, rules};

/// How many values and tensors are looked at. Real files have some hundreds of the first and some
/// thousands of the others.
const MAX_VALUES: u64 = 1 << 20;

/// The specification's limits on names, in bytes. The one for tensors is the size of a buffer in
/// loaders.
const MAX_KEY: u64 = 65_535;

/// Reads the file's header, whatever the size of its numbers.
pub(crate) struct Gguf;

impl Reader for Gguf {
    fn claims(&self, path: &str, head: &[u8]) -> bool {
        head.starts_with(b"GGUF") || path.ends_with(".gguf")
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        let outcome = Input::new(&mut content)
            .map_err(Trouble::from)
            .map_err(Stop::from)
            .and_then(|mut input| read(&mut input, report));
        match outcome {
            Ok(()) => {}
            Err(Stop::Trouble(trouble)) => trouble.report("GGUF", report),
            Err(Stop::Impossible(what)) => {
                report.incomplete(ReasonCode::Malformed, format!("GGUF: {what}"));
                let message = format!("In the header, {what}.");
                report.find(&rules::IMPOSSIBLE_SIZE, Evidence::new("header", message));
            }
        }
    }
}

fn read(input: &mut Input<'_, '_>, report: &mut Report<'_>) -> Result<(), Stop> {
    let head = input.up_to(512)?;
    if !head.starts_with(b"GGUF") {
        not_one(&head, report);
        return Ok(());
    }
    input.go_to(4)?;
    let version = input.u32()?;
    // In a file for machines of the other byte order, the version's low half is zero.
    let big_endian = version & 0xFFFF == 0 && version != 0;
    let version = if big_endian {
        version.swap_bytes()
    } else {
        version
    };
    if !(1..=3).contains(&version) {
        let detail = format!("GGUF of version {version}");
        return Err(Trouble::Limit(ReasonCode::Unsupported, detail).into());
    }
    let mut fields = Fields {
        input,
        big_endian,
        version,
        names: MAX_NAMES,
        room: 0,
    };
    let tensor_count = fields.size()?;
    let value_count = fields.size()?;
    let (least_value, least_tensor) = if version == 1 { (9, 16) } else { (13, 24) };
    fields.check("metadata values", value_count, least_value)?;
    fields.check("tensors", tensor_count, least_tensor)?;
    for (what, count) in [("metadata values", value_count), ("tensors", tensor_count)] {
        if count > MAX_VALUES {
            let detail = format!("{count} {what}; at most {MAX_VALUES} are looked at");
            return Err(Trouble::Limit(ReasonCode::TooMany, detail).into());
        }
    }
    let mut metadata = Metadata::new(version, big_endian, report);
    let outcome = values(&mut fields, value_count, &mut metadata, report)
        .and_then(|()| tensors::read(&mut fields, tensor_count, &mut metadata, report));
    metadata.finish(report);
    outcome
}

fn values(
    fields: &mut Fields<'_, '_, '_>,
    count: u64,
    metadata: &mut Metadata,
    report: &mut Report<'_>,
) -> Result<(), Stop> {
    let mut keys = HashSet::new();
    for _ in 0..count {
        let key = fields.text("a metadata key", MAX_KEY)?;
        let Ok(key) = String::from_utf8(key) else {
            return Err(Trouble::malformed("a metadata key is not UTF-8").into());
        };
        let kind = fields.u32()?;
        let value = fields.value(kind, &quote(&key), 0)?;
        if keys.contains(&key) {
            let message = format!("The metadata key `{}` is given twice.", quote(&key));
            report.find(&rules::DUPLICATE_KEY, Evidence::new(key.as_str(), message));
        }
        metadata.take(&key, &value, report);
        keys.insert(key);
    }
    Ok(())
}

/// Says what a file is that is named as one and does not begin as one.
fn not_one(head: &[u8], report: &mut Report<'_>) {
    if pointer::is_pointer(head) {
        pointer::report(report);
    } else if let Some(found) = payload::kind(head) {
        let message = format!("The file is named as GGUF and is {}.", found.name);
        report.find(&rules::WRONG_FORMAT, Evidence::new("gguf", message));
    } else if !super::ggml::begins(head) {
        report.incomplete(
            ReasonCode::Malformed,
            "GGUF: the file does not begin with `GGUF`",
        );
    }
}
