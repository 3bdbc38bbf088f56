//! Findings, a row each, the most urgent first.

use gw_finding::{Finding, Tolerated};
use maud::{Markup, html};

/// Findings that are listed; a large project can have thousands.
const SHOWN: usize = 500;

pub(super) fn table(findings: &[Finding]) -> Markup {
    let counted = findings.iter().filter(|f| f.tolerated.is_none()).count();
    html! {
        div.table {
            table.cards-on-phone {
                caption {
                    (counted) " of " (findings.len()) " count"
                    @if findings.len() > SHOWN { "; the first " (SHOWN) " are shown" }
                }
                thead { tr {
                    th scope="col" { "Severity" }
                    th scope="col" { "What" }
                    th scope="col" { "Where" }
                    th scope="col" { "What to do" }
                    th scope="col" { "Counts" }
                } }
                tbody {
                    @for finding in findings.iter().take(SHOWN) { (row(finding)) }
                }
            }
        }
    }
}

fn row(finding: &Finding) -> Markup {
    html! {
        tr id=(finding.id) {
            td { span class={ "tag " (finding.severity.as_str()) } { (finding.severity.as_str()) } }
            td data-label="What" {
                @if let Some(package) = &finding.package {
                    b { (package.name) " " (package.version) } br;
                }
                (finding.title)
                @if let Some(advisory) = &finding.advisory {
                    br;
                    span.faint {
                        (advisory.id)
                        @if advisory.kev { " · known to be exploited" }
                    }
                }
            }
            td.place data-label="Where" { code { (place(finding)) } }
            td data-label="What to do" {
                @match &finding.fix {
                    Some(fix) => (fix.description),
                    None => (finding.help),
                }
            }
            td.nowrap data-label="Counts" {
                @match finding.tolerated {
                    None => "yes",
                    Some(why) => { "no: " (words(why)) }
                }
            }
        }
    }
}

fn place(finding: &Finding) -> String {
    let path = finding.location.full_path();
    match finding.location.start {
        Some(start) => format!("{path}:{}", start.line),
        None => path,
    }
}

const fn words(why: Tolerated) -> &'static str {
    match why {
        Tolerated::Accepted => "accepted",
        Tolerated::NotNew => "not new",
        Tolerated::NotAffected => "not affected",
        Tolerated::LowSeverity => "below high",
        Tolerated::Development => "development only",
    }
}
