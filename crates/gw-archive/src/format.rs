use crate::{codec, seven_zip, tar};

/// A kind of archive or compressed file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// PKWARE's zip, and all that is built on it: wheels, jars, office documents.
    Zip,
    /// Tape archives: V7, ustar, pax and GNU.
    Tar,
    /// RFC 1952.
    Gzip,
    /// RFC 8878.
    Zstd,
    /// A bare zlib stream, RFC 1950.
    Zlib,
    /// The `.xz` file format 1.2.
    Xz,
    /// The format that came before xz, `lzma_alone`.
    Lzma,
    /// bzip2.
    Bzip2,
    /// LZ4 frames, legacy ones too.
    Lz4,
    /// 7-Zip's 7z.
    SevenZip,
    /// Not looked into.
    Rar,
}

impl Format {
    /// Tells the format from the first bytes, at best 512 or more. A zip with something in front of it shows only
    /// at its end: see [`has_zip_end`].
    #[must_use]
    pub fn detect(head: &[u8]) -> Option<Self> {
        let starts = |magic: &[u8]| head.starts_with(magic);
        if starts(b"PK\x03\x04") || starts(b"PK\x05\x06") || starts(b"PK\x07\x08PK\x03\x04") {
            Some(Self::Zip)
        } else if matches!(head, [0x1f, 0x8b, 8, flags, ..] if flags & 0xe0 == 0) {
            Some(Self::Gzip)
        } else if starts(ZSTD) || after_skippable(head).is_some_and(|next| next == ZSTD) {
            Some(Self::Zstd)
        } else if starts(LZ4) || starts(LZ4_LEGACY) || after_skippable(head).is_some() {
            Some(Self::Lz4)
        } else if starts(b"\xfd7zXZ\0") {
            Some(Self::Xz)
        } else if is_bzip2(head) {
            Some(Self::Bzip2)
        } else if starts(b"7z\xbc\xaf\x27\x1c") {
            Some(Self::SevenZip)
        } else if starts(b"Rar!\x1a\x07") {
            Some(Self::Rar)
        } else if tar::is_header(head) {
            Some(Self::Tar)
        } else if codec::is_zlib(head) {
            Some(Self::Zlib)
        } else if codec::is_lzma_alone(head) {
            Some(Self::Lzma)
        } else {
            None
        }
    }

    /// Whether the format is a compressed stream, which has one content and no directory.
    #[must_use]
    pub const fn is_stream(self) -> bool {
        match self {
            Self::Gzip
            | Self::Zlib
            | Self::Zstd
            | Self::Xz
            | Self::Lzma
            | Self::Bzip2
            | Self::Lz4 => true,
            Self::Zip | Self::Tar | Self::SevenZip | Self::Rar => false,
        }
    }

    /// Whether the format can only be read from here and there, as its directory is at the end.
    #[must_use]
    pub const fn must_seek(self) -> bool {
        matches!(self, Self::Zip | Self::SevenZip)
    }

    /// The format's name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Zip => "zip",
            Self::Tar => "tar",
            Self::Gzip => "gzip",
            Self::Zlib => "zlib",
            Self::Zstd => "zstd",
            Self::Xz => "xz",
            Self::Lzma => "lzma",
            Self::Bzip2 => "bzip2",
            Self::Lz4 => "lz4",
            Self::SevenZip => "7z",
            Self::Rar => "rar",
        }
    }
}

const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd";
const LZ4: &[u8] = b"\x04\x22\x4d\x18";
const LZ4_LEGACY: &[u8] = b"\x02\x21\x4c\x18";

/// The magic number of the frame of zstd or lz4 that follows skippable frames (0x184D2A50 to 5F),
/// which both formats have. Empty frames may come one after another.
fn after_skippable(mut head: &[u8]) -> Option<&[u8]> {
    loop {
        let [kind, 0x2a, 0x4d, 0x18, a, b, c, d, rest @ ..] = head else {
            return None;
        };
        let size = u32::from_le_bytes([*a, *b, *c, *d]) as usize;
        head = rest.get(size..).filter(|_| kind & 0xf0 == 0x50)?;
        let magic = head.get(..4)?;
        if [ZSTD, LZ4, LZ4_LEGACY].contains(&magic) {
            return Some(magic);
        }
    }
}

