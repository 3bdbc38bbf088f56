use super::program;
use crate::Model;
use crate::graph::operators::Operators;
use crate::graph::wire::{Field, Wire};
use crate::report::{Evidence, Report, quote};
use crate::rules;
use crate::tensor::files::References;
use crate::tensor::input::{Input, Reading};
use crate::tensor::{describe, files, text};

const MAX_TEXT: u64 = 1 << 16;

/// What is gathered over a model and those inside it.
#[derive(Default)]
pub(super) struct State {
    pub(super) model: Model,
    pub(super) operators: Operators,
    pub(super) references: References,
}

pub(super) fn read(input: &mut Input<'_, '_>, report: &mut Report<'_>) -> Reading<()> {
    let mut state = State {
        model: Model::new("coreml", report.location().clone()),
        ..State::default()
    };
    let outcome = Wire::new(input).whole(|wire, field| state.model_field(wire, field, report));
    state.operators.describe(&mut state.model);
    state.references.keep(report);
    report.describe(state.model);
    outcome
}

/// What a model is, by the number of its field in `Model`.
const KINDS: [(u32, &str); 26] = [
    (200, "pipeline classifier"),
    (201, "pipeline regressor"),
    (202, "pipeline"),
    (300, "linear regressor"),
    (301, "support vector regressor"),
    (302, "tree ensemble regressor"),
    (303, "neural network regressor"),
    (304, "Bayesian probit regressor"),
    (400, "linear classifier"),
    (401, "support vector classifier"),
    (402, "tree ensemble classifier"),
    (403, "neural network classifier"),
    (404, "nearest neighbors classifier"),
    (500, "neural network"),
    (501, "item similarity recommender"),
    (502, "ml program"),
    (555, "custom model"),
    (556, "linked model"),
    (600, "one-hot encoder"),
    (601, "imputer"),
    (602, "feature vectorizer"),
    (603, "dictionary vectorizer"),
    (604, "scaler"),
    (606, "categorical mapping"),
    (607, "normalizer"),
    (3000, "serialized model"),
];

impl State {
    /// A field of `Model`.
    fn model_field(
        &mut self,
        wire: &mut Wire<'_, '_, '_>,
        field: Field,
        report: &mut Report<'_>,
    ) -> Reading<()> {
        let size = field.size().unwrap_or(0);
        if let Some((_, kind)) = KINDS.iter().find(|(number, _)| *number == field.number)
            && self.model.architecture.is_none()
        {
            self.model.architecture = Some((*kind).to_owned());
        }
        match field.number {
            1 if self.model.format_version.is_none() => {
                self.model.format_version = field.varint().map(|version| version.to_string());
            }
            2 => self.description(wire, size, report)?,
            200 | 201 => wire.message(size, |wire, field| match field.number {
                1 => self.pipeline(wire, field.size().unwrap_or(0), report),
                _ => Ok(()),
            })?,
            202 => self.pipeline(wire, size, report)?,
            303 | 403 | 500 => self.network(wire, size, report)?,
            502 => program::read(wire, size, self, report)?,
            555 => {
                let name = class_name(wire, size)?;
                custom("The model", &name, report);
            }
            556 => self.linked(wire, size, report)?,
            _ => {}
        }
        Ok(())
    }

    /// A `Pipeline`: models, one after another.
    fn pipeline(
        &mut self,
        wire: &mut Wire<'_, '_, '_>,
        size: u64,
        report: &mut Report<'_>,
    ) -> Reading<()> {
        wire.message(size, |wire, field| match field.number {
            1 => wire.message(field.size().unwrap_or(0), |wire, field| {
                self.model_field(wire, field, report)
            }),
            _ => Ok(()),
        })
    }

    /// A `NeuralNetwork`, or one of its kinds: layers under the same number.
    fn network(
        &mut self,
        wire: &mut Wire<'_, '_, '_>,
        size: u64,
        report: &mut Report<'_>,
    ) -> Reading<()> {
        wire.message(size, |wire, field| match field.number {
            1 => self.layer(wire, field.size().unwrap_or(0), report),
            _ => Ok(()),
        })
    }

