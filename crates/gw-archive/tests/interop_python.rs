//! Archives as Python's own modules, py7zr and lz4 write them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::read;
use gw_archive::Format;
use gw_finding::ReasonCode;

fn environment() -> PathBuf {
    let folder = std::env::var_os("GW_TEST_ENV");
    folder
        .map(PathBuf::from)
        .expect("GW_TEST_ENV names the prepared environment: run `cargo xtask test`")
}

fn python(folder: &Path, script: &str) {
    let status = Command::new(environment().join("python/bin/python"))
        .args(["-c", script])
        .current_dir(folder)
        .status()
        .unwrap();
    assert!(status.success());
}

/// What every archive has in it: a text that repeats, noise, and a program's calls.
const CONTENT: &str = r"
import random
random.seed(1)
text = b'a line that occurs again and again\n' * 5000
noise = random.randbytes(300_000)
code = b''.join(b'\xe8' + random.randbytes(2) + b'\0\0\x55\x8b\xec' for _ in range(20_000))
open('content.bin', 'wb').write(text + noise + code)
";

#[test]
fn streams_that_python_writes() {
    let folder = tempfile::tempdir().unwrap();
    let script = format!(
        "{CONTENT}
import bz2, gzip, lzma, zlib, lz4.frame
data = text + noise + code
def write(name, bytes): open(name, 'wb').write(bytes)
for level in (0, 1, 6, 9):
    write(f'{{level}}.zlib', zlib.compress(data, level))
write('0.gzip', gzip.compress(data))
write('0.bzip2', bz2.compress(data))
write('1.bzip2', bz2.compress(data[:99999], 1) + bz2.compress(data[99999:], 9))
for check in (lzma.CHECK_NONE, lzma.CHECK_CRC32, lzma.CHECK_CRC64, lzma.CHECK_SHA256):
    write(f'{{check}}.xz', lzma.compress(data, check=check))
for preset in (0, 9 | lzma.PRESET_EXTREME):
    write(f'preset{{preset}}.xz', lzma.compress(data, preset=preset))
    write(f'preset{{preset}}.lzma', lzma.compress(data, lzma.FORMAT_ALONE, preset=preset))
for name in ('X86', 'POWERPC', 'ARM', 'ARMTHUMB', 'SPARC', 'IA64'):
    filters = [{{'id': getattr(lzma, 'FILTER_' + name)}}, {{'id': lzma.FILTER_LZMA2}}]
    write(f'{{name}}.xz', lzma.compress(data, filters=filters))
filters = [{{'id': lzma.FILTER_DELTA, 'dist': 5}}, {{'id': lzma.FILTER_LZMA2}}]
write('delta.xz', lzma.compress(data, filters=filters))
write('two.xz', lzma.compress(data[:777]) + bytes(8) + lzma.compress(data[777:]))
for linked in (True, False):
    for size in (4, 5, 6, 7):
        write(f'{{linked}}{{size}}.lz4', lz4.frame.compress(
            data, block_linked=linked, block_size=size, content_checksum=linked,
            block_checksum=not linked, store_size=linked, compression_level=size))
write('two.lz4', lz4.frame.compress(data[:777]) + lz4.frame.compress(data[777:]))
"
    );
    python(folder.path(), &script);
    let content = std::fs::read(folder.path().join("content.bin")).unwrap();
    let mut seen = 0;
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let path = file.unwrap().path();
        let ending = path.extension().unwrap().to_str().unwrap();
        if ending == "bin" {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let format = Format::detect(&bytes[..512]);
        assert_eq!(format.map(Format::name), Some(ending), "{path:?}");
        let collected = read(&bytes);
        assert_eq!(collected.problems, [], "{path:?}");
        assert!(collected.members[0].1 == content, "{path:?}");
        // Cut off, the start is still shown, and it is said.
        let cut = read(&bytes[..bytes.len() / 2]);
        assert_eq!(cut.reasons(), [ReasonCode::Malformed], "{path:?}");
        let start = &cut.members[0].1;
        assert!(content.starts_with(start), "{path:?}");
        seen += 1;
    }
    assert_eq!(seen, 32);
}

