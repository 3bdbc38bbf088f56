use super::codecs;
use super::plausible::{Guess, guess};

/// How a payload is wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrapping {
    /// It is a pickle itself.
    Plain,
    Base64,
    Hex,
    /// With zlib or gzip.
    Compressed,
    /// With its bytes in reverse order.
    Reversed,
}

/// Bytes of a stream that may be a pickle.
pub(super) struct Payload {
    pub(super) at: u64,
    pub(super) bytes: Vec<u8>,
    pub(super) wrapping: Wrapping,
    /// Whether there is more of it than these bytes.
    pub(super) cut: bool,
}

/// How many wrappings are taken off.
const MAX_WRAPPINGS: usize = 4;
/// How many first bytes are guessed by.
const HEAD: usize = 512;

/// Whether a constant may be a pickle, by its first bytes.
pub(super) fn looks_like(bytes: &[u8]) -> Option<Wrapping> {
    if bytes.len() < 8 {
        return None;
    }
    match bytes {
        [0x80, 0..=5, ..] | [b'c' | b'(', ..] => {
            let head = bytes.get(..HEAD).unwrap_or(bytes);
            return (guess(head) != Guess::No).then_some(Wrapping::Plain);
        }
        [0x1f, 0x8b, 8, ..] | [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..] => {
            return Some(Wrapping::Compressed);
        }
        [.., 2..=5, 0x80] if bytes.first() == Some(&b'.') => return Some(Wrapping::Reversed),
        _ => {}
    }
    // Texts: what do the first characters stand for?
    let start = bytes.get(..16)?;
    if start.iter().all(u8::is_ascii_hexdigit) {
        let plain = hex::decode(start).ok()?;
        return starts(&plain).then_some(Wrapping::Hex);
    }
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_=".contains(byte);
    if start.iter().all(is_base64) {
        let plain = codecs::base64(start)?;
        return starts(&plain).then_some(Wrapping::Base64);
    }
    None
}

/// Whether compressed data may be that of a pickle.
pub(super) fn is_pickle_compressed(bytes: &[u8]) -> bool {
    codecs::inflate_start(bytes, HEAD).is_some_and(|head| looks_like(&head).is_some())
}

/// Whether the first bytes of something are those of a pickle or of compressed data.
fn starts(bytes: &[u8]) -> bool {
    match bytes {
        [0x80, 0..=5, next, ..] => super::opcode::argument(*next).is_some(),
        [0x1f, 0x8b, 8, ..] | [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..] => true,
        [b'c', rest @ ..] => rest
            .iter()
            .take_while(|byte| **byte != b'\n')
            .all(|byte| byte.is_ascii_lowercase() || b"._".contains(byte)),
        _ => false,
    }
}

/// The pickle that a payload holds, and how it is wrapped, for messages.
pub(super) fn unwrap(payload: &Payload) -> Option<(Vec<u8>, String)> {
    let mut bytes = payload.bytes.clone();
    let mut wrapping = payload.wrapping;
    let mut how = String::new();
    for _ in 0..MAX_WRAPPINGS {
        let (name, plain) = match wrapping {
            Wrapping::Plain => return Some((bytes, how)),
            Wrapping::Base64 => ("base64", codecs::base64(&bytes)?),
            Wrapping::Hex => ("hex", hex::decode(&bytes).ok()?),
            Wrapping::Compressed => ("compressed", codecs::inflate(&bytes)?),
            Wrapping::Reversed => ("reversed", bytes.iter().rev().copied().collect()),
        };
        if !how.is_empty() {
            how.push_str(", ");
        }
        how.push_str(name);
        bytes = plain;
        wrapping = looks_like(&bytes)?;
    }
    None
}
