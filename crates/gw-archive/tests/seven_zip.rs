//! 7z archives with every header field under control.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use common::{AMPLE, Collected, crc, deflate, read, read_as};
use gw_archive::{DisagreementKind, Format, MemberKind, Stop};
use gw_finding::ReasonCode;
use proptest::prelude::*;

const TEXT: &[u8] = b"what a loader would execute, what a loader would execute";

/// A number as 7z writes it.
fn number(value: u64) -> Vec<u8> {
    for more in 0..8_u32 {
        if value >> (7 * (more + 1)) == 0 {
            let ones = if more == 0 { 0 } else { 0xff_u8 << (8 - more) };
            let first = ones | u8::try_from(value >> (8 * more)).unwrap();
            let low = value.to_le_bytes();
            return [&[first], &low[..more as usize]].concat();
        }
    }
    [&[0xff][..], &value.to_le_bytes()].concat()
}

/// A block of files, packed.
#[derive(Clone)]
struct Block {
    packed: Vec<u8>,
    /// Each coder with its properties; the first gets the packed stream.
    coders: Vec<(Vec<u8>, Vec<u8>)>,
    files: Vec<(String, Vec<u8>)>,
}

impl Block {
    fn new(coder: &[u8], packed: Vec<u8>, files: &[(&str, &[u8])]) -> Self {
        Self {
            packed,
            coders: vec![(coder.to_vec(), Vec::new())],
            files: files
                .iter()
                .map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec()))
                .collect(),
        }
    }

    fn stored(files: &[(&str, &[u8])]) -> Self {
        let packed = files.iter().flat_map(|(_, bytes)| bytes.to_vec()).collect();
        Self::new(&[0], packed, files)
    }

    fn size(&self) -> u64 {
        self.files.iter().map(|(_, bytes)| bytes.len() as u64).sum()
    }
}

/// What is listed beside the files with content: name, whether it is a file, whether it is anti.
type Empty<'e> = (&'e str, bool, bool);

fn bits(bits: &[bool]) -> Vec<u8> {
    bits.chunks(8)
        .map(|chunk| {
            let bit = |(at, set): (usize, &bool)| u8::from(*set) << (7 - at);
            chunk.iter().enumerate().map(bit).sum()
        })
        .collect()
}

fn property(kind: u8, bytes: &[u8]) -> Vec<u8> {
    [&[kind][..], &number(bytes.len() as u64), bytes].concat()
}

fn streams(blocks: &[Block], at: u64) -> Vec<u8> {
    let mut out = vec![6];
    out.extend(number(at));
    out.extend(number(blocks.len() as u64));
    out.push(9);
    for block in blocks {
        out.extend(number(block.packed.len() as u64));
    }
    out.extend([0, 7, 11]);
    out.extend(number(blocks.len() as u64));
    out.push(0);
    for block in blocks {
        let count = block.coders.len();
        out.extend(number(count as u64));
        // The last one unpacks what is packed; each gives to the one before.
        for (id, properties) in block.coders.iter().rev() {
            let flags = u8::from(!properties.is_empty()) << 5;
            out.push(flags | u8::try_from(id.len()).unwrap());
            out.extend(id);
            if !properties.is_empty() {
                out.extend(number(properties.len() as u64));
                out.extend(properties);
            }
        }
        for index in 1..count as u64 {
            out.extend(number(index - 1));
            out.extend(number(index));
        }
    }
    out.push(12);
    for block in blocks {
        for _ in &block.coders {
            out.extend(number(block.size()));
        }
    }
    out.extend([0, 8, 13]);
    for block in blocks {
        out.extend(number(block.files.len() as u64));
    }
    out.push(9);
    for block in blocks {
        for (_, bytes) in block.files.iter().rev().skip(1).rev() {
            out.extend(number(bytes.len() as u64));
        }
    }
    out.extend([10, 1]);
    for (_, bytes) in blocks.iter().flat_map(|block| &block.files) {
        out.extend(crc(bytes).to_le_bytes());
    }
    out.extend([0, 0]);
    out
}

