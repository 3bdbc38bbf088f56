//! Zips whose parts do not agree, as an attacker of scanners would make them: whatever any loader
//! would load is shown, and that the parts disagree is said.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use common::{Lie, crc, deflate, end, parts, read, zip_of_lies};
use gw_archive::DisagreementKind::{
    self, Checksum, Directory, Duplicate, Encrypted, Hidden, Marks, Method, Name, Size,
};
use gw_finding::ReasonCode;

const TEXT: &[u8] = b"what a loader would execute, what a loader would execute";

fn check(
    what: &str,
    bytes: &[u8],
    contents: &[(&str, &[u8])],
    kinds: &[DisagreementKind],
    reasons: &[ReasonCode],
) {
    let collected = read(bytes);
    assert_eq!(collected.contents(), contents, "{what}");
    assert_eq!(
        collected.kinds(),
        kinds,
        "{what}: {:?}",
        collected.disagreements
    );
    assert_eq!(
        collected.reasons(),
        reasons,
        "{what}: {:?}",
        collected.problems
    );
}

fn one(what: &str, lie: Lie, kinds: &[DisagreementKind], reasons: &[ReasonCode]) {
    let zip = zip_of_lies(&[lie], b"");
    check(what, &zip, &[("a.pkl", TEXT)], kinds, reasons);
}

fn stored() -> Lie {
    Lie::stored("a.pkl", TEXT)
}

fn deflated() -> Lie {
    Lie::deflated("a.pkl", TEXT)
}

#[test]
fn honest_quirks_are_quiet() {
    one("stored", stored(), &[], &[]);
    one("deflated", deflated(), &[], &[]);
    for (signature, wide) in [(true, false), (false, false), (true, true), (false, true)] {
        one("stream", deflated().streamed(signature, wide), &[], &[]);
        one("stream", stored().streamed(signature, wide), &[], &[]);
    }
    one(
        "utf-8 in one",
        stored().with(|l| l.local.flags |= 1 << 11),
        &[],
        &[],
    );
    one(
        "extra fields in one",
        stored().with(|l| l.local.extra = b"FB\x04\0ZZZZ".to_vec()),
        &[],
        &[],
    );
    one(
        "a NUL that ends the name",
        stored().with(|l| {
            l.local.name.push(0);
            l.central.name.push(0);
        }),
        &[],
        &[],
    );
    one(
        "backslashes in one",
        Lie::stored("d\\a.pkl", TEXT).with(|l| {
            l.local.name = b"a.pkl".to_vec();
            l.central.name = b".\\a.pkl".to_vec();
        }),
        &[],
        &[],
    );
    let zip64 = |lie: &mut Lie| {
        let sizes = [lie.central.size, lie.central.compressed].map(u64::from);
        for header in [&mut lie.local, &mut lie.central] {
            header.extra = b"\x01\0\x10\0".to_vec();
            header.extra.extend(sizes[0].to_le_bytes());
            header.extra.extend(sizes[1].to_le_bytes());
        }
    };
    one("zip64 that says the same", deflated().with(zip64), &[], &[]);
    one(
        "zip64 that is used",
        deflated().with(|l| {
            zip64(l);
            (l.local.size, l.local.compressed) = (u32::MAX, u32::MAX);
            (l.central.size, l.central.compressed) = (u32::MAX, u32::MAX);
        }),
        &[],
        &[],
    );
    let empty = Lie::stored("dir/", b"").with(|l| l.local.method = 8);
    let folder = Lie::deflated("other/", b"");
    let zip = zip_of_lies(&[empty, folder.clone(), folder, stored()], b"comment");
    check("folders", &zip, &[("a.pkl", TEXT)], &[], &[]);
    let twice = zip_of_lies(&[stored(), stored()], b"");
    check("the same twice", &twice, &[("a.pkl", TEXT); 2], &[], &[]);
    // A stored archive at the end of an archive, with its own end record.
    let inner = zip_of_lies(&[stored()], b"");
    let outer = zip_of_lies(&[Lie::stored("inner.zip", &inner)], b"");
    check("nested", &outer, &[("inner.zip", &inner)], &[], &[]);
}

