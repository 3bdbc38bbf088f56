//! What users' policies may say, and what happens to the ones that say something else.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests stop at what they do not expect"
)]

use gw_core::{Asset, Gate, Outcome, Place, Principal, PrincipalKind};
use gw_finding::{Confidence, FindingId, Kind, Location, RuleId, Severity, Tolerated};
use gw_policy::{
    Coverage, DecideInput, Effect, FactValue, FindingFacts, FindingSummary, GateFacts,
    IncompleteFacts, Policies, PolicyFile, Source,
};

fn load(builtin: bool, text: &str) -> Result<Policies, String> {
    let (path, text) = ("p.cedar".to_owned(), text.to_owned());
    Policies::load(builtin, &[PolicyFile { path, text }]).map_err(|errors| errors.to_string())
}

fn principal() -> Principal {
    Principal::new(PrincipalKind::Machine, "ci")
}

fn finding(kind: Kind, severity: Severity) -> FindingFacts {
    FindingFacts {
        kind,
        severity,
        rule: RuleId::new("secret/private-key"),
        confidence: Confidence::High,
        known_exploited: false,
        fix_available: true,
        development: false,
        direct: None,
        accepted: false,
        not_new: false,
        not_affected: false,
    }
}

fn clean() -> GateFacts {
    GateFacts {
        scan: FactValue::Known(Coverage::default()),
        incomplete: FactValue::Known(IncompleteFacts::default()),
        findings: FactValue::Known(FindingSummary::default()),
        ..GateFacts::unknown(Place::branch("main"))
    }
}

fn decide(policies: &Policies, facts: &GateFacts) -> (Outcome, Vec<(String, String, usize)>) {
    let (principal, asset) = (principal(), Asset::new("repo", "payments").unwrap());
    let input = DecideInput {
        principal: &principal,
        asset: &asset,
        facts,
    };
    let answer = policies.decide(Gate::Release, &input);
    let reasons = answer.reasons.into_iter();
    (
        answer.outcome,
        reasons
            .map(|r| (r.policy, r.message, r.findings.len()))
            .collect(),
    )
}

const WHEN: &str = "(principal, action in Action::\"release\", resource) when";

#[test]
fn says_where_and_what_was_expected() {
    let good = "@id(\"a\") @message(\"m\")\n";
    for (text, expected) in [
        (
            "@id(\"a\") @message(\"m\")\npermit (principal, action, resource);".to_owned(),
            "p.cedar:1:1: this policy is a `permit`; expected `forbid`",
        ),
        (
            "\n\n  forbid (principal, action, resource);".to_owned(),
            "p.cedar:3:3: this policy has no id; expected an annotation such as @id(",
        ),
        (
            "@id(\"a\")\nforbid (principal, action, resource);".to_owned(),
            "p.cedar:1:1: this policy has no message; expected an annotation such as @message(",
        ),
        (
            "@id(\"A b\") @message(\"m\") forbid (principal, action, resource);".to_owned(),
            "p.cedar:1:1: this policy's @id is not a name; expected 1 to 64 of a-z",
        ),
        (
            "@id(\"a\") @message(\"{n}\") forbid (principal, action, resource);".to_owned(),
            "p.cedar:1:1: in @message, `{n}` is unknown; expected {count}",
        ),
        (
            "@id(\"a\") @message(\"m\") @concerns(\"bugs\") forbid (principal, action, resource);"
                .to_owned(),
            "p.cedar:1:1: in @concerns, `bugs` is unknown; expected alternatives",
        ),
        (
            format!(
                "{good}forbid (principal, action, resource);\n{good}forbid (principal, action, resource);"
            ),
            "p.cedar:3:1: the id `a` is taken by the policy at p.cedar:1; expected",
        ),
        (
            "@id(\"malware\") @message(\"m\") forbid (principal, action, resource);".to_owned(),
            "p.cedar:1:1: the id `malware` is taken by the policy at built in; expected",
        ),
        (
            format!("{good}forbid {WHEN} {{ context.secret.value.high > 0 }};"),
            "p.cedar:2:66: ",
        ),
        (
            format!("{good}forbid {WHEN} {{ context.colour == \"red\" }};"),
            "p.cedar:2:66: ",
        ),
        (
            format!("{good}forbid {WHEN} {{ resource.name == 1 }};"),
            "p.cedar:2:66: ",
        ),
        (
            format!("{good}forbid (principal, action == Action::\"release:maybe\", resource);"),
            "p.cedar:1:1: this policy applies to no action; expected `action in Action::\"release\"`",
        ),
        (
            format!("{good}forbid (principal, action, resource) when {{ ;"),
            "p.cedar:2:45: unexpected token `;`",
        ),
        (
            format!("{good}forbid (principal == ?principal, action, resource);"),
            "p.cedar:2:22: a policy has a slot",
        ),
        (
            format!(
                "{good}forbid {WHEN} {{ {}true{} }};",
                "(".repeat(100),
                ")".repeat(100)
            ),
            "brackets are nested too deeply; expected at most 32",
        ),
        (
            format!("{good}forbid {WHEN} {{ {}true }};", "x".repeat(17_000)),
            "a policy is too long; expected at most 16384 bytes",
        ),
        (
            "x".repeat(300_000),
            "p.cedar:1:1: the file has 300000 bytes; expected at most",
        ),
    ] {
        let errors = load(true, &text).unwrap_err();
        assert!(
            errors.contains(expected),
            "{errors}\nshould contain {expected}"
        );
    }
}

