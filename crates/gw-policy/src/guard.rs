//! What can be seen of a policy without Cedar: whether it cannot apply, and what it reads.
//!
//! Of a hundred policies a few apply to any one question, and Cedar takes about a microsecond to
//! find that out for each. A guard is the part of a policy's conditions that is plain comparisons,
//! read from the left as Cedar evaluates it, up to the first thing that is not. If that part already
//! says no, Cedar would say no too, without an error, so it is not asked. Whatever is not excluded
//! is Cedar's to decide, and a test holds both ways to the same answers.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeSet;

use gw_core::Asset;
use serde_json::Value;

use crate::like::Pattern;
use crate::node::{Attributes, Node, find};

/// What is read: `context`, `principal` and `resource`.
#[derive(Debug)]
pub(crate) struct Request<'n, 'a> {
    pub(crate) asset: &'n Asset,
    pub(crate) context: &'n Attributes<'a>,
    pub(crate) principal: &'n Attributes<'a>,
    pub(crate) resource: &'n Attributes<'a>,
}

/// What can be seen of one policy.
#[derive(Debug, Clone, Default)]
pub(crate) struct Guard {
    /// The only asset that its scope admits.
    asset: Option<String>,
    /// Its conditions in order; `true` for `when`.
    conditions: Vec<(bool, Test)>,
    /// Attributes of the context that it reads; none if that cannot be said.
    pub(crate) reads: Option<BTreeSet<String>>,
}

#[derive(Debug, Clone)]
enum Test {
    And(Box<Test>, Box<Test>),
    Or(Box<Test>, Box<Test>),
    Not(Box<Test>),
    Compare(Compare, Term, Term),
    Has(Term, String),
    Contains(Term, Term),
    IsEmpty(Term),
    Like(Term, Pattern),
    Is(Term),
    /// Only Cedar knows.
    Unknown,
}

#[derive(Debug, Clone, Copy)]
enum Compare {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone)]
enum Term {
    Path(Vec<String>),
    Bool(bool),
    Long(i64),
    Text(String),
}

impl Guard {
    /// Reads a policy in Cedar's JSON form
    /// (<https://docs.cedarpolicy.com/policies/json-format.html>).
    pub(crate) fn of(policy: &Value) -> Self {
        let scope = policy
            .get("resource")
            .filter(|scope| scope.get("op").and_then(Value::as_str) == Some("=="));
        let asset = scope.and_then(|scope| scope.pointer("/entity/id")?.as_str());
        let mut reads = Some(BTreeSet::new());
        let mut conditions = Vec::new();
        for condition in policy
            .get("conditions")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let when = condition.get("kind").and_then(Value::as_str) == Some("when");
            let body = condition.get("body").unwrap_or(&Value::Null);
            collect(body, &mut reads);
            conditions.push((when, test(body)));
        }
        Self {
            asset: asset.map(str::to_owned),
            conditions,
            reads,
        }
    }

    /// Whether the policy certainly does not apply, and Cedar would find that without an error.
    pub(crate) fn excludes(&self, request: &Request<'_, '_>) -> bool {
        if self
            .asset
            .as_deref()
            .is_some_and(|asset| asset != request.asset.as_str())
        {
            return true;
        }
        for (when, test) in &self.conditions {
            match test.holds(request) {
                Some(holds) if holds == *when => {}
                Some(_) => return true,
                None => return false,
            }
        }
        false
    }
}

impl Test {
    /// The answer, if it can be given without Cedar. Operands that Cedar would not evaluate are not
    /// looked at.
    fn holds(&self, request: &Request<'_, '_>) -> Option<bool> {
        match self {
            Self::And(left, right) => match left.holds(request)? {
                true => right.holds(request),
                false => Some(false),
            },
            Self::Or(left, right) => match left.holds(request)? {
                true => Some(true),
                false => right.holds(request),
            },
            Self::Not(test) => test.holds(request).map(|holds| !holds),
            Self::Compare(how, left, right) => {
                let (left, right) = (left.node(request)?, right.node(request)?);
                how.holds(&left, &right)
            }
            Self::Has(of, name) => match &*of.node(request)? {
                record @ Node::Record(_) => Some(record.attribute(name).is_some()),
                _ => None,
            },
            Self::Contains(set, member) => match (&*set.node(request)?, &*member.node(request)?) {
                (Node::Set(set), Node::Text(member)) => Some(set.contains(member)),
                _ => None,
            },
            Self::IsEmpty(set) => match &*set.node(request)? {
                Node::Set(set) => Some(set.is_empty()),
                _ => None,
            },
            Self::Like(text, pattern) => match &*text.node(request)? {
                Node::Text(text) => Some(pattern.matches(text)),
                _ => None,
            },
            Self::Is(term) => match &*term.node(request)? {
                Node::Bool(value) => Some(*value),
                _ => None,
            },
            Self::Unknown => None,
        }
    }
}

