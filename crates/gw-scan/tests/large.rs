//! Files and members that are not held in memory, and what looking at them costs.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use std::fs::File;
use std::io::{Cursor, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Instant;

use common::{How, Peeked, Peeker, Recorder, Seen, paths, reasons, write};
use gw_analysis::Analyzer;
use gw_finding::ReasonCode;
use gw_scan::{Looked, Options, ScanOutput, Silent, look, scan};
use gw_source::{Limits, Target};
use zip::CompressionMethod::{Deflated, Stored};
use zip::write::SimpleFileOptions;

const MIB: usize = 1 << 20;

fn scan_folder(root: &Path, analyzers: &[&dyn Analyzer], limits: &Limits) -> ScanOutput {
    let target = Target::Folder(root.into());
    let options = Options::default();
    let output = scan(&target, analyzers, limits, &options, &Silent).unwrap();
    // A look sees the same, whatever it does not read.
    let mut looked = look_folder(root, analyzers, limits);
    assert_eq!(looked.incomplete, output.incomplete);
    assert_eq!(looked.findings, output.findings);
    assert_eq!(looked.files, output.files);
    assert!(looked.bytes <= output.bytes);
    let _ = looked.take::<Peeked>();
    output
}

fn look_folder(root: &Path, analyzers: &[&dyn Analyzer], limits: &Limits) -> Looked {
    let target = Target::Folder(root.into());
    look(&target, analyzers, limits, &Options::default(), &Silent).unwrap()
}

fn peeked(output: &mut ScanOutput) -> Vec<(String, How, u64)> {
    let mut peeked: Vec<_> = output
        .take::<Peeked>()
        .into_iter()
        .map(|(path, how, size, end)| {
            assert_eq!(end, b"tail", "{path}");
            (path, how, size.unwrap())
        })
        .collect();
    peeked.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    peeked
}

/// Bytes that do not shrink much and end with `tail`.
fn noise(size: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let mut bytes: Vec<u8> = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 24) as u8
    })
    .take(size - 4)
    .collect();
    bytes.extend(b"tail");
    bytes
}

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
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn how_a_file_is_shown_depends_on_its_size_and_place() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let (small, large) = (noise(MIB), noise(5 * MIB));
    let members: [(&str, &[u8]); 2] = [("s.bin", &small), ("l.bin", &large)];
    write(root, "s.bin", &small);
    write(root, "l.bin", &large);
    write(root, "stored.zip", zip_of(&members, Stored));
    write(root, "deflated.zip", zip_of(&members, Deflated));
    write(root, "x.tar", tar_of(&members));
    write(root, "x.tgz", gzip(&tar_of(&members)));
    let inner = zip_of(&members, Stored);
    write(root, "nested.tar", tar_of(&[("inner.zip", &inner)]));
    let analyzers: [&dyn Analyzer; 1] = [&Peeker(".bin")];
    let mut output = scan_folder(root, &analyzers, &Limits::default());
    assert_eq!(output.incomplete, []);
    let (mib, five) = (MIB as u64, 5 * MIB as u64);
    let expected = [
        ("deflated.zip!l.bin", How::Stream, five),
        ("deflated.zip!s.bin", How::Held, mib),
        ("l.bin", How::Seekable, five),
        ("nested.tar!inner.zip!l.bin", How::Seekable, five),
        ("nested.tar!inner.zip!s.bin", How::Held, mib),
        ("s.bin", How::Held, mib),
        ("stored.zip!l.bin", How::Seekable, five),
        ("stored.zip!s.bin", How::Held, mib),
        ("x.tar!l.bin", How::Seekable, five),
        ("x.tar!s.bin", How::Held, mib),
        ("x.tgz!l.bin", How::Stream, five),
        ("x.tgz!s.bin", How::Held, mib),
    ];
    let expected = expected.map(|(path, how, size)| (path.to_owned(), how, size));
    assert_eq!(peeked(&mut output), expected);
}

