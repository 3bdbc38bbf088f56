use crate::tar;

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
    /// Not looked into.
    Xz,
    /// Not looked into.
    Bzip2,
    /// Not looked into.
    SevenZip,
    /// Not looked into.
    Rar,
}

impl Format {
    /// Tells the format from the first 512 bytes. A zip with something in front of it shows only
    /// at its end: see [`has_zip_end`].
    #[must_use]
    pub fn detect(head: &[u8]) -> Option<Self> {
        let starts = |magic: &[u8]| head.starts_with(magic);
        if starts(b"PK\x03\x04") || starts(b"PK\x05\x06") || starts(b"PK\x07\x08PK\x03\x04") {
            Some(Self::Zip)
        } else if matches!(head, [0x1f, 0x8b, 8, flags, ..] if flags & 0xe0 == 0) {
            Some(Self::Gzip)
        } else if starts(b"\x28\xb5\x2f\xfd") || is_skippable_zstd(head) {
            Some(Self::Zstd)
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
        } else {
            None
        }
    }

    /// The format's name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Zip => "zip",
            Self::Tar => "tar",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Xz => "xz",
            Self::Bzip2 => "bzip2",
            Self::SevenZip => "7z",
            Self::Rar => "rar",
        }
    }
}

/// A skippable frame (magic 0x184D2A50 to 5F) that a frame of either kind follows.
fn is_skippable_zstd(head: &[u8]) -> bool {
    let [kind, 0x2a, 0x4d, 0x18, a, b, c, d, rest @ ..] = head else {
        return false;
    };
    let size = u32::from_le_bytes([*a, *b, *c, *d]) as usize;
    kind & 0xf0 == 0x50
        && rest
            .get(size..)
            .is_some_and(|rest| rest.starts_with(b"\x28\xb5\x2f\xfd"))
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
