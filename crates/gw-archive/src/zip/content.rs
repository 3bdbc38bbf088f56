use std::io::{self, BufRead, BufReader, Read, SeekFrom};

use flate2::Crc;
use gw_finding::ReasonCode;

use super::Found;
use crate::meter::{Meter, Metered};
use crate::{Member, Problem, ReadSeek, Sink};

/// Shows one member's content.
pub(super) fn show(
    input: &mut dyn ReadSeek,
    found: &Found,
    member: &Member,
    meter: &Meter<'_>,
    sink: &mut dyn Sink,
) -> io::Result<()> {
    input.seek(SeekFrom::Start(found.start))?;
    let bytes = BufReader::with_capacity(32 << 10, Read::take(&mut *input, found.compressed));
    let decoder = match found.method {
        0 => Decoder::Stored(bytes),
        8 => Decoder::Deflate(flate2::bufread::DeflateDecoder::new(bytes)),
        93 => Decoder::Zstd(Box::new(crate::zstd_reader(bytes)?)),
        method => {
            let detail = format!("compressed with {} (method {method})", method_name(method));
            sink.problem(Problem::of(&member.path, ReasonCode::Unsupported, detail));
            return Ok(());
        }
    };
    let mut reader = Metered::expanding(
        Summed {
            inner: decoder,
            crc: Crc::new(),
        },
        meter,
    );
    sink.member(member, &mut reader);
    let problem = if let Some(error) = &reader.error {
        Some(format!(
            "the compressed data is broken after {} bytes: {error}",
            reader.read
        ))
    } else if reader.ended {
        let size = reader.read;
        let crc = reader.inner().crc.sum();
        let used = reader.inner().inner.used();
        match (found.size, found.crc) {
            (Some(said), _) if said != size => {
                Some(format!("has {size} bytes where {said} are declared"))
            }
            (_, Some(said)) if said != crc => Some(format!(
                "has the checksum {crc:08x} where {said:08x} is declared"
            )),
            // What is behind the compressed data is read by nobody who trusts the directory.
            (Some(_), _) if used.is_some_and(|used| used < found.compressed) => {
                let left = found.compressed.saturating_sub(used.unwrap_or(0));
                Some(format!(
                    "{left} bytes follow the end of its compressed data"
                ))
            }
            _ => None,
        }
    } else {
        None
    };
    if let Some(detail) = problem {
        sink.problem(Problem::of(&member.path, ReasonCode::Malformed, detail));
    }
    Ok(())
}

/// How a member is compressed.
enum Decoder<'d, R: BufRead> {
    Stored(R),
    Deflate(flate2::bufread::DeflateDecoder<R>),
    Zstd(Box<dyn Read + 'd>),
}

impl<R: BufRead> Decoder<'_, R> {
    /// How many compressed bytes were used, if the data says where it ends.
    fn used(&self) -> Option<u64> {
        match self {
            Self::Deflate(decoder) => Some(decoder.total_in()),
            Self::Stored(_) | Self::Zstd(_) => None,
        }
    }
}

impl<R: BufRead> Read for Decoder<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Stored(inner) => inner.read(buffer),
            Self::Deflate(inner) => inner.read(buffer),
            Self::Zstd(inner) => inner.read(buffer),
        }
    }
}

/// A reader that sums up what is read.
struct Summed<R> {
    inner: R,
    crc: Crc,
}

impl<R: Read> Read for Summed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.crc.update(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}

/// The name of a compression method (APPNOTE 4.4.5).
const fn method_name(method: u16) -> &'static str {
    match method {
        1 => "shrink",
        2..=5 => "reduce",
        6 => "implode",
        9 => "deflate64",
        10 => "DCL implode",
        12 => "bzip2",
        14 => "lzma",
        16 => "IBM CMPSC",
        18 => "IBM TERSE",
        19 => "IBM LZ77",
        20 => "the deprecated zstd",
        94 => "mp3",
        95 => "xz",
        96 => "jpeg",
        97 => "WavPack",
        98 => "PPMd",
        99 => "AES encryption",
        _ => "something unknown",
    }
}
