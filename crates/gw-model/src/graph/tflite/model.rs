use std::ops::Range;

use gw_finding::ReasonCode;

use super::names;
use crate::Model;
use crate::graph::flatbuffer::{self, Table, Vector};
use crate::graph::operators::Operators;
use crate::graph::tensorflow;
use crate::graph::window::Window;
use crate::report::{Evidence, Report, quote};
use crate::rules;
use crate::tensor::input::{Reading, Trouble};
use crate::tensor::weights::{Kind, Tensor};
use crate::tensor::{describe, extent, text};

/// How much of a name is read, in bytes.
const MAX_NAME: u64 = 512;

/// How many operators a model may list; the largest ones have some hundred.
const MAX_CODES: u64 = 1 << 16;

/// The metadata that says that files are packed behind the model.
const METADATA: &str = "TFLITE_METADATA";

pub(super) struct Found {
    pub(super) model: Model,
    pub(super) weights: Vec<Tensor>,
    pub(super) has_metadata: bool,
}

/// Reads the model that the buffer is.
pub(super) fn read(window: &mut Window<'_, '_>, report: &mut Report<'_>) -> Reading<Found> {
    let root = flatbuffer::root(window)?;
    let mut model = Model::new("tflite", report.location().clone());
    model.tensors = Some(0);
    model.format_version = root.u32(window, 0)?.map(|version| version.to_string());
    let description = root.text(window, 3, 1 << 16)?;
    text::judge("description", &description, report);
    if !description.is_empty() {
        model.producer = Some(describe::shortened(&description));
    }
    let codes = codes(root, window, report)?;
    let buffers = buffers(root, window, report)?;
    let mut reading = Graphs {
        codes: &codes,
        buffers: &buffers,
        operators: Operators::default(),
        weights: Vec::new(),
        named: std::collections::HashSet::new(),
    };
    let mut graphs = root.tables(window, 2)?;
    describe::keep(&mut model, "graphs", &graphs.count().to_string());
    while let Some(graph) = graphs.next(window)? {
        reading.graph(graph, window, &mut model, report)?;
    }
    let has_metadata = metadata(root, window, &mut model)?;
    let mut signatures = root.tables(window, 7)?;
    while let Some(signature) = signatures.next(window)? {
        let name = signature.text(window, 2, MAX_NAME)?;
        describe::keep(&mut model, &format!("signature {name}"), "yes");
    }
    reading.operators.describe(&mut model);
    model.parameters = describe::parameters(&model);
    Ok(Found {
        model,
        weights: reading.weights,
        has_metadata,
    })
}

/// The operators that nodes refer to, by name. Judges those with names of the model's own.
fn codes(
    root: Table,
    window: &mut Window<'_, '_>,
    report: &mut Report<'_>,
) -> Reading<Vec<String>> {
    let mut names = Vec::new();
    let mut codes = root.tables(window, 1)?;
    if codes.count() > MAX_CODES {
        let detail = format!(
            "{} operators are listed; at most {MAX_CODES} are read",
            codes.count()
        );
        return Err(Trouble::Limit(ReasonCode::TooMany, detail));
    }
    while let Some(code) = codes.next(window)? {
        let old = u32::from(code.u8(window, 0)?.unwrap_or(0));
        let number = code.u32(window, 3)?.unwrap_or(0).max(old);
        if number != names::CUSTOM {
            names.push(names::builtin(number).unwrap_or_else(|| {
                let message = format!(
                    "The model uses operator {number}, and there is none with that number."
                );
                report.find(
                    &rules::IMPOSSIBLE_SIZE,
                    Evidence::new(format!("operator {number}"), message),
                );
                format!("unknown {number}")
            }));
            continue;
        }
        let name = code.text(window, 1, MAX_NAME)?;
        custom(&name, report);
        names.push(name);
    }
    Ok(names)
}

fn custom(name: &str, report: &mut Report<'_>) {
    // Operators of TensorFlow itself are wrapped under this prefix.
    if let Some(wrapped) = name
        .strip_prefix("Flex")
        .filter(|wrapped| !wrapped.is_empty())
    {
        tensorflow::judge_name(wrapped, "of TensorFlow, which the model wraps,", report);
        if tensorflow::is_known(wrapped) {
            return;
        }
    }
    if names::is_known_custom(name) {
        return;
    }
    let message = format!(
        "The model needs the custom operator `{}`, which no runtime brings.",
        quote(name)
    );
    report.find(&rules::CUSTOM_OPERATOR, Evidence::new(name, message));
}

