//! Programs, archives and the like, told by their structure.
//!
//! What is looked at are numbers most of the time, in which any four bytes occur sooner or later.
//! So a magic number alone decides nothing: the fields behind it must make sense, too. Together
//! each test asks for at least 40 bits that random bytes would have to have by chance.

/// What bytes are the start of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Payload {
    /// Its name for people, with an article.
    pub(crate) name: &'static str,
    pub(crate) class: Class,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Runs by itself or is loaded as code.
    Program,
    /// Text that an interpreter runs.
    Script,
    Archive,
    Pickle,
    /// Something that a viewer opens.
    Document,
}

/// How many bytes of something tell what it is, if there are so many.
pub(crate) const ENOUGH: usize = 1024;

/// A test of first bytes, and what they are the start of if it passes.
type Probe = (fn(&[u8]) -> bool, &'static str, Class);

/// What `bytes`, the start of something, are the start of.
pub(crate) fn kind(bytes: &[u8]) -> Option<Payload> {
    const PROBES: &[Probe] = &[
        (is_elf, "an ELF program", Class::Program),
        (is_pe, "a Windows program (PE)", Class::Program),
        (is_mach_o, "a Mach-O program", Class::Program),
        (is_java_class, "a Java class", Class::Program),
        (is_dex, "an Android program (DEX)", Class::Program),
        (is_wasm, "a WebAssembly module", Class::Program),
        (is_shell_link, "a Windows shortcut", Class::Program),
        (is_zip, "a zip archive", Class::Archive),
        (is_gzip, "a gzip stream", Class::Archive),
        (is_xz, "an xz stream", Class::Archive),
        (is_7z, "a 7z archive", Class::Archive),
        (is_bzip2, "a bzip2 stream", Class::Archive),
        (is_rar, "a RAR archive", Class::Archive),
        (is_cab, "a Windows cabinet", Class::Archive),
        (is_pickle, "a pickle", Class::Pickle),
        (is_script, "a script", Class::Script),
        (is_markup, "a web page", Class::Document),
        (is_pdf, "a PDF document", Class::Document),
        (is_ole, "an OLE document", Class::Document),
    ];
    PROBES
        .iter()
        .find(|(probe, ..)| probe(bytes))
        .map(|&(_, name, class)| Payload { name, class })
}

fn le16(bytes: &[u8], at: usize) -> Option<u16> {
    bytes
        .get(at..)?
        .first_chunk()
        .map(|b| u16::from_le_bytes(*b))
}

fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes
        .get(at..)?
        .first_chunk()
        .map(|b| u32::from_le_bytes(*b))
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes
        .get(at..)?
        .first_chunk()
        .map(|b| u32::from_be_bytes(*b))
}

/// System V ABI, "ELF header".
fn is_elf(bytes: &[u8]) -> bool {
    let Some([0x7F, b'E', b'L', b'F', class, data, 1, abi, ..]) = bytes.first_chunk::<16>() else {
        return false;
    };
    let half = |at: usize| match data {
        1 => le16(bytes, at),
        _ => le16(bytes, at).map(u16::swap_bytes),
    };
    let header_size = match class {
        1 => half(40).filter(|size| *size == 52),
        2 => half(52).filter(|size| *size == 64),
        _ => None,
    };
    matches!(data, 1 | 2)
        && *abi <= 18
        && half(16).is_some_and(|kind| (1..=4).contains(&kind))
        && header_size.is_some()
}

/// Microsoft's "PE Format": an MS-DOS header that leads to a COFF header.
fn is_pe(bytes: &[u8]) -> bool {
    const MACHINES: [u16; 9] = [
        0x14C, 0x8664, 0xAA64, 0x1C0, 0x1C4, 0x200, 0xEBC, 0x5064, 0x6264,
    ];
    let at = le32(bytes, 0x3C).and_then(|at| usize::try_from(at).ok());
    bytes.starts_with(b"MZ")
        && at.is_some_and(|at| {
            let header = bytes.get(at..).unwrap_or_default();
            header.starts_with(b"PE\0\0")
                && le16(header, 4).is_some_and(|machine| MACHINES.contains(&machine))
        })
}

/// Apple's `mach-o/loader.h` and `fat.h`.
fn is_mach_o(bytes: &[u8]) -> bool {
    let word = |at| match bytes.first() {
        Some(0xFE) => be32(bytes, at),
        _ => le32(bytes, at),
    };
    let cpu = |cpu: u32| matches!(cpu & 0x00FF_FFFF, 7 | 12 | 18) && cpu >> 24 <= 2;
    match be32(bytes, 0) {
        Some(0xFEED_FACE | 0xFEED_FACF | 0xCEFA_EDFE | 0xCFFA_EDFE) => {
            word(4).is_some_and(cpu)
                && word(12).is_some_and(|kind| (1..=12).contains(&kind))
                && word(16).is_some_and(|commands| (1..=4096).contains(&commands))
        }
        Some(0xCAFE_BABE) => {
            be32(bytes, 4).is_some_and(|count| (1..=16).contains(&count))
                && be32(bytes, 8).is_some_and(cpu)
        }
        _ => false,
    }
}

