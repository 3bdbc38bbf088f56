//! Caffe: a network as text, and with its weights as a message.
//!
//! Source: `src/caffe/proto/caffe.proto`.

use std::collections::BTreeMap;

use gw_finding::Severity;

use super::python;
use crate::graph::operators::Operators;
use crate::graph::wire::{Field, Wire};
use crate::reader::Reader;
use crate::report::{Report, quote};
use crate::tensor::input::{Input, Reading, Trouble};
use crate::tensor::{describe, pointer};
use crate::{Content, Model};

/// A network as text.
pub(crate) struct Prototxt;

/// A network with its weights.
pub(crate) struct CaffeModel;

/// Says that a Python layer imports a module.
fn layer(name: &str, module: &str, class: &str, report: &mut Report<'_>) {
    let what = format!(
        "imports the Python module \"{}\" and calls its `{}`",
        quote(module),
        quote(class)
    );
    python(name, &what, Severity::Critical, report);
}

impl Reader for Prototxt {
    fn claims(&self, path: &str, _: &[u8]) -> bool {
        path.ends_with(".prototxt")
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        let Some(text) = super::text(&mut content, "Caffe", report) else {
            return;
        };
        let mut model = Model::new("caffe-network", report.location().clone());
        let mut operators = Operators::default();
        let mut open: Vec<Message> = vec![Message::default()];
        let mut tokens = Tokens(&text);
        let mut field = String::new();
        while let Some(token) = tokens.next() {
            match token {
                Token::Open if open.len() < 64 => open.push(Message {
                    name: std::mem::take(&mut field),
                    ..Message::default()
                }),
                Token::Close if open.len() > 1 => {
                    let Some(done) = open.pop() else {
                        break;
                    };
                    if matches!(done.name.as_str(), "layer" | "layers") {
                        done.judge(&mut operators, report);
                    } else if let Some(outer) =
                        open.last_mut().filter(|_| done.name == "python_param")
                    {
                        outer.values.extend(
                            done.values
                                .into_iter()
                                .map(|(key, value)| (format!("python.{key}"), value)),
                        );
                    }
                }
                Token::Open | Token::Close => {}
                Token::Word(word) => {
                    if let Some(name) = word.strip_suffix(':') {
                        name.clone_into(&mut field);
                    } else if field.is_empty() {
                        field = word;
                    } else if let Some(message) = open.last_mut() {
                        message.set(std::mem::take(&mut field), word);
                    }
                }
                Token::Text(value) => {
                    if let Some(message) = open.last_mut() {
                        message.set(std::mem::take(&mut field), value);
                    }
                }
            }
        }
        if operators.names().next().is_none() {
            return;
        }
        model.name = open
            .first()
            .and_then(|net| net.values.get("name"))
            .map(|name| describe::shortened(name));
        operators.describe(&mut model);
        report.describe(model);
    }
}

/// A message of the text format: its field's name and the scalars in it.
#[derive(Default)]
struct Message {
    name: String,
    values: BTreeMap<String, String>,
}

impl Message {
    fn set(&mut self, field: String, value: String) {
        if self.values.len() < 64 {
            self.values.entry(field).or_insert(value);
        }
    }

    fn judge(&self, operators: &mut Operators, report: &mut Report<'_>) {
        let get = |key: &str| self.values.get(key).map_or("", String::as_str);
        let kind = get("type");
        operators.add(kind);
        if kind.eq_ignore_ascii_case("python") || self.values.contains_key("python.module") {
            layer(
                get("name"),
                get("python.module"),
                get("python.layer"),
                report,
            );
        }
    }
}

enum Token {
    Open,
    Close,
    /// A name, with its `:` if one follows, a number or a constant.
    Word(String),
    Text(String),
}

/// The tokens of Protocol Buffers' text format.
struct Tokens<'t>(&'t str);

