use std::ops::Range;

use gw_finding::Severity;

use super::model::State;
use crate::graph::wire::{Field, Wire};
use crate::report::{Evidence, Report, quote};
use crate::rules;
use crate::tensor::extent;
use crate::tensor::input::Reading;
use crate::tensor::weights::{Kind, Tensor};

/// The types of tensors, by their numbers in `TensorProto.DataType`: names and sizes in bits; texts
/// have no size.
const TYPES: [(&str, u64); 27] = [
    ("undefined", 0),
    ("f32", 32),
    ("u8", 8),
    ("i8", 8),
    ("u16", 16),
    ("i16", 16),
    ("i32", 32),
    ("i64", 64),
    ("string", 0),
    ("bool", 8),
    ("f16", 16),
    ("f64", 64),
    ("u32", 32),
    ("u64", 64),
    ("c64", 64),
    ("c128", 128),
    ("bf16", 16),
    ("f8_e4m3fn", 8),
    ("f8_e4m3fnuz", 8),
    ("f8_e5m2", 8),
    ("f8_e5m2fnuz", 8),
    ("u4", 4),
    ("i4", 4),
    ("f4_e2m1", 4),
    ("f8_e8m0", 8),
    ("u2", 2),
    ("i2", 2),
];

/// What is said of one tensor.
#[derive(Default)]
struct Found {
    name: String,
    shape: Vec<i64>,
    kind: u64,
    raw: Option<Range<u64>>,
    is_external: bool,
    location: Option<String>,
    offset: Option<String>,
    length: Option<String>,
    /// A key that external data does not have.
    foreign: Option<String>,
}

/// Reads a tensor of `size` bytes, passing its numbers.
pub(super) fn read(
    wire: &mut Wire<'_, '_, '_>,
    size: u64,
    is_weight: bool,
    state: &mut State,
    report: &mut Report<'_>,
) -> Reading<()> {
    let mut found = Found::default();
    wire.message(size, |wire, field| {
        match field.number {
            1 => {
                let shape = &mut found.shape;
                wire.varints(field, |size| {
                    if shape.len() < 256 {
                        shape.push(size.cast_signed());
                    }
                })?;
            }
            2 => found.kind = field.varint().unwrap_or(0),
            8 => found.name = wire.text(field, 1024)?,
            9 => {
                let at = wire.input.at();
                found.raw = Some(at..at.saturating_add(field.size().unwrap_or(0)));
            }
            13 => external(wire, field, &mut found)?,
            14 => found.is_external = field.varint() == Some(1),
            _ => {}
        }
        Ok(())
    })?;
    judge(found, is_weight, state, report);
    Ok(())
}

/// A key and a value that say where external data is.
fn external(wire: &mut Wire<'_, '_, '_>, field: Field, found: &mut Found) -> Reading<()> {
    let (key, value) = pair(wire, field, 4096)?;
    match key.as_str() {
        "location" => found.location = Some(value),
        "offset" => found.offset = Some(value),
        "length" => found.length = Some(value),
        "checksum" | "basepath" => {}
        _ if found.foreign.is_none() => found.foreign = Some(key),
        _ => {}
    }
    Ok(())
}

/// A `StringStringEntryProto`.
pub(super) fn pair(
    wire: &mut Wire<'_, '_, '_>,
    field: Field,
    most: u64,
) -> Reading<(String, String)> {
    let (mut key, mut value) = (String::new(), String::new());
    wire.message(field.size().unwrap_or(0), |wire, field| {
        match field.number {
            1 => key = wire.text(field, 1024)?,
            2 => value = wire.text(field, most)?,
            _ => {}
        }
        Ok(())
    })?;
    Ok((key, value))
}

