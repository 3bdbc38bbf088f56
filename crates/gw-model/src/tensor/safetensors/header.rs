use std::collections::HashSet;

use gw_analysis::{Node, parse};
use gw_finding::{Confidence, ReasonCode, Severity};

use super::entry::Entry;
use super::split::Members;
use crate::Model;
use crate::report::{Evidence, Report, quote};
use crate::rules;
use crate::tensor::extent::{self, Extent, MOST_FAULTS};
use crate::tensor::input::{Input, Reading, Trouble};
use crate::tensor::weights::{Kind, Tensor};
use crate::tensor::{describe, payload, polyglot, text, weights};

/// How many tensors are looked at. The largest models have a few hundred thousand.
const MAX_TENSORS: usize = 1 << 20;

/// How large what is said about one tensor may be, in bytes; and the metadata.
const MAX_ENTRY: usize = 64 << 10;
const MAX_METADATA: usize = 16 << 20;

/// How many findings of one rule a file may have.
const MOST: usize = MOST_FAULTS;

/// Reads the header from the start of the file, then looks at where the numbers are.
pub(super) fn read(input: &mut Input<'_, '_>, report: &mut Report<'_>) -> Reading<()> {
    let size = input.u64()?;
    if input.lacks(size) {
        let message = format!(
            "The header is said to have {size} bytes, and the file has {} more.",
            input.left().unwrap_or(0)
        );
        report.find(&rules::IMPOSSIBLE_SIZE, Evidence::new("header", message));
        return Ok(());
    }
    let bytes = input.bytes(size)?;
    let data = input.at();
    let Ok(header) = std::str::from_utf8(&bytes) else {
        return Err(Trouble::malformed("the header is not UTF-8"));
    };
    let tensors = Header::default().read(header, report)?;
    drop(bytes);
    layout(input, data, tensors, report)
}

#[derive(Default)]
struct Header {
    model: Model,
    tensors: Vec<(String, Entry)>,
    names: HashSet<String>,
    lies: usize,
}

