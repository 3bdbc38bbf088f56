use std::ops::Range;

use crate::report::{Evidence, Report, quote};
use crate::rules;

/// A named piece of a file: a tensor's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Extent {
    /// The tensor's name.
    pub(crate) name: String,
    /// Its bytes, from the start of the data.
    pub(crate) range: Range<u64>,
}

/// What is wrong with how pieces lie.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Fault {
    /// Two tensors share bytes: the first's name, the second's, and how many bytes.
    Overlap(String, String, u64),
    /// Bytes before a tensor that belong to none: the tensor's name and the bytes.
    Hole(String, Range<u64>),
}

/// How many faults are told of one file: the first ones say what sort of file it is.
pub(crate) const MOST_FAULTS: usize = 16;

/// Looks at how pieces lie, in order of their places. Padding of less than `padding` bytes before a
/// piece is no hole. Returns the faults, at most [`MOST_FAULTS`], and the end of the last piece.
fn faults(extents: &mut [Extent], padding: u64) -> (Vec<Fault>, u64) {
    extents.sort_unstable_by(|a, b| {
        (a.range.start, a.range.end, &a.name).cmp(&(b.range.start, b.range.end, &b.name))
    });
    let mut found = Vec::new();
    let mut end = 0_u64;
    let mut last = "";
    for Extent { name, range } in &*extents {
        if range.is_empty() {
            continue;
        }
        let fault = if range.start < end {
            let shared = end.min(range.end).saturating_sub(range.start);
            Some(Fault::Overlap(last.to_owned(), name.clone(), shared))
        } else if range.start.saturating_sub(end) >= padding.max(1) {
            Some(Fault::Hole(name.clone(), end..range.start))
        } else {
            None
        };
        if found.len() < MOST_FAULTS {
            found.extend(fault);
        }
        if range.end > end {
            end = range.end;
            last = name;
        }
    }
    (found, end)
}

/// Reports how pieces lie, as [`faults`] sees it. Returns the end of the last piece.
pub(crate) fn report(extents: &mut [Extent], padding: u64, report: &mut Report<'_>) -> u64 {
    let (faults, end) = faults(extents, padding);
    let more = if padding > 1 {
        " and are more than padding"
    } else {
        ""
    };
    for fault in faults {
        match fault {
            Fault::Overlap(first, second, shared) => {
                let message = format!(
                    "The tensors `{}` and `{}` share {shared} bytes.",
                    quote(&first),
                    quote(&second)
                );
                report.find(&rules::OVERLAPPING_TENSORS, Evidence::new(second, message));
            }
            Fault::Hole(name, range) => {
                let message = format!(
                    "The {} bytes before the tensor `{}` belong to no tensor{more}.",
                    range.end.saturating_sub(range.start),
                    quote(&name)
                );
                report.find(&rules::HIDDEN_DATA, Evidence::new(name, message));
            }
        }
    }
    end
}

/// The product of a tensor's dimensions; none if it does not fit.
pub(crate) fn numbers(shape: impl IntoIterator<Item = u64>) -> Option<u64> {
    // A dimension of zero makes the product zero whatever the others are, and must not hide that
    // the others overflow in a loader that multiplies in another order.
    let mut product = Some(1_u64);
    let mut zero = false;
    for size in shape {
        if size == 0 {
            zero = true;
        } else {
            product = product.and_then(|product| product.checked_mul(size));
        }
    }
    product.map(|product| if zero { 0 } else { product })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_overlaps_and_holes() {
        let extent = |name: &str, range| Extent {
            name: name.to_owned(),
            range,
        };
        let mut honest = [extent("b", 8..16), extent("a", 0..8), extent("empty", 8..8)];
        assert_eq!(faults(&mut honest, 1), (vec![], 16));
        let mut padded = [extent("a", 0..5), extent("b", 32..40)];
        assert_eq!(faults(&mut padded, 32), (vec![], 40));
        let hole = Fault::Hole("b".to_owned(), 5..32);
        assert_eq!(faults(&mut padded, 1), (vec![hole], 40));
        let mut nested = [extent("c", 90..100), extent("a", 0..80), extent("b", 8..16)];
        let overlap = Fault::Overlap("a".to_owned(), "b".to_owned(), 8);
        let hole = Fault::Hole("c".to_owned(), 80..90);
        assert_eq!(faults(&mut nested, 1), (vec![overlap, hole], 100));
    }

    #[test]
    fn multiplies_without_wrapping() {
        for (shape, expected) in [
            (&[][..], Some(1)),
            (&[2, 3, 4], Some(24)),
            (&[0, 3], Some(0)),
            (&[1 << 32, 1 << 32], None),
            (&[0, 1 << 32, 1 << 32], None),
        ] {
            assert_eq!(numbers(shape.iter().copied()), expected, "{shape:?}");
        }
    }
}
