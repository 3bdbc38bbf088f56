//! Who may say what, what takes it back, and what it amounts to.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests stop at what they do not expect"
)]

use gw_attest::{Claim, KeyId, Statement, predicate};
use gw_core::{Asset, Digest, FactKey, FactState, Gate, Realm, ResourceDescriptor, Time, Version};
use gw_policy::authority::{
    AuthorityRule, AuthorityRules, Level, Refusal, Signer, StatementView, check_version,
};
use gw_policy::facts::{Facts, keys_of, revoked_statements};
use serde::Serialize;
use serde_json::json;

fn day(n: i64) -> Time {
    Time::from_second(1_780_000_000 + n * 86_400).unwrap()
}

fn key(n: u8) -> KeyId {
    format!("{n:064x}").parse().unwrap()
}

fn digest(name: &str) -> Digest {
    Digest::of(name.as_bytes())
}

/// A statement about the subject `s`, received when it was issued.
struct Made(StatementView);

fn say<P: Serialize>(uri: &str, predicate: &P, by: u8, when: i64) -> Made {
    let subject = ResourceDescriptor {
        digest: [("sha256".to_owned(), digest("s").to_hex())].into(),
        ..ResourceDescriptor::default()
    };
    let claim = Claim {
        realm: Realm::local(),
        asset: Some("repo:x".parse().unwrap()),
        issued_at: day(when),
        expires_at: None,
        supersedes: Vec::new(),
    };
    let statement = Statement::new(vec![subject], uri, predicate, claim).unwrap();
    let id = Digest::of(format!("{uri} {by} {when} {}", statement.predicate.get()).as_bytes());
    let signers = vec![Signer {
        key: key(by),
        name: None,
    }];
    Made(StatementView {
        id,
        statement,
        signers,
        received_at: day(when),
    })
}

impl Made {
    fn claim(mut self, change: impl FnOnce(&mut Claim)) -> Self {
        change(self.0.statement.claim.as_mut().unwrap());
        self
    }

    fn view(mut self, change: impl FnOnce(&mut StatementView)) -> Self {
        change(&mut self.0);
        self
    }

    fn named(self, name: &str) -> Self {
        self.view(|view| view.signers[0].name = Some(name.to_owned()))
    }
}

fn approval(by: u8, when: i64) -> Made {
    let words = format!("approved by {by}");
    let approval = predicate::Approval {
        gate: Gate::Release,
        reason: words.clone(),
        by: words,
    };
    say(predicate::APPROVAL, &approval, by, when)
}

fn provenance(builder: &str, by: u8, when: i64) -> Made {
    let predicate = json!({ "runDetails": { "builder": { "id": builder } }, "buildDefinition": {
        "resolvedDependencies": [{ "uri": "git+https://example.org/x" }] } });
    say(predicate::PROVENANCE, &predicate, by, when)
}

fn revoke(statements: &[Digest], keys: &[u8], by: u8, when: i64) -> Made {
    let revocation = predicate::Revocation {
        statements: statements.to_vec(),
        keys: keys.iter().map(|&n| key(n)).collect(),
        reason: "r".to_owned(),
    };
    say(predicate::REVOCATION, &revocation, by, when)
}

fn binding(asset: &str) -> Made {
    let binding = gw_core::Binding {
        asset: asset.parse().unwrap(),
        place: gw_core::Place::branch("main"),
        subject: digest("s"),
        from: day(1),
        until: None,
    };
    say(predicate::BINDING, &binding, 0, 1)
}

#[derive(serde::Deserialize)]
struct File {
    #[serde(default)]
    authority: Vec<AuthorityRule>,
}

fn parse(text: &str) -> Result<AuthorityRules, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    let rules = AuthorityRules::new(Realm::local(), file.authority, Some(key(0)));
    rules.map_err(|error| error.to_string())
}

/// The rules of these tests: keys 1 to 3 make anything, two of them approve, 9 revokes.
fn rules() -> AuthorityRules {
    let k = |n| key(n).to_string();
    let (one, two, three, nine) = (k(1), k(2), k(3), k(9));
    parse(&format!(
        "[[authority]]\npredicate='approval'\nassets=['repo:*']\nissuers=['{one}','{two}','{three}']\nthreshold=2\nmax_age='30d'\n\
         [[authority]]\npredicate='provenance'\nassets=['repo:*']\nissuers=['{one}','{two}']\n\
         [[authority]]\npredicate='*'\nassets=['*']\nissuers=['{nine}']\nmay_revoke=true\n\
         [[authority]]\npredicate='test-result'\nassets=['repo:x']\nissuers=['builder']\n"
    ))
    .unwrap()
}

