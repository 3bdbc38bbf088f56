//! The text arguments of protocol 0, as the unpicklers of Python read them.

use super::value::{Arena, Value};

/// A number in any form that `int(text, base)` or C's `strtol` takes: with sign, spaces,
/// underscores, and with base 0 also prefixes (and C's octal).
pub(super) fn integer(line: &[u8], arena: &mut Arena) -> Option<Value> {
    let text = std::str::from_utf8(line).ok()?.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = digits.to_ascii_lowercase();
    let (radix, digits) = match lower.get(..2) {
        Some("0x") => (16, lower.get(2..)?),
        Some("0o") => (8, lower.get(2..)?),
        Some("0b") => (2, lower.get(2..)?),
        _ => (10, &*lower),
    };
    if !digits.bytes().any(|byte| byte.is_ascii_hexdigit())
        || !digits.chars().all(|c| c == '_' || c.is_digit(radix))
    {
        return None;
    }
    let digits: String = digits.chars().filter(|c| *c != '_').collect();
    let Ok(number) = i128::from_str_radix(&digits, radix) else {
        // Too long to matter as a number.
        return Some(Value::NUMBER);
    };
    let number = if negative {
        number.checked_neg()?
    } else {
        number
    };
    Some(match i64::try_from(number) {
        Ok(number) => arena.int(number),
        Err(_) => arena.long(&number.to_le_bytes(), false),
    })
}

/// A memo's key in text.
pub(super) fn key(line: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(line).ok()?.trim();
    let digits: String = text
        .strip_prefix('+')
        .unwrap_or(text)
        .chars()
        .filter(|c| *c != '_')
        .collect();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok().or_else(|| {
        // A key that only Python's own unpickler takes: equal texts are equal keys.
        let digits = digits.trim_start_matches('0');
        let hash = digits
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        Some(hash | 1 << 63)
    })
}

/// The content of a quoted string with Python's escapes; false if it is not quoted as it must be.
pub(super) fn string(line: &[u8]) -> (Vec<u8>, bool) {
    let line = line.trim_ascii_end();
    let quoted = match line {
        [first @ (b'"' | b'\''), inner @ .., last] if first == last => Some(inner),
        _ => None,
    };
    (unescape(quoted.unwrap_or(line)), quoted.is_some())
}

fn unescape(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        match bytes.next() {
            None => out.push(b'\\'),
            Some(b'\n') => {}
            Some(b'a') => out.push(7),
            Some(b'b') => out.push(8),
            Some(b'f') => out.push(12),
            Some(b'n') => out.push(b'\n'),
            Some(b'r') => out.push(b'\r'),
            Some(b't') => out.push(b'\t'),
            Some(b'v') => out.push(11),
            Some(quote @ (b'\\' | b'\'' | b'"')) => out.push(quote),
            Some(b'x') => {
                let mut number = 0_u8;
                for _ in 0..2 {
                    let Some(digit) = bytes.peek().and_then(|byte| (*byte as char).to_digit(16))
                    else {
                        break;
                    };
                    number = number << 4 | u8::try_from(digit).unwrap_or_default();
                    bytes.next();
                }
                out.push(number);
            }
            Some(first @ b'0'..=b'7') => {
                let mut number = u32::from(first - b'0');
                for _ in 0..2 {
                    let Some(digit) = bytes.peek().and_then(|byte| (*byte as char).to_digit(8))
                    else {
                        break;
                    };
                    number = number << 3 | digit;
                    bytes.next();
                }
                out.push((number & 0xff) as u8);
            }
            Some(other) => out.extend([b'\\', other]),
        }
    }
    out
}

/// Text in Python's `raw-unicode-escape`: Latin-1 with `\uXXXX` and `\UXXXXXXXX`.
pub(super) fn unicode(line: &[u8]) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((byte, after)) = rest.split_first() {
        let digits = match after.first() {
            Some(b'u') if *byte == b'\\' => 4,
            Some(b'U') if *byte == b'\\' => 8,
            _ => 0,
        };
        let escape = after
            .get(1..1_usize.saturating_add(digits))
            .filter(|_| digits > 0)
            .and_then(|text| std::str::from_utf8(text).ok())
            .and_then(|text| u32::from_str_radix(text, 16).ok());
        match escape {
            Some(code) => {
                out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                rest = after
                    .get(1_usize.saturating_add(digits)..)
                    .unwrap_or_default();
            }
            None => {
                out.push(*byte as char);
                rest = after;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_every_form() {
        let mut arena = Arena::new();
        for (line, expected) in [
            ("7", Some(7)),
            (" -12 ", Some(-12)),
            ("+1_000", Some(1000)),
            ("0x1F", Some(31)),
            ("0o17", Some(15)),
            ("0b101", Some(5)),
            ("00", Some(0)),
            ("99999999999", Some(99_999_999_999)),
            ("", None),
            ("_", None),
            ("am here", None),
            ("1.5", None),
            ("0xg", None),
        ] {
            let value = integer(line.as_bytes(), &mut arena);
            let number = value.and_then(|value| arena.as_int(value));
            assert_eq!(number, expected, "{line}");
        }
        let magic = integer(b"119547037146038801333356", &mut arena).unwrap();
        assert_eq!(arena.as_int(magic), None);
    }

    #[test]
    fn keys_are_equal_where_numbers_are() {
        assert_eq!(key(b"1_2"), Some(12));
        assert_eq!(key(b" +7"), Some(7));
        assert_eq!(key(b"-1"), None);
        assert_eq!(key(b""), None);
        let huge = key(b"99999999999999999999999").unwrap();
        assert_eq!(key(b"099999999999999999999999"), Some(huge));
    }

    #[test]
    fn quoted_strings() {
        for (line, expected, quoted) in [
            (&b"'id'"[..], &b"id"[..], true),
            (b"\"a\\x41\\101\\n\\'\" ", b"aAA\n'", true),
            (b"'a", b"'a", false),
            (b"a", b"a", false),
            (b"'\\q\\\n'", b"\\q", true),
            (b"''", b"", true),
            (b"'\\777'", b"\xff", true),
        ] {
            assert_eq!(string(line), (expected.to_vec(), quoted), "{line:?}");
        }
    }

    #[test]
    fn escaped_unicode() {
        assert_eq!(unicode(b"a\\u0041\\U0001F600\xe9"), "aA\u{1f600}\u{e9}");
        assert_eq!(unicode(b"\\u00"), "\\u00");
        assert_eq!(unicode(b"\\"), "\\");
    }
}
