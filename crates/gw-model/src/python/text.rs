use std::io;

use gw_finding::ReasonCode;

use crate::Content;
use crate::report::Report;

/// How large a manifest or schema may be, in bytes. The schema of a forest of a thousand trees has
/// some megabytes.
const MAX_TEXT: u64 = 64 << 20;

/// The content as text; reports what is not text, or too long.
pub(crate) fn text(
    content: &mut Content<'_>,
    report: &mut Report<'_>,
) -> io::Result<Option<String>> {
    let bytes = content.take_up_to(MAX_TEXT.saturating_add(1))?;
    if bytes.len() as u64 > MAX_TEXT {
        report.incomplete(
            ReasonCode::TooLarge,
            format!("more than {MAX_TEXT} bytes of text"),
        );
        return Ok(None);
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(text)),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            report.incomplete(ReasonCode::Encoding, format!("byte {at} is not UTF-8"));
            Ok(None)
        }
    }
}
