use std::collections::BTreeSet;

use gw_core::{Asset, Principal, PrincipalKind, Realm};

use super::*;

const FRESH: Circumstances = Circumstances {
    passkey: true,
    authenticated_seconds: 5,
};

fn policies() -> AccessPolicies {
    AccessPolicies::load(&[]).unwrap()
}

fn person(id: &str, roles: &[Role]) -> Caller {
    let roles = roles.iter().copied().collect();
    Caller::person(id, Realm::local(), roles).unwrap()
}

fn grant(scopes: &[Scope], assets: &[&str]) -> Grant {
    Grant {
        scopes: scopes.iter().copied().collect(),
        assets: assets.iter().map(|text| text.parse().unwrap()).collect(),
    }
}

fn machine(scopes: &[Scope], assets: &[&str]) -> Caller {
    let principal = Principal::new(PrincipalKind::Machine, "ci");
    let grant = grant(scopes, assets);
    Caller::granted(principal, Realm::local(), BTreeSet::new(), grant).unwrap()
}

fn delegate(of: Principal, roles: &[Role], scopes: &[Scope]) -> Caller {
    let mut principal = Principal::new(PrincipalKind::Agent, "helper");
    principal.on_behalf_of = Some(Box::new(of));
    let roles = roles.iter().copied().collect();
    Caller::granted(principal, Realm::local(), roles, grant(scopes, &["*"])).unwrap()
}

/// Every action that a caller may do on an asset of the realm that somebody else asked for.
fn may(caller: &Caller) -> Vec<&'static str> {
    let policies = policies();
    let (realm, asset) = (Realm::local(), "repo:payments".parse::<Asset>().unwrap());
    let other = Principal::new(PrincipalKind::Person, "requester");
    let resource = Resource {
        realm: &realm,
        asset: Some(&asset),
        requested_by: Some(&other),
    };
    Action::ALL
        .iter()
        .filter(|action| {
            policies
                .decide(caller, **action, &resource, FRESH)
                .is_allowed()
        })
        .map(|action| action.as_str())
        .collect()
}

const READS: [&str; 5] = [
    "asset:read",
    "finding:read",
    "decision:read",
    "statement:read",
    "policy:read",
];

#[test]
fn the_schema_has_the_actions_and_every_action_has_a_permit() {
    let mut names: Vec<_> = Action::ALL.iter().map(|a| a.as_str().to_owned()).collect();
    names.sort();
    assert_eq!(load::actions_of_schema(), names);
    let all = person("ann", Role::ALL);
    assert_eq!(may(&all).len(), Action::ALL.len());
    for name in Action::ALL {
        assert_eq!(Action::by_name(name.as_str()), Some(*name));
    }
}

#[test]
fn roles_do_what_their_names_say() {
    let check = |role: Role, beside: &[&str]| {
        let mut expected: Vec<_> = READS.iter().chain(beside).copied().collect();
        let mut found = may(&person("ann", &[role]));
        expected.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, expected, "{role}");
    };
    let triager = [
        "finding:triage",
        "acceptance:create",
        "approval:request",
        "action:request",
        "quarantine:create",
        "action:halt",
        "token:create",
    ];
    check(Role::Reader, &[]);
    check(Role::Triager, &triager);
    check(
        Role::Maintainer,
        &[
            &triager[..],
            &[
                "acceptance:revoke",
                "quarantine:lift",
                "policy:edit",
                "asset:edit",
                "gate:decide",
                "ingest:write",
            ],
        ]
        .concat(),
    );
    check(
        Role::Approver,
        &["approval:decide", "action:halt", "quarantine:create"],
    );
    let auditor = ["ledger:read", "audit:read", "people:read", "settings:read"];
    check(Role::Auditor, &auditor);
    check(
        Role::Administrator,
        &[
            &auditor[..],
            &[
                "people:manage",
                "token:create",
                "token:manage",
                "settings:edit",
                "asset:edit",
                "action:halt",
            ],
        ]
        .concat(),
    );
    assert!(may(&person("ann", &[])).is_empty());
}