impl Header {
    fn read(mut self, header: &str, report: &mut Report<'_>) -> Reading<Vec<(String, Entry)>> {
        self.model = Model::new("safetensors", report.location().clone());
        self.model.tensors = Some(0);
        let mut members = Members::new(header)?;
        while let Some((key, value)) = members.next()? {
            let key = json(key, MAX_ENTRY)?;
            let key = key.as_str().unwrap_or_default();
            if !self.names.insert(key.to_owned()) {
                let message = format!("`{}` is defined twice in the header.", quote(key));
                report.find(&rules::DUPLICATE_KEY, Evidence::new(key, message));
            }
            if key == "__metadata__" {
                self.metadata(&json(value, MAX_METADATA)?, report);
                continue;
            }
            if self.tensors.len() >= MAX_TENSORS {
                let detail = format!("more than {MAX_TENSORS} tensors");
                return Err(Trouble::Limit(ReasonCode::TooMany, detail));
            }
            self.tensor(key, &json(value, MAX_ENTRY)?, report);
        }
        let rest = members.rest();
        if let Some(found) = rest
            .bytes()
            .find(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
        {
            let message = format!(
                "The header goes on behind its end, with `{}`; only spaces may stand there.",
                char::from(found).escape_debug()
            );
            report.find(&rules::HIDDEN_DATA, Evidence::new("header", message));
        }
        self.model.parameters = describe::parameters(&self.model);
        report.describe(self.model);
        Ok(self.tensors)
    }

    fn tensor(&mut self, name: &str, node: &Node, report: &mut Report<'_>) {
        let entry = match Entry::read(node) {
            Ok(entry) => entry,
            Err(problem) => {
                let detail = format!("safetensors: tensor `{}`: {problem}", quote(name));
                return report.incomplete(ReasonCode::Malformed, detail);
            }
        };
        if entry.bits.is_none() {
            let detail = format!(
                "safetensors: tensor `{}` has the unknown type `{}`",
                quote(name),
                quote(&entry.dtype)
            );
            report.incomplete(ReasonCode::Unsupported, detail);
        }
        if let Some(field) = entry.unknown.first() {
            let message = format!(
                "The tensor `{}` has the field `{}`, which the format does not have.",
                quote(name),
                quote(field)
            );
            let mut evidence = Evidence::new(name, message);
            evidence.severity = Some(Severity::Low);
            report.find(&rules::SUSPICIOUS_METADATA, evidence);
        }
        if let Some(lie) = entry.lie() {
            self.lies = self.lies.saturating_add(1);
            if self.lies <= MOST {
                let message = format!("The tensor `{}` cannot be: {lie}.", quote(name));
                report.find(&rules::IMPOSSIBLE_SIZE, Evidence::new(name, message));
            }
        }
        let numbers = entry.numbers().unwrap_or(0);
        self.model
            .add_tensor(&entry.dtype.to_ascii_lowercase(), numbers);
        self.tensors.push((name.to_owned(), entry));
    }

    fn metadata(&mut self, node: &Node, report: &mut Report<'_>) {
        if !node.is_map() {
            let message = format!("`__metadata__` is {} and must be an object.", node.kind());
            report.find(
                &rules::SUSPICIOUS_METADATA,
                Evidence::new("__metadata__", message),
            );
        }
        let mut keys = HashSet::new();
        for (key, value) in node.map() {
            let key = key.as_str().unwrap_or_default();
            if !keys.insert(key) {
                let message = format!("The metadata key `{}` is given twice.", quote(key));
                report.find(
                    &rules::DUPLICATE_KEY,
                    Evidence::new(format!("__metadata__ {key}"), message),
                );
            }
            match value.as_str() {
                Some(value) => {
                    text::judge(key, value, report);
                    describe::metadata(&mut self.model, key, value);
                }
                None => {
                    let message = format!(
                        "The metadata value `{}` is {}; the format allows nothing but strings.",
                        quote(key),
                        value.kind()
                    );
                    let mut evidence = Evidence::new(key, message);
                    evidence.confidence = Confidence::Medium;
                    report.find(&rules::SUSPICIOUS_METADATA, evidence);
                }
            }
        }
    }
}

/// A small piece of the header as JSON.
fn json(text: &str, most: usize) -> Reading<Node> {
    if text.len() > most {
        let detail = format!(
            "a value of {} bytes in the header; at most {most} are read",
            text.len()
        );
        return Err(Trouble::Limit(ReasonCode::TooLarge, detail));
    }
    parse::json(text).map_err(|error| Trouble::Malformed(format!("in the header: {error}")))
}

/// Looks at where the tensors lie in the data that begins at byte `data`.
fn layout(
    input: &mut Input<'_, '_>,
    data: u64,
    tensors: Vec<(String, Entry)>,
    report: &mut Report<'_>,
) -> Reading<()> {
    let mut extents: Vec<Extent> = tensors
        .iter()
        .filter(|(_, entry)| entry.range.start <= entry.range.end)
        .map(|(name, entry)| Extent {
            name: name.clone(),
            range: entry.range.clone(),
        })
        .collect();
    let end = extent::report(&mut extents, 1, report);
    if report.weights {
        let mut wanted: Vec<Tensor> = tensors
            .into_iter()
            .filter_map(|(name, entry)| tensor(name, &entry, data))
            .collect();
        weights::pass(input, &mut wanted, report)?;
    }
    tail(input, data.saturating_add(end), report)
}

fn tensor(name: String, entry: &Entry, data: u64) -> Option<Tensor> {
    let start = data.checked_add(entry.range.start)?;
    Some(Tensor {
        name,
        kind: match entry.dtype.as_str() {
            "F64" => Kind::F64,
            "F32" => Kind::F32,
            "F16" => Kind::F16,
            "BF16" => Kind::Bf16,
            _ => Kind::Other,
        },
        shape: entry.shape.clone(),
        range: start..data.checked_add(entry.range.end)?,
    })
}

/// Looks at whether the file ends where the last tensor does, at byte `end`.
pub(in crate::tensor) fn tail(
    input: &mut Input<'_, '_>,
    end: u64,
    report: &mut Report<'_>,
) -> Reading<()> {
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
            let trailer = input.up_to(payload::ENOUGH as u64)?;
            if !trailer.is_empty() {
                trailing(&trailer, end, input.size(), report);
            }
        }
    }
    polyglot::report(input, report);
    Ok(())
}

/// Reports bytes behind the model's end.
pub(in crate::tensor) fn trailing(
    trailer: &[u8],
    end: u64,
    size: Option<u64>,
    report: &mut Report<'_>,
) {
    let count = size.map_or_else(
        || format!("at least {}", trailer.len()),
        |size| size.saturating_sub(end).to_string(),
    );
    if let Some(found) = payload::kind(trailer) {
        let message = format!(
            "Behind the model's end, at byte {end}, is {} ({count} bytes).",
            found.name
        );
        report.find(
            &rules::EMBEDDED_EXECUTABLE,
            Evidence::new("trailer", message),
        );
        return;
    }
    let message =
        format!("Behind the model's end, at byte {end}, are {count} bytes that belong to nothing.");
    report.find(&rules::HIDDEN_DATA, Evidence::new("trailer", message));
}
