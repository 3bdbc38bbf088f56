//! Scans of archives: nested, broken, and made to hurt.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use std::io::{Cursor, Write};

use common::{paths, reasons, scan_bytes, scan_folder, scan_with, write};
use gw_core::SubjectKind;
use gw_finding::ReasonCode;
use gw_scan::Options;
use gw_source::{Limits, Target};
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

fn tar_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let level = bzip2::Compression::best();
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), level);
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let level = flate2::Compression::best();
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), level);
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn check(name: &str, bytes: &[u8], expected: &[&str]) {
    let (output, seen) = scan_bytes(name, bytes, &Limits::default());
    assert_eq!(paths(&seen), expected);
    assert_eq!(output.incomplete, []);
    assert_eq!(output.subject.kind, SubjectKind::Archive);
    assert_eq!(output.subject.digest, gw_core::Digest::of(bytes));
}

#[test]
fn every_format_is_looked_into() {
    let members: [(&str, &[u8]); 2] = [("d/a", b"content a"), ("b", b"content b")];
    let tar = tar_of(&members);
    check(
        "x.zip",
        &zip_of(&members, Deflated),
        &["x.zip", "x.zip!b", "x.zip!d/a"],
    );
    check(
        "x.zip",
        &zip_of(&members, Stored),
        &["x.zip", "x.zip!b", "x.zip!d/a"],
    );
    check("x.tar", &tar, &["x.tar", "x.tar!b", "x.tar!d/a"]);
    check("x.tgz", &gzip(&tar), &["x.tgz", "x.tgz!b", "x.tgz!d/a"]);
    let zst = zstd::encode_all(tar.as_slice(), 3).unwrap();
    check(
        "x.tar.zst",
        &zst,
        &["x.tar.zst", "x.tar.zst!b", "x.tar.zst!d/a"],
    );
    check(
        "x.tar.bz2",
        &bzip2(&tar),
        &["x.tar.bz2", "x.tar.bz2!b", "x.tar.bz2!d/a"],
    );
    check("x.pkl.z", &zlib(b"a pickle"), &["x.pkl.z", "x.pkl.z!x.pkl"]);
    check(
        "x.json.gz",
        &gzip(b"{}"),
        &["x.json.gz", "x.json.gz!x.json"],
    );
    check(
        "lies.txt",
        &gzip(&tar),
        &["lies.txt", "lies.txt!b", "lies.txt!d/a"],
    );
}

#[test]
fn nesting_in_any_order() {
    let inner = zip_of(&[("deep", b"found")], Deflated);
    let middle = gzip(&tar_of(&[("inner.zip", &inner)]));
    let outer = zip_of(
        &[("middle.tar.gz", &middle), ("one.gz", &gzip(b"x"))],
        Stored,
    );
    let (output, seen) = scan_bytes("o.zip", &outer, &Limits::default());
    assert_eq!(
        paths(&seen),
        [
            "o.zip",
            "o.zip!middle.tar.gz",
            "o.zip!middle.tar.gz!inner.zip",
            "o.zip!middle.tar.gz!inner.zip!deep",
            "o.zip!one.gz",
            "o.zip!one.gz!one",
        ]
    );
    assert_eq!(output.incomplete, []);
    assert_eq!(output.files, 6);
}