/// Which of the statements count, are stale, and are refused in which words, on day 10.
fn check(statements: Vec<Made>, expected: &[&str]) {
    let views: Vec<_> = statements.into_iter().map(|made| made.0).collect();
    let about: Asset = "repo:x".parse().unwrap();
    let admission = rules().admit(&views, Some(&about), day(10));
    let said: Vec<_> = views
        .iter()
        .map(|view| {
            let is = |id: Digest| id == view.id;
            if admission.admitted.iter().any(|a| is(a.view.id)) {
                "admitted".to_owned()
            } else if admission.stale.iter().any(|a| is(a.view.id)) {
                "stale".to_owned()
            } else {
                let refused = admission.refused.iter().find(|r| is(r.view.id));
                refused.map_or_else(|| "effective".to_owned(), |refused| refused.why.to_string())
            }
        })
        .collect();
    assert_eq!(said.len(), expected.len());
    for (said, expected) in said.iter().zip(expected) {
        assert!(
            said.contains(expected),
            "said {said:?}, expected {expected:?}"
        );
    }
}

#[test]
fn rules_that_cannot_hold_are_refused() {
    for (text, expected) in [
        (
            "predicate='x'\nassets=['*']\nissuers=['a']",
            "authority rule 1: `x` is no predicate type",
        ),
        (
            "predicate='scan'\nassets=[]\nissuers=['a']",
            "`assets` is empty",
        ),
        (
            "predicate='scan'\nassets=['[']\nissuers=['a']",
            "`[` is no pattern",
        ),
        (
            "predicate='scan'\nassets=['*']\nissuers=[]",
            "`issuers` must name at least one",
        ),
        (
            "predicate='scan'\nassets=['*']\nissuers=['a','a']",
            "each once",
        ),
        (
            "predicate='scan'\nassets=['*']\nissuers=['a']\nthreshold=2",
            "expected 1 to 1",
        ),
        (
            "predicate='scan'\nassets=['*']\nissuers=['a']\nthreshold=0",
            "expected 1 to 1",
        ),
        (
            "predicate='scan'\nassets=['*']\nissuers=['a']\nmax_age='soon'",
            "not an age",
        ),
        (
            "predicate='scan'\nassets=['*']\nissuers=['a']\nlevel=2",
            "unknown field `level`",
        ),
    ] {
        let error = parse(&format!("[[authority]]\n{text}\n")).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn the_local_key_is_admitted_for_everything_in_its_realm() {
    let other = |claim: &mut Claim| claim.realm = "other".parse().unwrap();
    check(
        vec![
            approval(0, 1),
            provenance("b", 0, 1),
            approval(0, 2).claim(other),
        ],
        &["admitted", "admitted", "it was made for the realm other"],
    );
}

#[test]
fn others_need_a_rule() {
    check(
        vec![
            provenance("b", 1, 1),
            provenance("b", 3, 1),
            provenance("b", 4, 1),
        ],
        &[
            "admitted",
            "no authority rule admits",
            "no authority rule admits",
        ],
    );
    let test = json!({ "result": "PASSED" });
    check(
        vec![
            say(predicate::TEST_RESULT, &test, 7, 1).named("builder"),
            say(predicate::TEST_RESULT, &test, 7, 2),
        ],
        &["admitted", "no authority rule admits"],
    );
}

#[test]
fn a_rule_must_cover_both_assets() {
    let asset =
        |name: &'static str| move |claim: &mut Claim| claim.asset = Some(name.parse().unwrap());
    check(
        vec![
            provenance("b", 1, 1).claim(asset("image:x")),
            provenance("b", 1, 2).claim(asset("repo:y")),
            provenance("b", 1, 3).claim(|claim| claim.asset = None),
            // The rule for tests covers repo:x only.
            say(predicate::TEST_RESULT, &json!({}), 7, 1)
                .named("builder")
                .claim(asset("repo:y")),
        ],
        &[
            "no authority rule",
            "admitted",
            "admitted",
            "no authority rule",
        ],
    );
}

#[test]
fn thresholds_count_different_issuers_of_the_same_claim() {
    check(vec![approval(1, 1)], &["1 of the 2 issuers"]);
    check(
        vec![approval(1, 1), approval(1, 2)],
        &["1 of the 2", "1 of the 2"],
    );
    check(
        vec![approval(1, 1), approval(2, 2)],
        &["admitted", "admitted"],
    );
    let same = |made: Made| made.named("ann");
    // One person with two keys is one issuer.
    check(
        vec![same(approval(1, 1)), same(approval(2, 2))],
        &["1 of the 2", "1 of the 2"],
    );
    let both = approval(1, 1).view(|view| {
        view.signers.push(Signer {
            key: key(2),
            name: None,
        })
    });
    check(vec![both], &["admitted"]);
    let elsewhere = approval(2, 2).view(|view| {
        view.statement.subject[0].digest = [("sha256".to_owned(), digest("t").to_hex())].into();
    });
    check(
        vec![approval(1, 1), elsewhere],
        &["1 of the 2", "1 of the 2"],
    );
    // Too old an approval does not help.
    check(
        vec![approval(1, 1), approval(2, -25)],
        &["1 of the 2", "stale"],
    );
}

#[test]
fn age_and_expiry_make_stale() {
    let views = [
        approval(0, 1)
            .claim(|claim| claim.expires_at = Some(day(10)))
            .0,
        approval(0, 2)
            .claim(|claim| claim.expires_at = Some(day(11)))
            .0,
    ];
    let admission = rules().admit(&views, None, day(10));
    assert_eq!(admission.stale.len(), 1);
    assert_eq!(admission.admitted[0].deadline, Some(day(11)));
    assert_eq!(admission.admitted[0].level, Level::Local);

    let views = [approval(1, 1).0, approval(2, 3).0];
    let admission = rules().admit(&views, None, day(10));
    let deadlines: Vec<_> = admission.admitted.iter().map(|a| a.deadline).collect();
    assert_eq!(deadlines, [Some(day(31)), Some(day(33))]);
}

#[test]
fn nothing_is_older_or_younger_than_it_says() {
    check(vec![approval(0, 12)], &["later than now"]);
    // Received long ago, and said to be issued just now: its age counts from when it came.
    let late = approval(1, 9).view(|view| view.received_at = day(-40));
    check(vec![late, approval(2, 9)], &["stale", "1 of the 2"]);
}

#[test]
fn only_the_issuer_or_a_higher_authority_revokes() {
    let target = || provenance("b", 1, 1);
    let id = target().0.id;
    for (by, expected) in [
        (1, ["was revoked by", "effective"]),
        (9, ["was revoked by", "effective"]),
        (0, ["was revoked by", "effective"]),
        (2, ["admitted", "may not revoke"]),
        (5, ["admitted", "may not revoke"]),
    ] {
        check(vec![target(), revoke(&[id], &[], by, 2)], &expected);
    }
    let local = provenance("b", 0, 1);
    let id = local.0.id;
    check(
        vec![local, revoke(&[id], &[], 9, 2)],
        &["admitted", "may not revoke"],
    );
}

#[test]
fn a_revoked_key_takes_all_its_statements_with_it() {
    check(
        vec![
            provenance("b", 1, 1),
            provenance("c", 1, 9),
            provenance("b", 2, 1),
            revoke(&[], &[1], 9, 5),
        ],
        &[
            "its key was revoked",
            "its key was revoked",
            "admitted",
            "effective",
        ],
    );
    check(
        vec![provenance("b", 1, 1), revoke(&[], &[1], 2, 5)],
        &["admitted", "may not revoke"],
    );
    check(
        vec![provenance("b", 1, 1), revoke(&[], &[1], 1, 5)],
        &["its key was revoked", "its key was"],
    );
    check(
        vec![provenance("b", 0, 1), revoke(&[], &[0], 9, 5)],
        &["admitted", "may not revoke"],
    );
    // Whose key is revoked revokes nothing afterwards, whatever time it writes on it.
    let late = revoke(&[], &[1], 9, 3).view(|view| view.received_at = day(6));
    check(
        vec![provenance("b", 1, 1), revoke(&[], &[9], 0, 5), late],
        &["admitted", "effective", "its key was revoked"],
    );
}

#[test]
fn a_statement_takes_the_place_of_its_issuers_own_only() {
    let old = || provenance("b", 1, 1);
    let id = old().0.id;
    let supersedes = |claim: &mut Claim| claim.supersedes = vec![id];
    check(
        vec![old(), provenance("c", 1, 2).claim(supersedes)],
        &["of the same issuer took its place", "admitted"],
    );
    check(
        vec![old(), provenance("c", 2, 2).claim(supersedes)],
        &["admitted", "admitted"],
    );
}

#[test]
fn digests_follow_what_rules_say() {
    let one = "[[authority]]\npredicate='scan'\nassets=['*', 'repo:*']\nissuers=['a','b']\n";
    let same =
        "[[authority]]\nissuers=['b','a']\nassets=['repo:*','*']\npredicate='scan'\nthreshold=1\n";
    let other =
        "[[authority]]\npredicate='scan'\nassets=['*', 'repo:*']\nissuers=['a','b']\nthreshold=2\n";
    let digest = |text: &str| parse(text).unwrap().digest();
    assert_eq!(digest(one), digest(same));
    assert_ne!(digest(one), digest(other));
    assert_ne!(digest(one), digest(""));
}

#[test]
fn rules_never_go_back() {
    let rules = |version, digest_of: &str| predicate::Rules {
        kind: predicate::RulesKind::Policy,
        version,
        digest: digest(digest_of),
    };
    let seen = rules(5, "a");
    for (offered, good) in [
        (rules(6, "b"), true),
        (rules(5, "a"), true),
        (rules(5, "b"), false),
        (rules(4, "a"), false),
    ] {
        assert_eq!(
            check_version(Some(&seen), &offered).is_ok(),
            good,
            "{offered:?}"
        );
    }
    assert!(check_version(None, &seen).is_ok());

    // Rules of one asset, and rules of the whole realm.
    for (asset, key) in [
        (Some("repo:x"), "repo:x#rules/policy"),
        (None, "rules#policy"),
    ] {
        let of = |claim: &mut Claim| claim.asset = asset.map(|asset| asset.parse().unwrap());
        let statements = [
            say(predicate::RULES, &rules(6, "b"), 0, 1).claim(of).0,
            say(predicate::RULES, &rules(5, "a"), 0, 2).claim(of).0,
            say(predicate::RULES, &rules(5, "a"), 9, 2).claim(of).0,
        ];
        let expected = json!({ "digest": digest("b").to_string(), "version": 6 });
        assert_eq!(
            fact(&statements, key).0,
            FactState::Known(expected),
            "{key}"
        );
    }
}

/// A fact on day 10, with its version and deadline.
fn fact(views: &[StatementView], key: &str) -> (FactState, Version, Option<Time>) {
    let about: Asset = "repo:x".parse().unwrap();
    let rules = rules();
    let admission = rules.admit(views, Some(&about), day(10));
    let derived = Facts::of(&admission).get(&key.parse().unwrap());
    (derived.fact.state, derived.fact.version, derived.deadline)
}

fn subject_key(name: &str) -> String {
    FactKey::subject(&digest("s"), name).to_string()
}

#[test]
fn facts_agree_conflict_or_are_absent() {
    let key = subject_key("provenance");
    let known = |builder: &str| {
        FactState::Known(json!({ "builder": builder, "source": "git+https://example.org/x" }))
    };
    assert_eq!(fact(&[], &key), (FactState::Absent, Version::ABSENT, None));
    for (statements, expected) in [
        (vec![provenance("a", 1, 1)], known("a")),
        (
            vec![provenance("a", 1, 1), provenance("a", 2, 1)],
            known("a"),
        ),
        (
            vec![provenance("a", 1, 1), provenance("b", 2, 1)],
            FactState::Conflicting,
        ),
        // A later one of the same issuer takes the place.
        (
            vec![provenance("a", 1, 1), provenance("b", 1, 2)],
            known("b"),
        ),
        (
            vec![provenance("b", 1, 2), provenance("a", 1, 1)],
            known("b"),
        ),
        (
            vec![provenance("a", 1, 1), provenance("b", 1, 1)],
            FactState::Conflicting,
        ),
        // A higher authority's word counts more.
        (
            vec![provenance("a", 1, 1), provenance("b", 9, 1)],
            known("b"),
        ),
        (
            vec![provenance("a", 0, 1), provenance("b", 9, 1)],
            known("a"),
        ),
        (vec![provenance("a", 4, 1)], FactState::Absent),
        (
            vec![say(predicate::PROVENANCE, &json!({ "x": 1 }), 1, 1)],
            FactState::Incomplete,
        ),
    ] {
        let views: Vec<_> = statements.into_iter().map(|made| made.0).collect();
        assert_eq!(fact(&views, &key).0, expected);
    }
}

#[test]
fn approvals_count_together() {
    let views = [approval(1, 1).0, approval(2, 3).0, approval(0, 4).0];
    let (state, _, deadline) = fact(&views, &subject_key("approval/release"));
    let issuers = [key(0), key(1), key(2)].map(|key| key.to_string());
    assert_eq!(state.known().unwrap()["issuers"], json!(issuers));
    assert_eq!(deadline, Some(day(31)));
    let (state, version, deadline) = fact(&[approval(1, -40).0], &subject_key("approval/release"));
    assert_eq!((state, deadline), (FactState::Stale, None));
    assert_ne!(version, Version::ABSENT);
}

#[test]
fn signers_are_the_issuers_of_the_provenance() {
    let views = [provenance("a", 1, 1).0, provenance("a", 9, 1).0];
    let expected = [key(1), key(9)].map(|key| key.to_string());
    assert_eq!(
        fact(&views, &subject_key("signature")).0,
        FactState::Known(json!(expected))
    );
}

#[test]
fn tests_count_by_suite_and_together() {
    let ran = |name: &str, result: &str, by, when| {
        let test = json!({ "result": result, "configuration": [{ "name": name }] });
        say(predicate::TEST_RESULT, &test, by, when).0
    };
    let views = [
        ran("unit", "FAILED", 0, 1),
        ran("unit", "PASSED", 0, 2),
        ran("e2e", "FAILED", 0, 1),
    ];
    let known = FactState::Known(json!({ "failed": ["e2e"], "passed": ["unit"] }));
    assert_eq!(fact(&views, &subject_key("test")).0, known);
    let unit = FactState::Known(json!({ "result": "PASSED" }));
    assert_eq!(fact(&views, &subject_key("test/unit")).0, unit);
    let views = [
        ran("unit", "FAILED", 9, 1),
        ran("unit", "PASSED", 9, 1),
        ran("e2e", "PASSED", 9, 1),
    ];
    assert_eq!(fact(&views, &subject_key("test")).0, FactState::Conflicting);
    assert_eq!(
        fact(&[ran("unit", "SKIPPED", 0, 1)], &subject_key("test")).0,
        FactState::Incomplete
    );
}

#[test]
fn a_key_is_known_when_it_is_revoked() {
    let views = [revoke(&[], &[4], 9, 1).0];
    let revoked = FactKey::key(key(4).as_str()).to_string();
    assert_eq!(
        fact(&views, &revoked).0,
        FactState::Known(json!({ "revoked": true }))
    );
    let other = FactKey::key(key(5).as_str()).to_string();
    assert_eq!(fact(&views, &other).1, Version::ABSENT);
}

#[test]
fn statements_touch_their_facts() {
    let expires = day(100);
    let accepts = |finding: Option<&str>| predicate::Acceptance {
        accepts: predicate::Accepts {
            finding: finding.map(str::to_owned),
            rule: Some("secret/private-key".to_owned()),
            package: Some("p".to_owned()),
            advisory: None,
        },
        reason: "r".to_owned(),
        owner: "o".to_owned(),
        expires,
    };
    let vex = json!({ "statements": [
        { "vulnerability": { "name": "CVE-2026-1", "aliases": ["GHSA-x"] }, "status": "not_affected" },
        { "vulnerability": "CVE-2026-2", "status": "affected" },
    ] });
    let test = json!({ "result": "PASSED", "configuration": [{ "name": "unit" }] });
    for (made, expected) in [
        (approval(0, 1), vec![subject_key("approval/release")]),
        (
            provenance("a", 0, 1),
            vec![subject_key("provenance"), subject_key("signature")],
        ),
        (
            say(predicate::CYCLONEDX, &json!({}), 0, 1),
            vec![subject_key("scan/inventory")],
        ),
        (
            say(predicate::SCAN, &json!({}), 0, 1),
            vec![subject_key("scan/findings")],
        ),
        (
            say(predicate::TEST_RESULT, &test, 0, 1),
            vec![subject_key("test"), subject_key("test/unit")],
        ),
        (
            say(predicate::TEST_RESULT, &json!({}), 0, 1),
            vec![subject_key("test"), subject_key("test/default")],
        ),
        (
            say(predicate::ACCEPTANCE, &accepts(Some("f")), 0, 1),
            vec!["repo:x#accept".to_owned(), "repo:x#accept/f".to_owned()],
        ),
        (
            say(predicate::ACCEPTANCE, &accepts(None), 0, 1),
            vec![
                "repo:x#accept".to_owned(),
                "repo:x#accept/secret/private-key+p".to_owned(),
            ],
        ),
        (
            say(predicate::OPENVEX, &vex, 0, 1),
            ["CVE-2026-1", "CVE-2026-2", "GHSA-x"]
                .map(|id| format!("repo:x#vex/{id}"))
                .into(),
        ),
        (
            revoke(&[digest("z")], &[4], 0, 1),
            vec![FactKey::key(key(4).as_str()).to_string()],
        ),
        (
            binding("repo:x"),
            vec!["repo:x#binding/branch:main".to_owned()],
        ),
        // Whoever may speak of one asset says nothing about another.
        (binding("repo:y"), vec![]),
        (say(predicate::VULNS, &json!({}), 0, 1), vec![]),
        (say("https://example.org/else", &json!({}), 0, 1), vec![]),
    ] {
        let keys: Vec<_> = keys_of(&made.0.statement)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(keys, expected);
    }
    assert_eq!(
        revoked_statements(&revoke(&[digest("z")], &[4], 0, 1).0.statement),
        [digest("z")]
    );
}

#[test]
fn vex_and_acceptances_have_values() {
    let vex = |status: &str, by| {
        let vex = json!({ "statements": [{ "vulnerability": { "name": "CVE-1" }, "products": [{ "@id": "pkg:x" }], "status": status }] });
        say(predicate::OPENVEX, &vex, by, 1).0
    };
    let known = FactState::Known(json!({ "products": ["pkg:x"], "status": "not_affected" }));
    assert_eq!(fact(&[vex("not_affected", 0)], "repo:x#vex/CVE-1").0, known);
    assert_eq!(
        fact(&[vex("perhaps", 0)], "repo:x#vex/CVE-1").0,
        FactState::Incomplete
    );
    let accept = |until| {
        let acceptance = predicate::Acceptance {
            accepts: predicate::Accepts {
                finding: Some("f".to_owned()),
                ..predicate::Accepts::default()
            },
            reason: "r".to_owned(),
            owner: "o".to_owned(),
            expires: day(until),
        };
        say(predicate::ACCEPTANCE, &acceptance, 0, 1).0
    };
    let (state, _, deadline) = fact(&[accept(20)], "repo:x#accept/f");
    assert!(matches!(state, FactState::Known(_)));
    assert_eq!(deadline, Some(day(20)));
    assert_eq!(fact(&[accept(10)], "repo:x#accept/f").0, FactState::Stale);
}

#[test]
fn versions_follow_statements_and_state() {
    let key = subject_key("approval/release");
    let (one, two) = (approval(0, 1).0, approval(9, 2).0);
    let version = |views: &[StatementView]| fact(views, &key).1;
    assert_eq!(
        version(&[one.clone(), two.clone()]),
        version(&[two.clone(), one.clone()])
    );
    assert_ne!(
        version(std::slice::from_ref(&one)),
        version(&[one.clone(), two])
    );
    let id = one.id;
    assert_eq!(version(&[one, revoke(&[id], &[], 0, 3).0]), Version::ABSENT);
}

#[test]
fn refusals_are_words() {
    assert_eq!(
        Refusal::NoRule.to_string(),
        "no authority rule admits its signers for this"
    );
}
