//! Hostile and honest streams, made of opcodes.

use gw_analysis::Output;
use gw_finding::{Finding, Location};

use super::*;

/// What reading some bytes yields.
pub(super) fn read_bytes(bytes: &[u8], options: &PickleOptions) -> (PickleOutcome, Output) {
    let location = Location::file("model.pkl");
    let mut out = Output::default();
    let mut report = Report::new(&location, false, &mut out);
    let outcome = read(&mut Content::bytes(bytes), options, &mut report);
    (outcome, out)
}

fn findings(bytes: &[u8]) -> Vec<Finding> {
    read_bytes(bytes, &PickleOptions::default()).1.findings
}

#[test]
fn a_call_is_named_with_its_arguments() {
    let found = findings(b"cposix\nsystem\n(S'id'\ntR.");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].rule.as_str(), "model/pickle-executes");
    assert!(
        found[0].message.contains("calls posix.system with 'id'"),
        "{}",
        found[0].message
    );
}
