//! Files that are something else as well, told by where other programs look for it: a zip archive by
//! its end, a PDF within its first kilobyte.

use memchr::memmem;

use crate::report::{Evidence, Report};
use crate::rules;
use crate::tensor::input::{Input, Reading};

/// APPNOTE.TXT 4.3.16: the fixed part of the end of central directory record.
const END_SIZE: u64 = 22;

/// The end of a zip archive: where it is, where its directory is said to be, and how many members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ZipEnd {
    /// Where the archive begins, in bytes from the start of the file.
    pub(crate) start: u64,
    /// How many members it says it has.
    pub(crate) members: u16,
}

/// Looks for a zip archive that ends where the file ends, and verifies that it has a directory. Of a
/// stream nothing is known about the end.
pub(crate) fn zip_end(input: &mut Input<'_, '_>) -> Reading<Option<ZipEnd>> {
    let Some(size) = input.size() else {
        return Ok(None);
    };
    let tail_size = size.min(END_SIZE.saturating_add(u64::from(u16::MAX)));
    let tail_at = size.saturating_sub(tail_size);
    input.go_to(tail_at)?;
    let tail = input.bytes(tail_size)?;
    for at in memmem::rfind_iter(&tail, b"PK\x05\x06") {
        let record = tail.get(at..).unwrap_or_default();
        let Some(fixed) = record.first_chunk::<22>() else {
            continue;
        };
        let half = |at: usize| u16::from_le_bytes([byte(fixed, at), byte(fixed, at + 1)]);
        let word = |at: usize| u64::from(half(at)) | u64::from(half(at + 2)) << 16;
        if record.len() as u64 != END_SIZE.saturating_add(u64::from(half(20))) {
            continue;
        }
        let (members, directory_size, directory_at) = (half(10), word(12), word(16));
        let record_at = tail_at.saturating_add(at as u64);
        let Some(directory) = record_at.checked_sub(directory_size) else {
            continue;
        };
        if members == 0 || directory_size < 46 {
            continue;
        }
        input.go_to(directory)?;
        if input.array::<4>()? == *b"PK\x01\x02" {
            return Ok(Some(ZipEnd {
                start: directory.saturating_sub(directory_at),
                members,
            }));
        }
    }
    Ok(None)
}

fn byte(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or(0)
}

/// Reports what else a file is, whose format provides for nothing of the sort.
pub(crate) fn report(input: &mut Input<'_, '_>, report: &mut Report<'_>) {
    match zip_end(input) {
        Ok(Some(zip)) => {
            let message = format!(
                "The file is also a zip archive of {} members: programs that open it as one find \
                 the archive by its end. It begins at byte {}.",
                zip.members, zip.start
            );
            report.find(&rules::POLYGLOT, Evidence::new("zip", message));
        }
        Ok(None) => {}
        Err(trouble) => trouble.report("the end of the file", report),
    }
    match document(input) {
        Ok(Some(what)) => {
            let message =
                format!("The file is also {what}, which programs find behind its first bytes.");
            report.find(&rules::POLYGLOT, Evidence::new(what, message));
        }
        Ok(None) => {}
        Err(trouble) => trouble.report("the start of the file", report),
    }
}

/// How much of a file's start viewers of PDF search, and how much of its end, in bytes.
const START: u64 = 1024;

/// What is told by something behind the first bytes: a PDF document by its header, of which viewers
/// say that it is within the first kilobyte, and its trailer; a tar archive by its first header's
/// checksum.
fn document(input: &mut Input<'_, '_>) -> Reading<Option<&'static str>> {
    let Some(size) = input.size() else {
        return Ok(None);
    };
    input.go_to(0)?;
    let head = input.up_to(START)?;
    if is_tar(&head) {
        return Ok(Some("a tar archive"));
    }
    let has_version = |at: usize| {
        matches!(
            head.get(at.saturating_add(5)..),
            Some([b'1' | b'2', b'.', b'0'..=b'9', ..])
        )
    };
    if !memmem::find_iter(&head, b"%PDF-").any(has_version) {
        return Ok(None);
    }
    input.go_to(size.saturating_sub(START))?;
    let tail = input.up_to(START)?;
    let whole =
        memmem::find(&tail, b"startxref").is_some() || memmem::find(&tail, b"%%EOF").is_some();
    Ok(whole.then_some("a PDF document"))
}