#[test]
fn archives_that_py7zr_writes() {
    let folder = tempfile::tempdir().unwrap();
    let script = format!(
        "{CONTENT}
import py7zr
def write(name, filters, **more):
    with py7zr.SevenZipFile(name, 'w', filters=filters, **more) as archive:
        archive.writestr(text, 'text.txt')
        archive.writestr(b'', 'empty')
        archive.writestr(noise, 'folder/noise.bin')
        archive.writestr(code, 'gr\u{fc}n/code')
def id(name): return {{'id': getattr(py7zr, 'FILTER_' + name)}}
write('default.7z', None)
for name in ('COPY', 'LZMA', 'LZMA2', 'BZIP2', 'DEFLATE', 'ZSTD'):
    write(f'{{name}}.7z', [id(name)])
for name in ('X86', 'ARM', 'ARMTHUMB', 'POWERPC', 'SPARC', 'IA64'):
    write(f'{{name}}.7z', [id(name), id('LZMA2')])
write('DELTA.7z', [id('DELTA'), id('LZMA2')])
write('PPMD.7z', [id('PPMD') | {{'order': 6, 'mem': 24}}])
write('BROTLI.7z', [id('BROTLI') | {{'level': 5}}])
write('AES.7z', None, password='x')
write('HEADER.7z', None, password='x', header_encryption=True)
"
    );
    python(folder.path(), &script);
    let content = std::fs::read(folder.path().join("content.bin")).unwrap();
    let mut seen = 0;
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if name == "content.bin" {
            continue;
        }
        seen += 1;
        let collected = read(&std::fs::read(&path).unwrap());
        let reason = match name.as_str() {
            "PPMD.7z" | "BROTLI.7z" => Some(ReasonCode::Unsupported),
            "AES.7z" | "HEADER.7z" => Some(ReasonCode::Encrypted),
            _ => None,
        };
        if let Some(reason) = reason {
            let reasons = collected.reasons();
            assert!(!reasons.is_empty(), "{name}");
            assert!(reasons.iter().all(|one| *one == reason), "{name}");
            continue;
        }
        assert_eq!(collected.problems, [], "{name}");
        assert_eq!(collected.disagreements, [], "{name}");
        let mut contents = collected.contents();
        contents.sort_unstable();
        let names: Vec<_> = contents.iter().map(|one| one.0).collect();
        let expected = ["empty", "folder/noise.bin", "gr\u{fc}n/code", "text.txt"];
        assert_eq!(names, expected, "{name}");
        let whole = [contents[3].1, contents[1].1, contents[2].1].concat();
        assert!(whole == content, "{name}");
    }
    assert_eq!(seen, 18);
}

#[test]
fn zips_that_python_writes() {
    let folder = tempfile::tempdir().unwrap();
    let script = format!(
        "{CONTENT}
import io, zipfile
class Pipe(io.RawIOBase):
    def __init__(self, name): self.file = open(name, 'wb')
    def writable(self): return True
    def write(self, bytes): return self.file.write(bytes)
for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
    for pipe in (False, True):
        name = f'{{method}}{{pipe}}.zip'
        with zipfile.ZipFile(Pipe(name) if pipe else name, 'w', method) as archive:
            archive.writestr('text.txt', text)
            archive.writestr('folder/', b'')
            archive.writestr('gr\u{fc}n', code)
"
    );
    python(folder.path(), &script);
    let mut seen = 0;
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let path = file.unwrap().path();
        if path.extension().unwrap() != "zip" {
            continue;
        }
        seen += 1;
        let collected = read(&std::fs::read(&path).unwrap());
        assert_eq!(collected.problems, [], "{path:?}");
        assert_eq!(collected.disagreements, [], "{path:?}");
        let names: Vec<_> = collected.contents().iter().map(|one| one.0).collect();
        assert_eq!(names, ["text.txt", "gr\u{fc}n"], "{path:?}");
    }
    assert_eq!(seen, 8);
}
