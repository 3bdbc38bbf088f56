use crate::Report;
use crate::text::clean_char;

/// The report by its contract, [`SCHEMA`](crate::SCHEMA): indented JSON with a line break at the
/// end.
///
/// Characters that reorder or hide text, or that a terminal obeys, are written as JSON's escapes:
/// the value is the same, and looking at it is harmless.
#[must_use]
pub fn json(report: &Report) -> String {
    // A report has no map with keys other than text, which is all that could go wrong.
    let mut text = escaped(&serde_json::to_string_pretty(report).unwrap_or_default());
    text.push('\n');
    text
}

/// JSON text with every deceptive character as an escape. Such characters stand only in strings.
pub(crate) fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c == '\n' || clean_char(c) == c {
            out.push(c);
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out
}
