//! Percent-encoding: everything but letters, digits, `.-_~` and `:`.

use std::fmt::{self, Write as _};

use super::PurlError;

/// A component in which a slash is encoded too.
pub(super) struct Component<'a>(pub(super) &'a str);

/// A value in which slashes stay.
pub(super) struct Path<'a>(pub(super) &'a str);

impl fmt::Display for Component<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        encode(self.0, false, f)
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        encode(self.0, true, f)
    }
}

fn encode(text: &str, slash: bool, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'~' | b':' => {
                f.write_char(char::from(byte))?;
            }
            b'/' if slash => f.write_char('/')?,
            _ => write!(f, "%{byte:02X}")?,
        }
    }
    Ok(())
}

/// Decodes percent-encoding. A percent sign without two hexadecimal digits stands for itself.
pub(super) fn decode(text: &str) -> Result<String, PurlError> {
    if !text.contains('%') {
        return Ok(text.to_owned());
    }
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let digits = bytes.get(at + 1..at + 3).and_then(hex);
        match digits {
            Some(value) if byte == b'%' => {
                decoded.push(value);
                at += 3;
            }
            _ => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded).map_err(|_| PurlError(format!("`{text}` does not decode to UTF-8")))
}

fn hex(digits: &[u8]) -> Option<u8> {
    let mut value = [0];
    hex::decode_to_slice(digits, &mut value).ok()?;
    let [value] = value;
    Some(value)
}
