use std::collections::HashSet;

use super::field::{Fields, Stop};
use super::metadata::Metadata;
use super::types::{self, BlockType};
use crate::report::{Evidence, Report, quote};
use crate::rules;
use crate::tensor::extent::{self, Extent};
use crate::tensor::input::{Input, Trouble};
use crate::tensor::safetensors::trailing;
use crate::tensor::weights::{self, Kind, Tensor};
use crate::tensor::{payload, polyglot};

/// The size of the buffers that loaders keep names in, in bytes, and the number of dimensions that
/// they have place for (`GGML_MAX_NAME`, `GGML_MAX_DIMS`).
const MAX_NAME: u64 = 64;
const MAX_DIMENSIONS: u32 = 4;

/// Reads the table of tensors, and looks at where they lie.
pub(super) fn read(
    fields: &mut Fields<'_, '_, '_>,
    count: u64,
    metadata: &mut Metadata,
    report: &mut Report<'_>,
) -> Result<(), Stop> {
    let mut names = HashSet::new();
    let mut tensors = Vec::new();
    let mut all_known = true;
    for _ in 0..count {
        let Some(tensor) = one(fields, metadata, report)? else {
            all_known = false;
            continue;
        };
        if !names.insert(tensor.name.clone()) {
            let message = format!("The tensor `{}` is given twice.", quote(&tensor.name));
            report.find(
                &rules::DUPLICATE_KEY,
                Evidence::new(tensor.name.as_str(), message),
            );
        }
        tensors.push(tensor);
    }
    if !all_known {
        // Where the others end says nothing about what belongs to one that cannot be.
        return Ok(());
    }
    let alignment = metadata.alignment;
    let data = fields.input.at().checked_next_multiple_of(alignment);
    let Some(data) = data else {
        return Err(Stop::Impossible(format!(
            "the data begins at a multiple of {alignment}"
        )));
    };
    layout(fields, data, alignment, tensors, report)
}

fn one(
    fields: &mut Fields<'_, '_, '_>,
    metadata: &mut Metadata,
    report: &mut Report<'_>,
) -> Result<Option<Tensor>, Stop> {
    let name = fields.text("a tensor's name", u64::from(u16::MAX))?;
    let name_size = name.len() as u64;
    let name = String::from_utf8_lossy(&name).into_owned();
    let shown = quote(&name);
    if name_size > MAX_NAME {
        let message = format!(
            "The tensor's name `{shown}` has {name_size} bytes; loaders have place for {MAX_NAME}."
        );
        report.find(
            &rules::IMPOSSIBLE_SIZE,
            Evidence::new(name.as_str(), message),
        );
    }
    let dimensions = fields.u32()?;
    if dimensions > MAX_DIMENSIONS {
        return Err(Stop::Impossible(format!(
            "the tensor `{shown}` has {dimensions} dimensions; loaders have place for {MAX_DIMENSIONS}"
        )));
    }
    let mut shape = Vec::new();
    for _ in 0..dimensions {
        shape.push(fields.size()?);
    }
    let number = fields.u32()?;
    let offset = fields.u64()?;
    let mut lie = |what: String| {
        let message = format!("The tensor `{shown}` cannot be: {what}.");
        report.find(
            &rules::IMPOSSIBLE_SIZE,
            Evidence::new(name.as_str(), message),
        );
    };
    let Some(block) = types::block_type(number) else {
        lie(format!(
            "its type is {number}, and there is none with that number"
        ));
        return Ok(None);
    };
    if offset % metadata.alignment != 0 {
        lie(format!(
            "it begins at byte {offset}, which is no multiple of {}",
            metadata.alignment
        ));
    }
    let size = match size(block, &shape) {
        Ok(size) => size,
        Err(what) => {
            lie(what);
            return Ok(None);
        }
    };
    let Some(end) = offset.checked_add(size) else {
        lie(format!("its {size} bytes begin at byte {offset}"));
        return Ok(None);
    };
    let numbers = extent::numbers(shape.iter().copied()).unwrap_or(0);
    metadata.model.add_tensor(block.name, numbers);
    shape.reverse();
    Ok(Some(Tensor {
        name,
        kind: match (block.name, fields.big_endian) {
            ("f64", false) => Kind::F64,
            ("f32", false) => Kind::F32,
            ("f16", false) => Kind::F16,
            ("bf16", false) => Kind::Bf16,
            _ => Kind::Other,
        },
        shape,
        range: offset..end,
    }))
}