#[test]
fn archives_in_folders_are_opened_unless_switched_off() {
    let folder = tempfile::tempdir().unwrap();
    // Longer than what is read at once, so that it is looked into while it is read.
    let mut state = 1_u64;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 24) as u8
    })
    .take(600_000)
    .collect();
    let tgz = gzip(&tar_of(&[("noise", &noise), ("file", b"x")]));
    assert!(tgz.len() > 300_000);
    write(folder.path(), "a.tgz", &tgz);
    write(
        folder.path(),
        "a.whl",
        zip_of(&[("noise", &noise), ("file", b"x")], Deflated),
    );
    let (output, seen) = scan_folder(folder.path());
    assert_eq!(
        paths(&seen),
        [
            "a.tgz",
            "a.tgz!file",
            "a.tgz!noise",
            "a.whl",
            "a.whl!file",
            "a.whl!noise"
        ]
    );
    assert_eq!(output.incomplete, []);
    // Nobody wants the archives themselves: they are read in one pass, and the digest is the same.
    let target = Target::Folder(folder.path().into());
    let recorder = common::Recorder("file");
    let limits = Limits::default();
    let mut lazy = gw_scan::scan(
        &target,
        &[&recorder],
        &limits,
        &Options::default(),
        &gw_scan::Silent,
    )
    .unwrap();
    assert_eq!(lazy.subject, output.subject);
    assert_eq!(
        paths(&lazy.take::<common::Seen>()[0]),
        ["a.tgz!file", "a.whl!file"]
    );
    // As if they were too large to hold.
    let small = Limits {
        max_file_size: 100_000,
        ..Limits::default()
    };
    let mut large = gw_scan::scan(
        &target,
        &[&recorder],
        &small,
        &Options::default(),
        &gw_scan::Silent,
    )
    .unwrap();
    assert_eq!(large.subject, output.subject);
    assert_eq!(large.incomplete, []);
    assert_eq!(
        paths(&large.take::<common::Seen>()[0]),
        ["a.tgz!file", "a.whl!file"]
    );

    let options = Options {
        open_archives: false,
        ..Options::default()
    };
    let (closed, seen) = scan_with(&target, &limits, &options);
    assert_eq!(paths(&seen), ["a.tgz", "a.whl"]);
    assert_eq!(closed.subject, output.subject);
}

#[test]
fn a_zip_behind_something_else_is_found() {
    let zip = zip_of(&[("file", b"x")], Deflated);
    let mut bytes = b"#!/bin/sh\nexec java -jar \"$0\"\n".to_vec();
    bytes.extend(&zip);
    check("run.sh", &bytes, &["run.sh", "run.sh!file"]);
    let mut long = vec![b'#'; 400_000];
    long.extend(&zip);
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "long", &long);
    assert_eq!(paths(&scan_folder(folder.path()).1), ["long", "long!file"]);
}

#[test]
fn bombs_are_stopped() {
    let zeros = vec![0_u8; 40 << 20];
    let bomb = zip_of(&[("zeros", &zeros), ("zeros2", &zeros)], Deflated);
    let nested = zip_of(&[("b", &bomb), ("c", &bomb)], Deflated);
    let gz = gzip(&gzip(&zeros));
    for (name, bytes) in [("bomb.zip", bomb), ("42.zip", nested), ("b.gz", gz)] {
        let (output, _) = scan_bytes(name, &bytes, &Limits::default());
        let expected = (name.to_owned(), ReasonCode::ExpansionRatio);
        assert!(
            reasons(&output.incomplete).contains(&expected),
            "{:?}",
            output.incomplete
        );
        assert!(output.bytes < 30 << 20, "{name}: {}", output.bytes);
    }
    let total = Limits {
        max_total: 3 << 20,
        ..Limits::default()
    };
    let (output, _) = scan_bytes("x.gz", &gzip(&zeros), &total);
    assert_eq!(
        reasons(&output.incomplete),
        [("x.gz".to_owned(), ReasonCode::TooLarge)]
    );
}

#[test]
fn an_archive_in_itself_ends() {
    let mut bytes = b"innermost".to_vec();
    for level in 0..20 {
        bytes = if level % 2 == 0 {
            gzip(&bytes)
        } else {
            zip_of(&[("x", &bytes)], Stored)
        };
    }
    let (output, seen) = scan_bytes("deep", &bytes, &Limits::default());
    assert_eq!(seen.len(), 9);
    assert_eq!(output.incomplete.len(), 1);
    assert_eq!(output.incomplete[0].reason, ReasonCode::TooDeep);
}