fn header(blocks: &[Block], empty: &[Empty<'_>]) -> Vec<u8> {
    let mut out = vec![1, 4];
    out.extend(streams(blocks, 0));
    let files = blocks.iter().flat_map(|block| &block.files);
    let names: Vec<&str> = files.map(|(name, _)| name.as_str()).collect();
    let all = names.len() + empty.len();
    out.push(5);
    out.extend(number(all as u64));
    if !empty.is_empty() {
        let is_empty: Vec<bool> = (0..all).map(|index| index >= names.len()).collect();
        out.extend(property(14, &bits(&is_empty)));
        let files: Vec<bool> = empty.iter().map(|one| one.1).collect();
        out.extend(property(15, &bits(&files)));
        let anti: Vec<bool> = empty.iter().map(|one| one.2).collect();
        out.extend(property(16, &bits(&anti)));
    }
    let mut text = vec![0];
    for name in names.into_iter().chain(empty.iter().map(|one| one.0)) {
        for unit in name.encode_utf16().chain([0]) {
            text.extend(unit.to_le_bytes());
        }
    }
    out.extend(property(17, &text));
    out.extend([0, 0]);
    out
}

fn archive(packed: &[u8], header: &[u8]) -> Vec<u8> {
    let mut start = (packed.len() as u64).to_le_bytes().to_vec();
    start.extend((header.len() as u64).to_le_bytes());
    start.extend(crc(header).to_le_bytes());
    let mut out = b"7z\xbc\xaf\x27\x1c\0\x04".to_vec();
    out.extend(crc(&start).to_le_bytes());
    out.extend(start);
    out.extend(packed);
    out.extend(header);
    out
}

fn seven_zip(blocks: &[Block], empty: &[Empty<'_>]) -> Vec<u8> {
    let packed: Vec<u8> = blocks
        .iter()
        .flat_map(|block| block.packed.clone())
        .collect();
    archive(&packed, &header(blocks, empty))
}

fn check(what: &str, bytes: &[u8], contents: &[(&str, &[u8])], reasons: &[ReasonCode]) {
    let collected = read(bytes);
    assert_eq!(collected.contents(), contents, "{what}");
    assert_eq!(
        collected.reasons(),
        reasons,
        "{what}: {:?}",
        collected.problems
    );
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let level = bzip2::Compression::best();
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), level);
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// LZMA2 that is not compressed: one chunk and the end.
fn lzma2(bytes: &[u8]) -> Vec<u8> {
    let size = u16::try_from(bytes.len() - 1).unwrap().to_be_bytes();
    [&[1][..], &size, bytes, &[0]].concat()
}

/// An lz4 frame of one block that is not compressed.
fn lz4(bytes: &[u8]) -> Vec<u8> {
    let mut out = b"\x04\x22\x4d\x18\x60\x40\x82".to_vec();
    let size = u32::try_from(bytes.len()).unwrap() | 1 << 31;
    out.extend(size.to_le_bytes());
    out.extend(bytes);
    out.extend([0; 4]);
    out
}

#[test]
fn blocks_of_every_coder() {
    let files: [(&str, &[u8]); 2] = [("a.pkl", &TEXT[..20]), ("d/b", &TEXT[20..])];
    let zstd = zstd::encode_all(TEXT, 1).unwrap();
    let coders: [(&[u8], Vec<u8>); 7] = [
        (&[0], TEXT.to_vec()),
        (&[4, 1, 8], deflate(TEXT)),
        (&[4, 1, 9], deflate(TEXT)),
        (&[4, 2, 2], bzip2(TEXT)),
        (&[4, 0xf7, 0x11, 1], zstd),
        (&[4, 0xf7, 0x11, 4], lz4(TEXT)),
        (&[0x21], lzma2(TEXT)),
    ];
    for (coder, packed) in coders {
        let mut block = Block::new(coder, packed, &files);
        if coder == [0x21] {
            block.coders[0].1 = vec![10];
        }
        check(
            &format!("{coder:x?}"),
            &seven_zip(&[block], &[]),
            &files,
            &[],
        );
    }
    // Through two coders: what is deflated is a row of differences.
    let mut last = 0_u8;
    let differences: Vec<u8> = TEXT
        .iter()
        .map(|&byte| {
            let difference = byte.wrapping_sub(last);
            last = byte;
            difference
        })
        .collect();
    let mut block = Block::new(&[4, 1, 8], deflate(&differences), &files);
    block.coders.push((vec![3], vec![0]));
    check("delta", &seven_zip(&[block], &[]), &files, &[]);
}

#[test]
fn several_blocks_and_files_without_content() {
    let one = Block::stored(&[("one", b"1"), ("two", b"22")]);
    let two = Block::new(&[4, 1, 8], deflate(TEXT), &[("three", TEXT)]);
    let empty = [
        ("empty", true, false),
        ("folder", false, false),
        ("gone", true, true),
    ];
    let bytes = seven_zip(&[one, two], &empty);
    let expected: [(&str, &[u8]); 4] = [
        ("one", b"1"),
        ("two", b"22"),
        ("three", TEXT),
        ("empty", b""),
    ];
    check("two blocks", &bytes, &expected, &[]);
    check("nothing at all", &archive(b"", b""), &[], &[]);
}

#[test]
fn a_packed_header_is_unpacked() {
    let block = Block::stored(&[("a.pkl", TEXT)]);
    let plain = header(std::slice::from_ref(&block), &[]);
    let deflated = deflate(&plain);
    let mut packed = vec![23];
    let mut whole = Block::new(&[4, 1, 8], deflated.clone(), &[("", &plain)]);
    packed.extend(streams(std::slice::from_ref(&whole), TEXT.len() as u64));
    let content = [TEXT, &deflated].concat();
    check(
        "packed",
        &archive(&content, &packed),
        &[("a.pkl", TEXT)],
        &[],
    );
    // Encrypted.
    whole.coders[0].0 = vec![6, 0xf1, 7, 1];
    let mut packed = vec![23];
    packed.extend(streams(&[whole], TEXT.len() as u64));
    let bytes = archive(&content, &packed);
    check("encrypted", &bytes, &[], &[ReasonCode::Encrypted]);
    // A header that is the packed form of itself.
    let mut itself = vec![23];
    let size = itself.len() + streams(&[Block::stored(&[("", &[0; 40])])], 0).len();
    itself.extend(streams(&[Block::stored(&[("", &vec![0; size])])], 0));
    let collected = read(&archive(b"", &itself));
    assert_eq!(
        collected.reasons().last(),
        Some(&ReasonCode::TooDeep),
        "{:?}",
        collected.problems
    );
}

#[test]
fn what_cannot_be_unpacked_is_said() {
    let files: [(&str, &[u8]); 2] = [("a", b"first"), ("b", b"second")];
    let good = Block::stored(&[("ok", b"ok")]);
    for (coder, reason) in [
        (&[6, 0xf1, 7, 1][..], ReasonCode::Encrypted),
        (&[3, 4, 1], ReasonCode::Unsupported),
        (&[4, 0xf7, 0x11, 2], ReasonCode::Unsupported),
    ] {
        let block = Block::new(coder, b"packed".to_vec(), &files);
        let bytes = seven_zip(&[block, good.clone()], &[]);
        check(
            &format!("{coder:x?}"),
            &bytes,
            &[("ok", b"ok")],
            &[reason, reason],
        );
    }
    // A window of 4 GiB.
    let mut block = Block::new(&[3, 1, 1], vec![0; 30], &[("a", &[0; 100])]);
    block.coders[0].1 = vec![0x5d, 0xff, 0xff, 0xff, 0xff];
    let bytes = seven_zip(&[block, good.clone()], &[]);
    check("window", &bytes, &[("ok", b"ok")], &[ReasonCode::TooLarge]);
    // A block that breaks off leaves its start and all other blocks.
    let cut = deflate(&[b"first".to_vec(), vec![7; 2000]].concat());
    let mut block = Block::new(&[4, 1, 8], cut, &[("a", b"first"), ("b", &[7; 3000])]);
    block.files[1].1.truncate(2500);
    let collected = read(&seven_zip(&[block, good], &[]));
    assert_eq!(collected.contents()[0], ("a", &b"first"[..]));
    assert_eq!(collected.contents().last(), Some(&("ok", &b"ok"[..])));
    // A coder that gets what it gives.
    let mut circle = Block::stored(&[("a", b"first")]);
    circle.coders.push((vec![0], Vec::new()));
    circle.coders.push((vec![0], Vec::new()));
    let mut bytes = header(std::slice::from_ref(&circle), &[]);
    let bonds = common::find(&bytes, &[0, 1, 1, 2]);
    bytes[bonds + 3] = 1;
    let collected = read(&archive(b"first", &bytes));
    assert_eq!(collected.contents(), []);
    assert_eq!(collected.reasons(), [ReasonCode::Malformed]);
}

#[test]
fn checksums_that_lie() {
    let block = Block::stored(&[("a.pkl", TEXT), ("b", b"second")]);
    let good = seven_zip(&[block], &[]);
    let contents: [(&str, &[u8]); 2] = [("a.pkl", TEXT), ("b", b"second")];
    let malformed = [ReasonCode::Malformed];
    let flip = |at: usize| {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        bytes
    };
    check("of the start", &flip(8), &contents, &malformed);
    let mut bytes = flip(28);
    let start = crc(&bytes[12..32]);
    bytes[8..12].copy_from_slice(&start.to_le_bytes());
    check("of the header", &bytes, &contents, &malformed);
    let at = common::rfind(&good, &crc(TEXT).to_le_bytes());
    let collected = read(&flip(at));
    assert_eq!(collected.contents(), contents);
    assert_eq!(collected.problems.len(), 2, "the header's and the file's");
    let cut = read(&good[..good.len() - 4]);
    assert_eq!(cut.reasons(), malformed);
    assert_eq!(
        read_as(Format::SevenZip, b"short", AMPLE).0.reasons(),
        malformed
    );
}

#[test]
fn an_archive_behind_a_program_is_found() {
    let mut bytes = b"MZ a program that knows of 7z\xbc\xaf\x27\x1c and what that is".to_vec();
    bytes.resize(100_000, 0x90);
    assert!(!gw_archive::is_unpacker(&bytes));
    bytes.extend(seven_zip(&[Block::stored(&[("a.pkl", TEXT)])], &[]));
    assert!(gw_archive::is_unpacker(&bytes));
    let (collected, _) = read_as(Format::SevenZip, &bytes, AMPLE);
    assert_eq!(collected.contents(), [("a.pkl", TEXT)]);
    bytes[0] = b'?';
    assert!(!gw_archive::is_unpacker(&bytes), "no program");
}

#[test]
fn names_that_lie() {
    let block = Block::stored(&[
        ("..\\..\\x", b"1"),
        ("d\\y", b"2"),
        ("y", b"3"),
        ("y", b"4"),
    ]);
    let collected = read(&seven_zip(&[block], &[]));
    let out = "\u{FFFD}2e\u{FFFD}2e/\u{FFFD}2e\u{FFFD}2e/x";
    let names: Vec<_> = collected
        .contents()
        .iter()
        .map(|one| one.0.to_owned())
        .collect();
    assert_eq!(names, [out, "d/y", "y", "y"]);
    assert_eq!(collected.reasons(), [ReasonCode::Escapes]);
    assert_eq!(collected.kinds(), [DisagreementKind::Duplicate]);
    assert!(
        collected
            .members
            .iter()
            .all(|(member, _)| member.kind == MemberKind::File)
    );
    // Names that are listed twice.
    let block = Block::stored(&[("good", TEXT)]);
    let mut bytes = header(std::slice::from_ref(&block), &[]);
    let end = bytes.len() - 2;
    let names: Vec<u8> = [0]
        .into_iter()
        .chain("evil\0".encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    bytes.splice(end..end, property(17, &names));
    let collected = read(&archive(TEXT, &bytes));
    assert_eq!(collected.kinds(), [DisagreementKind::Directory]);
}

#[test]
fn meters_stop_walks() {
    let zeros = vec![0; 60 << 20];
    let bytes = seven_zip(
        &[Block::new(
            &[4, 1, 8],
            deflate(&zeros),
            &[("zeros", &zeros)],
        )],
        &[],
    );
    let (collected, stopped) = common::read_with(&bytes, AMPLE);
    assert_eq!(stopped, Some(Stop::Ratio));
    assert_eq!(collected.problems, []);
    let many: Vec<(String, Vec<u8>)> = (0..200).map(|n| (n.to_string(), vec![1])).collect();
    let many: Vec<(&str, &[u8])> = many
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_slice()))
        .collect();
    let few = gw_archive::Allowance {
        members: 100,
        ..AMPLE
    };
    let (collected, stopped) = common::read_with(&seven_zip(&[Block::stored(&many)], &[]), few);
    assert_eq!(stopped, Some(Stop::Members));
    assert!(collected.members.len() <= 100);
}

