use std::io::{self, BufRead, Read};

use flate2::bufread::ZlibDecoder;
use flate2::{Decompress, FlushDecompress, Status};

/// How many compressed bytes must inflate before a stream that does not end in them is believed.
const ENOUGH: usize = 256;

/// Whether bytes are the start of a bare zlib stream (RFC 1950).
///
/// The two bytes of its header say little, and `x^` is the start of many a formula. So what
/// follows has to inflate: to the end and its checksum, or for as many bytes as no text does.
pub(crate) fn is_zlib(head: &[u8]) -> bool {
    // A window of 32 KiB, no preset dictionary, and a right check of the two bytes.
    if !matches!(head, [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..]) {
        return false;
    }
    let mut inflate = Decompress::new(true);
    let mut out = vec![0; 16 << 10];
    loop {
        let at = usize::try_from(inflate.total_in()).unwrap_or(usize::MAX);
        let before = inflate.total_out();
        let left = head.get(at..).unwrap_or_default();
        match inflate.decompress(left, &mut out, FlushDecompress::None) {
            Ok(Status::StreamEnd) => return true,
            Ok(_) if at >= ENOUGH => return true,
            Ok(_) if inflate.total_in() as usize == at && inflate.total_out() == before => {
                return at >= ENOUGH.min(head.len()) && at >= ENOUGH;
            }
            // A run of one byte may expand for long.
            Ok(_) if inflate.total_out() > 1 << 20 => return true,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

/// Expands a bare zlib stream.
pub(crate) struct ZlibReader<R> {
    inner: ZlibDecoder<R>,
}

impl<R: BufRead> ZlibReader<R> {
    pub(crate) fn new(input: R) -> Self {
        Self {
            inner: ZlibDecoder::new(input),
        }
    }

    /// Whether anything is behind the stream; asked when it has ended.
    pub(crate) fn has_more(&mut self) -> bool {
        self.inner
            .get_mut()
            .fill_buf()
            .is_ok_and(|rest| !rest.is_empty())
    }
}

impl<R: BufRead> Read for ZlibReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn zlib(bytes: &[u8], level: u32) -> Vec<u8> {
        let level = flate2::Compression::new(level);
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), level);
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn streams_are_told_from_text() {
        let noise: Vec<u8> = (0..60_000_u32)
            .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
            .collect();
        for level in 0..=9 {
            for content in [&b""[..], b"x", b"short text", &noise, &[0; 100_000]] {
                let bytes = zlib(content, level);
                assert!(is_zlib(&bytes), "{level} {}", content.len());
                let head = bytes.get(..512).unwrap_or(&bytes);
                assert!(is_zlib(head), "the head, {level} {}", content.len());
            }
        }
        for text in [
            "x",
            "x^",
            "x^2 + y^2 = z^2\n",
            "x^3 - 3x + 1 is irreducible; see the notes on cubic fields.\n",
        ] {
            assert!(!is_zlib(text.as_bytes()), "{text}");
            assert!(!is_zlib(text.repeat(100).as_bytes()), "{text}");
        }
        // One byte of the header differs: no right check.
        assert!(!is_zlib(b"\x78\x9d\x03\x00\x00\x00\x00\x01"));
        assert!(!is_zlib(&zlib(b"cut off", 6)[..6]));
    }
}