#[test]
fn a_million_empty_members_are_cut_off() {
    let one = tar_of(&[("e", b"")]);
    let mut bytes = Vec::with_capacity(512 << 20);
    for _ in 0..1_000_000 {
        bytes.extend_from_slice(&one[..512]);
    }
    let bytes = zstd::encode_all(bytes.as_slice(), 1).unwrap();
    let limits = Limits {
        max_expansion_ratio: 1_000_000,
        ..Limits::default()
    };
    let (output, seen) = scan_bytes("many.tar.zst", &bytes, &limits);
    assert_eq!(
        reasons(&output.incomplete),
        [("many.tar.zst".to_owned(), ReasonCode::TooMany)]
    );
    assert!(seen.len() <= 250_001);
}

#[test]
fn names_that_lead_out_are_said_to_and_still_read() {
    let zip = zip_of(
        &[("../../etc/cron.d/x", b"a"), ("/abs", b"b"), ("ok", b"c")],
        Stored,
    );
    let (output, seen) = scan_bytes("z", &zip, &Limits::default());
    let out = "z!\u{FFFD}2e\u{FFFD}2e/\u{FFFD}2e\u{FFFD}2e/etc/cron.d/x";
    assert_eq!(paths(&seen), ["z", "z!abs", "z!ok", out]);
    let expected = [
        ("z!abs".to_owned(), ReasonCode::Escapes),
        (out.to_owned(), ReasonCode::Escapes),
    ];
    assert_eq!(reasons(&output.incomplete), expected);
}

#[test]
fn what_is_broken_does_not_hide_the_rest() {
    let members: [(&str, &[u8]); 2] = [("a", b"content a"), ("b", b"content b")];
    let tar = tar_of(&members);
    // Cut within the second member.
    let (output, seen) = scan_bytes("t", &tar[..512 * 3 + 4], &Limits::default());
    assert_eq!(paths(&seen), ["t", "t!a", "t!b"]);
    assert_eq!(seen[2].2, b"cont");
    assert_eq!(
        reasons(&output.incomplete),
        [("t!b".to_owned(), ReasonCode::Malformed)]
    );

    let gz = gzip(&tar);
    let (output, seen) = scan_bytes("t", &gz[..gz.len() - 9], &Limits::default());
    assert!(seen.len() >= 2);
    assert!(
        output
            .incomplete
            .iter()
            .all(|one| one.reason == ReasonCode::Malformed)
    );
    assert!(!output.incomplete.is_empty());

    // Without its directory a zip is still read by its local headers.
    let zip = zip_of(&members, Stored);
    let cut = zip
        .windows(4)
        .position(|bytes| bytes == b"PK\x01\x02")
        .unwrap();
    let (output, seen) = scan_bytes("z", &zip[..cut], &Limits::default());
    assert_eq!(paths(&seen), ["z", "z!a", "z!b"]);
    assert_eq!(
        reasons(&output.incomplete),
        [("z".to_owned(), ReasonCode::Malformed)]
    );
}

#[test]
fn formats_that_are_not_looked_into_are_reported() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.rar", b"Rar!\x1a\x07\x01\0");
    let (output, _) = scan_folder(folder.path());
    let expected = [("a.rar".to_owned(), ReasonCode::Unsupported)];
    assert_eq!(reasons(&output.incomplete), expected);
}

#[test]
fn the_time_limit_holds_inside_archives() {
    let zeros = vec![0_u8; 64 << 20];
    let bytes = gzip(&zeros);
    let limits = Limits {
        max_expansion_ratio: u64::MAX,
        ..Limits::default().ending(std::time::Duration::from_millis(30))
    };
    let (output, _) = scan_bytes("slow.gz", &bytes, &limits);
    assert!(
        output
            .incomplete
            .iter()
            .any(|one| one.reason == ReasonCode::TimedOut)
    );
}
