//! What Cedar is given: plain records, built without JSON and without looking at the schema, which
//! the tests of this file hold them against.

mod model;

use std::collections::BTreeSet;

use cedar_policy::Context;
use gw_core::{Asset, Gate, Principal};
use gw_finding::{Kind, Severity};

use crate::finding_facts::Counts;
use crate::node::{Attributes, Node};
use crate::{FactValue, FindingFacts, FindingSummary, GateFacts};

/// How many names a policy is shown of each set.
const MAX_NAMES: usize = 64;

/// The context of both questions of a gate.
pub(crate) fn gate(gate: Gate, facts: &GateFacts) -> Attributes<'_> {
    let mut attributes = shared(facts);
    if gate == Gate::Admit {
        attributes.extend(model::attributes(&facts.model));
    }
    attributes
}

/// What every gate about a content is shown.
fn shared(facts: &GateFacts) -> Attributes<'_> {
    let findings = &facts.findings;
    let count = |of: &dyn Fn(&FindingSummary) -> Counts| fact(findings, |all| counts(of(all)));
    let mut attributes = vec![
        (
            "place",
            fact(&FactValue::Known(()), |()| Node::Text(facts.place.as_str())),
        ),
        (
            "scan",
            fact(&facts.scan, |scan| {
                Node::Record(vec![
                    ("files", Node::long(scan.files)),
                    ("packages", Node::long(scan.packages)),
                ])
            }),
        ),
        (
            "incomplete",
            fact(&facts.incomplete, |incomplete| {
                let reasons = incomplete.reasons.iter().map(|reason| reason.as_str());
                Node::Record(vec![
                    ("count", Node::long(incomplete.count)),
                    ("reasons", Node::Set(reasons.collect())),
                ])
            }),
        ),
        (
            "quarantine",
            fact(&facts.quarantine, |reason| Node::Text(reason)),
        ),
        ("findings", count(&FindingSummary::all)),
        ("no_fix", count(&FindingSummary::no_fix)),
        (
            "known_exploited",
            fact(findings, |all| Node::long(all.known_exploited().into())),
        ),
        (
            "rules",
            match findings.known() {
                Some(summary) => {
                    let (rules, truncated) = summary.rules();
                    names("known", truncated, Some(Node::Set(rules.collect())))
                }
                None => names(findings.state(), false, None),
            },
        ),
        ("licenses", name_set(&facts.licenses)),
        (
            "advisories",
            fact(&facts.advisories_age_days, |&days| {
                Node::Record(vec![("age_days", Node::long(days.into()))])
            }),
        ),
        (
            "provenance",
            fact(&facts.provenance, |provenance| {
                Node::Record(vec![
                    ("builder", Node::Text(&provenance.builder)),
                    ("source", Node::Text(&provenance.source)),
                ])
            }),
        ),
        ("signers", name_set(&facts.signers)),
        (
            "approvals",
            fact(&facts.approvals, |approvals| {
                Node::Record(vec![
                    ("count", Node::long(approvals.by.len() as u64)),
                    ("by", set(&approvals.by)),
                ])
            }),
        ),
        (
            "tests",
            match facts.tests.known() {
                Some(tests) => {
                    let truncated =
                        tests.passed.len() > MAX_NAMES || tests.failed.len() > MAX_NAMES;
                    let value = vec![
                        ("passed", set(&tests.passed)),
                        ("failed", set(&tests.failed)),
                    ];
                    names("known", truncated, Some(Node::Record(value)))
                }
                None => names(facts.tests.state(), false, None),
            },
        ),
    ];
    attributes.extend(Kind::ALL.map(|kind| (kind.as_str(), count(&|all| all.kind(kind)))));
    attributes
}

/// The context of `release:tolerate` and `admit:tolerate`.
pub(crate) fn finding(facts: &FindingFacts) -> Attributes<'_> {
    let confidence = match facts.confidence {
        gw_finding::Confidence::Low => "low",
        gw_finding::Confidence::Medium => "medium",
        gw_finding::Confidence::High => "high",
    };
    let direct = match facts.direct {
        Some(direct) => vec![
            ("state", Node::Text("known")),
            ("value", Node::Bool(direct)),
        ],
        None => vec![("state", Node::Text("absent"))],
    };
    vec![
        ("kind", Node::Text(facts.kind.as_str())),
        ("severity", Node::Text(facts.severity.as_str())),
        ("level", Node::Long(facts.severity as i64)),
        ("rule", Node::Text(facts.rule.as_str())),
        ("confidence", Node::Text(confidence)),
        ("known_exploited", Node::Bool(facts.known_exploited)),
        ("fix_available", Node::Bool(facts.fix_available)),
        ("development", Node::Bool(facts.development)),
        ("direct", Node::Record(direct)),
        ("accepted", Node::Bool(facts.accepted)),
        ("not_new", Node::Bool(facts.not_new)),
        ("not_affected", Node::Bool(facts.not_affected)),
    ]
}

/// What policies know of a principal.
pub(crate) fn principal(principal: &Principal) -> Attributes<'_> {
    let root = principal.chain().last().unwrap_or(principal);
    vec![
        ("kind", Node::Text(principal.kind.as_str())),
        ("id", Node::Text(&principal.id)),
        ("delegated", Node::Bool(principal.on_behalf_of.is_some())),
        ("root", Node::Text(&root.id)),
    ]
}

