//! Lines of the scanned files, with every credential on them made unreadable.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use gw_finding::{Finding, Kind, Location};

use crate::text::clean_char;

/// Longer lines are shown in part.
const MOST_CHARS: usize = 400;
/// So much of a long line is shown before what it is about.
const BEFORE: usize = 40;

/// A line, or the part of it that is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) text: String,
    /// The characters left out at the beginning.
    pub(super) skipped: usize,
}

/// The lines that frames show.
pub(super) struct Sources {
    lines: HashMap<(String, u32), Shown>,
}

impl Sources {
    /// Collects the lines that `locations` are about. Credentials anywhere in `findings` are
    /// redacted, whichever finding a line is shown for.
    pub(super) fn collect<'a>(
        locations: impl Iterator<Item = &'a Location>,
        findings: &[Finding],
        source: &dyn Fn(&str) -> Option<String>,
    ) -> Self {
        let mut wanted: BTreeMap<&str, BTreeMap<u32, usize>> = BTreeMap::new();
        for location in locations {
            if let (Some(start), true) = (location.start, location.inside.is_empty()) {
                wanted
                    .entry(&location.path)
                    .or_default()
                    .entry(start.line)
                    .or_insert(start.column as usize);
            }
        }
        let mut lines = HashMap::new();
        for (path, numbers) in wanted {
            let Some(text) = source(path) else { continue };
            let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
            let secrets = Secrets::of(path, findings);
            let last = numbers.keys().next_back().copied().unwrap_or(0);
            for (number, line) in (1..=last).zip(text.split('\n')) {
                if let Some(&column) = numbers.get(&number) {
                    let line = line.strip_suffix('\r').unwrap_or(line);
                    lines.insert(
                        (path.to_owned(), number),
                        cut(line, number, column, &secrets),
                    );
                }
            }
        }
        Self { lines }
    }

    /// The line at the beginning of a location.
    pub(super) fn line(&self, location: &Location) -> Option<&Shown> {
        if !location.inside.is_empty() {
            return None;
        }
        self.lines
            .get(&(location.path.clone(), location.start?.line))
    }
}

/// The part of a line around a column (from 1).
fn cut(line: &str, number: u32, column: usize, secrets: &Secrets) -> Shown {
    let long = line.chars().nth(MOST_CHARS).is_some();
    let skipped = if long {
        column.saturating_sub(BEFORE + 1)
    } else {
        0
    };
    let text = line
        .chars()
        .enumerate()
        .skip(skipped)
        .take(MOST_CHARS)
        .map(|(at, c)| {
            if secrets.cover(number, at + 1) {
                '*'
            } else {
                clean_char(c)
            }
        })
        .collect();
    Shown { text, skipped }
}

/// Where the credentials of a file are.
struct Secrets {
    spans: BTreeSet<((u32, usize), (u32, usize))>,
}

impl Secrets {
    fn of(path: &str, findings: &[Finding]) -> Self {
        let spans = findings
            .iter()
            .filter(|f| f.kind == Kind::Secret && f.location.path == path)
            .map(|f| match (f.location.start, f.location.end) {
                (Some(start), Some(end)) if end > start => (
                    (start.line, start.column as usize),
                    (end.line, end.column as usize),
                ),
                // Where it ends is not known, so all that follows could be part of it; where it
                // begins is not known, so everything could.
                (Some(start), _) => ((start.line, 1), (start.line.saturating_add(1), 1)),
                (None, _) => ((0, 0), (u32::MAX, 0)),
            })
            .collect();
        Self { spans }
    }

    fn cover(&self, line: u32, column: usize) -> bool {
        self.spans
            .iter()
            .any(|(start, end)| (line, column) >= *start && (line, column) < *end)
    }
}