    /// A `NeuralNetworkLayer`; branches and loops have networks of their own.
    fn layer(
        &mut self,
        wire: &mut Wire<'_, '_, '_>,
        size: u64,
        report: &mut Report<'_>,
    ) -> Reading<()> {
        let mut name = String::new();
        let mut kind = None;
        wire.message(size, |wire, field| {
            let size = field.size().unwrap_or(0);
            match field.number {
                1 => name = wire.text(field, 1024)?,
                2..=99 => {}
                500 => {
                    kind = Some(500);
                    let class = class_name(wire, size)?;
                    custom(&format!("The layer `{}`", quote(&name)), &class, report);
                }
                // Branches have networks under 1 and 2, loops under 3 and 4.
                600 | 615 => {
                    kind = Some(field.number);
                    let networks = if field.number == 600 { 1..=2 } else { 3..=4 };
                    wire.message(size, |wire, field| match field.size() {
                        Some(size) if networks.contains(&field.number) => {
                            self.network(wire, size, report)
                        }
                        _ => Ok(()),
                    })?;
                }
                number => kind = Some(number),
            }
            Ok(())
        })?;
        if let Some(kind) = kind {
            self.operators.add(&format!("layer {kind}"));
        }
        Ok(())
    }

    /// A `LinkedModel`, in another file.
    fn linked(
        &mut self,
        wire: &mut Wire<'_, '_, '_>,
        size: u64,
        report: &mut Report<'_>,
    ) -> Reading<()> {
        wire.message(size, |wire, field| match field.number {
            1 => wire.message(field.size().unwrap_or(0), |wire, field| {
                let path = parameter(wire, field.size().unwrap_or(0))?;
                for part in path.split(':').filter(|part| !part.is_empty()) {
                    if let Some(problem) = files::escape(part) {
                        let message = format!(
                            "The model is linked to another one at \"{}\": {problem}.",
                            quote(part)
                        );
                        report.find(&rules::EXTERNAL_PATH, Evidence::new(part, message));
                    } else {
                        describe::add(&mut self.model.files, describe::shortened(part));
                    }
                }
                Ok(())
            }),
            _ => Ok(()),
        })
    }

    /// A `ModelDescription`, of which the metadata counts.
    fn description(
        &mut self,
        wire: &mut Wire<'_, '_, '_>,
        size: u64,
        report: &mut Report<'_>,
    ) -> Reading<()> {
        wire.message(size, |wire, field| match field.number {
            100 => wire.message(field.size().unwrap_or(0), |wire, field| {
                let (key, value) = match field.number {
                    1 => ("description".to_owned(), wire.text(field, MAX_TEXT)?),
                    2 => ("version".to_owned(), wire.text(field, MAX_TEXT)?),
                    3 => ("author".to_owned(), wire.text(field, MAX_TEXT)?),
                    4 => ("license".to_owned(), wire.text(field, MAX_TEXT)?),
                    100 => entry(wire, field)?,
                    _ => return Ok(()),
                };
                text::judge(&key, &value, report);
                describe::metadata(&mut self.model, &key, &value);
                Ok(())
            }),
            _ => Ok(()),
        })
    }
}

/// A key and a value of a map of texts.
fn entry(wire: &mut Wire<'_, '_, '_>, field: Field) -> Reading<(String, String)> {
    let (mut key, mut value) = (String::new(), String::new());
    wire.message(field.size().unwrap_or(0), |wire, field| {
        match field.number {
            1 => key = wire.text(field, 1024)?,
            2 => value = wire.text(field, MAX_TEXT)?,
            _ => {}
        }
        Ok(())
    })?;
    Ok((key, value))
}

/// A `StringParameter`.
fn parameter(wire: &mut Wire<'_, '_, '_>, size: u64) -> Reading<String> {
    let mut text = String::new();
    wire.message(size, |wire, field| {
        if field.number == 1 {
            text = wire.text(field, MAX_TEXT)?;
        }
        Ok(())
    })?;
    Ok(text)
}

/// The class that a custom model or layer names.
fn class_name(wire: &mut Wire<'_, '_, '_>, size: u64) -> Reading<String> {
    let mut name = String::new();
    wire.message(size, |wire, field| {
        if field.number == 10 {
            name = wire.text(field, 1024)?;
        }
        Ok(())
    })?;
    Ok(name)
}

fn custom(what: &str, name: &str, report: &mut Report<'_>) {
    let message = format!(
        "{what} is computed by the application's class `{}`.",
        quote(name)
    );
    report.find(
        &rules::CUSTOM_OPERATOR,
        Evidence::new(format!("{what} {name}"), message),
    );
}