/// What policies know of an asset.
pub(crate) fn asset(asset: &Asset) -> Attributes<'_> {
    vec![
        ("kind", Node::Text(asset.kind())),
        ("name", Node::Text(asset.name())),
    ]
}

/// Cedar's context of these attributes, or of the wanted ones among them.
pub(crate) fn cedar(
    attributes: &Attributes<'_>,
    wanted: Option<&BTreeSet<&str>>,
) -> Result<Context, String> {
    let pairs = attributes
        .iter()
        .filter(|(name, _)| wanted.is_none_or(|wanted| wanted.contains(name)))
        .map(|(name, value)| Ok(((*name).to_owned(), value.to_cedar()?)))
        .collect::<Result<Vec<_>, String>>()?;
    Context::from_pairs(pairs).map_err(|error| error.to_string())
}

fn counts<'a>(counts: Counts) -> Node<'a> {
    let total = counts
        .iter()
        .fold(0_u64, |sum, &count| sum.saturating_add(count.into()));
    let by_severity = Severity::ALL.into_iter().zip(counts);
    let by_severity = by_severity.map(|(severity, n)| (severity.as_str(), Node::long(n.into())));
    Node::Record(by_severity.chain([("total", Node::long(total))]).collect())
}

fn fact<'a, T>(fact: &'a FactValue<T>, value: impl FnOnce(&'a T) -> Node<'a>) -> Node<'a> {
    let state = ("state", Node::Text(fact.state()));
    match fact.known() {
        Some(known) => Node::Record(vec![state, ("value", value(known))]),
        None => Node::Record(vec![state]),
    }
}

fn name_set(fact: &FactValue<BTreeSet<String>>) -> Node<'_> {
    let known = fact.known();
    let truncated = known.is_some_and(|names| names.len() > MAX_NAMES);
    names(fact.state(), truncated, known.map(set))
}

fn names<'a>(state: &'a str, truncated: bool, value: Option<Node<'a>>) -> Node<'a> {
    let always = [
        ("state", Node::Text(state)),
        ("truncated", Node::Bool(truncated)),
    ];
    Node::Record(
        always
            .into_iter()
            .chain(value.map(|value| ("value", value)))
            .collect(),
    )
}

fn set(names: &BTreeSet<String>) -> Node<'_> {
    Node::Set(names.iter().take(MAX_NAMES).map(String::as_str).collect())
}

#[cfg(test)]
mod tests {
    use cedar_policy::EntityUid;
    use gw_core::Place;

    use super::*;
    use crate::finding_facts::tests::{facts, id};
    use crate::{
        Approvals, Comparison, Coverage, Demands, DriftFacts, Formats, IncompleteFacts,
        LineageFacts, Listed, Metrics, ModelFacts, Provenance, TestResults, Validation, schema,
    };

    fn check(context: &Context, action: &str) {
        let action: EntityUid = format!("Action::\"{action}\"").parse().unwrap();
        context
            .validate(schema::parsed().unwrap(), &action)
            .unwrap();
    }

    #[test]
    fn contexts_have_the_types_of_the_schema() {
        let finding_facts = facts(Kind::Secret, Severity::High);
        for name in [Gate::Release, Gate::Admit] {
            let (pass, with_approval) =
                (format!("{name}:pass"), format!("{name}:pass-with-approval"));
            let context = |facts: &GateFacts| cedar(&gate(name, facts), None).unwrap();
            let mut all = GateFacts::unknown(Place::branch("main"));
            check(&context(&all), &pass);
            all.findings = FactValue::Stale;
            all.model.formats = FactValue::Conflicting;
            check(&context(&all), &pass);
            let all = everything(&finding_facts);
            check(&context(&all), &pass);
            check(&context(&all), &with_approval);
            let tolerate = format!("{name}:tolerate");
            let shown = |facts: &FindingFacts| cedar(&finding(facts), None).unwrap();
            check(&shown(&finding_facts), &tolerate);
            let direct = FindingFacts {
                direct: Some(true),
                ..finding_facts.clone()
            };
            check(&shown(&direct), &tolerate);
        }
    }

    fn everything(finding: &FindingFacts) -> GateFacts {
        let summary = [(id("a"), finding.clone())].into_iter().collect();
        let many = || (0..100).map(|n| n.to_string()).collect::<BTreeSet<_>>();
        GateFacts {
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
            model: ModelFacts {
                formats: FactValue::Known(Formats {
                    found: many(),
                    ..Formats::default()
                }),
                licenses: FactValue::Known(Listed::default()),
                lineage: FactValue::Known(LineageFacts::default()),
                validation: FactValue::Known(Validation::default()),
                metrics: FactValue::Known(Metrics::default()),
                champion: FactValue::Known(Comparison::default()),
                drift: FactValue::Known(DriftFacts::default()),
                stage: FactValue::Known("staged".to_owned()),
                scan_days: FactValue::Known(3),
                demands: FactValue::Known(Demands {
                    required: many(),
                    ..Demands::default()
                }),
            },
        }
    }
}