#[test]
fn machines_do_what_their_scopes_say_and_never_approve() {
    let any = &["*"];
    assert_eq!(may(&machine(&[Scope::Read], any)), READS);
    let ingest = ["ingest:write", "gate:decide", "approval:request"];
    assert_eq!(may(&machine(&[Scope::Ingest], any)), ingest);
    let everything = may(&machine(Scope::ALL, any));
    for never in [
        "approval:decide",
        "quarantine:lift",
        "token:create",
        "token:manage",
        "people:read",
        "people:manage",
        "settings:edit",
    ] {
        assert!(!everything.contains(&never), "{never}");
    }
    assert!(may(&machine(&[], any)).is_empty());
    assert!(may(&machine(Scope::ALL, &["repo:other", "image:*"])).is_empty());
    assert_eq!(may(&machine(&[Scope::Read], &["repo:pay*"])), READS);
    // Roles given to a machine bring nothing that its scopes do not.
    let principal = Principal::new(PrincipalKind::Machine, "ci");
    let roles = Role::ALL.iter().copied().collect();
    let with_roles =
        Caller::granted(principal, Realm::local(), roles, grant(&[Scope::Read], any)).unwrap();
    assert_eq!(may(&with_roles), READS);
}

#[test]
fn delegates_do_what_was_delegated_of_what_the_person_may() {
    let ann = || Principal::new(PrincipalKind::Person, "ann");
    let reader = delegate(ann(), &[Role::Reader], Scope::ALL);
    assert_eq!(may(&reader), READS);
    let all = delegate(ann(), Role::ALL, &[Scope::Read]);
    assert_eq!(may(&all), READS);
    let nobody = delegate(ann(), &[], Scope::ALL);
    assert!(may(&nobody).is_empty());
    assert!(!may(&delegate(ann(), Role::ALL, Scope::ALL)).contains(&"approval:decide"));
}

#[test]
fn nobody_approves_their_own_request_through_any_chain() {
    let policies = policies();
    let realm = Realm::local();
    let decide = |caller: &Caller, requested_by: Option<&Principal>| {
        let resource = Resource {
            realm: &realm,
            asset: None,
            requested_by,
        };
        match policies.decide(caller, Action::ApprovalDecide, &resource, FRESH) {
            Verdict::Allowed => Vec::new(),
            Verdict::Denied(denials) => denials.into_iter().map(|denial| denial.policy).collect(),
        }
    };
    let ann = person("ann", &[Role::Approver]);
    let principal = |kind, id| Principal::new(kind, id);
    let acting_for = |mut first: Principal, of: Principal| {
        first.on_behalf_of = Some(Box::new(of));
        first
    };
    use PrincipalKind::{Agent, Automation, Person};
    let (bob, herself) = (principal(Person, "bob"), principal(Person, "ann"));
    assert!(decide(&ann, Some(&bob)).is_empty());
    assert_eq!(decide(&ann, Some(&herself)), ["own-request"]);
    assert_eq!(decide(&ann, None), ["requester-unknown"]);
    let agent = acting_for(principal(Agent, "x"), herself);
    assert_eq!(decide(&ann, Some(&agent)), ["own-request"]);
    let chain = acting_for(principal(Automation, "y"), agent);
    assert_eq!(decide(&ann, Some(&chain)), ["own-request"]);
    // An agent of that name is not the person of that name.
    let namesake = principal(Agent, "ann");
    assert!(decide(&ann, Some(&namesake)).is_empty());
    // Neither is what acts for her.
    let helper = delegate(principal(Person, "ann"), &[Role::Approver], Scope::ALL);
    assert_eq!(decide(&helper, Some(&bob)), ["never-delegated"]);
    assert_eq!(
        decide(&helper, Some(helper.principal())),
        ["never-delegated", "own-request"]
    );
}

#[test]
fn a_token_for_some_assets_sees_no_list_of_all() {
    let policies = policies();
    let realm = Realm::local();
    let resource = Resource {
        realm: &realm,
        asset: None,
        requested_by: None,
    };
    for (assets, expected) in [
        (&["*"][..], true),
        (&["repo:*", "image:*"], false),
        (&[], false),
    ] {
        let caller = machine(&[Scope::Read], assets);
        let verdict = policies.decide(&caller, Action::FindingRead, &resource, FRESH);
        assert_eq!(verdict.is_allowed(), expected, "{assets:?}");
    }
}

