//! What the tests of archives share: a sink that keeps all, and a writer of zips that lie.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing
)]

use std::io::{Cursor, Read, Write};

use gw_archive::{
    Allowance, Content, Disagreement, DisagreementKind, Format, Input, Member, Meter, Problem,
    Reading, Sink, Stop, walk,
};
use gw_finding::ReasonCode;

#[derive(Default)]
pub struct Collected {
    pub members: Vec<(Member, Vec<u8>)>,
    pub problems: Vec<Problem>,
    pub disagreements: Vec<Disagreement>,
}

impl Sink for Collected {
    fn member(&mut self, member: &Member, content: &mut Content<'_>) {
        let mut bytes = Vec::new();
        let _ = content.read_to_end(&mut bytes);
        self.members.push((member.clone(), bytes));
    }

    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    fn disagreement(&mut self, disagreement: Disagreement) {
        self.disagreements.push(disagreement);
    }
}

impl Collected {
    pub fn names(&self) -> Vec<(&str, Reading, &[u8])> {
        self.members
            .iter()
            .map(|(member, bytes)| (member.path.as_str(), member.reading, bytes.as_slice()))
            .collect()
    }

    pub fn contents(&self) -> Vec<(&str, &[u8])> {
        self.members
            .iter()
            .map(|(member, bytes)| (member.path.as_str(), bytes.as_slice()))
            .collect()
    }

    pub fn reasons(&self) -> Vec<ReasonCode> {
        self.problems.iter().map(|problem| problem.reason).collect()
    }

    pub fn kinds(&self) -> Vec<DisagreementKind> {
        self.disagreements.iter().map(|one| one.kind).collect()
    }
}

pub const AMPLE: Allowance = Allowance {
    members: 10_000,
    ratio: 200,
    grace: 10 << 20,
    total: 1 << 30,
};

pub fn read_with(bytes: &[u8], allowance: Allowance) -> (Collected, Option<Stop>) {
    let format = Format::detect(bytes).unwrap_or(Format::Zip);
    read_as(format, bytes, allowance)
}

pub fn read_as(format: Format, bytes: &[u8], allowance: Allowance) -> (Collected, Option<Stop>) {
    let never = || false;
    let meter = Meter::new(allowance, bytes.len() as u64, &never);
    let mut collected = Collected::default();
    let mut input = Cursor::new(bytes);
    walk(
        format,
        Input::Seekable(&mut input),
        "name.x",
        &meter,
        &mut collected,
    );
    (collected, meter.stopped())
}

pub fn read(bytes: &[u8]) -> Collected {
    let (collected, stopped) = read_with(bytes, AMPLE);
    assert_eq!(stopped, None);
    collected
}

pub fn find(bytes: &[u8], what: &[u8]) -> usize {
    let mut windows = bytes.windows(what.len());
    windows.position(|window| window == what).unwrap()
}

pub fn rfind(bytes: &[u8], what: &[u8]) -> usize {
    let mut windows = bytes.windows(what.len());
    windows.rposition(|window| window == what).unwrap()
}

