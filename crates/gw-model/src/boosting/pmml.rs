//! PMML: models in XML.
//!
//! Source: PMML 4.4 (Data Mining Group), "General Structure", "Functions", "Taxonomy".

use std::collections::BTreeSet;

use gw_finding::{ReasonCode, Severity};
use quick_xml::Reader as Xml;
use quick_xml::events::{BytesStart, Event};

use crate::keras::{take, text_of};
use crate::names;
use crate::reader::Reader;
use crate::report::{Evidence, Report, quote};
use crate::{Content, Model, rules};

/// How deep elements may nest. Trees of models do, one element for each level.
const MAX_DEPTH: usize = 4096;

/// How many findings of one kind are made.
const MOST: usize = 20;

/// Models in PMML.
pub(crate) struct Pmml;

impl Reader for Pmml {
    fn claims(&self, path: &str, head: &[u8]) -> bool {
        let xml = || {
            head.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<')
                || head.starts_with(b"\xef\xbb\xbf<")
        };
        path.ends_with(".pmml") || xml() && memchr::memmem::find(head, b"<PMML").is_some()
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        let bytes = take(&mut content, report);
        let Some(text) = bytes.and_then(|bytes| text_of(&bytes, report)) else {
            return;
        };
        let mut model = Model::new("pmml", report.location().clone());
        if let Err((reason, detail)) = walk(&text, &mut model, report) {
            report.incomplete(reason, detail);
        }
        report.describe(model);
    }
}

fn walk(
    text: &str,
    model: &mut Model,
    report: &mut Report<'_>,
) -> Result<(), (ReasonCode, String)> {
    let mut reader = Xml::from_str(text);
    let mut depth = 0_usize;
    let mut functions: BTreeSet<String> = BTreeSet::new();
    let mut defined: BTreeSet<String> = BTreeSet::new();
    let mut root = false;
    loop {
        let event = reader.read_event().map_err(|error| {
            let at = reader.error_position();
            (
                ReasonCode::Malformed,
                format!("the XML is not well-formed at byte {at}: {error}"),
            )
        })?;
        match event {
            Event::Start(tag) => {
                depth = depth.saturating_add(1);
                if depth > MAX_DEPTH {
                    let detail = format!("elements nest deeper than {MAX_DEPTH}");
                    return Err((ReasonCode::TooDeep, detail));
                }
                root |= local(&tag) == "PMML";
                element(&tag, depth, model, &mut functions, &mut defined, report);
            }
            Event::Empty(tag) => {
                let depth = depth.saturating_add(1);
                element(&tag, depth, model, &mut functions, &mut defined, report);
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::DocType(declaration) => doctype(&declaration, report),
            Event::Eof => break,
            _ => {}
        }
    }
    if !root {
        return Err((
            ReasonCode::Malformed,
            "there is no element `PMML`".to_owned(),
        ));
    }
    for function in functions.difference(&defined).take(MOST) {
        callable(function, report);
    }
    Ok(())
}

/// A document type: what it declares is never expanded here, and may be elsewhere.
fn doctype(declaration: &str, report: &mut Report<'_>) {
    let external = declaration.contains("SYSTEM") || declaration.contains("PUBLIC");
    if external {
        let message = format!(
            "The document type refers to something outside of the file: `{}`.",
            quote(declaration.trim())
        );
        report.find(&rules::EXTERNAL_PATH, Evidence::new("doctype", message));
    } else if declaration.contains("<!ENTITY") {
        let detail = "the document type declares entities, which are never expanded";
        report.incomplete(ReasonCode::Unsupported, detail);
    }
}

/// A name without its prefix.
fn local(tag: &BytesStart<'_>) -> String {
    let name = tag.name();
    let name: &str = name.as_ref();
    name.rsplit(':').next().unwrap_or(name).to_owned()
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut all = tag.attributes();
    let found = all
        .with_checks(false)
        .filter_map(Result::ok)
        .find(|attribute| {
            let key: &str = attribute.key.as_ref();
            key == name
        })?;
    let value: &str = found.value.as_ref();
    Some(value.to_owned())
}

fn element(
    tag: &BytesStart<'_>,
    depth: usize,
    model: &mut Model,
    functions: &mut BTreeSet<String>,
    defined: &mut BTreeSet<String>,
    report: &mut Report<'_>,
) {
    let name = local(tag);
    match name.as_str() {
        "PMML" => model.format_version = attribute(tag, "version").map(|version| quote(&version)),
        "Application" => {
            let program = attribute(tag, "name").unwrap_or_default();
            let version = attribute(tag, "version").unwrap_or_default();
            model.producer = Some(quote(format!("{program} {version}").trim()));
        }
        "Apply" => {
            functions.extend(attribute(tag, "function").filter(|_| functions.len() < 100_000))
        }
        "DefineFunction" => {
            defined.extend(attribute(tag, "name").filter(|_| defined.len() < 10_000))
        }
        // Tables and includes that are somewhere else.
        "TableLocator" | "include" => {
            let place = attribute(tag, "href").or_else(|| attribute(tag, "name"));
            let message = format!(
                "`{name}` refers to data outside of the file: `{}`.",
                quote(&place.unwrap_or_default())
            );
            report.find(&rules::EXTERNAL_PATH, Evidence::new(name, message));
        }
        _ if depth == 2 && (name.ends_with("Model") || name.ends_with("Network")) => {
            model.architecture = Some(quote(&name));
            model.name = attribute(tag, "modelName").map(|name| quote(&name));
            model.task = attribute(tag, "functionName").map(|name| quote(&name));
        }
        _ => {}
    }
}

/// A function that neither PMML nor the document defines: evaluators load a class of that name.
fn callable(function: &str, report: &mut Report<'_>) {
    if !function.contains('.') {
        return;
    }
    let system = names::in_path(function).is_some()
        || [
            "java.",
            "javax.",
            "sun.",
            "jdk.",
            "com.sun.",
            "groovy.",
            "org.codehaus.groovy.",
        ]
        .iter()
        .any(|package| function.starts_with(package));
    let message = format!(
        "The model applies `{}`, which evaluators load as a class of that name.",
        quote(function)
    );
    let mut evidence = Evidence::new(function, message);
    evidence.severity = Some(if system {
        Severity::Critical
    } else {
        Severity::Medium
    });
    report.find(&rules::NAMED_CALLABLE, evidence);
}
