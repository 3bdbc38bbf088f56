use gw_finding::ReasonCode;

use super::field::Value;
use super::types;
use crate::report::{Evidence, Report, quote};
use crate::tensor::describe;
use crate::tensor::files::References;
use crate::tensor::text;
use crate::{Model, rules, template};

/// What the metadata says, and what of it decides how the rest is read.
pub(super) struct Metadata {
    pub(super) model: Model,
    /// What tensors' places are multiples of.
    pub(super) alignment: u64,
    /// Which part of how many this file is.
    part: Option<u64>,
    parts: Option<u64>,
}

impl Metadata {
    pub(super) fn new(version: u32, big_endian: bool, report: &Report<'_>) -> Self {
        let mut model = Model::new("gguf", report.location().clone());
        model.format_version = Some(version.to_string());
        model.tensors = Some(0);
        if big_endian {
            describe::keep(&mut model, "byte order", "big endian");
        }
        Self {
            model,
            alignment: 32,
            part: None,
            parts: None,
        }
    }

    pub(super) fn take(&mut self, key: &str, value: &Value, report: &mut Report<'_>) {
        match key {
            "general.alignment" => self.align(value, report),
            "general.architecture" if value.text().is_none() => {
                let detail = "GGUF: `general.architecture` must be a text";
                report.incomplete(ReasonCode::Malformed, detail);
            }
            "split.no" => self.part = value.unsigned(),
            "split.count" => self.parts = value.unsigned().filter(|count| *count > 1),
            _ => {}
        }
        if key.starts_with("tokenizer.chat_template") {
            chat_template(key, value, report);
            return;
        }
        if let Some(text) = value.text() {
            text::judge(key, text, report);
        }
        if let Value::Array(items, _) = value {
            let byte = |item: &Value| match item {
                Value::Unsigned(number) => u8::try_from(*number).ok(),
                Value::Signed(number) => i8::try_from(*number).ok().map(i8::cast_unsigned),
                _ => None,
            };
            let bytes: Option<Vec<u8>> = items.iter().map(byte).collect();
            if let Some(bytes) = bytes.filter(|bytes| bytes.len() >= 16) {
                text::judge_bytes(key, &bytes, report);
            }
        }
        self.describe(key, value);
    }

    fn align(&mut self, value: &Value, report: &mut Report<'_>) {
        match value {
            Value::Unsigned(alignment) if alignment.is_power_of_two() => {
                self.alignment = *alignment;
            }
            value => {
                let message = format!(
                    "The alignment of tensors is {}; it must be a power of two.",
                    quote(&value.shown())
                );
                report.find(
                    &rules::IMPOSSIBLE_SIZE,
                    Evidence::new("general.alignment", message),
                );
            }
        }
    }

    fn describe(&mut self, key: &str, value: &Value) {
        let model = &mut self.model;
        let shown = || describe::shortened(&value.shown());
        if let Some(base) = key.strip_prefix("general.base_model.") {
            if base.ends_with(".repo_url") || base.ends_with(".name") {
                describe::add(&mut model.base_models, shown());
            }
            return;
        }
        if key.starts_with("general.dataset.") {
            if key.ends_with(".repo_url") || key.ends_with(".name") {
                describe::add(&mut model.datasets, shown());
            }
            return;
        }
        match (key, value) {
            ("general.name" | "general.architecture" | "general.license", Value::Text(text)) => {
                describe::metadata(model, key, text);
            }
            ("general.license.name", Value::Text(text)) => {
                describe::add(&mut model.licenses, describe::shortened(text));
            }
            ("general.datasets", Value::Array(items, _)) => {
                for text in items.iter().filter_map(Value::text) {
                    describe::add(&mut model.datasets, describe::shortened(text));
                }
            }
            ("general.file_type", value) => {
                let name = value.unsigned().and_then(types::file_type);
                model.quantization = name.map(str::to_owned);
            }
            ("general.quantized_by", Value::Text(text)) => {
                model.producer = Some(describe::shortened(text))
            }
            ("tokenizer.ggml.model", Value::Text(text)) => {
                model.tokenizer = Some(describe::shortened(text))
            }
            ("general.type", Value::Text(text)) => model.task = Some(describe::shortened(text)),
            (_, Value::Array(_, count)) if *count > 16 => {}
            (key, _) => describe::keep(model, key, &value.shown()),
        }
    }

    /// Describes the model, and refers to the other parts of a split one.
    pub(super) fn finish(mut self, report: &mut Report<'_>) {
        self.model.parameters = describe::parameters(&self.model);
        if let Some((part, parts)) = self.part.zip(self.parts) {
            let mut references = References::default();
            for name in siblings(report.path(), part, parts) {
                references.add("The split model", &name, 0, report);
            }
            self.model.files = references.paths().map(str::to_owned).collect();
            references.keep(report);
        }
        report.describe(self.model);
    }
}

/// More parts than any model is split into.
const MAX_PARTS: u64 = 10_000;

/// The names of a split model's other files, `name-00002-of-00003.gguf`, if this one is named so.
fn siblings(path: &str, part: u64, parts: u64) -> Vec<String> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let own = format!("-{:05}-of-{parts:05}.gguf", part.saturating_add(1));
    let Some(stem) = name.strip_suffix(&own).filter(|_| parts <= MAX_PARTS) else {
        return Vec::new();
    };
    (1..=parts)
        .filter(|number| *number != part.saturating_add(1))
        .map(|number| format!("{stem}-{number:05}-of-{parts:05}.gguf"))
        .collect()
}

/// Judges the templates that make a prompt of a conversation.
fn chat_template(key: &str, value: &Value, report: &mut Report<'_>) {
    match value {
        Value::Text(text) => template::check(text, key, report),
        // The list of names of further templates.
        Value::Array(..) => {}
        value => {
            let detail = format!(
                "GGUF: the chat template `{}` is no text ({})",
                quote(key),
                value.shown()
            );
            report.incomplete(ReasonCode::Malformed, detail);
        }
    }
}
