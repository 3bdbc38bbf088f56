//! What was not looked at, grouped by reason, and the configuration that would allow it.

use std::collections::{BTreeMap, BTreeSet};

use gw_finding::ReasonCode;

use crate::{Report, ReportIncomplete};

/// More paths than this are allowed by folder.
const MOST_PATHS: usize = 12;

/// The gaps of one reason.
#[derive(Debug)]
pub(crate) struct Gaps<'a> {
    pub(crate) reason: ReasonCode,
    pub(crate) all: Vec<&'a ReportIncomplete>,
}

/// What may not be incomplete and is, by reason: missing data first, since it concerns whole
/// ecosystems, then the reason with the most.
pub(crate) fn gaps(report: &Report) -> Vec<Gaps<'_>> {
    let mut by_reason: BTreeMap<ReasonCode, Vec<&ReportIncomplete>> = BTreeMap::new();
    for gap in report.gaps() {
        by_reason.entry(gap.reason).or_default().push(gap);
    }
    let mut gaps: Vec<Gaps<'_>> = by_reason
        .into_iter()
        .map(|(reason, all)| Gaps { reason, all })
        .collect();
    gaps.sort_by_key(|gaps| {
        let data = matches!(
            gaps.reason,
            ReasonCode::NoAdvisories | ReasonCode::AdvisoriesOld
        );
        (!data, std::cmp::Reverse(gaps.all.len()))
    });
    gaps
}

/// The lines that would allow what is incomplete.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct AllowLines {
    /// The lines, the table's header included.
    pub(crate) lines: Vec<String>,
    /// Whether whole folders are named, because there are too many paths.
    pub(crate) folders: bool,
    /// Whether the configuration has the table already, so that the lines go into it.
    pub(crate) merge: bool,
}

/// The lines for `gatewright.toml`; none if nothing is incomplete. Arrays wider than `width`
/// columns go over several lines.
pub(crate) fn allow_lines(report: &Report, width: usize) -> Option<AllowLines> {
    let gaps = gaps(report);
    if gaps.is_empty() {
        return None;
    }
    let mut lines = vec!["[allow_incomplete]".to_owned()];
    let mut folders = false;
    let mut keys: Vec<&Gaps<'_>> = gaps.iter().collect();
    keys.sort_by_key(|gaps| gaps.reason);
    for gaps in keys {
        let paths: BTreeSet<&str> = gaps.all.iter().map(|gap| gap.path.as_str()).collect();
        let patterns: BTreeSet<String> = if paths.len() > MOST_PATHS {
            folders = true;
            paths.iter().map(|path| folder_pattern(path)).collect()
        } else {
            paths.iter().map(|path| escape_glob(path)).collect()
        };
        let strings: Vec<String> = patterns.iter().map(|p| toml_string(p)).collect();
        let reason = gaps.reason.as_str();
        let line = format!("{reason} = [{}]", strings.join(", "));
        if crate::text::columns(&line) <= width || strings.len() == 1 {
            lines.push(line);
        } else {
            lines.push(format!("{reason} = ["));
            lines.extend(strings.iter().map(|string| format!("  {string},")));
            lines.push("]".to_owned());
        }
    }
    Some(AllowLines {
        lines,
        folders,
        merge: report.coverage.incomplete.iter().any(|i| i.allowed),
    })
}

/// A pattern that matches exactly this path, as globset reads patterns.
fn escape_glob(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for c in path.chars() {
        if matches!(c, '?' | '*' | '[' | ']' | '{' | '}' | '\\') {
            out.push('[');
            out.push(c);
            out.push(']');
        } else {
            out.push(c);
        }
    }
    out
}

/// Everything in the path's first folder; the path itself if it is in none.
fn folder_pattern(path: &str) -> String {
    match path.split_once('/') {
        Some((folder, _)) if !folder.is_empty() => format!("{}/**", escape_glob(folder)),
        _ => escape_glob(path),
    }
}

/// A basic string of TOML 1.0. Whatever shows nothing or changes how text is shown is written as
/// an escape, so that the line means the same when it is copied from a terminal.
fn toml_string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if crate::text::clean_char(c) != c => {
                out.push_str(&if u32::from(c) < 0x1_0000 {
                    format!("\\u{:04X}", u32::from(c))
                } else {
                    format!("\\U{:08X}", u32::from(c))
                });
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn patterns_and_strings_are_exact() {
        for (path, expected) in [
            ("requirements-dev.txt", r#""requirements-dev.txt""#),
            ("a[1]/*.txt", r#""a[[]1[]]/[*].txt""#),
            ("say \"hi\"", r#""say \"hi\"""#),
            ("back\\slash", r#""back[\\]slash""#),
            ("bell\u{7}\u{202e}", r#""bell\u0007\u202E""#),
        ] {
            assert_eq!(toml_string(&escape_glob(path)), expected);
        }
        assert_eq!(folder_pattern("v[1]/a/b"), "v[[]1[]]/**");
        assert_eq!(folder_pattern("a"), "a");
    }

    proptest! {
        #[test]
        fn what_is_printed_allows_that_path(path in any::<String>(), other in any::<String>()) {
            let line = format!("x = {}", toml_string(&escape_glob(&path)));
            let read: toml::Table = toml::from_str(&line).unwrap();
            let pattern = read.get("x").unwrap().as_str().unwrap();
            let glob = globset::Glob::new(pattern).unwrap().compile_matcher();
            prop_assert!(glob.is_match(&path), "{pattern:?}");
            // globset takes a doubled separator for one.
            if other != path && !other.contains('/') {
                prop_assert!(!glob.is_match(&other));
            }
        }
    }
}
