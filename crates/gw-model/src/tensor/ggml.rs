//! The formats of ggml before GGUF: GGML, GGMF and GGJT models, and GGLA adapters.
//!
//! A magic number, hyperparameters as each program wrote them, a vocabulary, then tensors one after
//! another, each with its own header. What comes after the magic number is nowhere said in the
//! file; known are llama.cpp's (`llama.cpp` before August 2023) and whisper.cpp's.

use gw_finding::ReasonCode;

use super::gguf::types::{self, BlockType};
use crate::reader::Reader;
use crate::report::{Evidence, Report, quote};
use crate::tensor::describe;
use crate::tensor::input::{Input, Reading, Trouble};
use crate::tensor::safetensors::tail;
use crate::{Content, Model, rules};

/// Reads a file from before GGUF.
pub(crate) struct Ggml;

impl Reader for Ggml {
    fn claims(&self, _: &str, head: &[u8]) -> bool {
        begins(head)
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        let outcome = Input::new(&mut content)
            .map_err(Trouble::from)
            .and_then(|mut input| read(&mut input, report));
        if let Err(trouble) = outcome {
            trouble.report("ggml", report);
        }
    }
}

/// The magic numbers, as a machine of little-endian byte order wrote them.
const MAGICS: [([u8; 4], &str); 4] = [
    (*b"lmgg", "ggml"),
    (*b"fmgg", "ggmf"),
    (*b"tjgg", "ggjt"),
    (*b"algg", "ggla"),
];

/// Whether a file begins as one.
pub(crate) fn begins(head: &[u8]) -> bool {
    head.len() >= 16 && format(head).is_some()
}

fn format(head: &[u8]) -> Option<&'static str> {
    let known = MAGICS.iter().find(|(magic, _)| head.starts_with(magic));
    known.map(|(_, name)| *name)
}

/// How tensors are written.
#[derive(Clone, Copy)]
struct Layout {
    /// The order of the fields: number of dimensions, name's length, type; whisper.cpp's and
    /// llama.cpp's are the same. Numbers begin at multiples of this.
    alignment: u64,
}

fn read(input: &mut Input<'_, '_>, report: &mut Report<'_>) -> Reading<()> {
    let magic = input.array::<4>()?;
    let Some(format) = format(&magic) else {
        return Ok(());
    };
    let mut model = Model::new(format, report.location().clone());
    let version = if format == "ggml" { 0 } else { input.u32()? };
    if version > 0 {
        model.format_version = Some(version.to_string());
    }
    let known = match format {
        "ggla" => {
            let (rank, alpha) = (input.u32()?, input.u32()?);
            describe::keep(&mut model, "rank", &rank.to_string());
            describe::keep(&mut model, "alpha", &alpha.to_string());
            true
        }
        "ggml" if is_whisper(input)? => whisper(input, &mut model, report)?,
        _ => llama(input, format != "ggml", &mut model, report)?,
    };
    let outcome = if known {
        let alignment = if matches!(format, "ggjt" | "ggla") {
            32
        } else {
            1
        };
        tensors(input, Layout { alignment }, &mut model, report)
    } else {
        let detail = "what follows the magic number is known to the program alone that wrote it";
        Err(Trouble::Limit(ReasonCode::Unsupported, detail.to_owned()))
    };
    model.parameters = describe::parameters(&model);
    report.describe(model);
    outcome
}

/// The most words that a vocabulary has, and the most bytes of one: far beyond real ones.
const MAX_WORDS: u32 = 1 << 20;
const MAX_WORD: u32 = 1 << 12;

/// llama.cpp's header. False if it cannot be one.
fn llama(
    input: &mut Input<'_, '_>,
    scored: bool,
    model: &mut Model,
    report: &mut Report<'_>,
) -> Reading<bool> {
    const NAMES: [&str; 7] = [
        "n_vocab", "n_embd", "n_mult", "n_head", "n_layer", "n_rot", "ftype",
    ];
    let mut values = [0; 7];
    for (value, name) in values.iter_mut().zip(NAMES) {
        *value = input.u32()?;
        describe::keep(model, name, &value.to_string());
    }
    let [words, embedding, _, heads, layers, _, file_type] = values;
    let plausible =
        embedding > 0 && embedding <= 1 << 16 && heads > 0 && heads <= 1 << 12 && layers <= 1 << 12;
    if !plausible {
        return Ok(false);
    }
    model.architecture = Some("llama".to_owned());
    model.quantization = types::file_type((file_type % 1000).into()).map(str::to_owned);
    vocabulary(input, words, scored, report)
}

