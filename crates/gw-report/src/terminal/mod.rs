//! A report for people at a terminal.

mod findings;
mod first_screen;
mod frame;
mod models;
mod sources;
pub(crate) mod style;

use crate::Report;
use crate::text::Paper;

/// How a report is shown on a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TerminalOptions {
    /// The width in columns; less than 30 counts as 30.
    pub width: usize,
    /// Whether to use colours.
    pub color: bool,
    /// Whether to make advisory ids links (OSC 8).
    pub links: bool,
    /// Whether to show everything: every frame, tolerated findings, every gap.
    pub verbose: bool,
}

/// Lines of prose longer than this are hard to read.
const MOST_COLUMNS: usize = 100;

/// The report for a terminal: first what a person needs to know, then the findings with the lines
/// that they are about. `source` gives the text of a file by its path relative to the target; it
/// is asked once for each file that is shown.
///
/// Text from the scanned project is shown without control characters, escape sequences and
/// characters that reorder or hide what is around them.
#[must_use]
pub fn terminal(
    report: &Report,
    options: &TerminalOptions,
    source: &dyn Fn(&str) -> Option<String>,
) -> String {
    let width = options.width.max(30);
    let paper = Paper {
        width: width.min(MOST_COLUMNS),
        color: options.color,
        links: options.links,
    };
    let mut out = String::new();
    first_screen::write(&mut out, report, &paper, options.verbose);
    findings::write(&mut out, report, &paper, width, options.verbose, source);
    out
}
