//! Hashing a model whose data is in memory: 8 files of 32 MiB, on one thread and on two.
#![allow(clippy::unwrap_used)]

use std::num::NonZeroUsize;

use divan::counter::BytesCount;
use gw_attest::oms::{HashType, Method};
use gw_sign::{SignOptions, hash_model};

const FILE: usize = 32 << 20;
const FILES: usize = 8;

fn main() {
    divan::main();
}

#[divan::bench(args = [1, 2], consts = [0, 1, 2], sample_count = 5, sample_size = 1)]
fn hash<const HASH: usize>(bencher: divan::Bencher<'_, '_>, threads: usize) {
    let folder = tempfile::tempdir().unwrap();
    let content: Vec<u8> = (0..FILE).map(|i| (i % 253) as u8).collect();
    for index in 0..FILES {
        std::fs::write(folder.path().join(index.to_string()), &content).unwrap();
    }
    let options = SignOptions {
        method: Method::Files,
        hash: [HashType::Sha256, HashType::Blake2b, HashType::Blake3][HASH],
        threads: NonZeroUsize::new(threads).unwrap(),
        ..SignOptions::default()
    };
    bencher
        .counter(BytesCount::new(FILE * FILES))
        .bench_local(|| hash_model(folder.path(), &options, None).unwrap());
}
