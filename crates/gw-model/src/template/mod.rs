//! Jinja2 templates: chat templates and prompts, which whoever loads the model renders.
//!
//! A template is parsed and followed ([`run`]), so that a name counts however it is put together.
//!
//! Source: Jinja2's template designer documentation; `jinja2.sandbox` for what a sandbox keeps
//! templates from.

mod ast;
mod call;
mod eval;
mod expr;
mod filter;
#[cfg(all(test, feature = "interop"))]
mod interop;
mod lex;
mod names;
mod parse;
mod run;
mod state;
#[cfg(test)]
mod tests;
mod text;
mod value;

use std::collections::BTreeMap;

use gw_finding::{Confidence, ReasonCode, RuleDoc, Severity};

use self::names::Reach;
use self::parse::parse;
use self::run::{Found, Run, What};
use crate::report::{Evidence, Report, quote};
use crate::rules;

/// How long a template may be, in bytes. The longest of well-known models have some 50,000.
const MAX_TEMPLATE: usize = 1 << 20;

/// Judges a template. `origin` says where in the file it is: `chat_template`,
/// `chat_template[tool_use]`; it is empty where the file is the template.
pub(crate) fn check(text: &str, origin: &str, report: &mut Report<'_>) {
    if text.len() > MAX_TEMPLATE {
        let detail = format!(
            "the template{} has {} bytes; up to {MAX_TEMPLATE} are read",
            place(origin),
            text.len()
        );
        report.incomplete(ReasonCode::TooLarge, detail);
        return;
    }
    let (body, errors) = parse(text);
    let mut run = Run::new();
    run.template(&body);
    run.uncalled(&body);
    if run.exhausted {
        let detail = format!(
            "the template{} loops too much to be followed",
            place(origin)
        );
        report.incomplete(ReasonCode::TooMany, detail);
    }
    if let Some(error) = errors.first() {
        let (line, column) = position(text, error.at);
        let detail = format!(
            "the template{} has {}, at line {line}, column {column}{}",
            place(origin),
            error.what,
            match errors.len() {
                1 => String::new(),
                more => format!(", and {} errors more", more.saturating_sub(1)),
            }
        );
        report.incomplete(error.reason, detail);
    }
    // One finding for all of a rule that have the same names.
    let mut all: BTreeMap<(&str, String), (Found, usize)> = BTreeMap::new();
    for found in run.found {
        let context = found.names.join(".");
        let key = (rule(&found).id.as_str(), context);
        all.entry(key)
            .and_modify(|(_, count)| *count = count.saturating_add(1))
            .or_insert((found, 1));
    }
    for ((_, context), (found, count)) in all {
        report_found(text, origin, &found, &context, count, report);
    }
}

fn rule(found: &Found) -> &'static RuleDoc {
    match found.kind {
        What::Reach(_) | What::Runs => &rules::TEMPLATE_ESCAPE,
        What::UnknownAttribute => &rules::TEMPLATE_HIDDEN_NAME,
        What::Load => &rules::TEMPLATE_LOAD,
        What::Passes(_) | What::Size(_) => &rules::TEMPLATE_EXHAUSTION,
        What::UnknownFilter | What::UnknownFunction => &rules::TEMPLATE_UNKNOWN_FUNCTION,
    }
}

fn report_found(
    text: &str,
    origin: &str,
    found: &Found,
    context: &str,
    count: usize,
    report: &mut Report<'_>,
) {
    let (line, _) = position(text, found.span.0);
    let source = text.get(found.span.0..found.span.1).unwrap_or_default();
    let shown = quote(source.trim());
    let way = quote(context);
    let what = match found.kind {
        What::Reach(Reach::Internals) if found.runs => format!(
            "reaches code that runs commands or opens files through Python's internals: `{way}`"
        ),
        What::Reach(Reach::Internals) => format!("reaches into Python's internals: `{way}`"),
        What::Reach(Reach::Harmless) => {
            format!("asks for a special attribute that sandboxes keep back: `{way}`")
        }
        What::Runs => {
            format!("calls `{way}`, which runs commands, loads code or opens files")
        }
        What::UnknownAttribute => format!(
            "asks for an attribute by a name that it puts together where it is used, of `{way}`"
        ),
        What::Load => format!("loads another template (`{way}`)"),
        What::Passes(count) => format!("loops {count} times"),
        What::Size(size) => format!("makes a text of {size} bytes"),
        What::UnknownFilter => format!("uses the filter `{way}`, which Jinja2 does not have"),
        What::UnknownFunction => {
            format!("calls the function `{way}`, which renderers of chat templates do not have")
        }
    };
    let more = match count {
        1 => String::new(),
        count => format!(" It does so in {count} places."),
    };
    let message = format!(
        "The template{} {what}, in line {line}: `{shown}`.{more}",
        place(origin)
    );
    let mut evidence = Evidence::new(format!("{origin}: {context}"), message);
    match found.kind {
        What::Reach(Reach::Harmless) => evidence.severity = Some(Severity::High),
        What::UnknownAttribute => evidence.confidence = Confidence::Medium,
        _ => {}
    }
    if origin.is_empty() {
        evidence.location = Some(report.location().at_line(line));
    }
    report.find(rule(found), evidence);
}

fn place(origin: &str) -> String {
    match origin {
        "" => String::new(),
        origin => format!(" in `{}`", quote(origin)),
    }
}

/// The line and column of an offset, both from 1.
fn position(text: &str, at: usize) -> (u32, u32) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count().saturating_add(1);
    let start = before.rfind('\n').map_or(0, |at| at.saturating_add(1));
    let column = before.get(start..).unwrap_or_default().chars().count();
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    (number(line), number(column.saturating_add(1)))
}