#[test]
fn what_can_be_read_once_goes_through_a_file_if_it_may() {
    let folder = tempfile::tempdir().unwrap();
    let spool = tempfile::tempdir().unwrap();
    let root = folder.path();
    let large = noise(5 * MIB);
    let inner = zip_of(&[("l.bin", &large), ("s.bin", b"tail")], Deflated);
    write(root, "d.zip", zip_of(&[("l.bin", &large)], Deflated));
    write(root, "x.tgz", gzip(&tar_of(&[("l.bin", &large)])));
    // Archives in what can be read once, to any depth.
    let wrapped = zip_of(&[("inner.zip", &inner)], Deflated);
    write(root, "n.tgz", gzip(&tar_of(&[("wrapped.zip", &wrapped)])));
    let options = Options {
        spool: Some(spool.path().into()),
        ..Options::default()
    };
    let target = Target::Folder(root.into());
    let analyzers: [&dyn Analyzer; 2] = [&Peeker(".bin"), &Peeker("l.bin")];
    let run = |max_spooled| {
        let limits = Limits {
            max_file_size: MIB as u64,
            max_spooled,
            ..Limits::default()
        };
        scan(&target, &analyzers, &limits, &options, &Silent).unwrap()
    };
    let mut output = run(64 << 20);
    assert_eq!(output.incomplete, []);
    let seen = peeked(&mut output);
    let seekable: Vec<_> = seen
        .iter()
        .filter(|one| one.1 == How::Seekable)
        .map(|one| one.0.as_str())
        .collect();
    let each = [
        "d.zip!l.bin",
        "n.tgz!wrapped.zip!inner.zip!l.bin",
        "x.tgz!l.bin",
    ];
    assert_eq!(seekable, each.map(|path| [path, path]).concat());
    assert_eq!(seen.len(), 7);
    assert!(std::fs::read_dir(spool.path()).unwrap().next().is_none());
    // Where there is no room, whoever comes first reads it in order, from its start.
    let mut output = run(3 << 20);
    let all = [
        ("d.zip!l.bin".to_owned(), ReasonCode::TooLarge),
        ("n.tgz!wrapped.zip".to_owned(), ReasonCode::TooLarge),
        ("x.tgz!l.bin".to_owned(), ReasonCode::TooLarge),
    ];
    assert_eq!(reasons(&output.incomplete), all);
    let five = 5 * MIB as u64;
    let streams = ["d.zip!l.bin", "x.tgz!l.bin"];
    let streams = streams.map(|path| (path.to_owned(), How::Stream, five));
    assert_eq!(peeked(&mut output), streams);
}

#[test]
fn who_cannot_take_what_is_too_large_is_said_not_to_have_seen_it() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let large = noise(5 * MIB);
    write(root, "l.bin", &large);
    write(root, "d.zip", zip_of(&[("l.bin", &large)], Deflated));
    let limits = Limits {
        max_file_size: MIB as u64,
        ..Limits::default()
    };
    let recorder = Recorder(".bin");
    let analyzers: [&dyn Analyzer; 3] = [&Peeker(".bin"), &recorder, &Peeker(".bin")];
    let mut output = scan_folder(root, &analyzers, &limits);
    let all = [
        // The recorder, and whoever came second to what can be read once.
        ("d.zip!l.bin".to_owned(), ReasonCode::TooLarge),
        ("d.zip!l.bin".to_owned(), ReasonCode::TooLarge),
        ("l.bin".to_owned(), ReasonCode::TooLarge),
    ];
    assert_eq!(reasons(&output.incomplete), all);
    let hows: Vec<_> = peeked(&mut output).into_iter().map(|one| one.1).collect();
    assert_eq!(hows, [How::Stream, How::Seekable, How::Seekable]);
    assert!(output.take::<Seen>()[0].is_empty());
    // Where it fits, an analyzer that needs it gets it held, and so does everybody.
    let mut output = scan_folder(root, &analyzers, &Limits::default());
    assert_eq!(output.incomplete, []);
    assert!(peeked(&mut output).iter().all(|one| one.1 == How::Held));
    assert_eq!(paths(&output.take::<Seen>()[0]), ["d.zip!l.bin", "l.bin"]);
}

#[test]
fn a_zip_that_only_shows_at_its_end_is_found_in_what_is_not_held() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let mut polyglot = noise(5 * MIB);
    polyglot.extend(zip_of(&[("inner.bin", b"tail")], Stored));
    write(root, "a.dat", &polyglot);
    write(root, "outer.zip", zip_of(&[("b.dat", &polyglot)], Stored));
    let analyzers: [&dyn Analyzer; 1] = [&Peeker(".bin")];
    let mut output = scan_folder(root, &analyzers, &Limits::default());
    let found: Vec<_> = peeked(&mut output).into_iter().map(|one| one.0).collect();
    assert_eq!(found, ["a.dat!inner.bin", "outer.zip!b.dat!inner.bin"]);
}