impl Compare {
    fn holds(self, left: &Node<'_>, right: &Node<'_>) -> Option<bool> {
        let order = match (left, right) {
            (Node::Long(left), Node::Long(right)) => left.cmp(right),
            // Only numbers have an order in Cedar.
            (Node::Text(left), Node::Text(right)) if self.is_equality() => left.cmp(right),
            (Node::Bool(left), Node::Bool(right)) if self.is_equality() => left.cmp(right),
            _ => return None,
        };
        Some(match self {
            Self::Equal => order == Ordering::Equal,
            Self::Unequal => order != Ordering::Equal,
            Self::Less => order == Ordering::Less,
            Self::LessOrEqual => order != Ordering::Greater,
            Self::Greater => order == Ordering::Greater,
            Self::GreaterOrEqual => order != Ordering::Less,
        })
    }

    const fn is_equality(self) -> bool {
        matches!(self, Self::Equal | Self::Unequal)
    }
}

impl Term {
    fn node<'s>(&'s self, request: &Request<'s, 's>) -> Option<Cow<'s, Node<'s>>> {
        Some(match self {
            Self::Bool(value) => Cow::Owned(Node::Bool(*value)),
            Self::Long(value) => Cow::Owned(Node::Long(*value)),
            Self::Text(value) => Cow::Owned(Node::Text(value)),
            Self::Path(path) => {
                let (variable, rest) = path.split_first()?;
                let attributes = match variable.as_str() {
                    "context" => request.context,
                    "principal" => request.principal,
                    "resource" => request.resource,
                    _ => return None,
                };
                let (first, rest) = rest.split_first()?;
                let mut node = find(attributes, first)?;
                for name in rest {
                    node = node.attribute(name)?;
                }
                Cow::Borrowed(node)
            }
        })
    }
}

fn test(expression: &Value) -> Test {
    let Some((operator, operands)) = only(expression) else {
        return Test::Unknown;
    };
    let side = |name: &str| operands.get(name).unwrap_or(&Value::Null);
    let compare = |how| match (term(side("left")), term(side("right"))) {
        (Some(left), Some(right)) => Test::Compare(how, left, right),
        _ => Test::Unknown,
    };
    match operator {
        "&&" => Test::And(test(side("left")).into(), test(side("right")).into()),
        "||" => Test::Or(test(side("left")).into(), test(side("right")).into()),
        "!" => Test::Not(test(side("arg")).into()),
        "==" => compare(Compare::Equal),
        "!=" => compare(Compare::Unequal),
        "<" => compare(Compare::Less),
        "<=" => compare(Compare::LessOrEqual),
        ">" => compare(Compare::Greater),
        ">=" => compare(Compare::GreaterOrEqual),
        "has" => match (term(side("left")), side("attr").as_str()) {
            (Some(of @ Term::Path(_)), Some(name)) => Test::Has(of, name.to_owned()),
            _ => Test::Unknown,
        },
        "contains" => match (term(side("left")), term(side("right"))) {
            (Some(set), Some(member)) => Test::Contains(set, member),
            _ => Test::Unknown,
        },
        "like" => match (term(side("left")), Pattern::of(side("pattern"))) {
            (Some(text), Some(pattern)) => Test::Like(text, pattern),
            _ => Test::Unknown,
        },
        "isEmpty" => term(side("arg")).map_or(Test::Unknown, Test::IsEmpty),
        "." | "Value" => term(expression).map_or(Test::Unknown, Test::Is),
        _ => Test::Unknown,
    }
}

