use std::collections::BTreeMap;

use super::sstable;
use crate::graph::wire::Wire;
use crate::reader::Reader;
use crate::report::{Evidence, Report, quote};
use crate::tensor::extent::{self, Extent};
use crate::tensor::files::References;
use crate::tensor::input::{Input, Reading, Trouble};
use crate::tensor::{describe, pointer};
use crate::{Content, Model, rules};

/// A checkpoint's index: which tensor is where in its files of numbers.
///
/// Source: `tensorflow/core/protobuf/tensor_bundle.proto`.
pub(crate) struct CheckpointReader;

impl Reader for CheckpointReader {
    fn claims(&self, path: &str, _: &[u8]) -> bool {
        path.ends_with(".index")
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        let outcome = Input::new(&mut content)
            .map_err(Trouble::from)
            .and_then(|mut input| read(&mut input, report));
        if let Err(trouble) = outcome {
            trouble.report("checkpoint", report);
        }
    }
}

/// Types of tensors by their numbers in `types.proto`: names and sizes in bytes; of types without a
/// size nothing can be said.
const fn data_type(number: u64) -> (&'static str, u64) {
    match number {
        1 => ("f32", 4),
        2 => ("f64", 8),
        3 => ("i32", 4),
        4 => ("u8", 1),
        5 => ("i16", 2),
        6 => ("i8", 1),
        7 => ("string", 0),
        8 => ("c64", 8),
        9 => ("i64", 8),
        10 => ("bool", 1),
        14 => ("bf16", 2),
        17 => ("u16", 2),
        18 => ("c128", 16),
        19 => ("f16", 2),
        22 => ("u32", 4),
        23 => ("u64", 8),
        24 => ("f8_e5m2", 1),
        25 => ("f8_e4m3fn", 1),
        _ => ("other", 0),
    }
}

/// More files than any checkpoint has.
const MAX_SHARDS: u64 = 100_000;

#[derive(Default)]
struct Entry {
    kind: u64,
    shape: Vec<i64>,
    shard: u64,
    offset: i64,
    size: i64,
    is_sliced: bool,
}

fn read(input: &mut Input<'_, '_>, report: &mut Report<'_>) -> Reading<()> {
    let head = input.up_to(64)?;
    if pointer::is_pointer(&head) {
        pointer::report(report);
        return Ok(());
    }
    // The first entry has an empty key and the header as its value; in a compressed table this cannot
    // be seen. Other programs have indexes, too.
    if !head.starts_with(&[0, 0]) && !sstable::is_table(input)? {
        return Ok(());
    }
    let mut model = Model::new("tensorflow-checkpoint", report.location().clone());
    model.tensors = Some(0);
    let mut shards = 1;
    let mut extents: BTreeMap<u64, Vec<Extent>> = BTreeMap::new();
    let outcome = sstable::entries(input, |key, value| {
        if key.is_empty() {
            shards = header(value, &mut model)?;
            return Ok(());
        }
        let name = String::from_utf8_lossy(key).into_owned();
        let entry = entry(value)?;
        if let Some(extent) = judge(&name, &entry, shards, &mut model, report) {
            extents.entry(entry.shard).or_default().push(extent);
        }
        Ok(())
    });
    let path = report.path();
    let file = path.rsplit('/').next().unwrap_or(path);
    let prefix = file.strip_suffix(".index").unwrap_or(file).to_owned();
    let mut references = References::default();
    for (shard, mut extents) in extents {
        // Gaps between tensors are no fault of a shard, so no padding is too much.
        let end = extent::report(&mut extents, u64::MAX, report);
        let name = format!("{prefix}.data-{shard:05}-of-{shards:05}");
        describe::add(&mut model.files, name.clone());
        references.add("The checkpoint", &name, end, report);
    }
    references.keep(report);
    model.parameters = describe::parameters(&model);
    report.describe(model);
    outcome
}

/// A `BundleHeaderProto`: how many files there are.
fn header(value: &[u8], model: &mut Model) -> Reading<u64> {
    let mut shards = 0;
    in_message(value, |wire, field| {
        match field.number {
            1 => shards = field.varint().unwrap_or(0),
            2 if field.varint() == Some(1) => describe::keep(model, "byte order", "big endian"),
            3 => wire.message(field.size().unwrap_or(0), |_, field| {
                if field.number == 1 {
                    model.format_version = field.varint().map(|version| version.to_string());
                }
                Ok(())
            })?,
            _ => {}
        }
        Ok(())
    })?;
    Ok(shards.min(MAX_SHARDS))
}

/// A `BundleEntryProto`.
fn entry(value: &[u8]) -> Reading<Entry> {
    let mut entry = Entry::default();
    in_message(value, |wire, field| {
        let number = field.varint().unwrap_or(0);
        match field.number {
            1 => entry.kind = number,
            2 => wire.message(field.size().unwrap_or(0), |wire, field| {
                match field.number {
                    2 => {
                        // A size of nothing is not written.
                        let mut size = 0;
                        wire.message(field.size().unwrap_or(0), |_, field| {
                            if field.number == 1 {
                                size = field.varint().unwrap_or(0).cast_signed();
                            }
                            Ok(())
                        })?;
                        if entry.shape.len() < 256 {
                            entry.shape.push(size);
                        }
                        Ok(())
                    }
                    _ => Ok(()),
                }
            })?,
            3 => entry.shard = number,
            4 => entry.offset = number.cast_signed(),
            5 => entry.size = number.cast_signed(),
            7 => entry.is_sliced = true,
            _ => {}
        }
        Ok(())
    })?;
    Ok(entry)
}

fn in_message(
    value: &[u8],
    visit: impl FnMut(&mut Wire<'_, '_, '_>, crate::graph::wire::Field) -> Reading<()>,
) -> Reading<()> {
    let mut content = Content::bytes(value);
    let mut input = Input::new(&mut content)?;
    Wire::new(&mut input).whole(visit)
}

/// Reports an entry that cannot be; else its place in its file.
fn judge(
    name: &str,
    entry: &Entry,
    shards: u64,
    model: &mut Model,
    report: &mut Report<'_>,
) -> Option<Extent> {
    let mut lie = |what: String| -> Option<Extent> {
        let message = format!("The tensor `{}` cannot be: {what}.", quote(name));
        report.find(&rules::IMPOSSIBLE_SIZE, Evidence::new(name, message));
        None
    };
    let place = u64::try_from(entry.offset)
        .ok()
        .zip(u64::try_from(entry.size).ok());
    let Some((offset, size)) = place else {
        return lie(format!(
            "it has {} bytes at byte {}",
            entry.size, entry.offset
        ));
    };
    if entry.shard >= shards {
        return lie(format!("it is in file {} of {shards}", entry.shard));
    }
    let shape: Option<Vec<u64>> = entry
        .shape
        .iter()
        .map(|size| u64::try_from(*size).ok())
        .collect();
    let numbers = shape.and_then(extent::numbers);
    let Some(numbers) = numbers else {
        return lie(format!("its dimensions are {:?}", entry.shape));
    };
    let (kind, bytes) = data_type(entry.kind);
    let expected = numbers.checked_mul(bytes);
    if bytes > 0 && !entry.is_sliced && expected != Some(size) {
        return lie(format!(
            "its {numbers} numbers of type {kind} are said to have {size} bytes"
        ));
    }
    if kind != "string" && kind != "other" {
        model.add_tensor(kind, numbers);
    }
    Some(Extent {
        name: name.to_owned(),
        range: offset..offset.saturating_add(size),
    })
}
