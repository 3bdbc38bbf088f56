//! Python source that a model brings along, and what it reaches for.
//!
//! The source is split into tokens as Python does it, and names are followed through imports,
//! assignments, `getattr` and constants that are put together or decoded. Nothing is run. What is
//! asked is not whether the code is good but whether it does more than compute: starts programs,
//! opens connections, executes text.

mod call;
mod fold;
mod judge;
pub(crate) mod lex;
#[cfg(test)]
mod tests;
mod value;

use std::borrow::Cow;
use std::collections::BTreeSet;

use gw_finding::ReasonCode;

pub(crate) use judge::Use;

/// How much source is looked at, in bytes.
const MAX_SOURCE: usize = 8 << 20;

/// How deep text that is executed is looked into, by text that is executed.
const MAX_NESTED: usize = 4;

/// How many bytes of executed text are looked at altogether.
const MAX_NESTED_BYTES: usize = 8 << 20;

/// What Python source reaches for.
#[derive(Debug, Default)]
pub(crate) struct SourceSummary {
    /// Everything dangerous that it uses, the worst of each name, in order of the lines.
    pub(crate) uses: Vec<Use>,
    /// The modules that it imports from outside its package.
    pub(crate) imports: BTreeSet<String>,
    /// What could not be looked at.
    pub(crate) problems: Vec<(ReasonCode, String)>,
}

/// Looks at the source of one module.
pub(crate) fn read(bytes: &[u8]) -> SourceSummary {
    let mut summary = SourceSummary::default();
    if bytes.len() > MAX_SOURCE {
        summary.problems.push((
            ReasonCode::TooLarge,
            format!(
                "{} bytes of source; at most {MAX_SOURCE} are looked at",
                bytes.len()
            ),
        ));
    }
    let bytes = bytes.get(..MAX_SOURCE).unwrap_or(bytes);
    let text = decode(bytes, &mut summary);
    let mut left = MAX_NESTED_BYTES;
    read_text(&text, 0, None, &mut left, &mut summary);
    // The same name counts once, where it is worst.
    summary
        .uses
        .sort_by(|a, b| (&a.name, b.severity, a.line).cmp(&(&b.name, a.severity, b.line)));
    summary.uses.dedup_by(|a, b| a.name == b.name);
    summary
        .uses
        .sort_by(|a, b| (a.line, &a.name).cmp(&(b.line, &b.name)));
    summary
}

fn read_text(
    text: &str,
    depth: usize,
    line: Option<u32>,
    left: &mut usize,
    summary: &mut SourceSummary,
) {
    let tokens = lex::lex(text);
    if let Some((at, problem)) = tokens.problem
        && depth == 0
    {
        summary
            .problems
            .push((ReasonCode::Malformed, format!("line {at}: {problem}")));
    }
    let judge = judge::Judge::new(&tokens);
    summary.uses.extend(judge.uses.into_iter().map(|found| Use {
        line: line.unwrap_or(found.line),
        ..found
    }));
    summary.imports.extend(judge.imports);
    for (code, at) in judge.nested {
        if depth >= MAX_NESTED || code.len() > *left {
            summary.problems.push((
                ReasonCode::TooDeep,
                format!("line {at}: code in code in code, of which no more is looked at"),
            ));
            return;
        }
        *left = left.saturating_sub(code.len());
        let text = String::from_utf8_lossy(&code);
        read_text(
            &text,
            depth.saturating_add(1),
            Some(line.unwrap_or(at)),
            left,
            summary,
        );
    }
}

/// The text of source, in the encoding that it declares (PEP 263).
fn decode<'b>(bytes: &'b [u8], summary: &mut SourceSummary) -> Cow<'b, str> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let declared = declared_encoding(bytes);
    match declared.as_deref() {
        None | Some("utf_8" | "utf8" | "u8" | "ascii" | "us_ascii" | "utf_8_sig") => {}
        Some(
            codec @ ("utf_7" | "utf7" | "unicode_escape" | "raw_unicode_escape" | "rot13"
            | "rot_13" | "hex" | "base64" | "utf_16" | "utf_32" | "punycode" | "idna"),
        ) => {
            // What such a file does is written in letters that do not show it.
            summary.problems.push((
                ReasonCode::Encoding,
                format!("the source says that it is written in {codec}, which hides what it does"),
            ));
        }
        // The others agree with ASCII where code is concerned.
        Some(_) => {
            if std::str::from_utf8(bytes).is_err() {
                return Cow::Owned(bytes.iter().map(|byte| char::from(*byte)).collect());
            }
        }
    }
    String::from_utf8_lossy(bytes)
}

/// The encoding that one of the first two lines declares.
fn declared_encoding(bytes: &[u8]) -> Option<String> {
    for line in bytes.split(|byte| *byte == b'\n').take(2) {
        let line = String::from_utf8_lossy(line.get(..512).unwrap_or(line)).into_owned();
        let text = line.trim_start_matches([' ', '\t', '\x0c']);
        if let Some(comment) = text.strip_prefix('#')
            && let Some((_, after)) = comment.split_once("coding")
            && let Some(name) = after.strip_prefix([':', '='])
        {
            let name = name.trim_start_matches([' ', '\t']);
            let end = name
                .find(|char: char| !(char.is_ascii_alphanumeric() || "-_.".contains(char)))
                .unwrap_or(name.len());
            let name = name.get(..end).unwrap_or(name);
            return Some(name.to_ascii_lowercase().replace('-', "_"));
        }
        if !text.trim().is_empty() && !text.starts_with('#') {
            return None;
        }
    }
    None
}