fn is_bzip2(head: &[u8]) -> bool {
    matches!(head, [b'B', b'Z', b'h', b'1'..=b'9', block @ ..]
        if block.starts_with(b"\x31\x41\x59\x26\x53\x59")
            || block.starts_with(b"\x17\x72\x45\x38\x50\x90"))
}

/// Whether `tail`, the end of a file (at best its last 65,557 bytes), has a zip's end record that
/// fits the file's end, so that loaders open the file as a zip whatever it begins with.
#[must_use]
pub fn has_zip_end(tail: &[u8]) -> bool {
    memchr::memmem::rfind_iter(tail, b"PK\x05\x06").any(|at| {
        let record = tail.get(at..).unwrap_or_default();
        let field = |offset: usize| match record.get(offset..offset + 2) {
            Some(&[low, high]) => usize::from(u16::from_le_bytes([low, high])),
            _ => usize::MAX,
        };
        // A comment that fills the rest, and a directory that is not empty.
        record.len() >= 22 && field(20) == record.len() - 22 && field(10) > 0
    })
}

/// How much of a program's start is searched by [`is_unpacker`], in bytes.
pub const SEARCHED: u64 = seven_zip::SEARCHED;

/// Whether `head`, the start of a file (at best its first [`SEARCHED`] bytes), is a program or
/// script that has a 7z archive behind it, which 7-Zip and others open as one.
#[must_use]
pub fn is_unpacker(head: &[u8]) -> bool {
    is_program(head) && seven_zip::find(head).is_some()
}

/// Whether a file that starts with `head` is a program or script.
#[must_use]
pub fn is_program(head: &[u8]) -> bool {
    let programs: [&[u8]; 5] = [
        b"MZ",
        b"\x7fELF",
        b"#!",
        b"\xcf\xfa\xed\xfe",
        b"\xca\xfe\xba\xbe",
    ];
    programs.iter().any(|magic| head.starts_with(magic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_tells() {
        let check = |head: &[u8], expected: Option<Format>| {
            assert_eq!(Format::detect(head), expected, "{head:?}");
        };
        check(b"", None);
        check(b"PK", None);
        check(b"PK\x03\x04", Some(Format::Zip));
        check(b"PK\x05\x06", Some(Format::Zip));
        check(b"\x1f\x8b\x08\x00", Some(Format::Gzip));
        check(b"\x1f\x8b\x08\xff", None);
        check(b"\x28\xb5\x2f\xfd", Some(Format::Zstd));
        check(
            b"\x50\x2a\x4d\x18\x01\0\0\0x\x28\xb5\x2f\xfd",
            Some(Format::Zstd),
        );
        check(b"\x50\x2a\x4d\x18\xff\xff\xff\xffx", None);
        check(
            b"\x51\x2a\x4d\x18\0\0\0\0\x04\x22\x4d\x18",
            Some(Format::Lz4),
        );
        check(b"\x04\x22\x4d\x18", Some(Format::Lz4));
        check(b"\x02\x21\x4c\x18", Some(Format::Lz4));
        check(b"x\x9c\x03\0\0\0\0\x01", Some(Format::Zlib));
        check(b"x^2", None);
        check(
            b"]\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff\0\x24\x19\x49\x98",
            Some(Format::Lzma),
        );
        check(b"\xfd7zXZ\0\0", Some(Format::Xz));
        check(b"BZh91AY&SY", Some(Format::Bzip2));
        check(b"BZh9 is a word", None);
        check(b"7z\xbc\xaf\x27\x1c", Some(Format::SevenZip));
        check(b"Rar!\x1a\x07\x01", Some(Format::Rar));
        check(&[0; 512], None);
        check(&[b' '; 512], None);
    }

    #[test]
    fn a_zip_shows_at_its_end() {
        let mut end = b"#!/bin/sh\n".to_vec();
        end.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
        end.extend([0; 8]);
        assert!(!has_zip_end(&end), "the comment's length is missing");
        end.extend([2, 0]);
        end.extend(b"hi");
        assert!(has_zip_end(&end));
        end.extend(b"!");
        assert!(!has_zip_end(&end), "something follows");
    }
}