#[test]
fn marks_of_encryption_hide_nothing() {
    let both = |l: &mut Lie| {
        l.local.flags |= 1;
        l.central.flags |= 1;
    };
    one("both, stored", stored().with(both), &[Encrypted], &[]);
    one("both, deflated", deflated().with(both), &[Encrypted], &[]);
    for lie in [stored(), deflated()] {
        let central = lie.clone().with(|l| l.central.flags |= 1);
        one("directory only", central, &[Encrypted], &[]);
        one(
            "local only",
            lie.with(|l| l.local.flags |= 1),
            &[Encrypted],
            &[],
        );
    }
    one(
        "a wrong checksum too",
        deflated().with(|l| {
            both(l);
            l.central.crc ^= 1;
            l.local.crc ^= 1;
        }),
        &[Encrypted],
        &[ReasonCode::Malformed],
    );
    // What is encrypted in truth has 12 bytes more and does not expand.
    let noise: Vec<u8> = (0..60_u32).map(|n| (n * 151 + 77) as u8).collect();
    for method in [0, 8] {
        let lie = Lie::new("a.pkl", TEXT, method, noise.clone()).with(both);
        let zip = zip_of_lies(&[lie.with(|l| l.central.size = 48)], b"");
        let collected = read(&zip);
        assert_eq!(collected.contents(), [], "{method}");
        assert!(collected.reasons().contains(&ReasonCode::Encrypted));
    }
    for bit in [5, 6, 13] {
        let mark = |l: &mut Lie| l.central.flags |= 1 << bit;
        one("strange marks", deflated().with(mark), &[Marks], &[]);
    }
}

#[test]
fn sizes_and_checksums_that_lie() {
    let malformed = &[ReasonCode::Malformed][..];
    one(
        "a wrong checksum in the directory",
        deflated().with(|l| l.central.crc = 7),
        &[Checksum],
        malformed,
    );
    one(
        "a wrong checksum in the local header",
        deflated().with(|l| l.local.crc = 7),
        &[Checksum],
        &[],
    );
    let both = |l: &mut Lie| (l.local.crc, l.central.crc) = (7, 7);
    one("in both", stored().with(both), &[], malformed);
    one(
        "a size of nothing in both",
        deflated().with(|l| (l.local.size, l.central.size) = (0, 0)),
        &[],
        malformed,
    );
    one(
        "compressed data that goes on",
        deflated().with(|l| (l.local.compressed, l.central.compressed) = (5, 5)),
        &[Size],
        &[],
    );
    one(
        "stored content that goes on",
        stored().with(|l| (l.local.size, l.central.size) = (5, 5)),
        &[Size],
        &[],
    );
    one(
        "stored content that goes on, the other way",
        stored().with(|l| (l.local.compressed, l.central.compressed) = (5, 5)),
        &[Size],
        &[],
    );
    let zip = zip_of_lies(
        &[stored().with(|l| {
            (l.central.size, l.central.compressed) = (4, 4);
            l.central.crc = crc(&TEXT[..4]);
        })],
        b"",
    );
    check(
        "two stored sizes",
        &zip,
        &[("a.pkl", &TEXT[..4]), ("a.pkl", TEXT)],
        &[Size, Checksum],
        &[],
    );
    let zip = zip_of_lies(
        &[stored().with(|l| {
            (l.central.size, l.central.compressed) = (4, 4);
            (l.local.size, l.local.compressed) = (4, 4);
            (l.central.crc, l.local.crc) = (crc(&TEXT[..4]), crc(&TEXT[..4]));
            l.central.extra = b"\x01\0\x10\0".to_vec();
            for _ in 0..2 {
                l.central.extra.extend((TEXT.len() as u64).to_le_bytes());
            }
        })],
        b"",
    );
    let collected = read(&zip);
    assert_eq!(
        collected.contents(),
        [("a.pkl", &TEXT[..4]), ("a.pkl", TEXT)]
    );
    assert_eq!(collected.kinds(), [Size]);
    let folder = Lie::stored("dir/", TEXT);
    let zip = zip_of_lies(&[folder], b"");
    check("a folder with content", &zip, &[("dir", TEXT)], &[], &[]);
    let zip = zip_of_lies(
        &[Lie::stored("dir/", TEXT).with(|l| (l.local.size, l.central.size) = (0, 0))],
        b"",
    );
    check(
        "that says it has none",
        &zip,
        &[("dir", TEXT)],
        &[Size],
        &[],
    );
}

#[test]
fn methods_that_lie() {
    let lie = deflated().with(|l| l.local.method = 0);
    let data = lie.data.clone();
    let zip = zip_of_lies(&[lie], b"");
    let collected = read(&zip);
    assert!(collected.contents().contains(&("a.pkl", TEXT)));
    assert!(
        collected
            .contents()
            .iter()
            .any(|(_, bytes)| bytes.starts_with(&data))
    );
    assert_eq!(collected.kinds()[0], Method);
    let zip = zip_of_lies(&[stored().with(|l| l.local.method = 8)], b"");
    let collected = read(&zip);
    assert_eq!(collected.contents()[0], ("a.pkl", TEXT));
    assert_eq!(collected.kinds(), [Method]);
}

