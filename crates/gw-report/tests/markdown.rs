//! Comments on pull requests.

mod support;

use gw_finding::Severity;
use gw_report::{MarkdownOptions, markdown};
use proptest::prelude::*;
use support::{Vulnerability, arbitrary, clean, failing};

#[test]
fn samples() {
    let few = MarkdownOptions { max_findings: 3 };
    insta::assert_snapshot!("failing", markdown(&failing(), &few));
    insta::assert_snapshot!("clean", markdown(&clean(), &MarkdownOptions::default()));
}

#[test]
fn thousands_of_findings_fit() {
    let mut report = failing();
    for line in 1..5_000 {
        let name = format!("package-{line}");
        report.findings.push(
            Vulnerability {
                ecosystem: "crates.io",
                package: (&name, "1.0.0"),
                id: "RUSTSEC-2026-0001",
                summary: "something @team |",
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
    for max_findings in [0, 20, 10_000] {
        let text = markdown(&report, &MarkdownOptions { max_findings });
        assert!(text.chars().count() < 60_000);
        assert!(text.chars().count() > 40_000);
        assert!(text.contains("more than there is room for"));
        assert_eq!(
            text.matches("<details>").count(),
            text.matches("</details>").count()
        );
        assert!(text.ends_with("</sub>\n"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn is_bounded_and_mentions_nobody(report in arbitrary::report(), max_findings in 0_usize..40) {
        let text = markdown(&report, &MarkdownOptions { max_findings });
        prop_assert!(text.chars().count() < 60_000);
        prop_assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
        prop_assert!(text.chars().all(|c| c == '\n' || !c.is_control()));
        // Outside the block to paste, nothing of the project is markup.
        let mut fenced = false;
        for line in text.lines() {
            fenced ^= line.starts_with("```");
            let markup = ["@team", "<b>", "[x](y)"].iter().any(|part| line.contains(part));
            prop_assert!(fenced || !markup, "{}", line);
        }
        prop_assert!(!text.lines().any(|line| line.starts_with("/close")));
    }
}
