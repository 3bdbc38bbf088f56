use std::io::{self, BufRead, Read};

use lzma_rust2::{Lzma2Reader, LzmaReader, XzReader};

/// The largest window that is allowed, in KiB: 256 MiB, the most that 7-Zip and xz choose by
/// themselves, and what a decoder needs beside it. A window grows with what is expanded, so a
/// stream that only asks for much gets little.
const MEMORY: u32 = (256 << 10) + 1024;

/// Expands all streams of xz data.
pub(crate) fn xz_reader<R: BufRead>(input: R) -> impl Read {
    XzReader::new_mem_limit(input, true, MEMORY)
}

/// Expands the format that came before xz, a header of 13 bytes and raw LZMA.
///
/// # Errors
/// If the header is none, or asks for too large a window.
pub(crate) fn lzma_alone_reader<R: BufRead>(input: R) -> io::Result<LzmaReader<R>> {
    LzmaReader::new_mem_limit(input, MEMORY, None)
}

/// Expands raw LZMA with properties as 7z has them: one byte, and the window's size.
///
/// # Errors
/// If the properties are none, or ask for too large a window.
pub(crate) fn lzma_reader<R: Read>(
    input: R,
    properties: &[u8],
    size: u64,
) -> io::Result<LzmaReader<R>> {
    let [first, a, b, c, d] = *properties else {
        return Err(invalid("LZMA properties that are not 5 bytes"));
    };
    let window = u32::from_le_bytes([a, b, c, d]);
    check(window)?;
    LzmaReader::new_with_props(input, size, first, window, None)
}

/// Expands raw LZMA2 with a property as 7z has it: one byte for the window's size.
///
/// # Errors
/// If the property is none, or asks for too large a window.
pub(crate) fn lzma2_reader<R: Read>(input: R, properties: &[u8]) -> io::Result<Lzma2Reader<R>> {
    let window = match *properties {
        [40] => u32::MAX,
        [bits @ 0..40] => (2 | (u32::from(bits) & 1)) << (bits / 2 + 11),
        _ => return Err(invalid("an LZMA2 property that is none")),
    };
    check(window)?;
    Lzma2Reader::new_mem_limit(input, window, MEMORY, None)
}

/// Expands method 14 of zip (APPNOTE 5.8): a version, the properties and raw LZMA, which ends
/// with a marker or at `size`.
///
/// # Errors
/// If the header is none, or asks for too large a window.
pub(crate) fn zip_lzma_reader<R: BufRead>(
    mut input: R,
    size: Option<u64>,
) -> io::Result<LzmaReader<R>> {
    let mut header = [0; 9];
    input.read_exact(&mut header)?;
    let [_, _, 5, 0, properties @ ..] = header else {
        return Err(invalid("LZMA properties that are not 5 bytes"));
    };
    lzma_reader(input, &properties, size.unwrap_or(u64::MAX))
}

/// Whether bytes are the start of the format that came before xz. It has no magic number, so all
/// that can be checked is, as `xz` itself does: properties, a window of a size that encoders use,
/// a size that somebody could have meant, and the first byte of the coded data, which is zero. As
/// small numbers in a binary file look much like that, what follows has to expand, too.
pub(crate) fn is_lzma_alone(head: &[u8]) -> bool {
    let Some((&[properties, a, b, c, d], rest)) = head.split_first_chunk::<5>() else {
        return false;
    };
    let Some((size, [0, code @ ..])) = rest.split_first_chunk::<8>() else {
        return false;
    };
    let (lc, lp) = (properties % 9, properties / 9 % 5);
    let window = u32::from_le_bytes([a, b, c, d]);
    let is_usual = window == u32::MAX
        || (window >= 4096 && (window.is_power_of_two() || is_three_halves(window)));
    let size = u64::from_le_bytes(*size);
    properties < 225
        && lc + lp <= 4
        && is_usual
        && (size == u64::MAX || (1..1 << 38).contains(&size))
        && code.get(..4).is_some_and(|code| code != [0; 4])
        && expands(head)
}

/// Whether the start of a stream expands as far as it is there. Its window is made no larger than
/// what is tried, so that a stream that asks for too much is known for what it is all the same.
fn expands(head: &[u8]) -> bool {
    let Some((&[properties, a, b, c, d], rest)) = head.split_first_chunk::<5>() else {
        return false;
    };
    let Some((size, code)) = rest.split_first_chunk::<8>() else {
        return false;
    };
    let window = u32::from_le_bytes([a, b, c, d]).min(1 << 20);
    let size = u64::from_le_bytes(*size);
    let Ok(mut reader) = LzmaReader::new_with_props(code, size, properties, window, None) else {
        return false;
    };
    let mut buffer = vec![0; 16 << 10];
    // What expands that far is no chance any more.
    for _ in 0..16 {
        match reader.read(&mut buffer) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) => return error.kind() == io::ErrorKind::UnexpectedEof,
        }
    }
    true
}

/// Whether a number is a power of two and half of it.
const fn is_three_halves(number: u32) -> bool {
    number.is_multiple_of(3) && (number / 3).is_power_of_two()
}

fn check(window: u32) -> io::Result<()> {
    if window / 1024 > MEMORY {
        let detail = format!("a window of {window} bytes is too much memory");
        return Err(io::Error::new(io::ErrorKind::OutOfMemory, detail));
    }
    Ok(())
}

fn invalid(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_without_a_magic_number() {
        let check = |properties: u8, window: u32, size: u64, first: u8, expected: bool| {
            let mut head = vec![properties];
            head.extend(window.to_le_bytes());
            head.extend(size.to_le_bytes());
            head.extend([first, 1, 2, 3, 4, 5]);
            assert_eq!(
                is_lzma_alone(&head),
                expected,
                "{properties} {window} {size}"
            );
        };
        check(0x5d, 8 << 20, u64::MAX, 0, true);
        check(0x5d, 3 << 20, 100, 0, true);
        check(0x5d, u32::MAX, 100, 0, true);
        check(0x5d, 8 << 20, 0, 0, false);
        check(0x5d, 8 << 20, 100, 1, false);
        check(0x5d, (8 << 20) + 1, 100, 0, false);
        check(0x5d, 0, 100, 0, false);
        check(0x5d, 8 << 20, 1 << 40, 0, false);
        check(225, 8 << 20, 100, 0, false);
        assert!(!is_lzma_alone(b"]\0\0\x80\0"));
    }

    #[test]
    fn windows_beyond_all_measure_are_refused() {
        let kind = |result: io::Result<()>| result.err().map(|error| error.kind());
        let lzma = |window: u32| {
            let mut properties = vec![0x5d];
            properties.extend(window.to_le_bytes());
            kind(lzma_reader(&[0; 20][..], &properties, 1).map(drop))
        };
        assert_eq!(lzma(256 << 20), None);
        assert_eq!(lzma(1 << 30), Some(io::ErrorKind::OutOfMemory));
        let lzma2 = |bits: u8| kind(lzma2_reader(&[0; 20][..], &[bits]).map(drop));
        assert_eq!(lzma2(32), None);
        assert_eq!(lzma2(40), Some(io::ErrorKind::OutOfMemory));
        assert_eq!(lzma2(41), Some(io::ErrorKind::InvalidData));
    }
}
