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

/// Without a policy some case of the table would be answered otherwise: each is given as a reason.
#[test]
fn every_builtin_policy_of_the_admit_gate_has_a_case() {
    let policies = include_str!("../builtin/admit.cedar");
    let cases = include_str!("tables/admit.test.toml");
    let ids: Vec<_> = policies
        .lines()
        .filter_map(|line| line.strip_prefix("@id(\"")?.strip_suffix("\")"))
        .collect();
    assert!(ids.len() > 15, "{ids:?}");
    for id in ids {
        // A table cannot write more names than a policy can be shown.
        if id != "too-many-formats" {
            assert!(
                cases.contains(&format!("\"{id}\"")),
                "no case has the reason {id}"
            );
        }
    }
}

#[test]
fn more_formats_than_can_be_shown_do_not_pass() {
    let policies = Policies::load(true, &[]).unwrap();
    let formats: Vec<_> = (0..65).map(|n| format!("'f{n}'")).collect();
    let text = format!(
        "[[case]]\nname='x'\ngate='admit'\nformats={{found=[{}]}}\nexpect='fail'\n\
         reasons=['too-many-formats']",
        formats.join(",")
    );
    check(&policies, "x.test.toml", &text);
}

/// What a team can demand of a model beyond what is built in: each policy is alone in failing its case.
#[test]
fn a_policy_can_ask_for_everything_that_is_known_of_a_model() {
    for (unless, passes, fails) in [
        (
            "context.signers has value && context.signers.value.contains(\"release\")",
            "signers = ['release', 'x']",
            "signers = ['releases']",
        ),
        (
            "context.provenance has value && \
             context.provenance.value.builder == \"https://ci.example.org\" && \
             context.provenance.value.source like \"git+https://example.org/models@*\"",
            "provenance = { builder = 'https://ci.example.org', \
             source = 'git+https://example.org/models@main' }",
            "provenance = { builder = 'https://ci.example.org', \
             source = 'git+https://example.com/models@main' }",
        ),
        (
            "context.metrics has value && context.metrics.value.measured.contains(\"auc\")",
            "metrics = { measured = ['auc'] }",
            "metrics = { measured = ['accuracy'] }",
        ),
        (
            "context.lineage has value && context.lineage.value.base_models == 0",
            "lineage = { datasets = 1 }",
            "lineage = { datasets = 1, base_models = 1 }",
        ),
        (
            "context.age has value && context.age.value.scan_days < 30",
            "scan_days = 29",
            "scan_days = 30",
        ),
        ("context.drift has value", "drift = { alarm = false }", ""),
        (
            "context.stage has value && context.stage.value == \"staged\"",
            "stage = ['staged']",
            "",
        ),
        (
            "context.approvals has value && context.approvals.value.by.contains(\"ann\")",
            "approvals = ['ann']",
            "approvals = ['bob']",
        ),
        (
            "context.scan has value && context.scan.value.files > 0",
            "scan = { files = 1 }",
            "scan = { files = 0 }",
        ),
    ] {
        let policy = format!(
            "@id(\"own\")\n@message(\"m\")\nforbid (principal, action in Action::\"admit\", resource) \
             unless {{ {unless} }};"
        );
        let policies = Policies::load(true, &[file("own.cedar", &policy)]).unwrap();
        let text = format!(
            "[[case]]\nname='passes'\ngate='admit'\n{passes}\nexpect='pass'\n\
             [[case]]\nname='fails'\ngate='admit'\n{fails}\nexpect='fail'\nreasons=['own']\n"
        );
        check(&policies, "own.test.toml", &text);
    }
}
