//! What Cedar is given: plain records, built without JSON and without looking at the schema, which
//! the tests of this file hold them against.

use std::collections::BTreeSet;

use cedar_policy::{Context, RestrictedExpression as Expr};
use gw_finding::{Kind, Severity};

use crate::finding_facts::Counts;
use crate::{FactValue, FindingFacts, FindingSummary, GateFacts};

/// How many names a policy is shown of each set.
const MAX_NAMES: usize = 64;

/// Attributes in no particular order.
type Pairs = Vec<(String, Expr)>;

/// The context of `release:pass` and `release:pass-with-approval`.
pub(crate) fn release(facts: &GateFacts) -> Result<Context, String> {
    let findings = &facts.findings;
    let mut pairs: Pairs = Vec::with_capacity(24);
    let mut put = |name: &str, value: Expr| pairs.push((name.to_owned(), value));
    put(
        "place",
        fact(&FactValue::Known(&facts.place), |place| {
            Ok(text(place.as_str()))
        })?,
    );
    put(
        "scan",
        fact(&facts.scan, |scan| {
            record([
                ("files", long(scan.files)),
                ("packages", long(scan.packages)),
            ])
        })?,
    );
    put(
        "incomplete",
        fact(&facts.incomplete, |incomplete| {
            let reasons = incomplete
                .reasons
                .iter()
                .map(|reason| text(reason.as_str()));
            record([
                ("count", long(incomplete.count)),
                ("reasons", Expr::new_set(reasons)),
            ])
        })?,
    );
    put(
        "quarantine",
        fact(&facts.quarantine, |reason| Ok(text(reason)))?,
    );
    // Most kinds have no findings, and equal expressions share their memory.
    let none = fact(&FactValue::Known(()), |()| counts(Counts::default()))?;
    let counted = |of: &dyn Fn(&FindingSummary) -> Counts| match findings.known().map(of) {
        Some(known) if known == Counts::default() => Ok(none.clone()),
        _ => fact(findings, |summary| counts(of(summary))),
    };
    put("findings", counted(&FindingSummary::all)?);
    for kind in Kind::ALL {
        put(kind.as_str(), counted(&|summary| summary.kind(kind))?);
    }
    put("no_fix", counted(&FindingSummary::no_fix)?);
    put(
        "known_exploited",
        fact(findings, |summary| {
            Ok(long(summary.known_exploited().into()))
        })?,
    );
    put(
        "rules",
        match findings.known() {
            Some(summary) => {
                let (rules, truncated) = summary.rules();
                names("known", truncated, Some(Expr::new_set(rules.map(text))))?
            }
            None => names(findings.state(), false, None)?,
        },
    );
    put("licenses", name_set(&facts.licenses)?);
    put(
        "advisories",
        fact(&facts.advisories_age_days, |&days| {
            record([("age_days", long(days.into()))])
        })?,
    );
    put(
        "provenance",
        fact(&facts.provenance, |provenance| {
            record([
                ("builder", text(&provenance.builder)),
                ("source", text(&provenance.source)),
            ])
        })?,
    );
    put("signers", name_set(&facts.signers)?);
    put(
        "approvals",
        fact(&facts.approvals, |approvals| {
            let by = approvals.by.iter().take(MAX_NAMES).map(|id| text(id));
            record([
                ("count", long(approvals.by.len() as u64)),
                ("by", Expr::new_set(by)),
            ])
        })?,
    );
    put(
        "tests",
        match facts.tests.known() {
            Some(tests) => {
                let truncated = tests.passed.len() > MAX_NAMES || tests.failed.len() > MAX_NAMES;
                let value = record([
                    ("passed", set(&tests.passed)),
                    ("failed", set(&tests.failed)),
                ])?;
                names("known", truncated, Some(value))?
            }
            None => names(facts.tests.state(), false, None)?,
        },
    );
    Context::from_pairs(pairs).map_err(|error| error.to_string())
}

/// The context of `release:tolerate`.
pub(crate) fn finding(facts: &FindingFacts) -> Result<Context, String> {
    let confidence = match facts.confidence {
        gw_finding::Confidence::Low => "low",
        gw_finding::Confidence::Medium => "medium",
        gw_finding::Confidence::High => "high",
    };
    let direct = facts.direct.map_or(FactValue::Absent, FactValue::Known);
    let pairs = [
        ("kind", text(facts.kind.as_str())),
        ("severity", text(facts.severity.as_str())),
        ("level", long(facts.severity as u64)),
        ("rule", text(facts.rule.as_str())),
        ("confidence", text(confidence)),
        ("known_exploited", Expr::new_bool(facts.known_exploited)),
        ("fix_available", Expr::new_bool(facts.fix_available)),
        ("development", Expr::new_bool(facts.development)),
        (
            "direct",
            fact(&direct, |&direct| Ok(Expr::new_bool(direct)))?,
        ),
        ("accepted", Expr::new_bool(facts.accepted)),
        ("not_new", Expr::new_bool(facts.not_new)),
        ("not_affected", Expr::new_bool(facts.not_affected)),
    ];
    Context::from_pairs(pairs.map(|(name, value)| (name.to_owned(), value)))
        .map_err(|error| error.to_string())
}

