use std::collections::BTreeMap;

use super::standard::{self, Since};
use super::{domain, functions, graph, tensor};
use crate::Model;
use crate::graph::operators::Operators;
use crate::graph::wire::{Field, Wire};
use crate::report::{Evidence, Report, quote};
use crate::rules;
use crate::tensor::files::References;
use crate::tensor::input::{Input, Reading};
use crate::tensor::weights::{self, Tensor};
use crate::tensor::{describe, payload, polyglot, text};

/// What is gathered over the whole model.
#[derive(Default)]
pub(super) struct State {
    pub(super) model: Model,
    pub(super) references: References,
    pub(super) weights: Vec<Tensor>,
    /// By domain and name together, as [`operator`] writes them.
    pub(super) operators: Operators,
    pub(super) functions: functions::Functions,
    /// Versions of operators by domain.
    imports: BTreeMap<String, u64>,
    has_graph: bool,
}

/// How an operator is written: its name, with its domain in front if that is not the standard's.
pub(super) fn operator(domain: &str, name: &str) -> String {
    match domain {
        "" | "ai.onnx" => name.to_owned(),
        _ => format!("{domain}::{name}"),
    }
}

/// How much of a text is read, in bytes.
pub(super) const MAX_TEXT: u64 = 1 << 20;

/// Reads the whole file as a model. `named` says that it will be opened as one whatever it is.
pub(super) fn read(input: &mut Input<'_, '_>, named: bool, report: &mut Report<'_>) -> Reading<()> {
    let mut state = State {
        model: Model::new("onnx", report.location().clone()),
        ..State::default()
    };
    state.model.tensors = Some(0);
    let outcome = Wire::new(input).whole(|wire, field| state.field(wire, field, report));
    if !state.has_graph && !named {
        // Another message after all.
        return Ok(());
    }
    state.finish(report);
    outcome?;
    if report.weights {
        weights::pass(input, &mut state.weights, report)?;
    }
    polyglot::report(input, report);
    Ok(())
}

impl State {
    /// A field of `ModelProto`.
    fn field(
        &mut self,
        wire: &mut Wire<'_, '_, '_>,
        field: Field,
        report: &mut Report<'_>,
    ) -> Reading<()> {
        let short = |text: String| Some(describe::shortened(&text)).filter(|text| !text.is_empty());
        match field.number {
            1 => self.model.format_version = field.varint().map(|version| version.to_string()),
            2 => self.model.producer = short(wire.text(field, 4096)?),
            3 => {
                let version = wire.text(field, 4096)?;
                if let Some(producer) = self.model.producer.as_mut().filter(|_| !version.is_empty())
                {
                    producer.push(' ');
                    producer.push_str(&describe::shortened(&version));
                }
            }
            4 => describe::metadata(&mut self.model, "domain", &wire.text(field, 4096)?),
            5 => describe::keep(
                &mut self.model,
                "model_version",
                &field.varint().unwrap_or(0).to_string(),
            ),
            6 => {
                let text = wire.text(field, MAX_TEXT)?;
                text::judge("doc_string", &text, report);
                describe::metadata(&mut self.model, "doc_string", &text);
            }
            7 => {
                if std::mem::replace(&mut self.has_graph, true) {
                    let message =
                        "The model has two graphs; decoders make one of them, each in its way.";
                    report.find(&rules::DUPLICATE_KEY, Evidence::new("graph", message));
                }
                graph::read(wire, field.size().unwrap_or(0), None, self, report)?;
            }
            8 => {
                let (domain, version) = import(wire, field)?;
                self.imports.insert(domain, version);
            }
            14 => {
                let (key, value) = tensor::pair(wire, field, MAX_TEXT)?;
                text::judge(&key, &value, report);
                describe::metadata(&mut self.model, &key, &value);
            }
            20 => {
                describe::keep(
                    &mut self.model,
                    "training",
                    "the model brings graphs for training",
                );
                wire.message(field.size().unwrap_or(0), |wire, field| {
                    match field.number {
                        1 | 2 => graph::read(wire, field.size().unwrap_or(0), None, self, report),
                        _ => Ok(()),
                    }
                })?;
            }
            25 => functions::read(wire, field.size().unwrap_or(0), self, report)?,
            26 => {}
            _ => unknown(wire, field, report)?,
        }
        Ok(())
    }