fn judge(found: Found, is_weight: bool, state: &mut State, report: &mut Report<'_>) {
    let shown = quote(&found.name);
    if let Some(key) = &found.foreign {
        let message = format!(
            "The tensor `{shown}` gives its external data the attribute `{}`, which no version of \
             ONNX has: its own Python library sets whatever attribute is named.",
            quote(key)
        );
        let mut evidence = Evidence::new(key, message);
        evidence.severity = key.contains("__").then_some(Severity::High);
        report.find(&rules::SUSPICIOUS_METADATA, evidence);
    }
    let mut lie = |what: String| {
        let message = format!("The tensor `{shown}` cannot be: {what}.");
        report.find(
            &rules::IMPOSSIBLE_SIZE,
            Evidence::new(found.name.as_str(), message),
        );
    };
    let shape: Option<Vec<u64>> = found
        .shape
        .iter()
        .map(|size| u64::try_from(*size).ok())
        .collect();
    let Some(shape) = shape else {
        return lie(format!("its dimensions {:?} are negative", found.shape));
    };
    let Some(numbers) = extent::numbers(shape.iter().copied()) else {
        return lie(format!("the product of its dimensions {shape:?} overflows"));
    };
    let kind = usize::try_from(found.kind)
        .ok()
        .and_then(|kind| TYPES.get(kind));
    let Some((name, bits)) = kind.copied() else {
        return lie(format!(
            "its type is {}, and there is none with that number",
            found.kind
        ));
    };
    let expected = (bits > 0).then(|| numbers.checked_mul(bits).map(|bits| bits.div_ceil(8)));
    if expected == Some(None) {
        return lie(format!(
            "its {numbers} numbers have more bytes than can be counted"
        ));
    }
    let expected = expected.flatten();
    if is_weight {
        state.model.add_tensor(name, numbers);
    }
    if found.is_external || found.location.is_some() {
        return place(&found, expected, state, report);
    }
    let Some(raw) = found.raw else {
        return;
    };
    let size = raw.end.saturating_sub(raw.start);
    if let Some(expected) = expected.filter(|expected| *expected != size) {
        return lie(format!(
            "its {numbers} numbers of type {name} need {expected} bytes and it has {size}"
        ));
    }
    if report.weights && size > 0 {
        state.weights.push(Tensor {
            name: found.name,
            kind: match name {
                "f64" => Kind::F64,
                "f32" => Kind::F32,
                "f16" => Kind::F16,
                "bf16" => Kind::Bf16,
                _ => Kind::Other,
            },
            shape,
            range: raw,
        });
    }
}

/// In place of a path, this stands for an address in the memory of ONNX Runtime itself.
const MEMORY: &str = "_ORT_MEM_ADDR_";

/// Judges where a tensor's external data is.
fn place(found: &Found, expected: Option<u64>, state: &mut State, report: &mut Report<'_>) {
    let shown = quote(&found.name);
    let Some(location) = found
        .location
        .as_deref()
        .filter(|location| !location.is_empty())
    else {
        let message =
            format!("The tensor `{shown}` has its data in another file and does not say in which.");
        return report.find(
            &rules::IMPOSSIBLE_SIZE,
            Evidence::new(found.name.as_str(), message),
        );
    };
    if location.contains(MEMORY) {
        let message = format!(
            "The tensor `{shown}` has its data at an address in the memory of the process that loads the model."
        );
        return report.find(&rules::EXTERNAL_PATH, Evidence::new("memory", message));
    }
    let number =
        |text: &Option<String>| text.as_deref().map(|text| text.trim().parse::<u64>().ok());
    let (offset, length) = (number(&found.offset), number(&found.length));
    if offset == Some(None) || length == Some(None) {
        let message = format!(
            "The tensor `{shown}` has its data at \"{}\", of \"{}\" bytes, which is no place.",
            quote(found.offset.as_deref().unwrap_or("0")),
            quote(found.length.as_deref().unwrap_or("all"))
        );
        return report.find(
            &rules::IMPOSSIBLE_SIZE,
            Evidence::new(found.name.as_str(), message),
        );
    }
    let offset = offset.flatten().unwrap_or(0);
    let length = length.flatten();
    if let Some((length, expected)) = length
        .zip(expected)
        .filter(|(length, expected)| length != expected)
    {
        let message = format!(
            "The tensor `{shown}` needs {expected} bytes and has {length} in \"{}\".",
            quote(location)
        );
        report.find(
            &rules::IMPOSSIBLE_SIZE,
            Evidence::new(found.name.as_str(), message),
        );
    }
    let size = length.or(expected).unwrap_or(0);
    let end = offset.saturating_add(size);
    state
        .references
        .add(&format!("The tensor `{shown}`"), location, end, report);
}