#[test]
fn disagreements_are_findings() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let mut both = zip_of(&[("hidden", b"first")], Deflated);
    both.extend(zip_of(&[("shown", b"second")], Deflated));
    write(root, "two.zip", &both);
    write(root, "honest.zip", zip_of(&[("a", b"first")], Deflated));
    let tar = [tar_of(&[("a", b"one")]), tar_of(&[("b", b"two")])].concat();
    write(root, "two.tar", &tar);
    let analyzers: [&dyn Analyzer; 0] = [];
    let output = scan_folder(root, &analyzers, &Limits::default());
    let found: Vec<_> = output
        .findings
        .iter()
        .map(|one| (one.location.full_path(), one.rule.as_str()))
        .collect();
    let expected = [
        ("two.tar!b".to_owned(), "archive/ambiguous"),
        // Both directories could be the archive's, by where they say that they are.
        ("two.zip".to_owned(), "archive/ambiguous"),
    ];
    assert_eq!(found, expected);
}

/// A zip of stored members as `torch.save` makes it, of `size` bytes, most of them a hole in the
/// file.
fn sparse_torch_zip(path: &Path, size: u64, members: u64) {
    let mut file = File::create(path).unwrap();
    let (mut directory, mut count) = (Vec::new(), 0_u64);
    let mut at = 0_u64;
    let mut add = |file: &mut File, name: &str, content: &[u8], hole: u64| {
        let (len, crc) = (content.len() as u64 + hole, {
            let mut crc = flate2::Crc::new();
            crc.update(content);
            crc.sum()
        });
        let sizes = u32::try_from(len).unwrap().to_le_bytes();
        let mut header = vec![0x2d, 0, 0, 8, 0, 0, 0, 0, 0, 0];
        header.extend(crc.to_le_bytes());
        header.extend(sizes);
        header.extend(sizes);
        header.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        header.extend([0, 0]);
        file.seek(SeekFrom::Start(at)).unwrap();
        file.write_all(b"PK\x03\x04").unwrap();
        file.write_all(&header).unwrap();
        file.write_all(name.as_bytes()).unwrap();
        file.write_all(content).unwrap();
        directory.extend(b"PK\x01\x02\0\0");
        directory.extend(&header);
        directory.extend([0; 10]);
        let offset = u32::try_from(at).unwrap_or(u32::MAX);
        if offset == u32::MAX {
            let extra = directory.len() - 12;
            directory[extra..extra + 2].copy_from_slice(&12_u16.to_le_bytes());
        }
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
        if offset == u32::MAX {
            directory.extend([1, 0, 8, 0]);
            directory.extend(at.to_le_bytes());
        }
        at += 30 + name.len() as u64 + len;
        count += 1;
    };
    add(
        &mut file,
        "archive/data.pkl",
        b"a pickle of tensors, tail",
        0,
    );
    let each = size / members;
    for index in 0..members {
        let name = format!("archive/data/{index}");
        add(&mut file, &name, b"", each);
    }
    file.seek(SeekFrom::Start(at)).unwrap();
    file.write_all(&directory).unwrap();
    let record = at + directory.len() as u64;
    file.write_all(b"PK\x06\x06\x2c\0\0\0\0\0\0\0\x2d\0\x2d\0\0\0\0\0\0\0\0\0")
        .unwrap();
    for number in [count, count, directory.len() as u64, at] {
        file.write_all(&number.to_le_bytes()).unwrap();
    }
    file.write_all(b"PK\x06\x07\0\0\0\0").unwrap();
    file.write_all(&record.to_le_bytes()).unwrap();
    file.write_all(b"\x01\0\0\0PK\x05\x06\0\0\0\0").unwrap();
    file.write_all(&[0xff; 12]).unwrap();
    file.write_all(&[0, 0]).unwrap();
}

#[test]
fn the_structure_of_gigabytes_costs_little() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.pt");
    sparse_torch_zip(&path, 6 << 30, 300);
    let recorder = Recorder(".pkl");
    let target = Target::File(path);
    let options = Options::default();
    let begin = Instant::now();
    let limits = Limits::default();
    let mut looked = look(&target, &[&recorder], &limits, &options, &Silent).unwrap();
    let took = begin.elapsed();
    println!("{took:?} for {} bytes read", looked.bytes);
    assert_eq!(looked.incomplete, []);
    assert_eq!(looked.findings, []);
    assert_eq!(looked.files, 302);
    assert_eq!(
        paths(&looked.take::<Seen>()[0]),
        ["model.pt!archive/data.pkl"]
    );
    // Nothing but starts of members was read.
    assert!(looked.bytes < 4 << 20, "{}", looked.bytes);
}
