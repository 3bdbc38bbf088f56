//! The time of a gate's decision with a hundred policies of a user beside the built-in ones: every
//! fact known, both questions asked, and the answer *needs approval*, which is the longest way.

#![allow(
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark prints, and stops if it cannot run"
)]

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use gw_core::{Asset, Gate, Outcome, Place, Principal, PrincipalKind};
use gw_finding::{Confidence, FindingId, Kind, Location, RuleId, Severity};
use gw_policy::{
    Approvals, Comparison, Coverage, DecideInput, Demands, DriftFacts, FactValue, FindingFacts,
    Formats, GateFacts, IncompleteFacts, LineageFacts, Listed, Metrics, ModelFacts, Policies,
    PolicyFile, Provenance, TestResults, Validation,
};

const ROUNDS: usize = 20_000;

fn main() {
    let release = Gate::Release;
    percentiles(
        release,
        "decide, 100 policies on both questions",
        &policies(100, "in Action::\"release\""),
    );
    percentiles(
        release,
        "decide, 100 policies on `pass` alone",
        &policies(100, "== Action::\"release:pass\""),
    );
    percentiles(release, "decide, built-in policies alone", &policies(0, ""));
    percentiles(
        Gate::Admit,
        "admit, 100 policies on both questions",
        &policies(100, "in Action::\"admit\""),
    );
    percentiles(
        Gate::Admit,
        "admit, built-in policies alone",
        &policies(0, ""),
    );
    divan::main();
}

fn percentiles(gate: Gate, what: &str, policies: &Policies) {
    let facts = facts();
    let (principal, asset) = about();
    let input = DecideInput {
        principal: &principal,
        asset: &asset,
        facts: &facts,
    };
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            let answer = policies.decide(gate, divan::black_box(&input));
            let time = start.elapsed();
            assert_eq!(answer.outcome, Outcome::NeedsApproval);
            time
        })
        .collect();
    times.sort_unstable();
    let at = |share: f64| {
        let index = (ROUNDS as f64 * share) as usize;
        times.get(index).copied().unwrap_or_default()
    };
    println!(
        "{what}: p50 {:?}, p99 {:?} (budget p99 100 µs)",
        at(0.5),
        at(0.99)
    );
}

#[divan::bench]
fn decide(bencher: divan::Bencher<'_, '_>) {
    let policies = policies(100, "in Action::\"release\"");
    let facts = facts();
    let (principal, asset) = about();
    let input = DecideInput {
        principal: &principal,
        asset: &asset,
        facts: &facts,
    };
    bencher.bench(|| policies.decide(Gate::Release, divan::black_box(&input)));
}

#[divan::bench]
fn tolerate_unseen(bencher: divan::Bencher<'_, '_>) {
    let policies = policies(100, "in Action::\"release\"");
    let (principal, _) = about();
    let finding = finding(0);
    // Another asset each time, so that nothing is remembered.
    let assets = [Asset::new("repo", "a"), Asset::new("repo", "b")];
    let mut turn = assets.iter().flatten().cycle();
    bencher.bench_local(|| {
        turn.next().map(|asset| {
            policies.tolerate(Gate::Release, divan::black_box(&finding), asset, &principal)
        })
    });
}

#[divan::bench]
fn tolerate_seen(bencher: divan::Bencher<'_, '_>) {
    let policies = policies(100, "in Action::\"release\"");
    let (principal, asset) = about();
    let finding = finding(0);
    bencher.bench(|| {
        policies.tolerate(
            Gate::Release,
            divan::black_box(&finding),
            &asset,
            &principal,
        )
    });
}

#[divan::bench]
fn load(bencher: divan::Bencher<'_, '_>) {
    bencher.bench(|| policies(0, ""));
}

