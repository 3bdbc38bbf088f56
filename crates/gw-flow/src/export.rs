//! Decisions and findings in the forms of standards that know nothing of our gates.

use gw_attest::predicate;
use gw_core::{Outcome, Time};
use gw_finding::{Finding, Kind};
use serde_json::{Value, json};

use crate::Judgement;

/// A release decision as a SLSA Verification Summary (<https://slsa.dev/spec/v1.0/verification_summary>).
#[must_use]
pub fn verification_summary(judgement: &Judgement, program: &str) -> (&'static str, Value) {
    let decision = &judgement.decision;
    let result = if decision.outcome == Outcome::Pass {
        "PASSED"
    } else {
        "FAILED"
    };
    let body = json!({
        "verifier": { "id": "https://gatewright.dev/", "version": { "gatewright": program } },
        "timeVerified": decision.time,
        "resourceUri": decision.asset.as_str(),
        "policy": {
            "uri": format!("https://gatewright.dev/policy/{}", decision.gate),
            "digest": { "sha256": decision.basis.policy.to_hex() },
        },
        "verificationResult": result,
        "verifiedLevels": [],
        "slsaVersion": "1.0",
    });
    (predicate::VERIFICATION_SUMMARY, body)
}

/// The known vulnerabilities as an in-toto vulns predicate
/// (<https://github.com/in-toto/attestation/blob/main/spec/predicates/vuln.md>).
#[must_use]
pub fn vulns(judgement: &Judgement, program: &str, started: Time) -> (&'static str, Value) {
    let decision = &judgement.decision;
    let result: Vec<_> = judgement
        .findings
        .iter()
        .filter(|finding| matches!(finding.kind, Kind::Vulnerability | Kind::Malware))
        .filter_map(vulnerability)
        .collect();
    let body = json!({
        "scanner": {
            "uri": "https://gatewright.dev/",
            "version": program,
            "db": {
                "uri": format!("sha256:{}", decision.basis.advisories.to_hex()),
                "version": decision.basis.advisories.to_hex(),
            },
            "result": result,
        },
        "metadata": { "scanStartedOn": started, "scanFinishedOn": decision.time },
    });
    (predicate::VULNS, body)
}

fn vulnerability(finding: &Finding) -> Option<Value> {
    let advisory = finding.advisory.as_ref()?;
    let mut severity = vec![json!({
        "method": "gatewright",
        "score": finding.severity.as_str(),
    })];
    if let Some(score) = advisory.cvss {
        severity.push(json!({ "method": "CVSS", "score": score.to_string() }));
    }
    Some(json!({
        "id": advisory.id,
        "severity": severity,
        "annotations": [{
            "package": finding.package.as_ref().map(|package| &package.purl),
            "aliases": advisory.aliases,
        }],
    }))
}