impl Tokens<'_> {
    fn next(&mut self) -> Option<Token> {
        loop {
            self.0 = self
                .0
                .trim_start_matches(|c: char| c.is_whitespace() || c == ',' || c == ';');
            let Some(comment) = self.0.strip_prefix('#') else {
                break;
            };
            self.0 = comment.split_once('\n').map_or("", |(_, rest)| rest);
        }
        let mut characters = self.0.chars();
        match characters.next()? {
            '{' | '<' => {
                self.0 = characters.as_str();
                Some(Token::Open)
            }
            '}' | '>' => {
                self.0 = characters.as_str();
                Some(Token::Close)
            }
            quote @ ('"' | '\'') => {
                let mut text = String::new();
                while let Some(c) = characters.next() {
                    match c {
                        '\\' => text.extend(characters.next()),
                        c if c == quote => break,
                        c => text.push(c),
                    }
                }
                self.0 = characters.as_str();
                Some(Token::Text(text))
            }
            ':' => {
                self.0 = characters.as_str();
                self.next_word_is_value()
            }
            _ => {
                let end = self
                    .0
                    .find(|c: char| c.is_whitespace() || "{}<>:\"'#,;".contains(c))
                    .unwrap_or(self.0.len())
                    .max(1);
                let (word, rest) = self.0.split_at_checked(end)?;
                let is_field = rest.trim_start().starts_with(':');
                self.0 = if is_field {
                    rest.trim_start().strip_prefix(':').unwrap_or(rest)
                } else {
                    rest
                };
                Some(Token::Word(if is_field {
                    format!("{word}:")
                } else {
                    word.to_owned()
                }))
            }
        }
    }

    /// A `:` that belongs to no name is passed.
    fn next_word_is_value(&mut self) -> Option<Token> {
        self.0 = self.0.trim_start_matches([':', ' ']);
        (!self.0.is_empty()).then(|| Token::Word(String::new()))
    }
}

impl Reader for CaffeModel {
    fn claims(&self, path: &str, _: &[u8]) -> bool {
        path.ends_with(".caffemodel")
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        let outcome = Input::new(&mut content)
            .map_err(Trouble::from)
            .and_then(|mut input| network(&mut input, report));
        if let Err(trouble) = outcome {
            trouble.report("Caffe", report);
        }
    }
}

fn network(input: &mut Input<'_, '_>, report: &mut Report<'_>) -> Reading<()> {
    let head = input.up_to(64)?;
    if pointer::is_pointer(&head) {
        pointer::report(report);
        return Ok(());
    }
    input.go_to(0)?;
    let mut model = Model::new("caffe", report.location().clone());
    let mut operators = Operators::default();
    let outcome = Wire::new(input).whole(|wire, field| {
        match field.number {
            1 => model.name = Some(describe::shortened(&wire.text(field, 1024)?)),
            2 => wire.message(field.size().unwrap_or(0), |_, field| {
                if field.number == 5 && field.varint().is_some() {
                    operators.add("V1 layer");
                }
                Ok(())
            })?,
            100 => read_layer(wire, field, &mut operators, report)?,
            _ => {}
        }
        Ok(())
    });
    operators.describe(&mut model);
    report.describe(model);
    outcome
}

/// A `LayerParameter`.
fn read_layer(
    wire: &mut Wire<'_, '_, '_>,
    field: Field,
    operators: &mut Operators,
    report: &mut Report<'_>,
) -> Reading<()> {
    let (mut name, mut kind, mut module, mut class) =
        (String::new(), String::new(), None, String::new());
    wire.message(field.size().unwrap_or(0), |wire, field| {
        match field.number {
            1 => name = wire.text(field, 1024)?,
            2 => kind = wire.text(field, 1024)?,
            130 => wire.message(field.size().unwrap_or(0), |wire, field| {
                match field.number {
                    1 => module = Some(wire.text(field, 1024)?),
                    2 => class = wire.text(field, 1024)?,
                    _ => {}
                }
                Ok(())
            })?,
            _ => {}
        }
        Ok(())
    })?;
    operators.add(&kind);
    if kind == "Python" || module.is_some() {
        layer(&name, &module.unwrap_or_default(), &class, report);
    }
    Ok(())
}
