//! XML as a small tree: elements of CycloneDX's namespaces only, whatever their prefixes.
//!
//! There is no document type declaration, and so there are no entities but XML's own five.

use gw_analysis::{MAX_DEPTH, ParseError, Span};
use gw_finding::ReasonCode;
use quick_xml::NsReader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};

/// What all of CycloneDX's namespaces begin with, those of its extensions included.
pub(super) const NAMESPACES: &str = "http://cyclonedx.org/schema/";

/// No element of ours has more than a handful.
const MAX_ATTRIBUTES: usize = 100;

/// An element.
#[derive(Debug, Default)]
pub(super) struct Element {
    /// The namespace's address after [`NAMESPACES`]; nothing if the namespace is another one.
    pub(super) namespace: Option<Box<str>>,
    /// The name without its prefix.
    pub(super) name: Box<str>,
    pub(super) attributes: Vec<(Box<str>, Box<str>)>,
    pub(super) children: Vec<Element>,
    /// The text between its children.
    pub(super) text: String,
    /// From `<` to `>` of the start tag.
    pub(super) span: Span,
}

impl Element {
    /// The first child of that name.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| &*child.name == name)
    }

    /// The children of that name of the first child `list`.
    pub(super) fn items<'e>(&'e self, list: &str, name: &'e str) -> impl Iterator<Item = &'e Self> {
        let children = self
            .child(list)
            .map(|list| list.children.as_slice())
            .unwrap_or_default();
        children.iter().filter(move |child| &*child.name == name)
    }

    /// The value of an attribute without prefix.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(key, _)| &**key == name)
            .map(|(_, value)| &**value)
    }
}

/// The root element of a text.
pub(super) fn parse(text: &str) -> Result<Element, ParseError> {
    let mut reader = NsReader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    let mut root: Option<Element> = None;
    loop {
        let start = reader.buffer_position();
        let error = |message: String, end: u64| {
            ParseError::malformed(message, Some(span(text, start, end)))
        };
        let (namespace, event) = match reader.read_resolved_event() {
            Ok((namespace, event)) => (own(&namespace), event),
            Err(problem) => {
                let at = reader.error_position().max(start);
                return Err(error(format!("the XML is not well-formed: {problem}"), at));
            }
        };
        let end = reader.buffer_position();
        let here = span(text, start, end);
        match event {
            Event::Start(tag) | Event::Empty(tag) if root.is_some() => {
                let name = tag.name().as_ref().to_owned();
                return Err(error(
                    format!(
                        "expected the end of the document, found a second root element `{name}`"
                    ),
                    end,
                ));
            }
            Event::Start(tag) => {
                if open.len() >= MAX_DEPTH {
                    return Err(ParseError {
                        reason: ReasonCode::TooDeep,
                        message: format!("elements nest deeper than {MAX_DEPTH}"),
                        span: Some(here),
                    });
                }
                open.push(element(&tag, namespace, here)?);
            }
            Event::Empty(tag) => close(element(&tag, namespace, here)?, &mut open, &mut root),
            Event::End(_) => {
                if let Some(element) = open.pop() {
                    close(element, &mut open, &mut root);
                }
            }
            Event::Text(content) => add(&mut open, &content.xml10_content(), here)?,
            Event::CData(content) => add(&mut open, &content.xml10_content(), here)?,
            Event::GeneralRef(reference) => add(&mut open, &resolve(&reference, here)?, here)?,
            Event::DocType(_) => {
                return Err(ParseError {
                    reason: ReasonCode::Unsupported,
                    message:
                        "the XML has a document type declaration, whose entities are never expanded"
                            .to_owned(),
                    span: Some(here),
                });
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => {
                return match (open.last(), root) {
                    (Some(element), _) => {
                        let message = format!(
                            "expected `</{}>`, found the end of the document",
                            element.name
                        );
                        Err(ParseError::malformed(message, Some(element.span)))
                    }
                    (None, Some(root)) => Ok(root),
                    (None, None) => Err(error(
                        "expected an XML element, found the end of the document".to_owned(),
                        end,
                    )),
                };
            }
        }
    }
}

fn own(namespace: &ResolveResult<'_>) -> Option<Box<str>> {
    match namespace {
        ResolveResult::Bound(Namespace(address)) => {
            address.trim().strip_prefix(NAMESPACES).map(Box::from)
        }
        _ => None,
    }
}

fn element(
    tag: &BytesStart<'_>,
    namespace: Option<Box<str>>,
    span: Span,
) -> Result<Element, ParseError> {
    let mut element = Element {
        namespace,
        name: tag.local_name().as_ref().into(),
        span,
        ..Element::default()
    };
    if element.namespace.is_none() {
        return Ok(element);
    }
    // Checking for duplicates takes time in the square of their number.
    if tag
        .attributes()
        .with_checks(false)
        .take(MAX_ATTRIBUTES + 1)
        .count()
        > MAX_ATTRIBUTES
    {
        return Err(ParseError {
            reason: ReasonCode::TooMany,
            message: format!(
                "`{}` has more than {MAX_ATTRIBUTES} attributes",
                element.name
            ),
            span: Some(span),
        });
    }
    for attribute in tag.attributes() {
        let malformed = |problem: &dyn std::fmt::Display| {
            ParseError::malformed(
                format!(
                    "an attribute of `{}` is not well-formed: {problem}",
                    element.name
                ),
                Some(span),
            )
        };
        let attribute = attribute.map_err(|problem| malformed(&problem))?;
        let value = attribute
            .normalized_value(XmlVersion::Explicit1_0)
            .map_err(|problem| malformed(&problem))?;
        element
            .attributes
            .push((attribute.key.as_ref().into(), value.into()));
    }
    Ok(element)
}

/// Hands a finished element to its parent. Elements of other namespaces are left out.
fn close(element: Element, open: &mut [Element], root: &mut Option<Element>) {
    match open.last_mut() {
        Some(parent) if element.namespace.is_some() => parent.children.push(element),
        Some(_) => {}
        None => *root = Some(element),
    }
}

fn add(open: &mut [Element], text: &str, here: Span) -> Result<(), ParseError> {
    match open.last_mut() {
        Some(element) => element.text.push_str(text),
        None if text.trim_start_matches('\u{feff}').trim().is_empty() => {}
        None => {
            return Err(ParseError::malformed(
                "expected an XML element, found text",
                Some(here),
            ));
        }
    }
    Ok(())
}

fn resolve(reference: &BytesRef<'_>, here: Span) -> Result<String, ParseError> {
    let name: &str = reference;
    if let Ok(Some(c)) = reference.resolve_char_ref() {
        return Ok(c.to_string());
    }
    match name {
        "lt" => Ok("<".to_owned()),
        "gt" => Ok(">".to_owned()),
        "amp" => Ok("&".to_owned()),
        "apos" => Ok("'".to_owned()),
        "quot" => Ok("\"".to_owned()),
        _ => Err(ParseError::malformed(
            format!("`&{name};` is no character that XML knows"),
            Some(here),
        )),
    }
}

fn span(text: &str, start: u64, end: u64) -> Span {
    let border = |offset: u64| {
        let mut at = usize::try_from(offset)
            .unwrap_or(usize::MAX)
            .min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        u32::try_from(at).unwrap_or(u32::MAX)
    };
    let start = border(start);
    Span {
        start,
        end: border(end).max(start),
    }
}