fn counts(counts: Counts) -> Result<Expr, String> {
    let mut pairs: Pairs = Severity::ALL
        .into_iter()
        .zip(counts)
        .map(|(severity, count)| (severity.as_str().to_owned(), long(count.into())))
        .collect();
    let total = counts
        .iter()
        .fold(0_u64, |sum, &count| sum.saturating_add(count.into()));
    pairs.push(("total".to_owned(), long(total)));
    Expr::new_record(pairs).map_err(|error| error.to_string())
}

fn fact<T>(
    fact: &FactValue<T>,
    value: impl FnOnce(&T) -> Result<Expr, String>,
) -> Result<Expr, String> {
    let state = ("state", text(fact.state()));
    match fact.known() {
        Some(known) => record([state, ("value", value(known)?)]),
        None => record([state]),
    }
}

fn name_set(fact: &FactValue<BTreeSet<String>>) -> Result<Expr, String> {
    let known = fact.known();
    let truncated = known.is_some_and(|names| names.len() > MAX_NAMES);
    names(fact.state(), truncated, known.map(set))
}

fn names(state: &str, truncated: bool, value: Option<Expr>) -> Result<Expr, String> {
    let always = [
        ("state", text(state)),
        ("truncated", Expr::new_bool(truncated)),
    ];
    record(
        always
            .into_iter()
            .chain(value.map(|value| ("value", value))),
    )
}

fn set(names: &BTreeSet<String>) -> Expr {
    Expr::new_set(names.iter().take(MAX_NAMES).map(|name| text(name)))
}

fn record<'a>(pairs: impl IntoIterator<Item = (&'a str, Expr)>) -> Result<Expr, String> {
    Expr::new_record(
        pairs
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value)),
    )
    .map_err(|error| error.to_string())
}

fn text(text: &str) -> Expr {
    Expr::new_string(text.to_owned())
}

fn long(number: u64) -> Expr {
    Expr::new_long(i64::try_from(number).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use cedar_policy::EntityUid;
    use gw_core::Place;

    use super::*;
    use crate::finding_facts::tests::{facts, id};
    use crate::{Approvals, Coverage, IncompleteFacts, Provenance, TestResults, schema};

    fn check(context: &Context, action: &str) {
        let action: EntityUid = format!("Action::\"{action}\"").parse().unwrap();
        context
            .validate(schema::parsed().unwrap(), &action)
            .unwrap();
    }

    #[test]
    fn contexts_have_the_types_of_the_schema() {
        let mut all = GateFacts::unknown(Place::branch("main"));
        check(&release(&all).unwrap(), "release:pass");
        all.findings = FactValue::Stale;
        check(&release(&all).unwrap(), "release:pass");
        let finding_facts = facts(Kind::Secret, Severity::High);
        let summary = [(id("a"), finding_facts.clone())].into_iter().collect();
        let many = || (0..100).map(|n| n.to_string()).collect::<BTreeSet<_>>();
        all = GateFacts {
            place: Place::branch("main"),
            scan: FactValue::Known(Coverage {
                files: 1,
                packages: u64::MAX,
            }),
            incomplete: FactValue::Known(IncompleteFacts {
                count: 1,
                reasons: gw_finding::ReasonCode::ALL.into(),
            }),
            quarantine: FactValue::Known("r".to_owned()),
            findings: FactValue::Known(summary),
            licenses: FactValue::Known(many()),
            advisories_age_days: FactValue::Known(3),
            provenance: FactValue::Known(Provenance::default()),
            signers: FactValue::Known(many()),
            approvals: FactValue::Known(Approvals { by: many() }),
            tests: FactValue::Known(TestResults {
                passed: many(),
                failed: many(),
            }),
        };
        let context = release(&all).unwrap();
        check(&context, "release:pass");
        check(&context, "release:pass-with-approval");
        check(&finding(&finding_facts).unwrap(), "release:tolerate");
        let direct = FindingFacts {
            direct: Some(true),
            ..finding_facts
        };
        check(&finding(&direct).unwrap(), "release:tolerate");
    }
}