#[test]
fn names_that_lie() {
    let zip = zip_of_lies(&[stored().with(|l| l.local.name = b"b.txt".to_vec())], b"");
    let both: [(&str, &[u8]); 2] = [("a.pkl", TEXT), ("b.txt", TEXT)];
    check("local name", &zip, &both, &[Name], &[]);
    let name = b"a.pkl\0.txt".to_vec();
    let lie = stored().with(|l| (l.local.name, l.central.name) = (name.clone(), name));
    let both: [(&str, &[u8]); 2] = [("a.pkl", TEXT), ("a.pkl\0.txt", TEXT)];
    check(
        "a NUL within",
        &zip_of_lies(&[lie], b""),
        &both,
        &[Name],
        &[],
    );
    let unicode = |name: &[u8], unicode: &[u8]| {
        let mut field = 0x7075_u16.to_le_bytes().to_vec();
        field.extend(u16::try_from(5 + unicode.len()).unwrap().to_le_bytes());
        field.push(1);
        field.extend(crc(name).to_le_bytes());
        field.extend(unicode);
        field
    };
    let lie =
        Lie::stored("good.txt", TEXT).with(|l| l.central.extra = unicode(b"good.txt", b"evil.pkl"));
    let both: [(&str, &[u8]); 2] = [("evil.pkl", TEXT), ("good.txt", TEXT)];
    check(
        "Unicode path",
        &zip_of_lies(&[lie], b""),
        &both,
        &[Name],
        &[],
    );
    let lie = Lie::stored("gr?n.txt", TEXT)
        .with(|l| l.central.extra = unicode(b"gr?n.txt", "gr\u{fc}n.txt".as_bytes()));
    let both: [(&str, &[u8]); 2] = [("gr?n.txt", TEXT), ("gr\u{fc}n.txt", TEXT)];
    check("an honest one", &zip_of_lies(&[lie], b""), &both, &[], &[]);
    let escape = Lie::stored("..\\..\\a.pkl", TEXT);
    let collected = read(&zip_of_lies(&[escape], b""));
    assert_eq!(collected.reasons(), [ReasonCode::Escapes]);
}

#[test]
fn members_of_one_name() {
    let other = Lie::stored("a.pkl", b"harmless");
    let zip = zip_of_lies(&[stored(), other.clone(), other], b"");
    let all: [(&str, &[u8]); 3] = [
        ("a.pkl", TEXT),
        ("a.pkl", b"harmless"),
        ("a.pkl", b"harmless"),
    ];
    check("duplicates", &zip, &all, &[Duplicate], &[]);
    // A checksum and a size can be made to fit: the bytes count.
    let forged = Lie::stored("a.pkl", &TEXT.to_ascii_uppercase())
        .with(|l| (l.local.crc, l.central.crc) = (crc(TEXT), crc(TEXT)));
    let collected = read(&zip_of_lies(&[stored(), forged], b""));
    assert_eq!(collected.kinds(), [Duplicate]);
    let slash = Lie::stored(".\\a.pkl", b"harmless");
    let collected = read(&zip_of_lies(&[stored(), slash], b""));
    assert_eq!(collected.kinds(), [Duplicate]);
}

#[test]
fn members_that_are_hidden() {
    let hidden = deflated().with(|l| l.listed = false);
    let shown = Lie::stored("b.txt", b"shown");
    let both: [(&str, &[u8]); 2] = [("a.pkl", TEXT), ("b.txt", b"shown")];
    let zip = zip_of_lies(&[hidden.clone(), shown.clone()], b"");
    check("before", &zip, &both, &[Hidden], &[]);
    let streamed = stored().streamed(true, false).with(|l| l.listed = false);
    let collected = read(&zip_of_lies(&[streamed, shown.clone()], b""));
    assert!(collected.contents()[0].1.starts_with(TEXT));
    assert_eq!(collected.kinds(), [Hidden]);
    // Two archives, one behind the other.
    let mut zip = zip_of_lies(&[deflated()], b"");
    zip.extend(zip_of_lies(std::slice::from_ref(&shown), b""));
    check("concatenated", &zip, &both, &[Hidden], &[]);
    // An archive is appended to itself: nobody sees anything else.
    let mut zip = zip_of_lies(&[deflated()], b"");
    zip.extend(zip_of_lies(&[deflated()], b""));
    check("twice", &zip, &[("a.pkl", TEXT); 2], &[], &[]);
    // Within what the directory says is the compressed data of another member.
    let inner = parts(&[hidden.with(|l| l.listed = true)], 0).0;
    let mut outer = Lie::deflated("b.txt", b"shown").streamed(true, false);
    let padding = inner.len() + outer.descriptor.len();
    outer.central.compressed += u32::try_from(padding).unwrap();
    outer.descriptor.extend(inner);
    let collected = read(&zip_of_lies(&[outer], b""));
    assert_eq!(
        collected.contents(),
        [("b.txt", &b"shown"[..]), ("a.pkl", TEXT)]
    );
    assert_eq!(collected.kinds(), [Hidden]);
    // Bytes that look like a header in a program before the archive.
    let mut zip =
        b"MZ a program that knows of PK\x03\x04 and PK\x03\x04\xff\xff\xff\xff\xff".to_vec();
    zip.extend([0x90; 64]);
    zip.extend(zip_of_lies(&[shown], b""));
    let collected = common::read_as(gw_archive::Format::Zip, &zip, common::AMPLE).0;
    assert_eq!(collected.kinds(), []);
}

