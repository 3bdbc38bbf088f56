//! Decoders of compressed data. What each may hold in memory is bounded whatever a header asks for.

mod count;
mod deflate64;
mod gzip;
mod lz4;
mod lzma;
mod zlib;

pub(crate) use count::Counted;
pub(crate) use deflate64::Deflate64Reader;
pub use gzip::GzipReader;
pub(crate) use lz4::Lz4Reader;
pub(crate) use lzma::{
    is_lzma_alone, lzma_alone_reader, lzma_reader, lzma2_reader, xz_reader, zip_lzma_reader,
};
pub(crate) use zlib::{ZlibReader, is_zlib};

use std::io::{self, BufRead, Read};

/// Frames of zstd that want a larger window than 128 MiB, which is what `zstd -d` allows by
/// itself, are refused.
const ZSTD_WINDOW_LOG: u32 = 27;

/// Expands all frames of a zstd stream, with a window of at most 128 MiB.
///
/// # Errors
/// If no decoder can be made.
pub fn zstd_reader<R: BufRead>(input: R) -> io::Result<impl Read> {
    let mut reader = zstd::stream::read::Decoder::with_buffer(input)?;
    reader.window_log_max(ZSTD_WINDOW_LOG)?;
    Ok(reader)
}

/// Expands all streams of bzip2 data; its blocks have at most 900,000 bytes.
pub(crate) fn bzip2_reader<R: BufRead>(input: R) -> impl Read {
    ::bzip2::bufread::MultiBzDecoder::new(input)
}

/// Whether an error says that a stream asks for more memory than it may have.
pub(crate) fn wants_too_much(kind: io::ErrorKind, text: &str) -> bool {
    kind == io::ErrorKind::OutOfMemory || text.contains("too much memory")
}
