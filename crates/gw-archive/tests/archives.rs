//! Archives as other programs write them, as attackers do, and as chance does.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use std::io::{Cursor, Write};

use common::{AMPLE, Collected, find, read, read_as, read_with, rfind};
use gw_archive::{Allowance, Format, Input, MemberKind, Meter, Reading, Stop, walk};
use gw_finding::ReasonCode;
use proptest::prelude::*;
use zip::CompressionMethod::{Deflated, Stored};
use zip::write::SimpleFileOptions;

fn zip_of(members: &[(&str, &[u8])], method: zip::CompressionMethod) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        let options = SimpleFileOptions::default().compression_method(method);
        writer.start_file(*name, options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn zips_as_written() {
    for method in [Stored, Deflated] {
        let collected = read(&zip_of(&[("a", b"one"), ("d/b", b"two")], method));
        let expected: [(&str, Reading, &[u8]); 2] = [
            ("a", Reading::Agreed, b"one"),
            ("d/b", Reading::Agreed, b"two"),
        ];
        assert_eq!(collected.names(), expected);
        assert_eq!(collected.problems, []);
    }
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let plain = SimpleFileOptions::default();
    writer
        .start_file("run", plain.unix_permissions(0o755))
        .unwrap();
    writer.add_symlink("link", "run", plain).unwrap();
    writer.add_directory("dir", plain).unwrap();
    writer.start_file("zip64", plain.large_file(true)).unwrap();
    writer.write_all(b"x").unwrap();
    let collected = read(&writer.finish().unwrap().into_inner());
    let members = collected.members.iter();
    let kinds: Vec<_> = members.map(|(m, _)| (m.path.as_str(), m.kind)).collect();
    assert_eq!(
        kinds,
        [
            ("run", MemberKind::Executable),
            ("link", MemberKind::Link),
            ("zip64", MemberKind::File)
        ]
    );
    assert_eq!(collected.members[1].1, b"run");
    assert_eq!(collected.problems, []);
}

#[test]
fn zips_written_as_a_stream_have_their_sizes_behind_the_data() {
    let mut writer = zip::ZipWriter::new_stream(Vec::new());
    for name in ["a", "b"] {
        writer
            .start_file(name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(b"content").unwrap();
    }
    let bytes = writer.finish().unwrap().into_inner();
    let collected = read(&bytes);
    assert_eq!(collected.names().len(), 2);
    assert_eq!(collected.problems, []);
    // The same without a directory.
    let collected = read(&bytes[..find(&bytes, b"PK\x01\x02")]);
    assert_eq!(
        collected.names(),
        [
            ("a", Reading::Local, &b"content"[..]),
            ("b", Reading::Local, b"content")
        ]
    );
    assert_eq!(collected.reasons(), [ReasonCode::Malformed]);
}

#[test]
fn both_names_of_a_zip_member_are_read() {
    let mut bytes = zip_of(&[("good", b"x")], Deflated);
    let local = find(&bytes, b"good");
    bytes[local..local + 4].copy_from_slice(b"evil");
    assert_eq!(
        read(&bytes).names(),
        [
            ("evil", Reading::Local, &b"x"[..]),
            ("good", Reading::Central, b"x")
        ]
    );
}

#[test]
fn both_methods_of_a_zip_member_are_read() {
    let mut bytes = zip_of(&[("a", b"plain text")], Stored);
    bytes[8] = 8;
    let collected = read(&bytes);
    assert_eq!(collected.members[0].1, b"plain text");
    assert_eq!(collected.members[0].0.reading, Reading::Central);
    assert_eq!(collected.members.len(), 2);
    assert!(collected.reasons().contains(&ReasonCode::Malformed));
}

#[test]
fn members_that_the_directory_hides_are_found() {
    // Two archives one behind the other; only the second one's directory is at the end.
    let mut both = zip_of(&[("hidden", b"first")], Deflated);
    both.extend(zip_of(&[("shown", b"second")], Deflated));
    let collected = read(&both);
    let members = collected.members.iter();
    let names: Vec<_> = members.map(|(m, _)| m.path.as_str()).collect();
    assert_eq!(names, ["hidden", "shown"]);

    // A record taken out of the directory.
    let mut bytes = zip_of(&[("a", b"one"), ("b", b"two")], Stored);
    let (first, end) = (find(&bytes, b"PK\x01\x02"), find(&bytes, b"PK\x05\x06"));
    let second = rfind(&bytes, b"PK\x01\x02");
    bytes.drain(second..end);
    bytes[second + 10] = 1;
    bytes[second + 12] = u8::try_from(second - first).unwrap();
    assert_eq!(
        read(&bytes).names(),
        [
            ("a", Reading::Agreed, &b"one"[..]),
            ("b", Reading::Local, b"two")
        ]
    );
}

#[test]
fn names_that_occur_twice_are_both_read() {
    let mut bytes = zip_of(&[("aaa", b"one"), ("bbb", b"two")], Stored);
    for at in [find(&bytes, b"bbb"), rfind(&bytes, b"bbb")] {
        bytes[at..at + 3].copy_from_slice(b"aaa");
    }
    assert_eq!(
        read(&bytes).names(),
        [
            ("aaa", Reading::Agreed, &b"one"[..]),
            ("aaa", Reading::Agreed, b"two")
        ]
    );
}

#[test]
fn a_zip_with_something_before_and_behind_it() {
    let zip = zip_of(&[("a", b"one"), ("b", b"two")], Deflated);
    for (before, behind) in [(0, 100), (1000, 0), (70_000, 300)] {
        let bytes = [vec![b'#'; before], zip.clone(), vec![b'\n'; behind]].concat();
        let (collected, _) = read_as(Format::Zip, &bytes, AMPLE);
        assert_eq!(
            collected.names(),
            [
                ("a", Reading::Agreed, &b"one"[..]),
                ("b", Reading::Agreed, b"two")
            ],
            "{before} {behind}"
        );
        assert_eq!(collected.problems, []);
    }
}

#[test]
fn what_is_wrong_with_a_zip_member_is_said() {
    let good = zip_of(&[("a", b"some plain text")], Stored);
    let check = |change: &dyn Fn(&mut Vec<u8>), reason: ReasonCode, word: &str| {
        let mut bytes = good.clone();
        change(&mut bytes);
        let problems = read(&bytes).problems;
        let mut found = problems.iter();
        let found = found.any(|one| one.reason == reason && one.detail.contains(word));
        assert!(found, "{word}: {problems:?}");
    };
    let central = find(&good, b"PK\x01\x02");
    let end = find(&good, b"PK\x05\x06");
    let malformed = ReasonCode::Malformed;
    let text = find(&good, b"some");
    check(&|b| b[text] ^= 1, malformed, "checksum");
    check(
        &|b| (b[8], b[central + 10]) = (1, 1),
        ReasonCode::Unsupported,
        "shrink",
    );
    check(
        &|b| (b[8], b[central + 10]) = (99, 99),
        ReasonCode::Encrypted,
        "AES",
    );
    check(
        &|b| (b[8], b[central + 10]) = (14, 14),
        malformed,
        "cannot be opened",
    );
    check(&|b| (b[8], b[central + 10]) = (9, 9), malformed, "broken");
    check(&|b| b[central + 42] = 7, malformed, "local header");
    check(&|b| b[end + 10] = 5, malformed, "end record says 5");

    // Bytes behind the compressed data that still count as compressed.
    let mut padded = zip_of(&[("a", &b"deflated text, ".repeat(10)[..])], Deflated);
    let (central, end) = (find(&padded, b"PK\x01\x02"), find(&padded, b"PK\x05\x06"));
    for at in [18, central + 20, end + 16] {
        padded[at] += 50;
    }
    padded.splice(central..central, vec![b'?'; 50]);
    let problems = read(&padded).problems;
    assert!(
        problems[0].detail.contains("50 bytes follow"),
        "{problems:?}"
    );
}

#[test]
fn members_that_share_bytes_are_said_to() {
    // Many records that all point at the same data.
    let zip = zip_of(&[("a", &vec![0; 100_000])], Deflated);
    let (central, end) = (find(&zip, b"PK\x01\x02"), find(&zip, b"PK\x05\x06"));
    let mut bytes = zip[..central].to_vec();
    for letter in 1..=250_u8 {
        let mut record = zip[central..end].to_vec();
        record[46] = letter;
        bytes.extend(&record);
    }
    let start = u32::try_from(central).unwrap();
    let size = u32::try_from(bytes.len() - central).unwrap();
    bytes.extend(b"PK\x05\x06\0\0\0\0\xfa\0\xfa\0");
    bytes.extend(size.to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0, 0]);
    let (collected, stopped) = read_with(&bytes, AMPLE);
    assert_eq!(stopped, Some(Stop::Ratio));
    let seen: usize = collected.members.iter().map(|(_, bytes)| bytes.len()).sum();
    assert!(seen < 11 << 20);
    let mut problems = collected.problems.iter();
    assert!(problems.any(|one| one.detail.contains("share bytes")));

    // Ranges that overlap without being the same.
    let mut two = zip_of(&[("a", b"0123456789"), ("b", b"x")], Stored);
    let central = find(&two, b"PK\x01\x02");
    for at in [18, 22, central + 20, central + 24] {
        two[at] = 30;
    }
    let collected = read(&two);
    let mut problems = collected.problems.iter();
    assert!(problems.any(|one| one.detail.contains("share bytes")));
}

fn tar_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o755);
        builder.append_data(&mut header, name, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

#[test]
fn tars_as_written() {
    let long = format!("{}/end", "long-name".repeat(20));
    let mut builder = tar::Builder::new(Vec::new());
    let records = [("path", "by/pax".as_bytes()), ("comment", b"x")];
    builder.append_pax_extensions(records).unwrap();
    let mut header = tar::Header::new_ustar();
    header.set_size(3);
    header.set_mode(0o644);
    builder
        .append_data(&mut header.clone(), "short", &b"pax"[..])
        .unwrap();
    let mut gnu = tar::Header::new_gnu();
    gnu.set_size(3);
    gnu.set_mode(0o755);
    builder.append_data(&mut gnu, &long, &b"gnu"[..]).unwrap();
    header.set_entry_type(tar::EntryType::Symlink);
    header.set_size(0);
    builder
        .append_link(&mut header, "link", "../../target")
        .unwrap();
    let mut old = tar::Header::new_old();
    old.set_size(2);
    old.set_path("v7").unwrap();
    old.set_cksum();
    builder.append(&old, &b"v7"[..]).unwrap();
    let collected = read(&builder.into_inner().unwrap());
    let members = collected.members.iter();
    let all: Vec<_> = members
        .map(|(m, bytes)| (m.path.as_str(), m.kind, bytes.as_slice()))
        .collect();
    let expected: [(&str, MemberKind, &[u8]); 4] = [
        ("by/pax", MemberKind::File, b"pax"),
        (&long, MemberKind::Executable, b"gnu"),
        ("link", MemberKind::Link, b"../../target"),
        ("v7", MemberKind::File, b"v7"),
    ];
    assert_eq!(all, expected);
    assert_eq!(collected.problems, []);
}

#[test]
fn tars_behind_the_end_of_a_tar_are_read() {
    let bytes = [tar_of(&[("a", b"one")]), tar_of(&[("b", b"two")])].concat();
    let collected = read(&bytes);
    assert_eq!(
        collected.names(),
        [
            ("a", Reading::Agreed, &b"one"[..]),
            ("b", Reading::AfterEnd, b"two")
        ]
    );
    assert_eq!(collected.problems, []);
}

#[test]
fn a_size_that_pax_and_header_disagree_on_hides_nothing() {
    // The header says that there is no content, pax that there is; what is there is a tar.
    let inner = tar_of(&[("smuggled", b"x")]);
    let mut builder = tar::Builder::new(Vec::new());
    let size = inner.len().to_string();
    builder
        .append_pax_extensions([("size", size.as_bytes())])
        .unwrap();
    let mut header = tar::Header::new_ustar();
    header.set_path("outer").unwrap();
    header.set_size(0);
    header.set_cksum();
    builder.append(&header, std::io::empty()).unwrap();
    let mut bytes = builder.into_inner().unwrap();
    bytes.truncate(bytes.len() - 1024);
    bytes.extend(&inner);
    let collected = read(&bytes);
    assert_eq!(collected.members[0].1, inner, "whoever looks in sees a tar");
    assert_eq!(collected.reasons(), [ReasonCode::Malformed]);
}

#[test]
fn garbage_in_a_tar_is_said_and_passed_over() {
    let mut bytes = tar_of(&[("a", b"one")]);
    bytes.truncate(1024);
    bytes.extend([b'?'; 512 * 3]);
    bytes.extend(tar_of(&[("b", b"two")]));
    let collected = read(&bytes);
    assert_eq!(collected.names().len(), 2);
    assert_eq!(collected.reasons(), [ReasonCode::Malformed]);
    let (collected, _) = read_as(Format::Tar, b"short", AMPLE);
    assert_eq!(collected.reasons(), [ReasonCode::Malformed]);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn streams_of_several_parts() {
    let check = |bytes: Vec<u8>, content: &[u8], reasons: &[ReasonCode]| {
        let collected = read(&bytes);
        assert_eq!(collected.members[0].1, content);
        assert_eq!(collected.reasons(), reasons, "{:?}", collected.problems);
    };
    let (one, two) = (gzip(b"one"), gzip(b"two"));
    check([one.clone(), two.clone()].concat(), b"onetwo", &[]);
    check([one.clone(), vec![0; 700]].concat(), b"one", &[]);
    check(
        [one.clone(), vec![0; 9], two.clone()].concat(),
        b"onetwo",
        &[],
    );
    let malformed = [ReasonCode::Malformed];
    check(
        [one.clone(), b"trailing".to_vec()].concat(),
        b"one",
        &malformed,
    );
    check(one[..one.len() - 3].to_vec(), b"one", &malformed);
    let mut wrong = one.clone();
    let at = wrong.len() - 8;
    wrong[at] ^= 1;
    check(wrong, b"one", &malformed);
    let zst = |bytes: &[u8]| zstd::encode_all(bytes, 1).unwrap();
    check([zst(b"one"), zst(b"two")].concat(), b"onetwo", &[]);
    check(
        [zst(b"one"), b"trailing".to_vec()].concat(),
        b"one",
        &malformed,
    );
    let skippable = b"\x50\x2a\x4d\x18\x02\0\0\0hi".to_vec();
    check([skippable, zst(b"one")].concat(), b"one", &[]);
}

#[test]
fn a_window_beyond_all_measure_is_refused() {
    // A frame header that asks for 2 GiB: descriptor 0, window descriptor with exponent 21.
    let bytes = b"\x28\xb5\x2f\xfd\x00\xa8\x01\x00\x00";
    let collected = read(bytes);
    assert_eq!(
        collected.reasons(),
        [ReasonCode::TooLarge],
        "{:?}",
        collected.problems
    );
}

#[test]
fn names_of_streams_lose_their_ending() {
    let never = || false;
    let bytes = gzip(b"x");
    for (name, expected) in [
        ("d/a.json.gz", "a.json"),
        ("a.TGZ", "a.tar"),
        (".gz", ".gz"),
        ("noending", "noending"),
        ("a.svgz", "a.svg"),
    ] {
        let meter = Meter::new(AMPLE, 10, &never);
        let mut collected = Collected::default();
        let mut input = bytes.as_slice();
        let input = Input::Stream(&mut input);
        walk(Format::Gzip, input, name, &meter, &mut collected);
        assert_eq!(collected.members[0].0.path, expected);
    }
}

#[test]
fn meters_stop_walks() {
    let stop = |bytes: &[u8], allowance: Allowance| read_with(bytes, allowance).1;
    let members: [(&str, &[u8]); 3] = [("a", b"1"), ("b", b"2"), ("c", b"3")];
    let few = Allowance {
        members: 2,
        ..AMPLE
    };
    assert_eq!(stop(&zip_of(&members, Stored), few), Some(Stop::Members));
    assert_eq!(stop(&tar_of(&members), few), Some(Stop::Members));
    let small = Allowance {
        total: 100,
        ..AMPLE
    };
    assert_eq!(stop(&gzip(&[0; 5000]), small), Some(Stop::Total));
    let tight = Allowance {
        ratio: 2,
        grace: 100,
        ..AMPLE
    };
    assert_eq!(stop(&gzip(&[0; 50_000]), tight), Some(Stop::Ratio));

    let expired = || true;
    let meter = Meter::new(AMPLE, u64::MAX, &expired);
    let bytes = gzip(&vec![0; 9 << 20]);
    let mut collected = Collected::default();
    let mut input = bytes.as_slice();
    walk(
        Format::Gzip,
        Input::Stream(&mut input),
        "x",
        &meter,
        &mut collected,
    );
    assert_eq!(meter.stopped(), Some(Stop::Time));
    assert_eq!(collected.problems, []);
}

fn samples() -> Vec<Vec<u8>> {
    let zip = zip_of(&[("a", b"one one one one"), ("b/c", b"two")], Deflated);
    let stored = zip_of(&[("a", &zip)], Stored);
    let tar = tar_of(&[("a", b"one"), (&"n".repeat(150), b"two")]);
    let zst = zstd::encode_all(tar.as_slice(), 1).unwrap();
    vec![gzip(&tar), zst, zip, stored, tar]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_bytes_do_harm(
        which in 0..5_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        cut in any::<prop::sample::Index>(),
        cuts in any::<bool>(),
    ) {
        let mut bytes = samples().swap_remove(which);
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if cuts {
            bytes.truncate(cut.index(bytes.len()));
        }
        for format in [Format::Zip, Format::Tar, Format::Gzip, Format::Zstd] {
            let (collected, _) = read_as(format, &bytes, AMPLE);
            for (member, content) in collected.members {
                prop_assert!(!member.path.split('/').any(|part| part == ".."));
                prop_assert!(!member.path.starts_with('/'));
                prop_assert!(content.len() <= 11 << 20);
            }
        }
    }

    #[test]
    fn what_is_written_is_read(
        members in prop::collection::btree_map(
            "[a-z]{1,8}",
            prop::collection::vec(any::<u8>(), 0..600),
            1..8,
        ),
    ) {
        let list: Vec<(&str, &[u8])> = members
            .iter()
            .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
            .collect();
        for bytes in [zip_of(&list, Deflated), zip_of(&list, Stored), tar_of(&list)] {
            let collected = read(&bytes);
            let names = collected.names().into_iter();
            let mut read: Vec<_> = names.map(|(name, _, bytes)| (name, bytes)).collect();
            read.sort_unstable();
            prop_assert_eq!(&read, &list);
            prop_assert_eq!(&collected.problems, &[]);
        }
    }
}
