//! Hostile and honest streams, made of opcodes.

use gw_analysis::Output;
use gw_finding::{Finding, Location, Severity};

use super::*;

pub(super) mod build;
mod evasion;
mod honest;
#[cfg(feature = "interop")]
mod interop;
mod random;

use build::Asm;

/// What reading some bytes yields.
fn read_bytes(bytes: &[u8], options: &PickleOptions) -> (PickleOutcome, Output) {
    let location = Location::file("model.pkl");
    let mut out = Output::default();
    let mut report = Report::new(&location, false, &mut out);
    let outcome = read(&mut Content::bytes(bytes), options, &mut report);
    (outcome, out)
}

/// The machine after a stream.
pub(super) fn executed(bytes: &[u8]) -> Machine {
    let mut machine = Machine::new();
    let mut content = Content::bytes(bytes);
    let mut source = Source::new(&mut content).unwrap();
    drive::stream(&mut machine, &mut source, false);
    machine
}

pub(super) fn findings(bytes: &[u8]) -> Vec<Finding> {
    let options = PickleOptions {
        several: true,
        ..PickleOptions::default()
    };
    read_bytes(bytes, &options).1.findings
}

/// Checks that a stream yields a finding of a rule whose message has some text.
#[track_caller]
fn check(bytes: &[u8], rule: &str, text: &str) {
    let found = findings(bytes);
    assert!(
        found
            .iter()
            .any(|f| f.rule.as_str() == rule && f.message.contains(text)),
        "no {rule} with {text:?} in {:#?}",
        found
            .iter()
            .map(|f| (f.rule.as_str(), &f.message))
            .collect::<Vec<_>>()
    );
}

const EXECUTES: &str = "model/pickle-executes";

#[test]
fn a_call_is_named_with_its_arguments() {
    check(
        b"cposix\nsystem\n(S'id'\ntR.",
        EXECUTES,
        "calls posix.system with 'id', which runs commands (at byte 0)",
    );
}

#[test]
fn honest_streams_yield_nothing() {
    let ordered = Asm::new(4)
        .global("collections", "OrderedDict")
        .tuple(0)
        .reduce();
    for stream in [
        Asm::new(2).list(&[1, 2, 3]).stop(),
        ordered.text("a").int(1).setitem().stop(),
        Asm::new(2)
            .old_global("copy_reg", "_reconstructor")
            .old_global("sklearn.svm.classes", "SVC")
            .old_global("__builtin__", "object")
            .none()
            .tuple(3)
            .reduce()
            .dict(&["C"])
            .build()
            .stop(),
        Asm::new(4)
            .global("builtins", "type")
            .none()
            .tuple(1)
            .reduce()
            .stop(),
        Asm::new(4)
            .global("functools", "partial")
            .global("torch.nn.modules.normalization", "LayerNorm")
            .tuple(1)
            .reduce()
            .stop(),
        Asm::new(4)
            .global("_codecs", "encode")
            .text("abc")
            .text("latin1")
            .tuple(2)
            .reduce()
            .stop(),
    ] {
        let found = findings(&stream);
        assert!(found.is_empty(), "{found:#?}");
    }
}

#[test]
fn what_a_pickle_holds_is_described() {
    let stream = Asm::new(4)
        .global("sklearn.linear_model._base", "LinearRegression")
        .tuple(0)
        .newobj()
        .dict(&["fit_intercept", "_sklearn_version"])
        .build()
        .stop();
    let (outcome, out) = read_bytes(&stream, &PickleOptions::default());
    assert!(out.findings.is_empty() && out.incomplete.is_empty());
    assert_eq!(outcome.end, End::Stopped);
    assert_eq!(outcome.protocol, Some(4));
    assert_eq!(outcome.consumed, stream.len() as u64);
    let root = &outcome.roots[0];
    assert_eq!(
        root.name(),
        Some("sklearn.linear_model._base.LinearRegression")
    );
    assert_eq!(root.get("fit_intercept"), Some(&Shown::Int(0)));
}

#[test]
fn persistent_ids_are_kept() {
    let stream = Asm::new(2)
        .text("storage")
        .old_global("torch", "FloatStorage")
        .text("0")
        .text("cpu")
        .int(12)
        .tuple_marked(5)
        .op(b'Q')
        .stop();
    let (_, out) = read_bytes(&stream, &PickleOptions::default());
    assert_eq!(out.incomplete.len(), 1, "nobody resolves them");
    let options = PickleOptions {
        persistent_ids: true,
        ..PickleOptions::default()
    };
    let (outcome, out) = read_bytes(&stream, &options);
    assert!(out.findings.is_empty(), "{:?}", out.findings);
    assert_eq!(outcome.persistent_ids.len(), 1);
    assert_eq!(
        outcome.persistent_ids[0].items()[1].name(),
        Some("torch.FloatStorage")
    );
    assert_eq!(outcome.persistent_ids[0].items()[4].as_int(), Some(12));
}

#[test]
fn a_stream_in_pieces_is_read_alike() {
    let mut asm = Asm::new(4);
    for index in 0..4000 {
        asm = asm.text(&format!("some text {index}")).op(b'\x94').op(b'0');
    }
    let big = vec![7; 3 << 20];
    let stream = asm
        .bytes(&big)
        .op(b'0')
        .global("os", "system")
        .text("id")
        .tuple(1)
        .reduce()
        .stop();
    let mut followed = stream.clone();
    followed.extend_from_slice(b"more");
    let location = Location::file("model.pkl");
    let mut expected = None;
    for kind in 0..3 {
        let mut out = Output::default();
        let mut report = Report::new(&location, false, &mut out);
        let mut cursor = std::io::Cursor::new(&followed);
        let mut slow = Slow(&followed);
        let mut content = match kind {
            0 => Content::bytes(&followed),
            1 => Content::Seekable(&mut cursor),
            _ => Content::Stream(&mut slow, 0),
        };
        let outcome = read(&mut content, &PickleOptions::default(), &mut report);
        assert_eq!(outcome.consumed, stream.len() as u64);
        if kind < 2 {
            assert_eq!(content.position().unwrap(), stream.len() as u64);
        }
        let messages: Vec<_> = out.findings.iter().map(|f| f.message.clone()).collect();
        assert_eq!(messages.len(), 1);
        assert_eq!(*expected.get_or_insert(messages.clone()), messages);
    }
}

/// Gives a few bytes at a time.
struct Slow<'b>(&'b [u8]);

impl std::io::Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = buffer.len().min(1000);
        std::io::Read::read(&mut self.0, &mut buffer[..count])
    }
}