#[test]
fn directories_that_differ() {
    let (members, both, count) = parts(&[stored(), Lie::stored("b.txt", b"shown")], 0);
    let one = &both[..both.len() / 2];
    let build = |first: &[u8], first_count: usize, comment_of: &dyn Fn(usize) -> Vec<u8>| {
        let mut zip = members.clone();
        zip.extend(first);
        let comment = comment_of(zip.len() + 22);
        zip.extend(end(first_count, first.len(), members.len(), &comment));
        zip
    };
    // The comment of one end record holds another directory and end record.
    let zip = build(one, 1, &|at| {
        let mut comment = both.clone();
        comment.extend(end(count, both.len(), at, b""));
        comment
    });
    let collected = read(&zip);
    assert!(collected.contents().contains(&("b.txt", b"shown")));
    assert!(collected.contents().contains(&("a.pkl", TEXT)));
    assert!(
        collected.kinds().contains(&Directory),
        "{:?}",
        collected.kinds()
    );
    // A copy of the same directory says nothing else.
    let zip = build(&both, 2, &|at| {
        let mut comment = both.clone();
        comment.extend(end(count, both.len(), at, b""));
        comment
    });
    assert_eq!(read(&zip).kinds(), []);
    // An end record that promises fewer entries than there are.
    let mut zip = members.clone();
    zip.extend(&both);
    zip.extend(end(1, both.len(), members.len(), b""));
    let collected = read(&zip);
    assert_eq!(collected.contents().len(), 2);
    assert_eq!(collected.kinds(), [Directory]);
    // A zip64 end record that points elsewhere than the end record.
    let mut zip = members.clone();
    zip.extend(one);
    let other = zip.len();
    zip.extend(&both);
    let record = zip.len();
    zip.extend(b"PK\x06\x06");
    zip.extend(44_u64.to_le_bytes());
    zip.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for number in [2, 2, both.len() as u64, other as u64] {
        zip.extend(number.to_le_bytes());
    }
    zip.extend(b"PK\x06\x07\0\0\0\0");
    zip.extend((record as u64).to_le_bytes());
    zip.extend([1, 0, 0, 0]);
    zip.extend(end(1, one.len(), members.len(), b""));
    let collected = read(&zip);
    assert!(collected.contents().contains(&("b.txt", b"shown")));
    assert!(
        collected.kinds().contains(&Directory),
        "{:?}",
        collected.kinds()
    );
}

#[test]
fn a_member_without_an_end() {
    let zip = zip_of_lies(
        &[stored().with(|l| {
            (l.local.compressed, l.central.compressed) = (1 << 30, 1 << 30);
            (l.local.size, l.central.size) = (1 << 30, 1 << 30);
        })],
        b"",
    );
    let collected = read(&zip);
    assert!(collected.contents()[0].1.starts_with(TEXT));
    assert_eq!(collected.reasons(), [ReasonCode::Malformed]);
}

#[test]
fn every_common_method_is_read() {
    let zstd = zstd::encode_all(TEXT, 3).unwrap();
    let mut bzip2 = Vec::new();
    std::io::Read::read_to_end(
        &mut bzip2::read::BzEncoder::new(TEXT, bzip2::Compression::best()),
        &mut bzip2,
    )
    .unwrap();
    for (method, data) in [
        (8, deflate(TEXT)),
        (9, deflate(TEXT)),
        (12, bzip2),
        (93, zstd),
    ] {
        let lie = Lie::new("a.pkl", TEXT, method, data);
        one(&format!("method {method}"), lie, &[], &[]);
    }
}
