//! A frame around a line of a scanned file.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use gw_finding::{Location, Severity};

use super::sources::Shown;
use super::style;
use crate::text::{columns, shorten_path};

/// What a frame shows.
pub(super) struct Frame<'a> {
    pub(super) location: &'a Location,
    pub(super) shown: Option<&'a Shown>,
    /// What may stand behind the marked part, the best first; the first that has room does.
    pub(super) labels: Vec<String>,
    pub(super) severity: Severity,
}

impl Frame<'_> {
    /// The frame, or the place alone if there is no line to show. Ends with a line break.
    pub(super) fn render(&self, width: usize, color: bool) -> String {
        let place = match self.location.start {
            Some(start) => format!(":{}:{}", start.line, start.column),
            None => String::new(),
        };
        let number = self
            .location
            .start
            .map_or(1, |start| start.line.to_string().len());
        let around = number + " --> ".len() - 1 + place.len();
        let path = shorten_path(&self.location.full_path(), width.saturating_sub(around));
        let level = Level::ERROR.no_name();
        let renderer = if color {
            Renderer::styled().error(style::severity(self.severity))
        } else {
            Renderer::plain()
        };
        let renderer = renderer.term_width(width).decor_style(DecorStyle::Ascii);
        let group = Group::with_level(level);
        let group = match (self.shown, self.location.start) {
            (Some(shown), Some(start)) => {
                let span = self.span(shown);
                let before = shown.text.get(..span.end).map_or(0, columns);
                let room = width.saturating_sub(number + " | ".len() + before + 1);
                let label = self.labels.iter().find(|label| columns(label) <= room);
                group.element(
                    Snippet::source(shown.text.as_str())
                        .path(path)
                        .line_start(start.line as usize)
                        .annotation(
                            AnnotationKind::Primary
                                .span(span)
                                .label(label.map_or("", String::as_str)),
                        ),
                )
            }
            (None, Some(start)) => group.element(
                Origin::path(path)
                    .line(start.line as usize)
                    .char_column(start.column as usize),
            ),
            (_, None) => group.element(Origin::path(path)),
        };
        let mut out = renderer.render(&[group]);
        out.push('\n');
        out
    }

    /// The bytes of the shown text that the location covers.
    fn span(&self, shown: &Shown) -> std::ops::Range<usize> {
        let text = shown.text.as_str();
        let offset = |column: u32| {
            let chars = (column as usize)
                .saturating_sub(1)
                .saturating_sub(shown.skipped);
            text.char_indices()
                .nth(chars)
                .map_or(text.len(), |(at, _)| at)
        };
        let Some(start) = self.location.start else {
            return 0..text.len();
        };
        let from = offset(start.column);
        let to = match self.location.end {
            Some(end) if end.line == start.line && end.column > start.column => offset(end.column),
            // Without an end, the rest of the line without the space around it.
            _ => text.trim_end().len(),
        };
        let from = if self.location.end.is_none() && start.column == 1 {
            text.len() - text.trim_start().len()
        } else {
            from
        };
        from.min(text.len())..to.clamp(from.min(text.len()), text.len())
    }
}