#[test]
fn reports_everything_that_is_wrong() {
    let text =
        "forbid (principal, action, resource);\n@id(\"b\") permit (principal, action, resource);";
    let errors = load(true, text).unwrap_err();
    assert_eq!(errors.lines().count(), 2, "{errors}");
}

#[test]
fn chains_at_the_limit_are_still_validated() {
    // The wrong type is at the bottom of the nest, where a checker that gave up would not see it.
    for (first, part, count) in [
        ("\"x\"", " + 1", 490),
        ("\"x\"", " * 1", 490),
        ("resource.colour", " && true", 490),
        ("resource.colour", " || false", 490),
        ("resource.colour", ".a", 60),
        ("", "(", 25),
        ("", "!(", 25),
        ("", "if resource.kind == \"x\" then true else ", 245),
    ] {
        let mut chain = format!("{first}{}", part.repeat(count));
        let opened = chain.matches('(').count() - chain.matches(')').count();
        if first.is_empty() {
            chain.push_str("resource.colour");
        }
        chain.push_str(&")".repeat(opened));
        let text = format!("@id(\"a\") @message(\"m\") forbid {WHEN} {{ {chain} }};");
        let errors = load(true, &text).unwrap_err();
        assert!(!errors.contains("too "), "{part}: {errors}");
    }
}

#[test]
fn reasons_carry_findings_and_numbers() {
    let text = format!(
        "@id(\"keys\") @message(\"{{count}} private {{key|keys}}\") @concerns(\"rule=secret/private-key\")\n\
         forbid {WHEN} {{ context.rules has value && context.rules.value.contains(\"secret/private-key\") }};"
    );
    let policies = load(true, &text).unwrap();
    let mut facts = clean();
    assert_eq!(decide(&policies, &facts), (Outcome::Pass, Vec::new()));
    let id = |name| FindingId::new(&RuleId::new("t/t"), name, &Location::file("f"));
    let secret = finding(Kind::Secret, Severity::High);
    facts.findings = FactValue::Known(
        [(id("a"), secret.clone()), (id("b"), secret)]
            .into_iter()
            .collect(),
    );
    let (outcome, reasons) = decide(&policies, &facts);
    assert_eq!(outcome, Outcome::Fail);
    let expected = [
        (
            "secret",
            "2 credentials are in the clear: revoke them, then remove them",
            2,
        ),
        ("keys", "2 private keys", 2),
    ];
    let expected = expected.map(|(id, message, n)| (id.to_owned(), message.to_owned(), n));
    assert_eq!(reasons, expected);
}

#[test]
fn an_error_in_evaluation_fails() {
    let overflow = "9223372036854775807 + context.findings.value.total < 0";
    for action in [
        "in Action::\"release\"",
        "== Action::\"release:pass\"",
        "== Action::\"release:pass-with-approval\"",
    ] {
        let text = format!(
            "@id(\"sum\") @message(\"m\") forbid (principal, action {action}, resource) \
             when {{ context.findings has value && {overflow} }};"
        );
        let policies = load(true, &text).unwrap();
        let mut facts = clean();
        assert_eq!(decide(&policies, &facts).0, Outcome::Pass);
        let id = FindingId::new(&RuleId::new("t/t"), "x", &Location::file("f"));
        let accepted = finding(Kind::Code, Severity::Low);
        facts.findings = FactValue::Known([(id, accepted)].into_iter().collect());
        let (outcome, reasons) = decide(&policies, &facts);
        assert_eq!(outcome, Outcome::Fail, "{action}");
        let reason = reasons.iter().find(|(id, ..)| id == "sum").unwrap();
        assert!(
            reason.1.starts_with("This policy could not be evaluated: "),
            "{}",
            reason.1
        );
    }
}

#[test]
fn questions_are_told_apart() {
    let asks = |action: &str, condition: &str| {
        let text = format!(
            "@id(\"a\") @message(\"m\") forbid (principal, action {action}, resource) when {{ {condition} }};"
        );
        decide(&load(true, &text).unwrap(), &clean()).0
    };
    let (pass, approval) = (
        "Action::\"release:pass\"",
        "Action::\"release:pass-with-approval\"",
    );
    for (action, condition, expected) in [
        (
            format!("== {pass}"),
            "true".to_owned(),
            Outcome::NeedsApproval,
        ),
        // What passes needs no approval, so whether one would help is not asked.
        (format!("== {approval}"), "true".to_owned(), Outcome::Pass),
        (
            format!("in [{pass}, {approval}]"),
            "true".to_owned(),
            Outcome::Fail,
        ),
        (
            "in Action::\"release\"".to_owned(),
            format!("action == {pass}"),
            Outcome::NeedsApproval,
        ),
        (
            "in Action::\"release\"".to_owned(),
            format!("action != {pass}"),
            Outcome::Pass,
        ),
        (
            "in Action::\"release\"".to_owned(),
            "resource.name == \"payments\"".to_owned(),
            Outcome::Fail,
        ),
        (
            "in Action::\"release\"".to_owned(),
            "resource.name == \"other\"".to_owned(),
            Outcome::Pass,
        ),
        (
            "in Action::\"release\"".to_owned(),
            "principal.kind == \"machine\" && !principal.delegated".to_owned(),
            Outcome::Fail,
        ),
        (String::new(), "true".to_owned(), Outcome::Fail),
    ] {
        assert_eq!(asks(&action, &condition), expected, "{action} {condition}");
    }
}

