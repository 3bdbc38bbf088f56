//! The time of one question about access: by roles, by scopes, and denied, with an operator's ten
//! policies beside the built-in ones.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and stops if it cannot run"
)]

use std::time::{Duration, Instant};

use gw_core::{Asset, Principal, PrincipalKind, Realm};
use gw_identity::access::{
    AccessPolicies, Action, Caller, Circumstances, Grant, Resource, Role, Scope,
};

const ROUNDS: usize = 20_000;
const FRESH: Circumstances = Circumstances {
    passkey: true,
    authenticated_seconds: 5,
};

fn main() {
    for (name, policies, caller, action) in cases() {
        percentiles(name, &policies, &caller, action);
    }
    divan::main();
}

type Case = (&'static str, AccessPolicies, Caller, Action);

fn cases() -> Vec<Case> {
    let operators: Vec<_> = (0..10)
        .map(|n| {
            let text = format!(
                r#"@id("o{n}") @message("m") forbid (principal, action, resource)
                   when {{ resource.asset == "repo:secret{n}" && !context.passkey }};"#
            );
            (format!("{n}.cedar"), text)
        })
        .collect();
    let load = |files: &[(String, String)]| AccessPolicies::load(files).expect("policies");
    let person = |roles: &[Role]| {
        let roles = roles.iter().copied().collect();
        Caller::person("p-1", Realm::local(), roles).expect("a caller")
    };
    let machine = || {
        let grant = Grant {
            scopes: [Scope::Ingest, Scope::Read].into(),
            assets: vec!["repo:*".parse().expect("a pattern")],
        };
        let principal = Principal::new(PrincipalKind::Machine, "token/t-1");
        Caller::granted(principal, Realm::local(), [].into(), grant).expect("a caller")
    };
    vec![
        (
            "a reader reads",
            load(&[]),
            person(&[Role::Reader]),
            Action::FindingRead,
        ),
        ("a machine sends", load(&[]), machine(), Action::IngestWrite),
        (
            "an approver approves",
            load(&[]),
            person(Role::ALL),
            Action::ApprovalDecide,
        ),
        (
            "a reader is denied",
            load(&[]),
            person(&[Role::Reader]),
            Action::PeopleManage,
        ),
        (
            "with ten policies of the operator",
            load(&operators),
            person(Role::ALL),
            Action::ApprovalDecide,
        ),
    ]
}

fn ask(policies: &AccessPolicies, caller: &Caller, action: Action, about: &About) -> bool {
    let resource = Resource {
        realm: &about.realm,
        asset: Some(&about.asset),
        requested_by: Some(&about.requester),
    };
    policies
        .decide(caller, action, &resource, FRESH)
        .is_allowed()
}

struct About {
    realm: Realm,
    asset: Asset,
    requester: Principal,
}

fn about() -> About {
    About {
        realm: Realm::local(),
        asset: "repo:acme/payments".parse().expect("an asset"),
        requester: Principal::new(PrincipalKind::Person, "p-2"),
    }
}

fn percentiles(name: &str, policies: &AccessPolicies, caller: &Caller, action: Action) {
    let about = about();
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            divan::black_box(ask(policies, caller, action, divan::black_box(&about)));
            start.elapsed()
        })
        .collect();
    times.sort();
    let at = |part: usize| times.get(ROUNDS * part / 100).copied().unwrap_or_default();
    println!("{name}: p50 {:?}, p99 {:?}", at(50), at(99));
}

#[divan::bench]
fn decide(bencher: divan::Bencher<'_, '_>) {
    let (_, policies, caller, action) = cases().swap_remove(0);
    let about = about();
    bencher.bench_local(|| ask(&policies, &caller, action, &about));
}
