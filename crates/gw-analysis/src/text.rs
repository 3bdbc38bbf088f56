use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};
use gw_finding::ReasonCode;

use crate::{ParseError, Span};

/// Decodes UTF-8, with or without a byte order mark, or UTF-16 with one.
pub(crate) fn decode(bytes: &[u8]) -> Result<Box<str>, ParseError> {
    match Encoding::for_bom(bytes) {
        Some((encoding, mark)) if encoding == UTF_16LE || encoding == UTF_16BE => {
            let body = bytes.get(mark..).unwrap_or_default();
            encoding
                .decode_without_bom_handling_and_without_replacement(body)
                .map(|text| text.into_owned().into_boxed_str())
                .ok_or_else(|| bad(mark, "the content is not valid UTF-16"))
        }
        Some((_, mark)) => utf8(bytes, mark),
        None => utf8(bytes, 0),
    }
}

fn utf8(bytes: &[u8], mark: usize) -> Result<Box<str>, ParseError> {
    let body = bytes.get(mark..).unwrap_or_default();
    match std::str::from_utf8(body) {
        Ok(text) => Ok(text.into()),
        Err(error) => {
            let offset = mark + error.valid_up_to();
            Err(bad(offset, &format!("byte {offset} is not valid UTF-8")))
        }
    }
}

fn bad(offset: usize, message: &str) -> ParseError {
    let at = u32::try_from(offset).unwrap_or(u32::MAX);
    ParseError {
        reason: ReasonCode::Encoding,
        message: message.to_owned(),
        span: Some(Span { start: at, end: at }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_marks() {
        assert_eq!(&*decode("é".as_bytes()).unwrap(), "é");
        assert_eq!(&*decode(b"\xef\xbb\xbfa").unwrap(), "a");
        assert_eq!(&*decode(b"\xff\xfea\0").unwrap(), "a");
        assert_eq!(&*decode(b"\xfe\xff\0a").unwrap(), "a");
    }

    #[test]
    fn says_where_it_is_bad() {
        let error = decode(b"ab\xffc").unwrap_err();
        assert_eq!(error.reason, ReasonCode::Encoding);
        assert_eq!(error.span, Some(Span { start: 2, end: 2 }));
        assert!(decode(b"\xff\xfe\x00\xd8").is_err(), "a lone surrogate");
    }
}