fn policies(count: usize, action: &str) -> Policies {
    let text: String = (0..count)
        .map(|n| {
            let condition = match n % 5 {
                0 => format!("context.rules has value && context.rules.value.contains(\"x/{n}\")"),
                1 => format!("context.secret has value && context.secret.value.high > {n}"),
                2 => format!("resource.name like \"team-{n}/*\" && context.signers has value && !context.signers.value.contains(\"key-1\")"),
                3 => format!("context.advisories has value && context.advisories.value.age_days > {}", n + 30),
                _ => format!("resource.kind == \"image\" && context.provenance has value && context.provenance.value.builder == \"https://ci.example/{n}\""),
            };
            format!("@id(\"user-{n}\") @message(\"m\")\nforbid (principal, action {action}, resource) when {{ {condition} }};\n")
        })
        .collect();
    let file = PolicyFile {
        path: "user.cedar".to_owned(),
        text,
    };
    match Policies::load(true, &[file]) {
        Ok(policies) => policies,
        Err(errors) => panic!("{errors}"),
    }
}

fn about() -> (Principal, Asset) {
    let asset = Asset::new("repo", "example.org/team/payments");
    let Ok(asset) = asset else { panic!("no asset") };
    (
        Principal::new(PrincipalKind::Machine, "spiffe://example.org/ci"),
        asset,
    )
}

fn finding(n: usize) -> FindingFacts {
    FindingFacts {
        kind: Kind::Vulnerability,
        severity: Severity::High,
        rule: RuleId::from(format!("package/rule-{n}")),
        confidence: Confidence::High,
        known_exploited: false,
        fix_available: false,
        development: false,
        direct: Some(true),
        accepted: false,
        not_new: false,
        not_affected: false,
    }
}

fn facts() -> GateFacts {
    let names = |prefix: &str, count: usize| -> BTreeSet<String> {
        (0..count).map(|n| format!("{prefix}-{n}")).collect()
    };
    let findings = (0..40).map(|n| {
        let facts = finding(n);
        let id = FindingId::new(&facts.rule, "p", &Location::file("Cargo.lock"));
        (id, facts)
    });
    GateFacts {
        place: Place::branch("main"),
        scan: FactValue::Known(Coverage {
            files: 4_000,
            packages: 600,
        }),
        incomplete: FactValue::Known(IncompleteFacts::default()),
        quarantine: FactValue::Absent,
        findings: FactValue::Known(findings.collect()),
        licenses: FactValue::Known(names("LicenseRef", 30)),
        advisories_age_days: FactValue::Known(3),
        provenance: FactValue::Known(Provenance {
            builder: "https://ci.example/builder".to_owned(),
            source: "https://example.org/team/payments".to_owned(),
        }),
        signers: FactValue::Known(names("key", 3)),
        approvals: FactValue::Known(Approvals::default()),
        tests: FactValue::Known(TestResults {
            passed: names("suite", 5),
            failed: BTreeSet::new(),
        }),
        model: ModelFacts {
            formats: FactValue::Known(Formats {
                found: names("format", 3),
                executable: names("format", 1),
                unlisted: BTreeSet::new(),
            }),
            licenses: FactValue::Known(Listed {
                found: names("licence", 2),
                unlisted: BTreeSet::new(),
            }),
            lineage: FactValue::Known(LineageFacts {
                datasets: 3,
                base_models: 2,
                admitted: 5,
                ..LineageFacts::default()
            }),
            validation: FactValue::Known(Validation {
                demanded: 4,
                ..Validation::default()
            }),
            metrics: FactValue::Known(Metrics {
                measured: names("metric", 8),
                failed: BTreeSet::new(),
            }),
            champion: FactValue::Known(Comparison {
                metric: "accuracy".to_owned(),
                champion: 900_000,
                challenger: 910_000,
                better: true,
            }),
            drift: FactValue::Known(DriftFacts::default()),
            stage: FactValue::Known("staged".to_owned()),
            scan_days: FactValue::Known(3),
            demands: FactValue::Known(Demands {
                required: ["signature", "lineage", "validation"]
                    .map(str::to_owned)
                    .into(),
                approvals: 1,
                listed_formats: true,
                listed_licenses: true,
            }),
        },
    }
}