/// Whether whisper.cpp's header follows: its vocabulary has one of three sizes.
fn is_whisper(input: &mut Input<'_, '_>) -> Reading<bool> {
    let at = input.at();
    let words = input.u32()?;
    let is_whisper = matches!(words, 51_864..=51_866);
    if !is_whisper && input.size().is_none() {
        // A stream is read in order: what was read is of llama.cpp's header, which can be told only
        // by going back.
        return Err(Trouble::Limit(
            ReasonCode::TooLarge,
            "a model in ggml's first format can only be read from a file".to_owned(),
        ));
    }
    if !is_whisper {
        input.go_to(at)?;
    }
    Ok(is_whisper)
}

fn whisper(input: &mut Input<'_, '_>, model: &mut Model, report: &mut Report<'_>) -> Reading<bool> {
    const NAMES: [&str; 10] = [
        "n_audio_ctx",
        "n_audio_state",
        "n_audio_head",
        "n_audio_layer",
        "n_text_ctx",
        "n_text_state",
        "n_text_head",
        "n_text_layer",
        "n_mels",
        "ftype",
    ];
    model.architecture = Some("whisper".to_owned());
    let mut last = 0;
    for name in NAMES {
        last = input.u32()?;
        describe::keep(model, name, &last.to_string());
    }
    model.quantization = types::file_type((last % 1000).into()).map(str::to_owned);
    let (mels, frequencies) = (u64::from(input.u32()?), u64::from(input.u32()?));
    let size = mels
        .checked_mul(frequencies)
        .and_then(|count| count.checked_mul(4));
    if size.is_none_or(|size| input.lacks(size)) {
        impossible(
            &format!("{mels} filters of {frequencies} numbers are promised"),
            report,
        );
        return Err(Trouble::malformed("the filters are not there"));
    }
    input.skip(size.unwrap_or(0))?;
    let words = input.u32()?;
    vocabulary(input, words, false, report)
}

/// Passes a vocabulary.
fn vocabulary(
    input: &mut Input<'_, '_>,
    words: u32,
    scored: bool,
    report: &mut Report<'_>,
) -> Reading<bool> {
    let least = if scored { 8 } else { 4 };
    if words > MAX_WORDS || input.lacks(u64::from(words).saturating_mul(least)) {
        impossible(&format!("{words} words are promised"), report);
        return Err(Trouble::malformed("the vocabulary cannot be there"));
    }
    for _ in 0..words {
        let size = input.u32()?;
        if size > MAX_WORD || input.lacks(size.into()) {
            impossible(&format!("a word has {size} bytes"), report);
            return Err(Trouble::malformed(
                "a word of the vocabulary cannot be there",
            ));
        }
        input.skip(u64::from(size).saturating_add(if scored { 4 } else { 0 }))?;
    }
    Ok(true)
}

/// More tensors than any such model has.
const MAX_TENSORS: u64 = 1 << 20;

fn tensors(
    input: &mut Input<'_, '_>,
    layout: Layout,
    model: &mut Model,
    report: &mut Report<'_>,
) -> Reading<()> {
    model.tensors = Some(0);
    let mut count = 0_u64;
    while !input.is_at_end()? {
        count = count.saturating_add(1);
        if count > MAX_TENSORS {
            let detail = format!("more than {MAX_TENSORS} tensors");
            return Err(Trouble::Limit(ReasonCode::TooMany, detail));
        }
        let (dimensions, name_size, number) = (input.u32()?, input.u32()?, input.u32()?);
        // Programs copy as many dimensions into arrays of 2 or 4, and take the name's length as
        // it is.
        if dimensions > 4 || name_size > 256 {
            impossible(
                &format!("a tensor has {dimensions} dimensions and a name of {name_size} bytes"),
                report,
            );
            return Err(Trouble::malformed("a tensor's header cannot be"));
        }
        let mut shape = Vec::new();
        for _ in 0..dimensions {
            shape.push(u64::from(input.u32()?));
        }
        let name = String::from_utf8_lossy(&input.bytes(name_size.into())?).into_owned();
        let Some(block) = types::block_type(number) else {
            impossible(
                &format!(
                    "the tensor `{}` has type {number}, which there is not",
                    quote(&name)
                ),
                report,
            );
            return Err(Trouble::malformed("a tensor's type is unknown"));
        };
        pass(input, layout, block, &name, &shape, report)?;
        model.add_tensor(
            block.name,
            shape.iter().fold(1, |all, size| all.saturating_mul(*size)),
        );
    }
    let end = input.at();
    tail(input, end, report)
}