/// Where each buffer's bytes are.
fn buffers(
    root: Table,
    window: &mut Window<'_, '_>,
    report: &mut Report<'_>,
) -> Reading<Vec<Range<u64>>> {
    let mut ranges = Vec::new();
    let mut buffers = root.tables(window, 4)?;
    while let Some(buffer) = buffers.next(window)? {
        let inside = buffer.vector(window, 0, 1)?;
        // Models of more than 2 GB have their data behind the buffer. Places 0 and 1 stand for none.
        let (offset, size) = (
            buffer.u64(window, 1)?.unwrap_or(0),
            buffer.u64(window, 2)?.unwrap_or(0),
        );
        if offset > 1 {
            let end = offset.checked_add(size).filter(|end| *end <= window.size());
            let Some(end) = end else {
                let message = format!(
                    "Buffer {} has {size} bytes at byte {offset} of a file of {}.",
                    ranges.len(),
                    window.size()
                );
                report.find(
                    &rules::IMPOSSIBLE_SIZE,
                    Evidence::new(format!("buffer {}", ranges.len()), message),
                );
                ranges.push(0..0);
                continue;
            };
            ranges.push(offset..end);
        } else {
            ranges.push(inside.at..inside.at.saturating_add(inside.count));
        }
    }
    Ok(ranges)
}

fn metadata(root: Table, window: &mut Window<'_, '_>, model: &mut Model) -> Reading<bool> {
    let mut has_metadata = false;
    let mut all = root.tables(window, 6)?;
    while let Some(metadata) = all.next(window)? {
        let name = metadata.text(window, 0, MAX_NAME)?;
        has_metadata |= name == METADATA;
        describe::keep(model, &format!("metadata {name}"), "yes");
    }
    Ok(has_metadata)
}

struct Graphs<'g> {
    codes: &'g [String],
    buffers: &'g [Range<u64>],
    operators: Operators,
    weights: Vec<Tensor>,
    /// Buffers that are among the weights already: tensors may share one.
    named: std::collections::HashSet<u32>,
}

