mod build;
mod scalar;

use gw_finding::ReasonCode;
use saphyr_parser::{Event, Marker, Parser, ScanError};

use self::build::Build;
use crate::{Node, ParseError, Span};

/// Reads YAML 1.2 documents.
///
/// Plain scalars are typed by the core schema and numbers stay as written (`1.10` is not `1.1`).
/// Aliases become copies that have the alias's own span, and merge keys (`<<`) are resolved: an
/// explicit key wins over a merged one, an earlier merged one over a later. Tags other than the
/// core schema's change nothing. Duplicate keys are kept.
///
/// # Errors
/// [`ReasonCode::Malformed`] with the place of the first error; [`ReasonCode::TooDeep`] where
/// nesting passes [`crate::MAX_DEPTH`], aliases resolved; [`ReasonCode::Cycle`] where an alias
/// refers to what it is in; [`ReasonCode::ExpansionRatio`] where aliases copy too much.
pub fn parse(text: &str) -> Result<Vec<Node>, ParseError> {
    let offsets = Offsets::of(text);
    let mut build = Build::new(text);
    for event in &mut Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| scan_error(&offsets, &error))?;
        if event == Event::StreamEnd {
            break;
        }
        build.event(event, offsets.span(span))?;
    }
    Ok(build.finish())
}

fn scan_error(offsets: &Offsets<'_>, error: &ScanError) -> ParseError {
    // The scanner gives up at 255 nested flow collections, which it can meet before we do, since
    // it looks ahead.
    let deep = error.info().contains("recursion limit");
    ParseError {
        reason: if deep {
            ReasonCode::TooDeep
        } else {
            ReasonCode::Malformed
        },
        message: error.info().to_owned(),
        span: Some(offsets.span_at(*error.marker())),
    }
}

/// Turns the scanner's character counts into byte offsets.
struct Offsets<'t> {
    text: &'t str,
    /// The byte offset of every [`STEP`]th character; empty if the text is ASCII.
    marks: Vec<u32>,
}

const STEP: usize = 32;

impl<'t> Offsets<'t> {
    fn of(text: &'t str) -> Self {
        let marks = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices()
                .step_by(STEP)
                .map(|(at, _)| to_u32(at))
                .collect()
        };
        Self { text, marks }
    }

    fn offset(&self, characters: usize) -> usize {
        if self.marks.is_empty() {
            return characters.min(self.text.len());
        }
        let Some(&mark) = self.marks.get(characters / STEP) else {
            return self.text.len();
        };
        let mark = mark as usize;
        let rest = self.text.get(mark..).unwrap_or_default();
        rest.char_indices()
            .nth(characters % STEP)
            .map_or(self.text.len(), |(at, _)| mark + at)
    }

    fn span(&self, span: saphyr_parser::Span) -> Span {
        let start = self.offset(span.start.index());
        let end = self.offset(span.end.index()).max(start);
        Span {
            start: to_u32(start),
            end: to_u32(end),
        }
    }

    /// The one character at a marker.
    fn span_at(&self, marker: Marker) -> Span {
        let start = self.offset(marker.index());
        let rest = self.text.get(start..).unwrap_or_default();
        Span {
            start: to_u32(start),
            end: to_u32(start + rest.chars().next().map_or(0, char::len_utf8)),
        }
    }
}

fn to_u32(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
