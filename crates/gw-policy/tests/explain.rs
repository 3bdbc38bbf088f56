//! Why a decision is another than the one before, and how sets of policies differ.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests stop at what they do not expect"
)]

use gw_core::{
    Basis, Decision, Dependency, Digest, FactKey, Gate, Mode, Outcome, Place, Principal,
    PrincipalKind, Reason, Subject, SubjectKind, Version,
};
use gw_policy::{Difference, Policies, PolicyFile, compare, explain, show};

fn digest(name: &str) -> Digest {
    Digest::of(name.as_bytes())
}

fn decision(subject: &str, outcome: Outcome, facts: &[(&str, &str)]) -> Decision {
    let digest_of = digest(subject);
    Decision {
        gate: Gate::Release,
        asset: "repo:x".parse().unwrap(),
        place: Place::branch("main"),
        subject: Subject {
            kind: SubjectKind::Tree,
            name: "x".to_owned(),
            commit: None,
            digest: digest_of,
        },
        principal: Principal::new(PrincipalKind::Machine, "ci"),
        outcome,
        mode: Mode::Enforce,
        reasons: Vec::new(),
        basis: Basis {
            policy: digest("p"),
            authority: digest("a"),
            config: digest("c"),
            advisories: digest("i"),
        },
        time: "2026-08-21T00:00:00Z".parse().unwrap(),
        ledger_position: 1,
        not_after: None,
        dependencies: facts
            .iter()
            .map(|(key, version)| Dependency {
                key: key.replace("SELF", &digest_of.to_string()).parse().unwrap(),
                version: match *version {
                    "absent" => Version::ABSENT,
                    version => Version::from_digest(digest(version)),
                },
            })
            .collect(),
    }
}

#[test]
fn names_what_changed_and_nothing_else() {
    let before = decision(
        "s",
        Outcome::Pass,
        &[
            ("advisory#npm/x", "absent"),
            ("advisory#npm/y", "1"),
            ("SELF#scan/findings", "1"),
        ],
    );
    let mut after = decision(
        "s",
        Outcome::Fail,
        &[
            ("advisory#npm/x", "2"),
            ("advisory#npm/y", "1"),
            ("SELF#scan/findings", "1"),
        ],
    );
    after.reasons.push(Reason {
        policy: "malware".to_owned(),
        message: "1 dependency is malware".to_owned(),
        findings: vec![],
    });
    let explained = explain(&before, &after);
    assert_eq!(explained.changes.len(), 1);
    let change = &explained.changes[0];
    assert_eq!(change.key, FactKey::advisory("npm", "x"));
    assert_eq!(
        (change.old, change.new),
        (
            Some(Version::ABSENT),
            Some(Version::from_digest(digest("2")))
        )
    );
    let words = explained.to_string();
    for part in [
        "It was pass before, and is fail now.",
        "advisory#npm/x: absent -> ",
        "New reason: 1 dependency is malware (malware)",
    ] {
        assert!(words.contains(part), "{words}");
    }
    let back = explain(&after, &before);
    assert_eq!(back.gone_reasons.len(), 1);
    assert!(explain(&before, &before).changes.is_empty());
    assert!(
        explain(&before, &before)
            .to_string()
            .contains("Nothing that it was made from has changed")
    );
}

#[test]
fn compares_facts_of_other_content_by_name() {
    let before = decision(
        "s",
        Outcome::Pass,
        &[
            ("SELF#scan/findings", "1"),
            ("SELF#provenance", "1"),
            ("repo:x#accept/f", "1"),
        ],
    );
    let mut after = decision(
        "t",
        Outcome::Pass,
        &[("SELF#scan/findings", "2"), ("SELF#provenance", "1")],
    );
    after.basis.policy = digest("q");
    let explained = explain(&before, &after);
    let keys: Vec<_> = explained
        .changes
        .iter()
        .map(|change| change.key.as_str())
        .collect();
    assert_eq!(
        keys,
        ["repo:x#accept/f", "rules#policy", "subject#scan/findings"]
    );
    assert_eq!(explained.changes[0].new, None);
    assert!(explained.to_string().contains("not read"));
    assert!(explained.subject.is_some());
}

#[test]
fn says_when_the_decision_before_had_run_out() {
    let mut before = decision("s", Outcome::Pass, &[]);
    let after = decision("s", Outcome::Fail, &[]);
    before.not_after = Some(after.time);
    assert!(explain(&before, &after).ran_out);
    before.not_after = Some("2026-08-22T00:00:00Z".parse().unwrap());
    assert!(!explain(&before, &after).ran_out);
}

fn load(text: &str) -> Policies {
    let (path, text) = ("p.cedar".to_owned(), text.to_owned());
    Policies::load(true, &[PolicyFile { path, text }]).unwrap()
}

#[test]
fn compares_policies() {
    let policy = |id: &str, when: &str| {
        format!(
            "@id(\"{id}\") @message(\"m\") forbid (principal, action, resource) when {{ {when} }};\n"
        )
    };
    let kind = "resource.kind == \"repo\"";
    let base = load(&format!(
        "{}{}{}",
        policy("a", kind),
        policy("b", kind),
        policy("c", kind)
    ));
    let change = load(&format!(
        "// moved\n{}{}{}",
        policy("c", kind),
        policy("b", "resource.kind == \"image\""),
        policy("d", kind)
    ));
    let expected = Difference {
        added: vec!["d".to_owned()],
        removed: vec!["a".to_owned()],
        changed: vec!["b".to_owned()],
    };
    assert_eq!(compare(&base, &change), expected);
    assert!(compare(&base, &base).is_empty());
}

#[test]
fn shows_policies() {
    let policies = load(
        "@id(\"a\")\n@message(\"never\")\nforbid (principal, action == Action::\"release:pass\", resource);",
    );
    let short = show(&policies, false);
    assert!(
        short.contains(
            "malware: forbid admit:pass, admit:pass-with-approval, release:pass, \
             release:pass-with-approval (built in)"
        ),
        "{short}"
    );
    assert!(
        short.ends_with("a: forbid release:pass (p.cedar:1)\n  never\n"),
        "{short}"
    );
    assert!(show(&policies, true).contains("  | forbid (principal"));
}