impl Graphs<'_> {
    fn graph(
        &mut self,
        graph: Table,
        window: &mut Window<'_, '_>,
        model: &mut Model,
        report: &mut Report<'_>,
    ) -> Reading<()> {
        let mut tensors = graph.tables(window, 0)?;
        let count = tensors.count();
        while let Some(tensor) = tensors.next(window)? {
            self.tensor(tensor, window, model, report)?;
        }
        for number in [1, 2] {
            let used = graph.vector(window, number, 4)?;
            indexes(used, count, "the graph", window, report)?;
        }
        let mut nodes = graph.tables(window, 3)?;
        while let Some(node) = nodes.next(window)? {
            self.node(node, count, window, report)?;
        }
        Ok(())
    }

    fn node(
        &mut self,
        node: Table,
        tensors: u64,
        window: &mut Window<'_, '_>,
        report: &mut Report<'_>,
    ) -> Reading<()> {
        let code = node.u32(window, 0)?.unwrap_or(0);
        let name = usize::try_from(code)
            .ok()
            .and_then(|code| self.codes.get(code));
        let Some(name) = name else {
            let message = format!(
                "A node uses operator {code} of {} in the model's list.",
                self.codes.len()
            );
            report.find(&rules::IMPOSSIBLE_SIZE, Evidence::new("operators", message));
            return Ok(());
        };
        self.operators.add(name);
        for number in [1, 2, 8] {
            let used = node.vector(window, number, 4)?;
            indexes(used, tensors, name, window, report)?;
        }
        let (offset, size) = (
            node.u64(window, 9)?.unwrap_or(0),
            node.u64(window, 10)?.unwrap_or(0),
        );
        if offset > 1
            && offset
                .checked_add(size)
                .is_none_or(|end| end > window.size())
        {
            let message = format!(
                "The options of a node `{}` have {size} bytes at byte {offset}, which the file does not have.",
                quote(name)
            );
            report.find(&rules::IMPOSSIBLE_SIZE, Evidence::new("options", message));
        }
        Ok(())
    }

    fn tensor(
        &mut self,
        tensor: Table,
        window: &mut Window<'_, '_>,
        model: &mut Model,
        report: &mut Report<'_>,
    ) -> Reading<()> {
        let number = tensor.u32(window, 2)?.unwrap_or(0);
        let name = tensor.text(window, 3, MAX_NAME)?;
        let mut lie = |what: String| {
            let message = format!("The tensor `{}` cannot be: {what}.", quote(&name));
            report.find(
                &rules::IMPOSSIBLE_SIZE,
                Evidence::new(name.as_str(), message),
            );
        };
        let buffer = usize::try_from(number)
            .ok()
            .and_then(|number| self.buffers.get(number));
        let Some(buffer) = buffer.cloned() else {
            lie(format!(
                "it is in buffer {number} of {}",
                self.buffers.len()
            ));
            return Ok(());
        };
        let kind = tensor.u8(window, 1)?.unwrap_or(0);
        let Some((kind, bits)) = names::TYPES.get(usize::from(kind)).copied() else {
            lie(format!(
                "its type is {kind}, and there is none with that number"
            ));
            return Ok(());
        };
        let size = buffer.end.saturating_sub(buffer.start);
        // Sparse tensors keep fewer numbers than their shape says.
        let is_sparse = tensor
            .vector(window, 6, 0)
            .is_ok_and(|sparsity| sparsity.at > 0);
        if size == 0 || is_sparse {
            return Ok(());
        }
        let shape = tensor.vector(window, 0, 4)?;
        if shape.count > 64 {
            lie(format!("it has {} dimensions", shape.count));
            return Ok(());
        }
        let bytes = window.bytes(shape.at, shape.count.saturating_mul(4))?;
        let (sizes, _) = bytes.as_chunks::<4>();
        let sizes: Vec<i32> = sizes.iter().map(|size| i32::from_le_bytes(*size)).collect();
        let shape: Option<Vec<u64>> = sizes.iter().map(|size| u64::try_from(*size).ok()).collect();
        let numbers = shape
            .as_ref()
            .and_then(|shape| extent::numbers(shape.iter().copied()));
        let Some((shape, numbers)) = shape.zip(numbers) else {
            lie(format!("its dimensions are {sizes:?}"));
            return Ok(());
        };
        model.add_tensor(kind, numbers);
        let expected = numbers.checked_mul(bits).map(|bits| bits.div_ceil(8));
        if bits > 0 && expected != Some(size) {
            lie(format!(
                "its {numbers} numbers of type {kind} are in a buffer of {size} bytes"
            ));
            return Ok(());
        }
        if report.weights && bits > 0 && self.named.insert(number) {
            self.weights.push(Tensor {
                name,
                kind: match kind {
                    "f64" => Kind::F64,
                    "f32" => Kind::F32,
                    "f16" => Kind::F16,
                    "bf16" => Kind::Bf16,
                    _ => Kind::Other,
                },
                shape,
                range: buffer,
            });
        }
        Ok(())
    }
}

/// Looks at which tensors something uses: -1 stands for none.
fn indexes(
    used: Vector,
    count: u64,
    what: &str,
    window: &mut Window<'_, '_>,
    report: &mut Report<'_>,
) -> Reading<()> {
    const PART: u64 = 4096;
    let mut done = 0;
    while done < used.count {
        let part = used.count.saturating_sub(done).min(PART);
        let at = used.at.saturating_add(done.saturating_mul(4));
        let bytes = window.bytes(at, part.saturating_mul(4))?;
        let (indexes, _) = bytes.as_chunks::<4>();
        let wrong = indexes
            .iter()
            .map(|index| i64::from(i32::from_le_bytes(*index)))
            .find(|index| *index < -1 || u64::try_from(*index).is_ok_and(|index| index >= count));
        if let Some(index) = wrong {
            let message = format!("`{}` uses tensor {index} of {count}.", quote(what));
            report.find(
                &rules::IMPOSSIBLE_SIZE,
                Evidence::new(format!("indexes {what}"), message),
            );
            return Ok(());
        }
        done = done.saturating_add(part);
    }
    Ok(())
}
