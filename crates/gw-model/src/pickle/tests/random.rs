//! Streams that nobody would write.

use proptest::prelude::*;

use super::super::opcode;
use super::*;

/// Bytes of which most are opcodes with arguments that fit.
pub(in crate::pickle) fn stream(choices: &[(u8, u8, u8)]) -> Vec<u8> {
    const NAMES: [(&str, &str); 8] = [
        ("os", "system"),
        ("builtins", "getattr"),
        ("operator", "attrgetter"),
        ("functools", "partial"),
        ("builtins", "map"),
        ("collections", "OrderedDict"),
        ("torch", "FloatStorage"),
        ("operator", "add"),
    ];
    let mut bytes = vec![0x80, 4];
    for (op, first, second) in choices {
        let code = opcode::ALL[usize::from(*op) % opcode::ALL.len()];
        let (module, name) = NAMES[usize::from(*first) % NAMES.len()];
        match opcode::argument(code) {
            _ if code == opcode::STOP && *second > 8 => {}
            Some(opcode::Argument::Fixed(count)) => {
                bytes.push(code);
                let small = [first % 8, 0, 0, 0, 0, 0, 0, 0];
                bytes.extend_from_slice(&small[..count]);
            }
            Some(opcode::Argument::Lines(2)) => {
                bytes.push(code);
                bytes.extend_from_slice(format!("{module}\n{name}\n").as_bytes());
            }
            Some(opcode::Argument::Lines(_)) => {
                bytes.push(code);
                let quote = if code == opcode::STRING { "'" } else { "" };
                bytes.extend_from_slice(format!("{quote}{}{quote}\n", first % 8).as_bytes());
            }
            Some(opcode::Argument::Counted { width, .. }) => {
                bytes.push(code);
                let text = [module, name, "id", ""][usize::from(*second) % 4];
                let mut length = vec![0; width];
                length[0] = text.len() as u8;
                bytes.extend_from_slice(&length);
                bytes.extend_from_slice(text.as_bytes());
            }
            None => {}
        }
    }
    bytes.push(b'.');
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        findings(&bytes);
    }

    #[test]
    fn opcodes_never_panic(
        choices in proptest::collection::vec(any::<(u8, u8, u8)>(), 0..200),
        arrays in any::<bool>(),
    ) {
        let bytes = stream(&choices);
        let options = PickleOptions {
            several: true,
            arrays_between: arrays,
            ..PickleOptions::default()
        };
        let (outcome, _) = read_bytes(&bytes, &options);
        prop_assert!(outcome.consumed <= bytes.len() as u64);
    }

    #[test]
    fn pieces_make_no_difference(
        choices in proptest::collection::vec(any::<(u8, u8, u8)>(), 0..100),
    ) {
        let bytes = stream(&choices);
        let location = Location::file("model.pkl");
        let options = PickleOptions::default();
        let (whole, expected) = read_bytes(&bytes, &options);
        let mut out = Output::default();
        let mut report = Report::new(&location, false, &mut out);
        let mut slow = Slow(&bytes);
        let streamed = read(&mut Content::Stream(&mut slow, 0), &options, &mut report);
        prop_assert_eq!(whole.consumed, streamed.consumed);
        prop_assert_eq!(whole.end, streamed.end);
        prop_assert_eq!(expected.findings, out.findings);
    }
}

#[test]
fn time_is_linear_in_hostile_streams() {
    let repeat = |head: &[u8], part: &[u8]| {
        let mut bytes = head.to_vec();
        while bytes.len() < 2 << 20 {
            bytes.extend_from_slice(part);
        }
        bytes.push(b'.');
        bytes
    };
    let wide = Asm::new(4)
        .global("a", "f")
        .raw(b"q\0")
        .list(&[1; 200])
        .raw(b"q\x01")
        .dict(&["a"; 200])
        .raw(b"q\x02")
        .global("operator", "getitem")
        .raw(b"q\x03")
        .global("joblib.numpy_pickle", "NumpyArrayWrapper")
        .raw(b"q\x04")
        .open();
    for part in [
        &b"h\0h\x01R0"[..],
        b"h\0h\x02R0",
        b"h\x03h\x02h\x02\x86R0",
        b"h\0)Rh\x01R0",
        b"h\0)R)R)R0",
        b"h\x04)Rh\x02b0",
        b"h\0h\x02b0",
        b"]q\x05h\x05h\x05\x86\x94",
        b"(((((",
        b"2222",
        b"c0\n0\n",
        b"V\\u0041\\u0042\n0",
        b"S'\\x41'\n0",
        b"\x8c\x08\x80\x04h\0h\0R.0",
        b"h\0Q",
        b"\x80\x04.",
    ] {
        let bytes = repeat(&wide, part);
        let started = std::time::Instant::now();
        findings(&bytes);
        let taken = started.elapsed();
        // Without optimisation, on a busy machine: what is quadratic takes minutes.
        assert!(taken.as_secs() < 30, "{part:?}: {taken:?}");
        if taken.as_secs() > 2 {
            eprintln!("{part:?}: {taken:?}");
        }
    }
}