fn term(expression: &Value) -> Option<Term> {
    let (operator, operand) = only(expression)?;
    match operator {
        "Value" => match operand {
            Value::Bool(value) => Some(Term::Bool(*value)),
            Value::Number(number) => number.as_i64().map(Term::Long),
            Value::String(text) => Some(Term::Text(text.clone())),
            _ => None,
        },
        "Var" => Some(Term::Path(vec![operand.as_str()?.to_owned()])),
        "." => {
            let name = operand.get("attr")?.as_str()?;
            match term(operand.get("left")?)? {
                Term::Path(mut path) => {
                    path.push(name.to_owned());
                    Some(Term::Path(path))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// The only member of an object: an operator with its operands.
fn only(expression: &Value) -> Option<(&str, &Value)> {
    let object = expression.as_object().filter(|object| object.len() == 1)?;
    object
        .iter()
        .next()
        .map(|(name, operands)| (name.as_str(), operands))
}

/// Collects the attributes of the context that an expression reads; none if it uses the context as
/// a whole.
fn collect(expression: &Value, reads: &mut Option<BTreeSet<String>>) {
    if let Some(("." | "has", operands)) = only(expression) {
        let of_context = operands.pointer("/left/Var").and_then(Value::as_str) == Some("context");
        if let (true, Some(name)) = (of_context, operands.get("attr").and_then(Value::as_str)) {
            if let Some(reads) = reads {
                reads.insert(name.to_owned());
            }
            return;
        }
    }
    match expression {
        Value::Object(object) => {
            if object.get("Var").and_then(Value::as_str) == Some("context") {
                *reads = None;
            }
            object.values().for_each(|value| collect(value, reads));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, reads)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::LazyLock;

    use gw_core::{Gate, Place, Principal, PrincipalKind};
    use gw_finding::{FindingId, Kind, Severity};
    use proptest::prelude::*;

    use crate::finding_facts::tests::{facts, id};
    use crate::{
        Approvals, Coverage, DecideInput, FactValue, FindingFacts, FindingSummary, GateFacts,
        IncompleteFacts, Policies, PolicyFile, Provenance, TestResults,
    };

    /// Conditions of every form that a guard reads or must leave to Cedar.
    const CONDITIONS: &[&str] = &[
        "context.secret has value && context.secret.value.high > 0",
        "context.secret has value && context.secret.value.high + 9223372036854775806 > 0",
        "context.findings has value && 9223372036854775807 * context.findings.value.total < 0 && false",
        "false && context.findings has value && 9223372036854775807 * context.findings.value.total < 0",
        "!(context.rules has value && context.rules.value.contains(\"t/1\")) || context.rules.truncated",
        "context.rules has value && [\"t/1\"].containsAll(context.rules.value)",
        "context.rules has value && context.rules.value == [\"t/1\"]",
        "context.signers has value && !context.signers.value.contains(\"ann\")",
        "context.signers has value && context.signers.value.isEmpty()",
        "context.signers.truncated || context.rules.truncated",
        "context.scan.state == \"absent\" || \"stale\" == context.findings.state",
        "[\"absent\", \"stale\"].contains(context.scan.state)",
        "if context.scan has value then context.scan.value.files < 2 else resource.name like \"a*\"",
        "resource.name like \"*o\" || resource.name like \"p*y*s\" || resource.name like \"*\\**\"",
        "resource.name like \"p*\" && context.provenance has value && context.provenance.value.source != \"\"",
        "resource.kind == \"repo\" && principal.kind != \"person\" && !principal.delegated",
        "context has secret && context.secret has value && context.secret.value has high",
        "context.place.state == \"known\" && context[\"place\"] has value && context.place.value like \"*main\"",
        "context.approvals has value && context.approvals.value.count <= 1 && context.approvals.value.by.contains(\"ann\")",
        "context.tests has value && context.tests.value.failed.containsAny(context.tests.value.passed)",
        "action == Action::\"release:pass\" && context.advisories has value && context.advisories.value.age_days >= 3",
        "context == context && context.quarantine has value",
        "1 == 1 && true && !false && \"a\" != \"b\"",
        "resource == Asset::\"repo:payments\" && principal is Principal",
        "context.license has value && -1 < context.license.value.low && context.license.value.low < 1",
    ];

    static POLICIES: LazyLock<Policies> = LazyLock::new(|| {
        let mut text = String::new();
        for (n, condition) in CONDITIONS.iter().enumerate() {
            for (m, (scope, resource)) in [
                ("in [Action::\"release\", Action::\"admit\"]", "resource"),
                (
                    "in [Action::\"release:pass\", Action::\"admit:pass\"]",
                    "resource == Asset::\"repo:payments\"",
                ),
            ]
            .into_iter()
            .enumerate()
            {
                let head =
                    format!("@message(\"m\") forbid (principal, action {scope}, {resource})");
                text += &format!("@id(\"a{n}.{m}\") {head} when {{ {condition} }};\n");
                text += &format!("@id(\"b{n}.{m}\") {head} unless {{ {condition} }};\n");
                let more = "context.code has value && context.code.value.total > 1";
                text += &format!(
                    "@id(\"c{n}.{m}\") {head} when {{ {more} }} unless {{ {condition} }};\n"
                );
            }
        }
        let path = "p.cedar".to_owned();
        Policies::load(true, &[PolicyFile { path, text }]).unwrap()
    });

    fn fact<T: Clone + std::fmt::Debug + 'static>(
        value: impl Strategy<Value = T> + 'static,
    ) -> impl Strategy<Value = FactValue<T>> {
        prop_oneof![
            4 => value.prop_map(FactValue::Known),
            1 => Just(FactValue::Absent),
            1 => Just(FactValue::Stale),
            1 => Just(FactValue::Conflicting),
        ]
    }

    fn names() -> impl Strategy<Value = BTreeSet<String>> {
        proptest::collection::btree_set(
            prop_oneof![Just("ann".to_owned()), Just("bob".to_owned())],
            0..3,
        )
    }

    fn findings() -> impl Strategy<Value = FindingSummary> {
        let one = (0_usize..10, 0_usize..5, 0..3, any::<bool>(), any::<bool>());
        proptest::collection::vec(one, 0..4).prop_map(|rows| {
            let made = rows.into_iter().map(|(kind, severity, rule, kev, fix)| {
                let made = FindingFacts {
                    rule: format!("t/{rule}").into(),
                    known_exploited: kev,
                    fix_available: fix,
                    ..facts(Kind::ALL[kind], Severity::ALL[severity])
                };
                (id("x"), made)
            });
            made.collect::<Vec<(FindingId, FindingFacts)>>()
                .into_iter()
                .collect()
        })
    }

    fn gate_facts() -> impl Strategy<Value = GateFacts> {
        let first = (
            fact((0_u64..3).prop_map(|files| Coverage { files, packages: 1 })),
            fact((0_u64..2).prop_map(|count| IncompleteFacts {
                count,
                reasons: BTreeSet::new(),
            })),
            fact(findings()),
            fact(names()),
            fact(0_u32..5),
        );
        let second = (
            fact(Just(Provenance {
                builder: "b".to_owned(),
                source: String::new(),
            })),
            fact(names()),
            fact(names()),
            fact((names(), names())),
        );
        (first, second).prop_map(
            |((scan, incomplete, findings, licenses, age), (provenance, signers, by, tests))| {
                GateFacts {
                    scan,
                    incomplete,
                    findings,
                    licenses,
                    advisories_age_days: age,
                    provenance,
                    signers,
                    approvals: by.map(|by| Approvals { by: by.clone() }),
                    tests: tests.map(|(passed, failed)| TestResults {
                        passed: passed.clone(),
                        failed: failed.clone(),
                    }),
                    ..GateFacts::unknown(Place::branch("main"))
                }
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn answers_are_the_same_without_guards(
            facts in gate_facts(),
            asset in prop_oneof![Just("repo:payments"), Just("repo:a"), Just("image:payments")],
            delegated in any::<bool>(),
        ) {
            let asset = asset.parse().unwrap();
            let mut principal = Principal::new(PrincipalKind::Agent, "x");
            if delegated {
                principal.on_behalf_of = Some(Principal::new(PrincipalKind::Person, "y").into());
            }
            let input = DecideInput { principal: &principal, asset: &asset, facts: &facts };
            for gate in [Gate::Release, Gate::Admit] {
                prop_assert_eq!(POLICIES.ask(gate, &input, true), POLICIES.ask(gate, &input, false));
            }
        }
    }

    #[test]
    fn most_conditions_are_seen_through() {
        let seen = |id: &str| {
            let policy = POLICIES
                .gates
                .release
                .forbids
                .iter()
                .find(|f| f.policy.annotation("id") == Some(id));
            let guard = &policy.unwrap().guard;
            !guard
                .conditions
                .iter()
                .any(|(_, test)| format!("{test:?}").contains("Unknown"))
        };
        for (id, expected) in [
            ("a0.0", true),
            ("a1.0", false),
            ("a4.0", true),
            ("a5.0", false),
            ("a10.0", true),
            ("a13.0", true),
            ("a15.0", true),
            ("malware", true),
            ("vulnerability-high", true),
        ] {
            assert_eq!(seen(id), expected, "{id}");
        }
    }

    #[test]
    fn what_is_built_in_at_the_admit_gate_is_seen_through() {
        let policies = Policies::load(true, &[]).unwrap();
        let unseen: Vec<_> = policies
            .gates
            .admit
            .forbids
            .iter()
            .filter(|forbid| format!("{:?}", forbid.guard).contains("Unknown"))
            .filter_map(|forbid| forbid.policy.annotation("id"))
            .collect();
        // It speaks of a list of states and holds for nearly nothing.
        let expected = ["incomplete", "vulnerability-high", "vulnerability"];
        let other: Vec<_> = unseen.iter().filter(|id| !expected.contains(id)).collect();
        assert!(other.is_empty(), "{other:?}");
    }
}
