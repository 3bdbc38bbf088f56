//! What people see at a terminal.

mod support;

use gw_finding::{Kind, Position, ReasonCode, Severity};
use gw_report::{Report, TerminalOptions, terminal};
use proptest::prelude::*;
use support::{Vulnerability, arbitrary, clean, failing, gap, lock_text};

fn plain(report: &Report, width: usize) -> String {
    shown(report, width, false, false)
}

fn shown(report: &Report, width: usize, color: bool, verbose: bool) -> String {
    let options = TerminalOptions {
        width,
        color,
        links: color,
        verbose,
    };
    let source = |path: &str| (path == "services/payments/Cargo.lock").then(lock_text);
    terminal(report, &options, &source)
}

#[test]
fn samples() {
    for width in [40, 60, 80, 100, 160] {
        insta::assert_snapshot!(format!("failing_{width}"), plain(&failing(), width));
    }
    insta::assert_snapshot!("failing_60_color", shown(&failing(), 60, true, false));
    insta::assert_snapshot!("failing_100_verbose", shown(&failing(), 100, false, true));
    insta::assert_snapshot!("clean_80", plain(&clean(), 80));
}

#[test]
fn nothing_found_is_said_calmly() {
    assert!(plain(&clean(), 160).lines().count() <= 4);
}

#[test]
fn lines_fit_except_those_to_paste() {
    for width in [40, 60, 80, 100, 160] {
        let text = plain(&failing(), width);
        for line in text.lines().filter(|line| !line.contains(" = [")) {
            assert!(line.chars().count() <= width, "{width}: {line}");
        }
    }
}

#[test]
fn colors_change_no_word() {
    for width in [40, 80, 120] {
        let mut bare = String::new();
        let colored = shown(&failing(), width, true, true);
        let mut chars = colored.chars();
        while let Some(c) = chars.next() {
            if c != '\u{1b}' {
                bare.push(c);
            } else if chars.next() == Some('[') {
                chars.by_ref().find(char::is_ascii_alphabetic);
            } else {
                chars.by_ref().find(|&c| c == '\\');
            }
        }
        let words: Vec<&str> = bare.split_whitespace().collect();
        let plain = shown(&failing(), width, false, true);
        assert_eq!(words, plain.split_whitespace().collect::<Vec<_>>());
    }
}

#[test]
fn thousands_of_findings_are_counted() {
    let mut report = failing();
    for line in 1..3_000 {
        let name = format!("package-{line}");
        report.findings.push(
            Vulnerability {
                ecosystem: "crates.io",
                package: (&name, "1.0.0"),
                id: "RUSTSEC-2026-0001",
                summary: "something",
                severity: Severity::High,
                cvss: 7.0,
                kev: false,
                place: ("Cargo.lock", line),
                fixed: None,
                through: &[],
            }
            .finding(),
        );
    }
    let text = plain(&report, 80);
    assert!(text.lines().count() < 250);
    assert!(
        text.contains("2,982 more findings in 2,982 places are not shown"),
        "{text}"
    );
    assert!(shown(&report, 80, false, true).contains("package-2999 1.0.0"));
}

#[test]
fn many_gaps_are_allowed_by_folder() {
    let mut report = clean();
    for n in 0..40 {
        let path = format!("vendor/{n}/requirements.txt");
        report
            .coverage
            .incomplete
            .push(gap(&path, Some(1), ReasonCode::Unpinned, "no version"));
    }
    let text = plain(&report, 80);
    assert!(text.contains("unpinned = [\"vendor/**\"]"), "{text}");
    assert!(text.contains("and 37 more (--verbose)"), "{text}");
}

