//! Licences as SPDX expressions (<https://spdx.github.io/spdx-spec/v3.0.1/annexes/spdx-license-expressions/>).
//!
//! Package files name licences in many ways. What can mean one thing only becomes an SPDX
//! expression; what is ambiguous (`BSD`, `GPL`) or unknown is nothing, never a guess.

mod classifier;
mod deprecated;
mod gnu;
mod names;
mod terms;

pub use classifier::from_classifier;

use spdx::{Expression, ParseMode};

/// Longer text is a licence's wording, not its name.
const MAX_LENGTH: usize = 1000;

/// The SPDX expression that a licence field means: `MIT/Apache-2.0`, `Apache License, Version
/// 2.0`, `GPLv3+`, `(mit or cc0-1.0)`, `https://opensource.org/licenses/MIT`. Identifiers come out
/// in the list's spelling, deprecated ones as what replaced them.
///
/// npm's `UNLICENSED` and `SEE LICENSE IN FILE`, which say that the terms are the author's own,
/// become `LicenseRef-UNLICENSED` and `LicenseRef-FILE`. Nothing is returned for what is not known
/// or ambiguous, and for SPDX's `NONE` and `NOASSERTION`.
#[must_use]
pub fn normalize(text: &str) -> Option<String> {
    let text = text.trim().trim_matches(['"', '\'']).trim();
    if text.is_empty() || text.len() > MAX_LENGTH {
        return first_line(text);
    }
    if let Some(file) = strip_prefix_ignoring_case(text, "see license in ") {
        return reference(file);
    }
    if text.eq_ignore_ascii_case("UNLICENSED") {
        return Some("LicenseRef-UNLICENSED".to_owned());
    }
    if let Some(id) = from_address(text) {
        return Some(id);
    }
    let expression = names::license(text).or_else(|| terms::expression(text));
    match expression {
        Some(expression) if is_expression(&expression) => Some(expression),
        _ => first_line(text),
    }
}

/// As [`normalize`], and a `LicenseRef-` made of the text where that knows nothing. Nothing if the
/// text says that there is no licence or that it is not known.
#[must_use]
pub fn normalize_or_ref(text: &str) -> Option<String> {
    if let Some(expression) = normalize(text) {
        return Some(expression);
    }
    let says_nothing = ["NONE", "NOASSERTION", "UNKNOWN", "N/A"];
    if says_nothing
        .iter()
        .any(|word| text.trim().eq_ignore_ascii_case(word))
    {
        return None;
    }
    reference(text.lines().find(|line| !line.trim().is_empty())?)
}

/// Whether text is an SPDX expression as the specification says; deprecated identifiers count.
#[must_use]
pub fn is_expression(text: &str) -> bool {
    let mode = ParseMode {
        allow_deprecated: true,
        ..ParseMode::STRICT
    };
    text.len() <= 2 * MAX_LENGTH && Expression::parse_mode(text, mode).is_ok()
}

/// A `LicenseRef-` of a text's letters and digits.
fn reference(text: &str) -> Option<String> {
    let mut id = String::from("LicenseRef-");
    for c in text.trim().chars().take(100) {
        if c.is_ascii_alphanumeric() || c == '.' {
            id.push(c);
        } else if !id.ends_with('-') {
            id.push('-');
        }
    }
    let id = id.trim_end_matches('-');
    (id.len() > "LicenseRef-".len()).then(|| id.to_owned())
}

/// Some put the whole wording into the field; its title tells which licence it is.
fn first_line(text: &str) -> Option<String> {
    let (title, _) = text.split_once('\n')?;
    let title = title.trim();
    if title.len() > MAX_LENGTH {
        return None;
    }
    names::license(title)
}

/// The licence at a well-known address.
fn from_address(text: &str) -> Option<String> {
    let rest = strip_prefix_ignoring_case(text, "https://")
        .or_else(|| strip_prefix_ignoring_case(text, "http://"))?;
    let rest = strip_prefix_ignoring_case(rest, "www.")
        .unwrap_or(rest)
        .trim_end_matches('/');
    let (host, path) = rest.split_once('/')?;
    let last = path.rsplit('/').next()?;
    let last = [".html", ".txt", ".php", ".en"]
        .iter()
        .fold(last, |last, end| last.strip_suffix(end).unwrap_or(last));
    match host.to_ascii_lowercase().as_str() {
        "apache.org" if last.eq_ignore_ascii_case("LICENSE-2.0") => Some("Apache-2.0".to_owned()),
        "creativecommons.org" if path.starts_with("publicdomain/zero/1.0") => {
            Some("CC0-1.0".to_owned())
        }
        "unlicense.org" => Some("Unlicense".to_owned()),
        "mozilla.org" if path.contains("MPL/2.0") => Some("MPL-2.0".to_owned()),
        "opensource.org" | "spdx.org" | "gnu.org" | "choosealicense.com" | "eclipse.org" => {
            names::license(last)
        }
        _ => None,
    }
}

fn strip_prefix_ignoring_case<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix)
        .then(|| text.get(prefix.len()..))
        .flatten()
}

#[cfg(test)]
mod tests;