    fn finish(&mut self, report: &mut Report<'_>) {
        for (domain, version) in &self.imports {
            let name = if domain.is_empty() { "ai.onnx" } else { domain };
            self.model
                .libraries
                .insert(describe::shortened(name), version.to_string());
        }
        self.operators.describe(&mut self.model);
        self.model.parameters = describe::parameters(&self.model);
        self.functions.judge(report);
        self.custom(report);
        self.lacking(report);
        self.model.files = self
            .references
            .paths()
            .take(64)
            .map(describe::shortened)
            .collect();
        std::mem::take(&mut self.references).keep(report);
        report.describe(std::mem::take(&mut self.model));
    }

    /// Reports operators that neither the standard nor the model's own functions define, one finding
    /// for each domain.
    fn custom(&self, report: &mut Report<'_>) {
        let mut foreign: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (full, _) in self.operators.names() {
            let Some((domain, name)) = full.split_once("::") else {
                continue;
            };
            let known = domain::is_known(domain) && !domain::is_foreign(domain, name);
            if !known && !self.functions.defines(full) && domain::danger(domain, name).is_none() {
                foreign.entry(domain).or_default().push(name);
            }
        }
        for (domain, names) in foreign {
            let shown: Vec<String> = names.iter().take(8).map(|name| quote(name)).collect();
            let message = format!(
                "Operators of the domain \"{}\" are in no runtime: {}.",
                quote(domain),
                shown.join(", ")
            );
            report.find(&rules::CUSTOM_OPERATOR, Evidence::new(domain, message));
        }
    }

    /// Reports operators under the standard's name that no version of the standard has, or not the
    /// version that the model asks for.
    fn lacking(&self, report: &mut Report<'_>) {
        let asked = |domain: &str| match domain {
            // Two names of one domain.
            "" => self.imports.get("").or_else(|| self.imports.get("ai.onnx")),
            _ => self.imports.get(domain),
        };
        let (mut never, mut later) = (Vec::new(), Vec::new());
        for (full, _) in self.operators.names() {
            let (domain, name) = spelt(full);
            let version = asked(domain).copied();
            if self.functions.defines(full)
                || version.is_some_and(|version| standard::is_newer(domain, version))
                || domain::danger(domain, name).is_some()
            {
                continue;
            }
            match standard::since(domain, name) {
                Some(Since::Never) => never.push(quote(full)),
                // Functions have versions of their own.
                Some(Since::Version(since))
                    if self.functions.is_empty()
                        && version.is_some_and(|version| version < since) =>
                {
                    later.push(format!("{} (from {since} on)", quote(full)));
                }
                _ => {}
            }
        }
        for (what, names) in [
            ("that it has in no version", never),
            ("that its version for this model does not have", later),
        ] {
            if names.is_empty() {
                continue;
            }
            let message = format!(
                "The model uses operators of the standard {what}, so that no standard runtime \
                 loads it: {}{}.",
                names.iter().take(8).cloned().collect::<Vec<_>>().join(", "),
                if names.len() > 8 { ", …" } else { "" }
            );
            report.find(&rules::CUSTOM_OPERATOR, Evidence::new(what, message));
        }
    }
}

/// How a domain of the standard is spelt, and an operator's name in it.
fn spelt(full: &str) -> (&str, &str) {
    full.split_once("::").unwrap_or(("", full))
}

/// A domain and the version of its operators.
pub(super) fn import(wire: &mut Wire<'_, '_, '_>, field: Field) -> Reading<(String, u64)> {
    let (mut domain, mut version) = (String::new(), 0);
    wire.message(field.size().unwrap_or(0), |wire, field| {
        match field.number {
            1 => domain = wire.text(field, 1024)?,
            2 => version = field.varint().unwrap_or(0),
            _ => {}
        }
        Ok(())
    })?;
    Ok((domain, version))
}

/// Fields that the schema does not have are skipped by every decoder, whatever is in them.
const MANY: u64 = 64;

fn unknown(wire: &mut Wire<'_, '_, '_>, field: Field, report: &mut Report<'_>) -> Reading<()> {
    let Some(size) = field.size().filter(|size| *size >= MANY) else {
        return Ok(());
    };
    let start = wire.bytes(field, payload::ENOUGH as u64)?;
    let context = format!("field {}", field.number);
    if let Some(found) = payload::kind(&start) {
        let message = format!(
            "The message has a field {} that no decoder reads; it holds {}.",
            field.number, found.name
        );
        report.find(&rules::EMBEDDED_EXECUTABLE, Evidence::new(context, message));
    } else {
        let message = format!(
            "The message has a field {} of {size} bytes, which the format does not have.",
            field.number
        );
        report.find(&rules::HIDDEN_DATA, Evidence::new(context, message));
    }
    Ok(())
}
