//! The text of a file that pip would read: UTF-8, UTF-16 with a mark, or what a coding line says.

use std::borrow::Cow;

use encoding_rs::Encoding;
use gw_analysis::{Entry, Lines, Span};
use gw_finding::{Incomplete, Location};

use super::package::ANALYZER;

/// A decoded file with the places of its lines.
pub(super) struct Text<'e> {
    /// The text.
    pub text: Cow<'e, str>,
    /// Set if some bytes are in no known encoding; they are replaced in `text`.
    pub incomplete: Option<Incomplete>,
    lines: Lines,
    file: Location,
}

impl<'e> Text<'e> {
    /// Decodes an entry. A coding line counts as in PEP 263, which pip follows for requirements.
    pub(super) fn of(entry: &'e Entry) -> Self {
        let (text, incomplete) = match entry.text() {
            Ok(text) => (Cow::Borrowed(text), None),
            Err(error) => match declared(entry.bytes()) {
                Some(encoding) => (encoding.decode(entry.bytes()).0, None),
                None => (
                    String::from_utf8_lossy(entry.bytes()),
                    Some(entry.incomplete(ANALYZER, error)),
                ),
            },
        };
        // Python takes a lone carriage return for the end of a line; so must the line count.
        let text = if text.contains('\r') && !text.contains('\n') {
            Cow::Owned(text.replace('\r', "\n"))
        } else {
            text
        };
        Self {
            lines: Lines::of(&text),
            text,
            incomplete,
            file: entry.location().clone(),
        }
    }

    /// The file at a span of the text.
    pub(super) fn locate(&self, span: Span) -> Location {
        self.lines.locate(&self.text, &self.file, span)
    }
}

/// The encoding that one of the first two lines names.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    bytes.split(|&byte| byte == b'\n').take(2).find_map(|line| {
        let line = String::from_utf8_lossy(line);
        let comment = line.trim_start().strip_prefix('#')?;
        let (_, after) = comment.split_once("coding")?;
        let label = after.strip_prefix([':', '='])?.trim_start();
        let end = label
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
            .unwrap_or(label.len());
        let label = label.get(..end)?;
        // Python's names have more dashes than the web's: `latin-1`, `utf_8`.
        let dense = label.replace(['-', '_'], "");
        Encoding::for_label(label.as_bytes()).or_else(|| Encoding::for_label(dense.as_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use gw_analysis::EntryKind;

    use super::*;

    #[test]
    fn decodes_what_pip_decodes() {
        let cases: &[(&[u8], &str, bool)] = &[
            (b"a==1", "a==1", true),
            (b"\xef\xbb\xbfa==1", "a==1", true),
            (b"\xff\xfea\0=\0=\x001\0", "a==1", true),
            (
                b"# -*- coding: latin-1 -*-\na==1 # \xe9",
                "# -*- coding: latin-1 -*-\na==1 # \u{e9}",
                true,
            ),
            (
                b"\n# vim: set fileencoding=cp1252 :\n# \x80",
                "\n# vim: set fileencoding=cp1252 :\n# \u{20ac}",
                true,
            ),
            (b"a==1\rb==2", "a==1\nb==2", true),
            (b"a==1 # \xe9", "a==1 # \u{fffd}", false),
        ];
        for (bytes, expected, complete) in cases {
            let entry = Entry::new(Location::file("x"), EntryKind::File, *bytes);
            let text = Text::of(&entry);
            assert_eq!(text.text, *expected);
            assert_eq!(text.incomplete.is_none(), *complete, "{expected}");
        }
    }
}
