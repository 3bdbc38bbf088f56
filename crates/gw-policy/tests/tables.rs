//! The built-in policies against their tables of cases, in the form in which users test theirs.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests stop at what they do not expect"
)]

use gw_policy::{Policies, PolicyFile, run_tests};

fn file(path: &str, text: &str) -> PolicyFile {
    let (path, text) = (path.to_owned(), text.to_owned());
    PolicyFile { path, text }
}

fn check(policies: &Policies, path: &str, text: &str) {
    let results = run_tests(policies, &file(path, text)).unwrap();
    assert!(!results.is_empty());
    let failed: Vec<_> = results
        .iter()
        .filter(|case| !case.passed())
        .map(|case| {
            format!(
                "{path}:{}: {}: {}",
                case.line,
                case.name,
                case.problems.join("; ")
            )
        })
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn builtin_policies_answer_as_their_table_says() {
    let policies = Policies::load(true, &[]).unwrap();
    check(
        &policies,
        "builtin.test.toml",
        include_str!("tables/builtin.test.toml"),
    );
    assert_eq!(policies.warnings(), &[] as &[String]);
}

#[test]
fn a_set_that_is_cut_off_does_not_pass() {
    let policies = Policies::load(true, &[]).unwrap();
    let signers: Vec<_> = (0..65).map(|n| format!("\"key-{n}\"")).collect();
    let text = format!(
        "[[case]]\nname='x'\nsigners=[{}]\nexpect='fail'\nreasons=['too-many-names']",
        signers.join(",")
    );
    check(&policies, "x.test.toml", &text);
}

#[test]
fn the_admit_gate_answers_as_its_table_says() {
    let policies = Policies::load(true, &[]).unwrap();
    check(
        &policies,
        "admit.test.toml",
        include_str!("tables/admit.test.toml"),
    );
}
