//! Our own properties: what CycloneDX has no field for. All are on the component.
//!
//! | property | value |
//! |---|---|
//! | `gatewright:ecosystem`, `:name`, `:version`, `:purl`, `:license` | the value, where the standard's fields do not tell it |
//! | `gatewright:hash` | `INDEX:ALGORITHM:HEX`, where the schema has no such algorithm or length |
//! | `gatewright:occurrence` | one for each occurrence of the evidence, in order: see [`occurrence`] |

use std::fmt::Write as _;

use gw_finding::{Location, Position};

use crate::{Hash, Occurrence, Scope};

pub(super) const ECOSYSTEM: &str = "gatewright:ecosystem";
pub(super) const NAME: &str = "gatewright:name";
pub(super) const VERSION: &str = "gatewright:version";
pub(super) const PURL: &str = "gatewright:purl";
pub(super) const LICENSE: &str = "gatewright:license";
pub(super) const HASH: &str = "gatewright:hash";
pub(super) const OCCURRENCE: &str = "gatewright:occurrence";

/// An occurrence without its path and line: `SCOPE DIRECT SPAN INSIDE`. The span is
/// `COLUMN-LINE:COLUMN`, `COLUMN` or `-`; the paths inside archives, which may be missing, are a
/// JSON list.
pub(super) fn occurrence(occurrence: &Occurrence) -> String {
    let location = &occurrence.location;
    let mut text = String::with_capacity(32);
    text.push_str(scope_name(occurrence.scope));
    text.push_str(match occurrence.direct {
        Some(true) => " direct ",
        Some(false) => " transitive ",
        None => " unknown ",
    });
    if let Some(start) = location.start {
        let _ = write!(text, "{}", start.column);
    }
    text.push('-');
    if let Some(end) = location.end {
        let _ = write!(text, "{}:{}", end.line, end.column);
    }
    if !location.inside.is_empty() {
        text.push(' ');
        text.push_str(&serde_json::Value::from(location.inside.clone()).to_string());
    }
    text
}

/// The occurrence that [`occurrence`] wrote, with the path and line of the evidence.
pub(super) fn parse_occurrence(
    text: &str,
    full_path: &str,
    line: Option<u32>,
) -> Option<Occurrence> {
    let mut words = text.splitn(4, ' ');
    let scope = parse_scope(words.next()?)?;
    let direct = match words.next()? {
        "direct" => Some(true),
        "transitive" => Some(false),
        "unknown" => None,
        _ => return None,
    };
    let (column, end) = words.next()?.split_once('-')?;
    let start = match (line, column) {
        (_, "") => None,
        (Some(line), column) => Some(Position {
            line,
            column: column.parse().ok()?,
        }),
        (None, _) => return None,
    };
    let end = match end.split_once(':') {
        Some((line, column)) => Some(Position {
            line: line.parse().ok()?,
            column: column.parse().ok()?,
        }),
        None if end.is_empty() => None,
        None => return None,
    };
    let inside: Vec<String> = match words.next() {
        Some(list) => serde_json::from_str(list).ok()?,
        None => Vec::new(),
    };
    let mut path = full_path;
    for inner in inside.iter().rev() {
        path = path.strip_suffix(inner.as_str())?.strip_suffix('!')?;
    }
    let location = Location {
        path: path.to_owned(),
        inside,
        start,
        end,
    };
    Some(Occurrence {
        location,
        scope,
        direct,
    })
}

/// A hash with its place in the list.
pub(super) fn hash(index: usize, hash: &Hash) -> String {
    format!("{index}:{}:{}", hash.algorithm, hash.hex)
}

/// The place and hash that [`hash`] wrote.
pub(super) fn parse_hash(text: &str) -> Option<(usize, Hash)> {
    let (index, rest) = text.split_once(':')?;
    let (algorithm, hex) = rest.rsplit_once(':')?;
    let hash = Hash {
        algorithm: algorithm.to_owned(),
        hex: hex.to_owned(),
    };
    Some((index.parse().ok()?, hash))
}

const fn scope_name(scope: Scope) -> &'static str {
    match scope {
        Scope::Runtime => "runtime",
        Scope::Optional => "optional",
        Scope::Development => "development",
    }
}

fn parse_scope(name: &str) -> Option<Scope> {
    [Scope::Runtime, Scope::Optional, Scope::Development]
        .into_iter()
        .find(|&scope| scope_name(scope) == name)
}