/// POSIX.1-1988, "ustar": a magic number, and a sum of the header's bytes with blanks in its place.
fn is_tar(head: &[u8]) -> bool {
    let Some(header) = head.first_chunk::<512>() else {
        return false;
    };
    let field = header.get(148..156).unwrap_or_default();
    let written = field.iter().filter(|byte| (b'0'..=b'7').contains(byte));
    let written = written.fold(0_u32, |sum, digit| {
        sum.saturating_mul(8)
            .saturating_add(u32::from(digit - b'0'))
    });
    let blank = field
        .iter()
        .fold(0_u32, |sum, byte| sum.saturating_add(u32::from(*byte)));
    let sum = header
        .iter()
        .fold(0_u32, |sum, byte| sum.saturating_add(u32::from(*byte)));
    header.get(257..262) == Some(b"ustar")
        && written == sum.saturating_sub(blank).saturating_add(8 * 32)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::Content;

    /// A zip archive with one stored member.
    pub(crate) fn zip(name: &str, content: &[u8]) -> Vec<u8> {
        let size = u32::try_from(content.len()).unwrap().to_le_bytes();
        let name_size = u16::try_from(name.len()).unwrap().to_le_bytes();
        let fields = [&[0; 4][..], &[0; 4], &size, &size, &name_size, &[0, 0]].concat();
        let mut bytes = [
            &b"PK\x03\x04\x14\0\0\0\0\0"[..],
            &fields,
            name.as_bytes(),
            content,
        ]
        .concat();
        let directory = u32::try_from(bytes.len()).unwrap();
        let entry = [
            &b"PK\x01\x02\x14\0\x14\0\0\0\0\0"[..],
            &fields,
            &[0; 14],
            name.as_bytes(),
        ]
        .concat();
        bytes.extend(&entry);
        bytes.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
        bytes.extend(u32::try_from(entry.len()).unwrap().to_le_bytes());
        bytes.extend(directory.to_le_bytes());
        bytes.extend([0, 0]);
        bytes
    }

    #[test]
    fn finds_archives_by_their_end() {
        let check = |bytes: &[u8], expected: Option<u64>| {
            let mut content = Content::bytes(bytes);
            let found = zip_end(&mut Input::new(&mut content).unwrap()).unwrap();
            assert_eq!(found.map(|zip| zip.start), expected);
        };
        let archive = zip("a.txt", b"text");
        check(&archive, Some(0));
        check(&[&[7; 1000][..], &archive].concat(), Some(1000));
        check(&[&archive[..], b"more"].concat(), None);
        check(b"", None);
        check(
            &[
                &[0; 50][..],
                b"PK\x05\x06\0\0\0\0\x01\0\x01\0\x2e\0\0\0\0\0\0\0\0\0",
            ]
            .concat(),
            None,
        );
    }

    #[test]
    fn finds_documents_behind_the_first_bytes() {
        let check = |bytes: &[u8]| {
            let mut content = Content::bytes(bytes);
            document(&mut Input::new(&mut content).unwrap()).unwrap()
        };
        let pdf = |before: usize| {
            [
                &vec![7; before][..],
                b"%PDF-1.7\n",
                &[0; 2000],
                b"startxref\n9\n%%EOF\n",
            ]
            .concat()
        };
        assert_eq!(check(&pdf(30)), Some("a PDF document"));
        assert_eq!(check(&pdf(1200)), None);
        assert_eq!(check(b"GGUF says %PDF-1.7"), None);
        let mut tar = vec![0_u8; 1024];
        tar[..4].copy_from_slice(b"GGUF");
        tar[257..262].copy_from_slice(b"ustar");
        let sum: u32 = tar.iter().map(|byte| u32::from(*byte)).sum::<u32>() + 8 * 32;
        tar[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        assert_eq!(check(&tar), Some("a tar archive"));
        tar[0] = 0;
        assert_eq!(check(&tar), None);
    }
}
