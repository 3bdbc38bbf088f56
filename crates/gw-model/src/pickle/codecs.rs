use std::io::Read;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::pure::MAX_LENGTH;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);

/// Base 64, with either alphabet, line breaks and any padding.
pub(super) fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let plain: Vec<u8> = text
        .iter()
        .filter(|byte| !byte.is_ascii_whitespace())
        .map(|byte| match byte {
            b'-' => b'+',
            b'_' => b'/',
            other => *other,
        })
        .collect();
    STANDARD.decode(plain).ok()
}

/// What a zlib, gzip or raw deflate stream holds, up to a limit.
pub(super) fn inflate(bytes: &[u8]) -> Option<Vec<u8>> {
    inflate_start(bytes, MAX_LENGTH)
}

/// The first bytes of what a zlib, gzip or raw deflate stream holds.
pub(super) fn inflate_start(bytes: &[u8], limit: usize) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let limit = limit as u64;
    let read = match bytes {
        [0x1f, 0x8b, ..] => flate2::read::MultiGzDecoder::new(bytes)
            .take(limit)
            .read_to_end(&mut out),
        [first, ..] if first & 0x0f == 8 => flate2::read::ZlibDecoder::new(bytes)
            .take(limit)
            .read_to_end(&mut out),
        _ => flate2::read::DeflateDecoder::new(bytes)
            .take(limit)
            .read_to_end(&mut out),
    };
    // What came before an error is there all the same.
    (read.is_ok() || !out.is_empty()).then_some(out)
}

/// Letters moved on by half the alphabet.
pub(super) fn rot13(text: &str) -> String {
    let turn = |c: char, first: u8| {
        let place = (c as u8).wrapping_sub(first).wrapping_add(13) % 26;
        char::from(first.wrapping_add(place))
    };
    text.chars()
        .map(|c| match c {
            'a'..='z' => turn(c, b'a'),
            'A'..='Z' => turn(c, b'A'),
            _ => c,
        })
        .collect()
}

/// A text with percent signs decoded, as `urllib.parse.unquote` does.
pub(super) fn unquote(text: &str) -> String {
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let decoded = (*byte == b'%').then(|| after.get(..2).and_then(|hex| hex::decode(hex).ok()));
        match decoded.flatten() {
            Some(decoded) => {
                out.extend(decoded);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                out.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
