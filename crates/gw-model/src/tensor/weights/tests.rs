use std::time::Instant;

use gw_analysis::Output;
use gw_finding::Location;

use super::{Kind, Tensor, pass};
use crate::Content;
use crate::report::Report;
use crate::tensor::input::Input;
use crate::tensor::payload::tests::{elf, pe, pickle};
use crate::tensor::polyglot::tests::zip;

/// Numbers as training leaves them: small, around zero, none like the next. (A sum of uniform numbers
/// is near enough to a normal one.)
struct Weights(u64);

impl Weights {
    fn bits(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn number(&mut self) -> f32 {
        let bits = self.bits().to_le_bytes();
        let sum: f32 = bits.iter().map(|byte| f32::from(*byte) - 127.5).sum();
        let fine = f32::from(u16::from_le_bytes([bits[3], bits[6]])) / 65536.0;
        (sum + fine) * 1e-4
    }

    fn f32(&mut self, count: usize) -> Vec<u8> {
        (0..count)
            .flat_map(|_| self.number().to_le_bytes())
            .collect()
    }
}

fn check(kind: Kind, shape: &[u64], bytes: &[u8]) -> Vec<String> {
    let location = Location::file("m");
    let mut output = Output::default();
    let mut report = Report::new(&location, true, &mut output);
    let mut content = Content::bytes(bytes);
    let mut input = Input::new(&mut content).unwrap();
    let mut tensors = [Tensor {
        name: "w".to_owned(),
        kind,
        shape: shape.to_vec(),
        range: 0..bytes.len() as u64,
    }];
    pass(&mut input, &mut tensors, &mut report).unwrap();
    output
        .findings
        .into_iter()
        .map(|finding| finding.message)
        .collect()
}

#[track_caller]
fn found(messages: &[String], expected: &str) {
    let has = messages.iter().any(|message| message.contains(expected));
    assert!(has, "{expected}: {messages:?}");
}

#[test]
fn numbers_are_no_payload() {
    let mut weights = Weights(7);
    let bytes = weights.f32(1 << 20);
    assert_eq!(check(Kind::F32, &[1024, 1024], &bytes), [""; 0]);
    assert_eq!(check(Kind::Other, &[1 << 22], &bytes), [""; 0]);
    let noise: Vec<u8> = (0..1 << 18)
        .flat_map(|_| weights.bits().to_le_bytes())
        .collect();
    assert_eq!(check(Kind::Other, &[1 << 21], &noise), [""; 0]);
    // A cast to half the size leaves low bits of zero behind.
    let cast: Vec<u8> = bytes
        .chunks(4)
        .flat_map(|number| [0, 0, number[2], number[3]])
        .collect();
    assert_eq!(check(Kind::F32, &[1024, 1024], &cast), [""; 0]);
    // Masks, paddings and constants are not weights gone wrong.
    let mask = |greatest: f32| -> Vec<u8> {
        (0..4096_u32)
            .flat_map(|n| if n % 64 > n / 64 { greatest } else { 0.0 }.to_le_bytes())
            .collect()
    };
    for greatest in [f32::NEG_INFINITY, f32::MIN, -1e9] {
        assert_eq!(check(Kind::F32, &[64, 64], &mask(greatest)), [""; 0]);
    }
    assert_eq!(check(Kind::F32, &[1], &f32::NAN.to_le_bytes()), [""; 0]);
    assert_eq!(check(Kind::F32, &[8192], &vec![0; 32768]), [""; 0]);
}

#[test]
fn finds_payloads_anywhere() {
    let honest = Weights(3).f32(1 << 19);
    let with = |at: usize, payload: &[u8]| {
        let mut bytes = honest.clone();
        bytes[at..at + payload.len()].copy_from_slice(payload);
        check(Kind::F32, &[512, 1024], &bytes)
    };
    let archive = zip("run.py", b"print()");
    let mut program = pe();
    program[0x4E..0x75].copy_from_slice(b"!This program cannot be run in DOS mode");
    for at in [0, 1000, 777_777, (1 << 20) - 60, 1 << 20] {
        found(
            &with(at, &elf()),
            &format!("an ELF program from byte {at} on"),
        );
        found(
            &with(at, &archive),
            &format!("a zip archive from byte {at} on"),
        );
        found(
            &with(at, &program),
            &format!("a Windows program (PE) from byte {at} on"),
        );
        found(
            &with(at, b"#!/bin/sh\necho\n"),
            &format!("a script from byte {at} on"),
        );
    }
    found(&with(0, &pickle()), "a pickle from byte 0 on");
    found(
        &with(
            0,
            b"\x1F\x8B\x08\0\0\0\0\0\0\x03\xCB\x48\xCD\xC9\xC9\x07\0\0\0\0",
        ),
        "a gzip stream",
    );
}

#[test]
fn finds_payloads_in_low_bits() {
    let honest = Weights(9).f32(1 << 16);
    let bits = |payload: &[u8], highest_first: bool| -> Vec<u8> {
        let order = move |byte: &u8| {
            let byte = *byte;
            (0..8).map(move |at| {
                if highest_first {
                    byte >> (7 - at) & 1
                } else {
                    byte >> at & 1
                }
            })
        };
        payload.iter().flat_map(order).collect()
    };
    for highest_first in [true, false] {
        for width in [1_usize, 2, 4, 8] {
            for prefix in [0, 4, 8] {
                let payload = [&vec![9; prefix][..], &elf()].concat();
                let mut bytes = honest.clone();
                for (number, part) in bytes
                    .chunks_mut(4)
                    .zip(bits(&payload, highest_first).chunks(width))
                {
                    for (place, bit) in part.iter().enumerate() {
                        let at = if highest_first {
                            width - 1 - place
                        } else {
                            place
                        };
                        number[0] = number[0] & !(1 << at) | bit << at;
                    }
                }
                found(
                    &check(Kind::F32, &[1 << 16], &bytes),
                    &format!("lowest {width} bits"),
                );
            }
        }
    }
    // Three bytes of four, in either order.
    for reversed in [false, true] {
        let mut bytes = honest.clone();
        for (number, part) in bytes.chunks_mut(4).zip(elf().chunks(3)) {
            for (place, byte) in part.iter().enumerate() {
                number[if reversed { 2 - place } else { place }] = *byte;
            }
        }
        found(&check(Kind::F32, &[1 << 16], &bytes), "lowest 24 bits");
    }
    let mut half: Vec<u8> = honest
        .chunks(4)
        .flat_map(|number| [number[2], number[3]])
        .collect();
    for (number, byte) in half.chunks_mut(2).zip(elf()) {
        number[0] = byte;
    }
    found(&check(Kind::Bf16, &[1 << 16], &half), "lowest 8 bits");
}

#[test]
fn finds_numbers_that_training_does_not_leave() {
    let honest = Weights(5).f32(1 << 14);
    let with = |at: usize, number: f32| {
        let mut bytes = honest.clone();
        bytes[4 * at..4 * at + 4].copy_from_slice(&number.to_le_bytes());
        check(Kind::F32, &[128, 128], &bytes)
    };
    found(&with(9, f32::NAN), "1 of 16384");
    found(&with(9, f32::INFINITY), "Infinite values");
    found(&with(9, -1e35), "up to 1e35");
    found(
        &check(Kind::F32, &[128, 128], &vec![0; 1 << 16]),
        "Nothing but zero",
    );
    found(
        &check(
            Kind::F32,
            &[128, 128],
            &0.5_f32.to_le_bytes().repeat(1 << 14),
        ),
        "One value throughout",
    );
    let mut rows = honest.clone();
    rows[..100 * 512].fill(0);
    found(&check(Kind::F32, &[128, 128], &rows), "100 of 128 rows");
    rows = honest;
    rows[..512].fill(0);
    assert_eq!(
        check(Kind::F32, &[128, 128], &rows),
        [""; 0],
        "the row of a padding token"
    );
    let half = |bits: u16| bits.to_le_bytes().repeat(1 << 14);
    found(
        &check(Kind::Bf16, &[128, 128], &half(0x7FC0)),
        "not numbers",
    );
    found(&check(Kind::F16, &[128, 128], &half(0x7E00)), "not numbers");
    found(
        &check(
            Kind::F64,
            &[128, 128],
            &f64::NAN.to_le_bytes().repeat(1 << 14),
        ),
        "not numbers",
    );
    let absurd = check(
        Kind::F64,
        &[128, 128],
        &1e200_f64.to_le_bytes().repeat(1 << 14),
    );
    assert!(
        absurd.iter().any(|message| message.contains("Magnitudes")),
        "{absurd:?}"
    );
}

/// How fast a pass is: `cargo test --release -p gw-model throughput -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement, which says something only when optimised"]
fn throughput() {
    let block = Weights(1).f32(1 << 24);
    for kind in [Kind::F32, Kind::F16, Kind::Other] {
        let start = Instant::now();
        let numbers = block.len() as u64 / kind.size() as u64;
        check(kind, &[4096, numbers / 4096], &block);
        let seconds = start.elapsed().as_secs_f64();
        println!("{kind:?}: {:.0} MB/s", 64.0 * 1.048_576 / seconds);
    }
}