#[test]
fn credentials_are_never_shown() {
    let mut report = failing();
    let mut secret = report.findings[1].clone();
    secret.kind = Kind::Secret;
    secret.package = None;
    secret.advisory = None;
    let at = |column| Some(Position { line: 4, column });
    (secret.location.start, secret.location.end) = (at(9), at(16));
    report.findings.push(secret.clone());
    let text = plain(&report, 100);
    assert!(text.contains("name = \"*******\""), "{text}");
    assert!(!text.contains("name = \"openssl\""), "{text}");
    // Where the end is not known, the whole line goes, for every finding on it.
    secret.location.end = None;
    report.findings.push(secret);
    assert!(!plain(&report, 100).contains("name = \"**"));
}

#[test]
fn a_long_line_is_shown_around_what_matters() {
    let mut report = failing();
    let finding = &mut report.findings[1];
    let at = |column| Some(Position { line: 1, column });
    (finding.location.start, finding.location.end) = (at(5_001), at(5_008));
    finding.location.path = "package-lock.json".to_owned();
    report.findings = vec![finding.clone()];
    let line = format!("{}openssl{}", "x".repeat(5_000), "y".repeat(1_000_000));
    let options = TerminalOptions {
        width: 60,
        color: false,
        links: false,
        verbose: false,
    };
    let text = terminal(&report, &options, &|_| Some(line.clone()));
    assert!(text.contains("xopenssly"), "{text}");
    assert!(text.len() < 5_000);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn nothing_a_project_contains_reaches_the_terminal(
        report in arbitrary::report(),
        source in any::<String>(),
        width in 0_usize..200,
        verbose in any::<bool>(),
    ) {
        let options = TerminalOptions { width, color: false, links: false, verbose };
        let text = terminal(&report, &options, &|_| Some(source.clone()));
        prop_assert!(text.chars().all(|c| c == '\n' || !c.is_control()));
        let hidden = text.contains(['\u{202e}', '\u{200b}', '\u{feff}', '\u{2066}']);
        prop_assert!(!hidden);
        let line = report.last_line();
        prop_assert!(!line.chars().any(char::is_control));
    }
}

#[test]
fn models_are_listed_with_their_signatures() {
    let signed = |state, by: Option<&str>, detail: Option<&str>| {
        Some(gw_report::ReportSignature {
            state,
            by: by.map(str::to_owned),
            detail: detail.map(str::to_owned),
        })
    };
    let mut report = support::clean();
    for (n, signature) in [
        signed(gw_report::SignatureState::Verified, Some("release"), None),
        signed(gw_report::SignatureState::Unsigned, None, None),
        signed(gw_report::SignatureState::Refused, None, Some("a changed")),
        signed(gw_report::SignatureState::UnknownSigner, None, Some("why")),
        signed(gw_report::SignatureState::NotVerified, None, Some("why")),
        signed(gw_report::SignatureState::Unsigned, None, None),
    ]
    .into_iter()
    .enumerate()
    {
        report.models.push(gw_report::ReportModel {
            path: format!("models/m{n}\u{1b}[31m"),
            name: format!("m{n}"),
            format: Some(if n == 0 { "gguf" } else { "safetensors" }.to_owned()),
            architecture: Some("llama".to_owned()),
            parameters: Some(7_241_732_096),
            signature,
        });
    }
    let shown = |verbose| {
        let options = TerminalOptions {
            width: 100,
            color: false,
            links: false,
            verbose,
        };
        gw_report::terminal(&report, &options, &|_| None)
    };
    let text = shown(false);
    for expected in [
        "6 models: gguf 1, safetensors 5, 1 signed\n",
        ": gguf, llama, 7.24 B parameters, signed by release\n",
        ": safetensors, llama, 7.24 B parameters, not signed\n",
        "not what was signed: a changed\n",
        "signed by nobody who is known: why\n",
        "its signature was not verified: why\n",
        "and 1 more (--verbose)\n",
    ] {
        assert!(text.contains(expected), "`{expected}` is not in\n{text}");
    }
    assert!(
        !text.contains('\u{1b}') && !text.contains("models/m5"),
        "{text}"
    );
    assert!(shown(true).contains("models/m5"));
}