fn safe(collected: &Collected) -> bool {
    collected.members.iter().all(|(member, content)| {
        !member.path.split('/').any(|part| part == "..")
            && !member.path.starts_with('/')
            && content.len() <= 11 << 20
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_header_does_harm(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        is_packed in any::<bool>(),
    ) {
        let files: [(&str, &[u8]); 2] = [("a.pkl", &TEXT[..20]), ("d/b", &TEXT[20..])];
        let mut lzma = Block::new(&[0x21], lzma2(TEXT), &files);
        lzma.coders[0].1 = vec![10];
        lzma.coders.push((vec![3, 3, 1, 3], Vec::new()));
        let blocks = [Block::new(&[4, 1, 8], deflate(TEXT), &files), lzma];
        let mut plain = header(&blocks, &[("e", true, false)]);
        let mut packed: Vec<u8> = blocks.iter().flat_map(|block| block.packed.clone()).collect();
        // With right checksums, so that what is changed is read.
        for (at, value) in &changes {
            let at = at.index(plain.len());
            plain[at] = *value;
        }
        let bytes = if is_packed {
            let whole = Block::new(&[4, 1, 8], deflate(&plain), &[("", &plain)]);
            let mut outer = vec![23];
            outer.extend(streams(std::slice::from_ref(&whole), packed.len() as u64));
            packed.extend(whole.packed);
            archive(&packed, &outer)
        } else {
            archive(&packed, &plain)
        };
        prop_assert!(safe(&read_as(Format::SevenZip, &bytes, AMPLE).0));
    }

    #[test]
    fn no_content_does_harm(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        which in 0..4_usize,
    ) {
        let coders: [&[u8]; 4] = [&[3, 3, 1, 3], &[5], &[3], &[0x0b]];
        let files: [(&str, &[u8]); 1] = [("a", TEXT)];
        let mut block = Block::new(&[0x21], lzma2(TEXT), &files);
        block.coders[0].1 = vec![10];
        block.coders.push((coders[which].to_vec(), vec![0xff; which]));
        for (at, value) in changes {
            let at = at.index(block.packed.len());
            block.packed[at] = value;
        }
        let (collected, _) = read_as(Format::SevenZip, &seven_zip(&[block], &[]), AMPLE);
        prop_assert!(safe(&collected));
    }

    #[test]
    fn what_is_written_is_read(
        files in prop::collection::vec(("[a-z]{1,8}/[a-z\u{e9}]{1,8}", prop::collection::vec(any::<u8>(), 1..600)), 1..8),
    ) {
        let list: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        let content: Vec<u8> = files.iter().flat_map(|(_, bytes)| bytes.clone()).collect();
        for block in [Block::stored(&list), Block::new(&[4, 1, 8], deflate(&content), &list)] {
            let collected = read(&seven_zip(&[block], &[]));
            prop_assert_eq!(collected.contents(), list.clone());
            prop_assert_eq!(&collected.problems, &[]);
        }
    }
}