/// The Java Virtual Machine Specification, 4.1: versions 45 to 80, a constant pool whose first
/// entry has a known tag.
fn is_java_class(bytes: &[u8]) -> bool {
    be32(bytes, 0) == Some(0xCAFE_BABE)
        && be32(bytes, 4).is_some_and(|version| {
            let (minor, major) = (version >> 16, version & 0xFFFF);
            (minor == 0 || minor == 0xFFFF || minor == 3) && (45..=80).contains(&major)
        })
        && bytes.get(10).is_some_and(|tag| (1..=20).contains(tag))
}

fn is_dex(bytes: &[u8]) -> bool {
    bytes.starts_with(b"dex\n0") && bytes.get(7) == Some(&0) && le32(bytes, 36) == Some(0x70)
}

fn is_wasm(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\0asm\x01\0\0\0")
}

fn is_shell_link(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x4C\0\0\0\x01\x14\x02\0\0\0\0\0\xC0\0\0\0\0\0\0\x46")
}

/// APPNOTE.TXT 4.3.7: a local file header with a version, a method and a name that exist.
fn is_zip(bytes: &[u8]) -> bool {
    let method = |method: u16| matches!(method, 0..=10 | 12 | 14 | 93..=99);
    let name = le16(bytes, 26).and_then(|size| bytes.get(30..)?.get(..usize::from(size).min(64)));
    bytes.starts_with(b"PK\x03\x04")
        && le16(bytes, 4).is_some_and(|version| version & 0xFF <= 63)
        && le16(bytes, 8).is_some_and(method)
        && name.is_some_and(|name| {
            !name.is_empty()
                && name
                    .iter()
                    .all(|byte| (b' '..=b'~').contains(byte) || *byte > 0x9F)
        })
}

/// RFC 1952, 2.3, and the start of what RFC 1951 calls a block.
fn is_gzip(bytes: &[u8]) -> bool {
    let Some([0x1F, 0x8B, 8, flags, _, _, _, _, extra, system, block, ..]) =
        bytes.first_chunk::<18>()
    else {
        return false;
    };
    let named = flags & 8 == 0
        || (flags & 4 == 0
            && bytes.get(10..).is_some_and(|name| {
                let end = name.iter().position(|byte| *byte == 0);
                end.is_some_and(|end| (1..256).contains(&end))
            }));
    flags & 0xE0 == 0
        && matches!(extra, 0 | 2 | 4)
        && (*system <= 13 || *system == 255)
        && (*flags != 0 || block & 6 != 6)
        && named
}

fn is_xz(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xFD7zXZ\0\0") && bytes.get(7).is_some_and(|check| *check <= 15)
}

fn is_7z(bytes: &[u8]) -> bool {
    bytes.starts_with(b"7z\xBC\xAF\x27\x1C\0")
}

fn is_bzip2(bytes: &[u8]) -> bool {
    bytes.starts_with(b"BZh") && bytes.get(4..10) == Some(b"1AY&SY")
}

fn is_rar(bytes: &[u8]) -> bool {
    bytes.starts_with(b"Rar!\x1A\x07\0") || bytes.starts_with(b"Rar!\x1A\x07\x01\0")
}

fn is_cab(bytes: &[u8]) -> bool {
    bytes.starts_with(b"MSCF\0\0\0\0") && le32(bytes, 12) == Some(0)
}

fn is_ole(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")
}

fn is_pdf(bytes: &[u8]) -> bool {
    bytes.starts_with(b"%PDF-1.") || bytes.starts_with(b"%PDF-2.")
}

/// A pickle: a protocol with its frame, or a first operation that names something to import.
fn is_pickle(bytes: &[u8]) -> bool {
    match bytes {
        [0x80, 4 | 5, 0x95, ..] => {
            let frame = le32(bytes, 3).filter(|frame| *frame >= 1);
            let high = le32(bytes, 7) == Some(0);
            frame.is_some() && high && bytes.get(11).is_some_and(|op| begins_value(*op))
        }
        [0x80, 2..=5, b'c', rest @ ..] | [b'c', rest @ ..] => is_global(rest),
        [0x80, 2..=5, b'(' | b'}' | b']', b'q', 0, rest @ ..] => {
            rest.first().is_some_and(|op| begins_value(*op)) && rest.len() >= 8
        }
        [b'(', b'i', rest @ ..] => is_global(rest),
        _ => false,
    }
}

/// Whether an opcode of a pickle begins a value or marks where one begins.
const fn begins_value(op: u8) -> bool {
    matches!(
        op,
        b'(' | b')'
            | b']'
            | b'}'
            | 0x8F
            | 0x8C
            | b'X'
            | b'K'
            | b'M'
            | b'J'
            | b'c'
            | b'C'
            | b'U'
            | b'G'
            | b'N'
            | 0x8A
    )
}