/// Passes a tensor's numbers.
fn pass(
    input: &mut Input<'_, '_>,
    layout: Layout,
    block: BlockType,
    name: &str,
    shape: &[u64],
    report: &mut Report<'_>,
) -> Reading<()> {
    let at = input.at().next_multiple_of(layout.alignment);
    let size = super::gguf::size(block, shape);
    let size = size.and_then(|size| match input.size() {
        Some(end) if at.saturating_add(size) > end => {
            Err(format!("its {size} bytes go on behind the end of the file"))
        }
        _ => Ok(size),
    });
    match size {
        Ok(size) => input.go_to(at.saturating_add(size)),
        Err(what) => {
            impossible(&format!("of the tensor `{}`, {what}", quote(name)), report);
            Err(Trouble::malformed("a tensor's numbers cannot be there"))
        }
    }
}

fn impossible(what: &str, report: &mut Report<'_>) {
    let message = format!("In the header, {what}.");
    report.find(&rules::IMPOSSIBLE_SIZE, Evidence::new("header", message));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::testing::{Said, scan};

    fn words(numbers: &[u32]) -> Vec<u8> {
        numbers
            .iter()
            .flat_map(|number| number.to_le_bytes())
            .collect()
    }

    /// A llama model of one word and one tensor.
    fn llama(magic: &[u8; 4], tensor: &[u32], name: &str, data: usize) -> Vec<u8> {
        let mut bytes = magic.to_vec();
        let scored = magic != b"lmgg";
        if scored {
            bytes.extend(words(&[3]));
        }
        bytes.extend(words(&[1, 64, 256, 4, 1, 16, 2, 2]));
        bytes.extend(b"ab");
        if scored {
            bytes.extend(0_f32.to_le_bytes());
        }
        bytes.extend(words(tensor));
        bytes.extend(name.as_bytes());
        if magic == b"tjgg" {
            bytes.resize(bytes.len().next_multiple_of(32), 0);
        }
        bytes.resize(bytes.len() + data, 7);
        bytes
    }

    fn check(magic: &[u8; 4], tensor: &[u32], data: usize) -> Said {
        scan("model.bin", &llama(magic, tensor, "w", data))
    }

    #[test]
    fn reads_each_generation() {
        for magic in [b"lmgg", b"fmgg", b"tjgg"] {
            let said = check(magic, &[2, 1, 2, 32, 2], 36);
            said.assert_clean();
            let model = &said.models[0];
            assert_eq!(model.architecture.as_deref(), Some("llama"));
            assert_eq!(model.quantization.as_deref(), Some("Q4_0"));
            assert_eq!(model.types[0].name, "q4_0");
            assert_eq!(model.parameters, Some(64));
        }
        let mut adapter = b"algg".to_vec();
        adapter.extend(words(&[1, 8, 16, 1, 1, 0, 4]));
        adapter.extend(b"w");
        adapter.resize(64 + 16, 0);
        scan("a.bin", &adapter).assert_clean();
        scan("a.bin", b"lmggzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz")
            .assert_incomplete("unsupported", "alone");
    }

    #[test]
    fn reports_sizes_that_cannot_be() {
        for (tensor, expected) in [
            (&[9, 1, 0][..], "9 dimensions"),
            (&[2, 9999, 0, 1, 1], "9999 bytes"),
            (&[1, 1, 77, 4], "type 77"),
            (&[2, 1, 0, u32::MAX, u32::MAX], "overflows"),
            (&[1, 1, 0, 5000], "behind the end"),
            (&[1, 1, 2, 33], "blocks of 32"),
        ] {
            check(b"tjgg", tensor, 40).assert_found(&[("impossible-size", expected)]);
        }
        let mut many = llama(b"fmgg", &[], "", 0);
        many[8..12].copy_from_slice(&1_000_000_u32.to_le_bytes());
        scan("m.bin", &many).assert_found(&[("impossible-size", "1000000 words")]);
    }

    proptest! {
        #[test]
        fn never_panics(magic in 0..4_usize, rest in prop::collection::vec(any::<u8>(), 0..200)) {
            scan("m.bin", &[&super::MAGICS[magic].0[..], &rest].concat());
        }
    }
}