#[test]
fn users_may_forbid_to_tolerate() {
    let text = "@id(\"no-secrets\") @message(\"m\")\n\
        forbid (principal, action == Action::\"release:tolerate\", resource)\n\
        when { context.kind == \"secret\" && resource.name like \"prod/*\" };";
    let policies = load(true, text).unwrap();
    let low = finding(Kind::Secret, Severity::Low);
    let tolerated = |name| {
        policies.tolerate(
            Gate::Release,
            &low,
            &Asset::new("repo", name).unwrap(),
            &principal(),
        )
    };
    for _ in 0..2 {
        assert_eq!(tolerated("prod/payments"), None);
        assert_eq!(tolerated("test/payments"), Some(Tolerated::LowSeverity));
    }
}

#[test]
fn an_error_in_evaluation_tolerates_nothing() {
    let text = "@id(\"sum\") @message(\"m\") forbid (principal, action == Action::\"release:tolerate\", resource) \
        when { context.level + 9223372036854775807 < 0 };";
    let policies = load(true, text).unwrap();
    let asset = Asset::new("repo", "x").unwrap();
    assert_eq!(
        policies.tolerate(
            Gate::Release,
            &finding(Kind::Code, Severity::Low),
            &asset,
            &principal()
        ),
        None
    );
}

#[test]
fn the_kernel_holds_without_the_builtin_policies() {
    let policies = Policies::load(false, &[]).unwrap();
    let mut facts = clean();
    let id = FindingId::new(&RuleId::new("t/t"), "x", &Location::file("f"));
    facts.findings = FactValue::Known(
        [(id, finding(Kind::Malware, Severity::Critical))]
            .into_iter()
            .collect(),
    );
    assert_eq!(decide(&policies, &facts).0, Outcome::Pass);
    facts.incomplete = FactValue::Known(IncompleteFacts {
        count: 1,
        ..IncompleteFacts::default()
    });
    let (outcome, reasons) = decide(&policies, &facts);
    assert_eq!(outcome, Outcome::Fail);
    assert_eq!(
        reasons[0].1,
        "1 thing could not be looked at completely, so nobody can say that it is clean"
    );
}

#[test]
fn knows_what_is_in_force() {
    let text = "// why\n\n@id(\"a\")\n@message(\"m\")\nforbid (principal, action == Action::\"release:pass\", resource);";
    let policies = load(true, text).unwrap();
    let policy = policies.get("a").unwrap();
    assert_eq!(
        policy.source,
        Source::File {
            path: "p.cedar".to_owned(),
            line: 3
        }
    );
    assert_eq!(policy.effect, Effect::Forbid);
    assert_eq!(policy.actions, ["release:pass"]);
    assert!(policy.text.starts_with("@id(\"a\")"), "{}", policy.text);
    assert_eq!(policies.list().last().unwrap().id, "a");
    assert_eq!(policies.get("malware").unwrap().source, Source::BuiltIn);
}

#[test]
fn digests_follow_what_policies_say() {
    let digest = |text: &str| load(true, text).unwrap().digest();
    let plain = digest("@id(\"a\") @message(\"m\") forbid (principal, action, resource);");
    let laid_out =
        digest("// c\n@message(\"m\")\n@id(\"a\")\nforbid(principal, action,\n resource) ;");
    assert_eq!(plain, laid_out);
    let others = [
        "",
        "@id(\"b\") @message(\"m\") forbid (principal, action, resource);",
        "@id(\"a\") @message(\"n\") forbid (principal, action, resource);",
        "@id(\"a\") @message(\"m\") forbid (principal, action, resource) when { resource.kind == \"x\" };",
    ];
    for other in others {
        assert_ne!(plain, digest(other), "{other}");
    }
    assert_ne!(Policies::load(false, &[]).unwrap().digest(), digest(""));
}

#[test]
fn warns_of_policies_that_never_apply() {
    let text =
        format!("@id(\"a\") @message(\"m\") forbid {WHEN} {{ resource.kind == \"x\" && false }};");
    let policies = load(true, &text).unwrap();
    assert_eq!(policies.warnings().len(), 1);
    assert!(
        policies.warnings()[0].starts_with("p.cedar:1:"),
        "{}",
        policies.warnings()[0]
    );
}