/// Two lines with a module's and a callable's name.
fn is_global(bytes: &[u8]) -> bool {
    let mut lines = bytes
        .get(..128)
        .unwrap_or(bytes)
        .split(|byte| *byte == b'\n');
    let mut name = || {
        let name = lines.next()?;
        let identifier = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
        let starts = name
            .first()
            .is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_');
        (starts && name.len() >= 2 && name.iter().all(identifier)).then_some(name.len())
    };
    let both = name().zip(name());
    // The last piece of a split is no line: something must follow the second name.
    both.is_some_and(|(module, callable)| module + callable >= 5) && lines.next().is_some()
}

/// A script that says who runs it.
fn is_script(bytes: &[u8]) -> bool {
    let line = bytes
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let text = |line: &[u8]| {
        line.iter()
            .all(|b| (b' '..=b'~').contains(b) || matches!(b, b'\r' | b'\t'))
    };
    (line.starts_with(b"#!/") && line.len() >= 7 && line.len() < 256 && text(line))
        || bytes.starts_with(b"<?php")
        || (line.len() < 64 && line.to_ascii_lowercase().starts_with(b"@echo off"))
}

/// The start of a page of HTML or SVG, as browsers tell it.
fn is_markup(bytes: &[u8]) -> bool {
    let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace());
    let text = start
        .and_then(|start| bytes.get(start..))
        .unwrap_or_default();
    let text = text.get(..16).unwrap_or(text).to_ascii_lowercase();
    [
        &b"<!doctype html"[..],
        b"<html",
        b"<script",
        b"<iframe",
        b"<svg",
    ]
    .iter()
    .any(|tag| {
        text.starts_with(tag)
            && text
                .get(tag.len())
                .is_none_or(|byte| !byte.is_ascii_alphanumeric())
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The first bytes of a program for Linux.
    pub(crate) fn elf() -> Vec<u8> {
        let mut bytes = vec![0_u8; 128];
        bytes[..8].copy_from_slice(b"\x7FELF\x02\x01\x01\x00");
        bytes[16] = 3;
        bytes[18] = 62;
        bytes[52] = 64;
        bytes
    }

    /// The first bytes of a program for Windows.
    pub(crate) fn pe() -> Vec<u8> {
        let mut bytes = vec![0_u8; 256];
        bytes[..2].copy_from_slice(b"MZ");
        bytes[0x3C] = 0x80;
        bytes[0x80..0x86].copy_from_slice(b"PE\0\0\x64\x86");
        bytes
    }

    /// A pickle that would import something harmless.
    pub(crate) fn pickle() -> Vec<u8> {
        b"\x80\x02ccollections\nOrderedDict\nq\0)Rq\x01.".to_vec()
    }

    #[test]
    fn tells_what_is_there() {
        let check = |bytes: &[u8], expected: &str| {
            assert_eq!(kind(bytes).map(|p| p.name), Some(expected), "{bytes:?}");
        };
        check(&elf(), "an ELF program");
        check(&pe(), "a Windows program (PE)");
        check(
            b"\xCF\xFA\xED\xFE\x0C\0\0\x01\0\0\0\0\x02\0\0\0\x10\0\0\0\0\0\0\0",
            "a Mach-O program",
        );
        check(
            b"\xCA\xFE\xBA\xBE\0\0\0\x02\x01\0\0\x07\0\0\0\x03",
            "a Mach-O program",
        );
        check(
            b"\xCA\xFE\xBA\xBE\0\0\0\x34\0\x10\x0A\0\x01",
            "a Java class",
        );
        check(
            b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x03\0\0\0a/b",
            "a zip archive",
        );
        check(
            b"\x1F\x8B\x08\0\0\0\0\0\0\x03\xCB\x48\xCD\xC9\xC9\x07\0\0\0\0",
            "a gzip stream",
        );
        check(&pickle(), "a pickle");
        check(b"\x80\x04\x95\x10\0\0\0\0\0\0\0\x8C\x05posix", "a pickle");
        check(b"cposix\nsystem\n(Vx\ntR.", "a pickle");
        check(b"#!/bin/sh\necho", "a script");
        check(b"\r\n<!DOCTYPE HTML>", "a web page");
        check(b"%PDF-1.7\n", "a PDF document");
    }

    #[test]
    fn takes_numbers_for_nothing() {
        // Magic numbers with nothing behind them, and a good many random bytes.
        for bytes in [
            &b"MZ"[..],
            b"PK\x03\x04",
            b"\x7FELF",
            b"\x1F\x8B\x08",
            b"c\n",
            b"\x80\x02}q\0",
            b"<svgx",
            b"#! not",
        ] {
            assert_eq!(kind(bytes), None, "{bytes:?}");
        }
        let mut state = 1_u64;
        let mut bytes = Vec::new();
        for _ in 0..300_000 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            bytes.extend(state.to_le_bytes());
        }
        for window in bytes.windows(ENOUGH).chain((1..64).map(|n| &bytes[..n])) {
            assert_eq!(kind(window), None, "{:?}", &window[..16.min(window.len())]);
        }
    }
}
