//! A pass over the tensors' numbers, in order and in bounded memory.

mod low_bits;
mod numbers;
mod search;
#[cfg(test)]
mod tests;

use std::ops::Range;

use gw_finding::{Confidence, Severity};

use numbers::Numbers;

use crate::report::{Evidence, Report, quote};
use crate::rules;
use crate::tensor::input::{Input, Reading, Trouble};

/// A tensor whose numbers can be looked at.
#[derive(Debug, Clone)]
pub(crate) struct Tensor {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// Its dimensions, the slowest first.
    pub(crate) shape: Vec<u64>,
    /// Its bytes, from the start of the file.
    pub(crate) range: Range<u64>,
}

/// How numbers are stored, little endian; the rest is only searched for what is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    F64,
    F32,
    F16,
    Bf16,
    Other,
}

impl Kind {
    /// How many bytes a number has; of other types a byte counts as one.
    pub(crate) const fn size(self) -> usize {
        match self {
            Self::F64 => 8,
            Self::F32 => 4,
            Self::F16 | Self::Bf16 => 2,
            Self::Other => 1,
        }
    }
}

/// How much is read at once, in bytes; a multiple of every number's size.
const CHUNK: u64 = 1 << 20;

/// Looks at tensors in order of their places, at each byte once, whatever they claim to share.
pub(crate) fn pass(
    input: &mut Input<'_, '_>,
    tensors: &mut [Tensor],
    report: &mut Report<'_>,
) -> Reading<()> {
    tensors.sort_by_key(|tensor| tensor.range.start);
    let mut summary = Summary::default();
    let mut seen = 0;
    for tensor in &*tensors {
        if tensor.range.start < seen {
            continue;
        }
        match one(input, tensor, &mut summary, report) {
            // That the file is too short is told by whoever knows its layout.
            Err(Trouble::Ends(_)) => break,
            other => other?,
        }
        seen = tensor.range.end;
    }
    summary.report(report);
    Ok(())
}

fn one(
    input: &mut Input<'_, '_>,
    tensor: &Tensor,
    summary: &mut Summary,
    report: &mut Report<'_>,
) -> Reading<()> {
    input.go_to(tensor.range.start)?;
    let mut left = tensor.range.end.saturating_sub(tensor.range.start);
    let mut numbers = Numbers::new(tensor);
    let mut search = search::Search::default();
    let mut is_first = true;
    while left > 0 {
        let chunk = input.up_to(left.min(CHUNK))?;
        if chunk.is_empty() {
            return Err(Trouble::Ends(input.at()));
        }
        left = left.saturating_sub(chunk.len() as u64);
        if std::mem::take(&mut is_first)
            && let Some(hidden) = low_bits::look(tensor.kind, &chunk)
        {
            let message = format!(
                "The lowest {} bits of the numbers of tensor `{}` are {}.",
                hidden.bits,
                quote(&tensor.name),
                hidden.payload.name
            );
            report.find(
                &rules::EMBEDDED_EXECUTABLE,
                Evidence::new(tensor.name.as_str(), message),
            );
        }
        if let Some((at, found)) = search.chunk(&chunk) {
            let message = format!(
                "The bytes of tensor `{}` hold {} from byte {at} on.",
                quote(&tensor.name),
                found.name
            );
            report.find(
                &rules::EMBEDDED_EXECUTABLE,
                Evidence::new(tensor.name.as_str(), message),
            );
        }
        numbers.chunk(&chunk);
    }
    summary.take(tensor, &numbers);
    Ok(())
}

/// How many tensors are named in a message.
const NAMED: usize = 3;

/// What is wrong with numbers, over all tensors: a broken model has it in many.
#[derive(Default)]
struct Summary {
    faults: Vec<(numbers::Fault, u64, Vec<String>)>,
}

impl Summary {
    fn take(&mut self, tensor: &Tensor, numbers: &Numbers) {
        for fault in numbers.faults() {
            let shown = format!("`{}` ({})", quote(&tensor.name), numbers.share(fault));
            match self.faults.iter_mut().find(|(known, ..)| *known == fault) {
                Some((_, count, named)) => {
                    *count = count.saturating_add(1);
                    if named.len() < NAMED {
                        named.push(shown);
                    }
                }
                None => self.faults.push((fault, 1, vec![shown])),
            }
        }
    }

    fn report(&self, report: &mut Report<'_>) {
        for (fault, count, named) in &self.faults {
            let more = count.saturating_sub(named.len() as u64);
            let more = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            let message = format!("{}: {}{more}.", fault.words(), named.join(", "));
            let mut evidence = Evidence::new(fault.id(), message);
            if !matches!(fault, numbers::Fault::NotANumber | numbers::Fault::Infinite) {
                evidence.severity = Some(Severity::Low);
                evidence.confidence = Confidence::Medium;
            }
            report.find(&rules::ABNORMAL_WEIGHTS, evidence);
        }
    }
}
