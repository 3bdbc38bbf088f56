use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::tensor::payload::{self, ENOUGH, Payload};

/// What the middle of a tensor is searched for. Of what has a shorter mark, only a tensor's start is
/// looked at: in some gigabytes of numbers three bytes occur by chance, with sound fields behind
/// them too.
static MARKS: LazyLock<Vec<Finder<'static>>> = LazyLock::new(|| {
    [
        &b"\x7FELF\x02\x01\x01"[..],
        b"\x7FELF\x01\x01\x01",
        b"PK\x03\x04",
        b"\xCF\xFA\xED\xFE",
        b"7z\xBC\xAF\x27\x1C",
        b"\xFD7zXZ\0",
        b"Rar!\x1A\x07",
        b"#!/bin/",
        b"#!/usr/bin/",
        b"BZh91AY&SY",
        b"%PDF-1.",
    ]
    .into_iter()
    .map(Finder::new)
    .collect()
});

/// What every program for Windows says where it does not run.
static STUB: LazyLock<Finder<'static>> =
    LazyLock::new(|| Finder::new(b"!This program cannot be run in DOS mode"));

/// How far before its words the header of a program for Windows begins.
const BEFORE_STUB: usize = 256;

/// Searches a tensor's bytes, chunk after chunk, until something is found.
#[derive(Default)]
pub(super) struct Search {
    /// Bytes of the tensor before the chunk's.
    before: u64,
    /// The end of the last chunk: what begins there may go on in the next one.
    tail: Vec<u8>,
    found: bool,
}

impl Search {
    /// What a chunk holds, and from which byte of the tensor on.
    pub(super) fn chunk(&mut self, chunk: &[u8]) -> Option<(u64, Payload)> {
        if self.found {
            return None;
        }
        let at_start = (self.before == 0)
            .then(|| payload::kind(chunk))
            .flatten()
            .map(|payload| (0, payload));
        let found = at_start.or_else(|| self.border(chunk)).or_else(|| {
            let (at, payload) = look(chunk)?;
            Some((self.before.saturating_add(at as u64), payload))
        });
        self.found = found.is_some();
        self.before = self.before.saturating_add(chunk.len() as u64);
        let keep = chunk.len().saturating_sub(ENOUGH);
        self.tail = chunk.get(keep..).unwrap_or_default().to_vec();
        found
    }

    /// Looks at what begins in the last chunk and ends in this one.
    fn border(&self, chunk: &[u8]) -> Option<(u64, Payload)> {
        if self.tail.is_empty() {
            return None;
        }
        let start = chunk.get(..ENOUGH).unwrap_or(chunk);
        let both = [&self.tail, start].concat();
        let (at, payload) = look(&both)?;
        let from = self.before.saturating_sub(self.tail.len() as u64);
        Some((from.saturating_add(at as u64), payload))
    }
}

/// The first thing in some bytes that has a mark and the structure that belongs to it.
fn look(bytes: &[u8]) -> Option<(usize, Payload)> {
    let marked = MARKS.iter().flat_map(|mark| mark.find_iter(bytes));
    let program = STUB.find_iter(bytes).filter_map(|words| {
        let from = words.saturating_sub(BEFORE_STUB);
        let header = bytes.get(from..words)?;
        memchr::memmem::rfind(header, b"MZ").map(|at| from.saturating_add(at))
    });
    marked.chain(program).find_map(|at| {
        let rest = bytes.get(at..).unwrap_or_default();
        let payload = payload::kind(rest.get(..ENOUGH).unwrap_or(rest))?;
        Some((at, payload))
    })
}
