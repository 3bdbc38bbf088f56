//! What releases of the reference implementation before 1.0 signed.

use std::fmt::Write as _;

/// The message that was signed before release 1.0 instead of DSSE's: `DSSEV1` in capitals, and in
/// place of the payload the text that Python writes for a byte string, `b'{"a": 1}'`.
///
/// It is not DSSE's encoding, and no signature over the one is valid for the other. It is only
/// accepted where a user asks for it.
#[must_use]
pub fn old_pre_authentication_encoding(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut message = format!(
        "DSSEV1 {} {payload_type} {} b",
        payload_type.chars().count(),
        payload.len()
    );
    // Python prefers single quotes unless there are only single quotes inside.
    let quote = if payload.contains(&b'\'') && !payload.contains(&b'"') {
        '"'
    } else {
        '\''
    };
    message.reserve(payload.len());
    message.push(quote);
    for byte in payload {
        match byte {
            b'\\' => message.push_str("\\\\"),
            b'\t' => message.push_str("\\t"),
            b'\n' => message.push_str("\\n"),
            b'\r' => message.push_str("\\r"),
            b' '..=b'~' if char::from(*byte) == quote => {
                message.push('\\');
                message.push(quote);
            }
            b' '..=b'~' => message.push(char::from(*byte)),
            _ => {
                // Writing to a text cannot fail.
                let _ = write!(message, "\\x{byte:02x}");
            }
        }
    }
    message.push(quote);
    message.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_as_python_writes_them() {
        let check = |payload: &[u8], expected: &str| {
            let message = old_pre_authentication_encoding("t", payload);
            let expected = format!("DSSEV1 1 t {} {expected}", payload.len());
            assert_eq!(String::from_utf8(message).unwrap(), expected);
        };
        check(br#"{"a": 1}"#, r#"b'{"a": 1}'"#);
        check(b"", "b''");
        check(b"it's", r#"b"it's""#);
        check(br#"it's "it""#, r#"b'it\'s "it"'"#);
        check(b"\t\n\r\\\0\x7f\xff~ ", r"b'\t\n\r\\\x00\x7f\xff~ '");
    }
}