/// A tensor's size in bytes.
///
/// # Errors
/// Why there is no such tensor.
pub(in crate::tensor) fn size(block: BlockType, shape: &[u64]) -> Result<u64, String> {
    let signed = |size: &u64| i64::try_from(*size).is_ok();
    if !shape.iter().all(signed) {
        return Err(format!("its dimensions {shape:?} are negative"));
    }
    let numbers = extent::numbers(shape.iter().copied())
        .filter(signed)
        .ok_or_else(|| format!("the product of its dimensions {shape:?} overflows"))?;
    let row = shape.first().copied().unwrap_or(1);
    if row % block.numbers != 0 {
        return Err(format!(
            "its rows have {row} numbers, and its type {} has blocks of {}",
            block.name, block.numbers
        ));
    }
    (numbers / block.numbers)
        .checked_mul(block.bytes)
        .filter(signed)
        .ok_or_else(|| format!("its {numbers} numbers have more bytes than can be counted"))
}

fn layout(
    fields: &mut Fields<'_, '_, '_>,
    data: u64,
    alignment: u64,
    mut tensors: Vec<Tensor>,
    report: &mut Report<'_>,
) -> Result<(), Stop> {
    let mut extents: Vec<Extent> = tensors
        .iter()
        .map(|tensor| Extent {
            name: tensor.name.clone(),
            range: tensor.range.clone(),
        })
        .collect();
    let end = extent::report(&mut extents, alignment, report);
    if report.weights {
        for tensor in &mut tensors {
            let place = |at: u64| data.saturating_add(at);
            tensor.range = place(tensor.range.start)..place(tensor.range.end);
        }
        weights::pass(fields.input, &mut tensors, report)?;
    }
    if end == 0 {
        // A file of metadata alone, as those with only a vocabulary are, may end before its padding.
        let at = fields.input.at();
        return Ok(tail(fields.input, at.min(data), alignment, report)?);
    }
    Ok(tail(
        fields.input,
        data.saturating_add(end),
        alignment,
        report,
    )?)
}

/// Looks at whether the file ends where the last tensor does, at byte `end`, give or take padding.
pub(in crate::tensor) fn tail(
    input: &mut Input<'_, '_>,
    end: u64,
    alignment: u64,
    report: &mut Report<'_>,
) -> Result<(), Trouble> {
    match input.go_to(end) {
        Err(Trouble::Ends(at)) => {
            let message = format!(
                "The tensors' bytes go on to byte {end}, and the file ends at byte {at}. It is cut \
                 off, or its header lies."
            );
            report.find(&rules::IMPOSSIBLE_SIZE, Evidence::new("data", message));
        }
        Err(trouble) => return Err(trouble),
        Ok(()) => {
            let most = alignment.max(payload::ENOUGH as u64).min(1 << 20);
            let trailer = input.up_to(most)?;
            let is_padding =
                (trailer.len() as u64) < alignment && trailer.iter().all(|byte| *byte == 0);
            if !trailer.is_empty() && !is_padding {
                // What was put behind the padding is told by its own first bytes.
                let skip = end
                    .next_multiple_of(alignment.clamp(1, 1 << 20))
                    .saturating_sub(end);
                let aligned = usize::try_from(skip)
                    .ok()
                    .and_then(|skip| trailer.get(skip..));
                let told = aligned.filter(|rest| payload::kind(rest).is_some());
                trailing(told.unwrap_or(&trailer), end, input.size(), report);
            }
        }
    }
    polyglot::report(input, report);
    Ok(())
}