pub fn deflate(bytes: &[u8]) -> Vec<u8> {
    let level = flate2::Compression::best();
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), level);
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub fn crc(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// What a header says of a member.
#[derive(Clone)]
pub struct Header {
    pub name: Vec<u8>,
    pub flags: u16,
    pub method: u16,
    pub crc: u32,
    pub compressed: u32,
    pub size: u32,
    pub extra: Vec<u8>,
}

/// A member whose two headers and data can each say what they like.
#[derive(Clone)]
pub struct Lie {
    pub local: Header,
    pub central: Header,
    pub data: Vec<u8>,
    /// What comes behind the data.
    pub descriptor: Vec<u8>,
    /// Whether the directory has it.
    pub listed: bool,
}

impl Lie {
    /// A member that is told the truth about.
    pub fn stored(name: &str, content: &[u8]) -> Self {
        Self::new(name, content, 0, content.to_vec())
    }

    pub fn deflated(name: &str, content: &[u8]) -> Self {
        Self::new(name, content, 8, deflate(content))
    }

    pub fn new(name: &str, content: &[u8], method: u16, data: Vec<u8>) -> Self {
        let header = Header {
            name: name.into(),
            flags: 0,
            method,
            crc: crc(content),
            compressed: u32::try_from(data.len()).unwrap(),
            size: u32::try_from(content.len()).unwrap(),
            extra: Vec::new(),
        };
        Self {
            local: header.clone(),
            central: header,
            data,
            descriptor: Vec::new(),
            listed: true,
        }
    }

    /// The same, written as a stream: sizes come behind the data.
    pub fn streamed(mut self, signature: bool, wide: bool) -> Self {
        let mut descriptor = Vec::new();
        if signature {
            descriptor.extend(b"PK\x07\x08");
        }
        descriptor.extend(self.central.crc.to_le_bytes());
        for size in [self.central.compressed, self.central.size] {
            if wide {
                descriptor.extend(u64::from(size).to_le_bytes());
            } else {
                descriptor.extend(size.to_le_bytes());
            }
        }
        self.descriptor = descriptor;
        self.local.flags |= 8;
        self.central.flags |= 8;
        (self.local.crc, self.local.compressed, self.local.size) = (0, 0, 0);
        self
    }

    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }
}

fn fields(header: &Header) -> Vec<u8> {
    let mut out = Vec::new();
    out.extend(header.flags.to_le_bytes());
    out.extend(header.method.to_le_bytes());
    out.extend([0; 4]);
    out.extend(header.crc.to_le_bytes());
    out.extend(header.compressed.to_le_bytes());
    out.extend(header.size.to_le_bytes());
    out.extend(u16::try_from(header.name.len()).unwrap().to_le_bytes());
    out.extend(u16::try_from(header.extra.len()).unwrap().to_le_bytes());
    out
}

/// An end record.
pub fn end(count: usize, size: usize, offset: usize, comment: &[u8]) -> Vec<u8> {
    let mut out = b"PK\x05\x06\0\0\0\0".to_vec();
    let count = u16::try_from(count).unwrap().to_le_bytes();
    out.extend(count);
    out.extend(count);
    out.extend(u32::try_from(size).unwrap().to_le_bytes());
    out.extend(u32::try_from(offset).unwrap().to_le_bytes());
    out.extend(u16::try_from(comment.len()).unwrap().to_le_bytes());
    out.extend(comment);
    out
}

/// The members and the directory of a zip, each by itself; offsets count from `base`.
pub fn parts(members: &[Lie], base: usize) -> (Vec<u8>, Vec<u8>, usize) {
    let (mut out, mut directory, mut count) = (Vec::new(), Vec::new(), 0);
    for lie in members {
        let offset = u32::try_from(base + out.len()).unwrap();
        out.extend(b"PK\x03\x04\x14\0");
        out.extend(fields(&lie.local));
        out.extend(&lie.local.name);
        out.extend(&lie.local.extra);
        out.extend(&lie.data);
        out.extend(&lie.descriptor);
        if lie.listed {
            count += 1;
            directory.extend(b"PK\x01\x02\x14\x03\x14\0");
            directory.extend(fields(&lie.central));
            directory.extend([0; 2]);
            directory.extend([0; 4]);
            directory.extend((0o100_644_u32 << 16).to_le_bytes());
            directory.extend(offset.to_le_bytes());
            directory.extend(&lie.central.name);
            directory.extend(&lie.central.extra);
        }
    }
    (out, directory, count)
}

/// A whole zip.
pub fn zip_of_lies(members: &[Lie], comment: &[u8]) -> Vec<u8> {
    let (mut out, directory, count) = parts(members, 0);
    let offset = out.len();
    out.extend(&directory);
    out.extend(end(count, directory.len(), offset, comment));
    out
}
