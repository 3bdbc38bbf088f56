//! How fast the pickle machine is, in opcodes a second.
//!
//! `cargo bench -p gw-model --bench pickle`. The budget is 50 million.

#![allow(missing_docs, reason = "benchmarks")]

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use gw_analysis::{Analyzer, Entry, EntryKind, Output};
use gw_finding::Location;
use gw_model::ModelAnalyzer;

fn main() {
    divan::main();
}

/// Ten million numbers in a list, in batches of a thousand as Python writes them: 20 MB.
#[divan::bench(sample_count = 5)]
fn numbers(bencher: Bencher<'_, '_>) {
    let mut bytes = b"\x80\x04]\x94".to_vec();
    let mut opcodes = 3_usize;
    for _ in 0..10_000 {
        bytes.push(b'(');
        for number in 0..1000_u16 {
            bytes.extend([b'K', number as u8]);
        }
        bytes.push(b'e');
        opcodes += 1002;
    }
    bytes.push(b'.');
    run(bencher, bytes, opcodes + 1);
}

/// A table of a million texts, each remembered.
#[divan::bench(sample_count = 5)]
fn texts(bencher: Bencher<'_, '_>) {
    let mut bytes = b"\x80\x04}\x94".to_vec();
    let mut opcodes = 3_usize;
    for batch in 0..1000_u32 {
        bytes.push(b'(');
        for index in 0..1000_u32 {
            let text = format!("word{}", batch * 1000 + index);
            bytes.extend([0x8c, text.len() as u8]);
            bytes.extend_from_slice(text.as_bytes());
            bytes.extend_from_slice(b"\x94K\x01");
            opcodes += 3;
        }
        bytes.push(b'u');
        opcodes += 2;
    }
    bytes.push(b'.');
    run(bencher, bytes, opcodes + 1);
}

/// Objects with a state of four entries, as a list of records has them.
#[divan::bench(sample_count = 5)]
fn objects(bencher: Bencher<'_, '_>) {
    let mut bytes = b"\x80\x04]\x94\x8c\x0bcollections\x94\x8c\x0bOrderedDict\x94\x93\x94".to_vec();
    bytes.extend_from_slice(b"\x8c\x01a\x94\x8c\x01b\x94");
    let mut opcodes = 12_usize;
    for _ in 0..300_000 {
        bytes.extend_from_slice(b"h\x03)R\x94(h\x04K\x01h\x05G\0\0\0\0\0\0\0\0u0");
        opcodes += 10;
    }
    bytes.push(b'.');
    run(bencher, bytes, opcodes + 1);
}

fn run(bencher: Bencher<'_, '_>, bytes: Vec<u8>, opcodes: usize) {
    let entry = Entry::new(Location::file("a.pkl"), EntryKind::File, bytes);
    bencher.counter(ItemsCount::new(opcodes)).bench_local(|| {
        let mut out = Output::default();
        ModelAnalyzer::default().visit(black_box(&entry), &mut out);
        out.findings.len()
    });
}
