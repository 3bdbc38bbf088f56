use std::collections::BTreeSet;

use gw_finding::{Confidence, Severity};

use super::domain::{self, Danger};
use super::model::{State, operator};
use super::{functions, graph, tensor};
use crate::graph::wire::Wire;
use crate::report::{Evidence, Report, quote};
use crate::rules;
use crate::tensor::files;
use crate::tensor::input::Reading;

/// How much of a text attribute is looked at, in bytes.
const MAX_ATTRIBUTE: u64 = 4096;

/// A text attribute: its name and its value.
type Attribute = (String, String);

/// Reads a `NodeProto` of `size` bytes, with the graphs inside it.
pub(super) fn read(
    wire: &mut Wire<'_, '_, '_>,
    size: u64,
    mut calls: Option<&mut BTreeSet<String>>,
    state: &mut State,
    report: &mut Report<'_>,
) -> Reading<()> {
    let (mut name, mut kind, mut of) = (String::new(), String::new(), String::new());
    let mut attributes: Vec<Attribute> = Vec::new();
    wire.message(size, |wire, field| {
        match field.number {
            3 => name = wire.text(field, 1024)?,
            4 => kind = wire.text(field, 256)?,
            5 => {
                let size = field.size().unwrap_or(0);
                let calls = calls.as_deref_mut();
                attributes.extend(attribute(wire, size, calls, state, report)?);
            }
            7 => of = wire.text(field, 256)?,
            _ => {}
        }
        Ok(())
    })?;
    let full = operator(&of, &kind);
    state.operators.add(&full);
    judge(&full, &of, &kind, &name, &attributes, report);
    if let Some(calls) = calls.filter(|calls| calls.len() <= functions::MAX_CALLS) {
        calls.insert(full);
    }
    Ok(())
}

/// Reads an `AttributeProto`; returns it if it is a text.
fn attribute(
    wire: &mut Wire<'_, '_, '_>,
    size: u64,
    mut calls: Option<&mut BTreeSet<String>>,
    state: &mut State,
    report: &mut Report<'_>,
) -> Reading<Option<Attribute>> {
    let (mut name, mut text) = (String::new(), None);
    wire.message(size, |wire, field| {
        let size = field.size().unwrap_or(0);
        match field.number {
            1 => name = wire.text(field, 1024)?,
            4 => text = Some(wire.text(field, MAX_ATTRIBUTE)?),
            5 | 10 => tensor::read(wire, size, true, state, report)?,
            6 | 11 => graph::read(wire, size, calls.as_deref_mut(), state, report)?,
            22 | 23 => graph::sparse(wire, size, state, report)?,
            _ => {}
        }
        Ok(())
    })?;
    Ok(text.map(|text| (name, text)))
}

fn judge(
    full: &str,
    of: &str,
    kind: &str,
    name: &str,
    attributes: &[Attribute],
    report: &mut Report<'_>,
) {
    let node = if name.is_empty() {
        String::new()
    } else {
        format!(" in the node `{}`", quote(name))
    };
    match domain::danger(of, kind) {
        Some(Danger::Code(what)) => {
            let named: Vec<String> = attributes
                .iter()
                .filter(|(key, _)| {
                    matches!(
                        key.as_str(),
                        "module" | "class_name" | "func_name" | "name" | "compute"
                    )
                })
                .map(|(key, value)| format!("{key} \"{}\"", quote(value)))
                .collect();
            let named = if named.is_empty() {
                String::new()
            } else {
                format!(" ({})", named.join(", "))
            };
            let message = format!("The operator `{}`{node} {what}{named}.", quote(full));
            report.find(
                &rules::CODE_OPERATOR,
                Evidence::new(format!("{full} {name}"), message),
            );
        }
        Some(Danger::Network(what)) => {
            let message = format!("The operator `{}`{node} {what}.", quote(full));
            report.find(
                &rules::NETWORK_OPERATOR,
                Evidence::new(format!("{full} {name}"), message),
            );
        }
        None => {}
    }
    for (key, value) in attributes {
        if kind == "EPContext" && key == "ep_cache_context" {
            context(attributes, value, &node, report);
        } else if is_library(value) {
            let message = format!(
                "The operator `{}`{node} names the library \"{}\" in its attribute `{}`.",
                quote(full),
                quote(value),
                quote(key)
            );
            let mut evidence = Evidence::new(format!("{full} {key} {value}"), message);
            evidence.severity = Some(Severity::High);
            evidence.confidence = Confidence::Medium;
            report.find(&rules::CODE_OPERATOR, evidence);
        }
    }
}

/// A compiled model in a file beside this one, which an execution provider loads.
fn context(attributes: &[Attribute], value: &str, node: &str, report: &mut Report<'_>) {
    let printable = |text: &str| text.len() < 1024 && text.chars().all(|c| !c.is_control());
    let source = attributes
        .iter()
        .find(|(key, _)| key == "source")
        .map_or("", |(_, source)| source);
    if !printable(value) {
        return;
    }
    if let Some(problem) = files::escape(value) {
        let message = format!(
            "The compiled model{node} ({}) is to be loaded from \"{}\": {problem}.",
            quote(source),
            quote(value)
        );
        report.find(&rules::EXTERNAL_PATH, Evidence::new(value, message));
    }
}

/// Whether a text is the path of something that a process loads as code.
fn is_library(value: &str) -> bool {
    let lower = value.trim().to_ascii_lowercase();
    let is_path =
        lower.len() < 1024 && !lower.contains(char::is_whitespace) && !lower.contains("://");
    let ends = [".so", ".dll", ".dylib", ".pyd", ".exe", ".py", ".sh"]
        .iter()
        .any(|end| lower.strip_suffix(end).is_some_and(|stem| !stem.is_empty()));
    is_path && (ends || lower.contains(".so."))
}
