//! Graphs written as text, which TensorFlow loads as well.

use gw_finding::ReasonCode;

use super::{danger, state};
use crate::Model;
use crate::graph::operators::Operators;
use crate::report::Report;
use crate::tensor::input::{Input, Reading, Trouble};

/// The largest text that is read, in bytes.
const MAX_TEXT: u64 = 256 << 20;

/// Reads the operators' names of a graph in Protocol Buffers' text format: the quoted values of the
/// fields `op`. (What else the text says is not looked at; the same graph in binary form is.)
pub(super) fn read(input: &mut Input<'_, '_>, report: &mut Report<'_>) -> Reading<()> {
    let bytes = input.up_to(MAX_TEXT.saturating_add(1))?;
    if bytes.len() as u64 > MAX_TEXT {
        let detail = format!("a graph as text of more than {MAX_TEXT} bytes");
        return Err(Trouble::Limit(ReasonCode::TooLarge, detail));
    }
    let mut operators = Operators::default();
    for at in memchr::memmem::find_iter(&bytes, b"op") {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        let is_field = before
            .is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_' && *byte != b'"');
        let rest = bytes
            .get(at.saturating_add(2)..)
            .unwrap_or_default()
            .trim_ascii_start();
        if let Some(value) = rest.strip_prefix(b":").filter(|_| is_field) {
            operators.add(&quoted(value.trim_ascii_start()));
        }
    }
    let known = operators
        .names()
        .any(|(name, _)| danger::is_registered(name));
    if !known {
        return Ok(());
    }
    let mut model = Model::new("tensorflow-graph-text", report.location().clone());
    operators.describe(&mut model);
    for (name, _) in operators.names() {
        let saver = danger::danger(name).is_some_and(|danger| danger.class == danger::Class::Saver);
        if !saver {
            state::judge_name(name, "in the text", report);
        }
    }
    report.describe(model);
    Ok(())
}

/// A short text in either sort of quotes, with its octal and hexadecimal escapes.
fn quoted(bytes: &[u8]) -> String {
    let Some((quote, rest)) = bytes
        .split_first()
        .filter(|(quote, _)| matches!(quote, b'"' | b'\''))
    else {
        return String::new();
    };
    let mut text = String::new();
    let mut bytes = rest.iter().copied().take(256).peekable();
    while let Some(byte) = bytes.next() {
        if byte == *quote {
            break;
        }
        if byte != b'\\' {
            text.push(char::from(byte));
            continue;
        }
        let (base, most) = match bytes.peek() {
            Some(b'x' | b'X') => {
                bytes.next();
                (16, 2)
            }
            _ => (8, 3),
        };
        let mut number = 0_u32;
        for _ in 0..most {
            let Some(digit) = bytes
                .peek()
                .and_then(|byte| char::from(*byte).to_digit(base))
            else {
                break;
            };
            number = number.saturating_mul(base).saturating_add(digit);
            bytes.next();
        }
        text.push(char::from_u32(number).unwrap_or('?'));
    }
    text
}