#[test]
fn realms_do_not_mix() {
    let policies = policies();
    let other: Realm = "other".parse().unwrap();
    let resource = Resource {
        realm: &other,
        asset: None,
        requested_by: None,
    };
    for caller in [person("ann", Role::ALL), machine(Scope::ALL, &["*"])] {
        for action in Action::ALL {
            let verdict = policies.decide(&caller, *action, &resource, FRESH);
            let Verdict::Denied(denials) = verdict else {
                panic!("{action:?}");
            };
            assert!(denials.iter().any(|denial| denial.policy == "other-realm"));
        }
    }
}

#[test]
fn operators_may_only_forbid() {
    let load = |text: &str| AccessPolicies::load(&[("more.cedar".to_owned(), text.to_owned())]);
    let strict = load(
        r#"@id("passkey") @message("Use a passkey for this")
           forbid (principal, action in [Action::"approval:decide", Action::"people:manage"], resource)
           unless { context.passkey && context.authenticated_seconds < 300 };"#,
    )
    .unwrap();
    let realm = Realm::local();
    let resource = Resource {
        realm: &realm,
        asset: None,
        requested_by: None,
    };
    let ann = person("ann", &[Role::Administrator]);
    let ask = |passkey, authenticated_seconds| {
        let circumstances = Circumstances {
            passkey,
            authenticated_seconds,
        };
        strict.decide(&ann, Action::PeopleManage, &resource, circumstances)
    };
    assert_eq!(ask(true, 10), Verdict::Allowed);
    for verdict in [ask(false, 10), ask(true, 300)] {
        let expected = Denial {
            policy: "passkey".to_owned(),
            message: "Use a passkey for this".to_owned(),
        };
        assert_eq!(verdict, Verdict::Denied(vec![expected]));
    }
    for (bad, expected) in [
        (
            r#"@id("a") permit (principal, action, resource);"#,
            "permits",
        ),
        (
            r#"@id("reader") @message("m") forbid (principal, action, resource);"#,
            "another policy has",
        ),
        (
            r#"@message("m") forbid (principal, action, resource);"#,
            "has no `@id`",
        ),
        (
            r#"@id("a") forbid (principal, action, resource);"#,
            "has no `@message`",
        ),
        (
            r#"@id("a") @message("m") forbid (principal, action, resource) when { principal.nothing };"#,
            "nothing",
        ),
        (
            r#"@id("a") @message("m") forbid (principal, action == Action::"no:such", resource);"#,
            "no:such",
        ),
        (
            r#"@id("a") @message("m") forbid (principal == ?principal, action, resource);"#,
            "template",
        ),
        ("forbid", "more.cedar"),
    ] {
        let error = load(bad).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn what_cannot_be_evaluated_is_denied() {
    // Validation cannot see an overflow.
    let text = r#"@id("overflow") @message("m") forbid (principal, action, resource)
        when { context.authenticated_seconds * 9223372036854775807 < 0 };"#;
    let policies = AccessPolicies::load(&[("o".to_owned(), text.to_owned())]).unwrap();
    let realm = Realm::local();
    let resource = Resource {
        realm: &realm,
        asset: None,
        requested_by: None,
    };
    let ann = person("ann", &[Role::Reader]);
    let verdict = policies.decide(&ann, Action::FindingRead, &resource, FRESH);
    let Verdict::Denied(denials) = verdict else {
        panic!("allowed");
    };
    assert_eq!(denials[0].policy, "undecidable");
}

#[test]
fn callers_that_cannot_be_are_refused() {
    let realm = Realm::local();
    let mut looped = Principal::new(PrincipalKind::Agent, "a");
    looped.on_behalf_of = Some(Box::new(Principal::new(PrincipalKind::Agent, "a")));
    let mut long = Principal::new(PrincipalKind::Person, "0");
    for id in 1..9 {
        let mut next = Principal::new(PrincipalKind::Agent, id.to_string());
        next.on_behalf_of = Some(Box::new(long));
        long = next;
    }
    for principal in [looped, long] {
        let grant = grant(&[Scope::Read], &["*"]);
        let result = Caller::granted(principal, realm.clone(), BTreeSet::new(), grant);
        assert_eq!(result.unwrap_err(), CallerError::Chain);
    }
}
