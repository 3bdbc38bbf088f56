//! Any report at all.

use gw_core::{Digest, Gate, Mode, Outcome, Reason, Time};
use gw_finding::{
    Accepted, AdvisoryRef, Confidence, Finding, FindingId, Fix, Kind, Location, PackageRef,
    Position, ReasonCode, RuleId, Severity, Tolerated,
};
use gw_report::{
    AdvisoryBasis, ConfigBasis, DigestOf, EcosystemBasis, Record, Report, ReportBasis,
    ReportCoverage, ReportGate, ReportIncomplete, ReportModel, ReportSignature, ReportSubject,
    SCHEMA_NAME, SignatureState, Tool,
};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// Text as a hostile project has it.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-z][a-z0-9/._-]{0,24}",
        2 => any::<String>(),
        1 => Just("\u{1b}[31m\u{1b}]8;;https://evil.example\u{7}@team `|` <b> [x](y) {0}\u{202e}\n/close".to_owned()),
    ]
}

fn digest() -> impl Strategy<Value = Digest> {
    any::<[u8; 32]>().prop_map(Digest::from_bytes)
}

fn time() -> impl Strategy<Value = Time> {
    (0_i64..4_000_000_000).prop_map(|seconds| Time::from_second(seconds).unwrap())
}

fn position() -> impl Strategy<Value = Position> {
    (0_u32..50, 0_u32..120).prop_map(|(line, column)| Position { line, column })
}

fn location() -> impl Strategy<Value = Location> {
    (
        text(),
        vec(text(), 0..3),
        option::of(position()),
        option::of(position()),
    )
        .prop_map(|(path, inside, start, end)| Location {
            path,
            inside,
            start,
            end,
        })
}

fn package() -> impl Strategy<Value = PackageRef> {
    (
        (text(), text(), text(), text()),
        any::<bool>(),
        option::of(any::<bool>()),
        vec(text(), 0..8),
    )
        .prop_map(
            |((purl, name, version, ecosystem), development, direct, path)| PackageRef {
                purl,
                name,
                version,
                ecosystem,
                development,
                direct,
                path,
            },
        )
}

fn advisory() -> impl Strategy<Value = AdvisoryRef> {
    (
        text(),
        vec(text(), 0..4),
        vec(text(), 0..4),
        option::of(0.0..=10.0_f64),
        option::of(0.0..=1.0_f64),
        any::<bool>(),
    )
        .prop_map(|(id, aliases, fixed, cvss, epss, kev)| AdvisoryRef {
            id,
            aliases,
            fixed,
            cvss,
            epss,
            kev,
        })
}

fn fix() -> impl Strategy<Value = Fix> {
    (text(), option::of(text()), vec(text(), 0..6)).prop_map(|(description, version, through)| {
        Fix {
            description,
            version,
            through,
        }
    })
}

fn accepted() -> impl Strategy<Value = Accepted> {
    (text(), text(), time()).prop_map(|(by, reason, expires)| Accepted {
        by,
        reason,
        expires,
    })
}

fn tolerated() -> impl Strategy<Value = Tolerated> {
    select(vec![
        Tolerated::Accepted,
        Tolerated::NotNew,
        Tolerated::NotAffected,
        Tolerated::LowSeverity,
        Tolerated::Development,
    ])
}

fn finding() -> impl Strategy<Value = Finding> {
    (
        (
            select(vec![
                "package/known-vulnerability",
                "package/malware",
                "x/other-rule",
            ]),
            select(Kind::ALL.to_vec()),
            select(Severity::ALL.to_vec()),
            select(vec![Confidence::Low, Confidence::Medium, Confidence::High]),
        ),
        (text(), text(), text(), location()),
        (
            option::of(package()),
            option::of(advisory()),
            vec(text(), 0..3),
        ),
        (
            option::of(accepted()),
            option::of(tolerated()),
            option::of(fix()),
        ),
    )
        .prop_map(
            |(
                (rule, kind, severity, confidence),
                (title, message, help, location),
                (package, advisory, controls),
                (accepted, tolerated, fix),
            )| {
                let rule = RuleId::new(rule);
                Finding {
                    id: FindingId::new(&rule, &title, &location),
                    rule,
                    kind,
                    severity,
                    confidence,
                    title,
                    message,
                    help,
                    location,
                    package,
                    advisory,
                    controls,
                    accepted,
                    tolerated,
                    fix,
                }
            },
        )
}

fn incomplete() -> impl Strategy<Value = ReportIncomplete> {
    (
        text(),
        option::of(any::<u32>()),
        text(),
        select(ReasonCode::ALL.to_vec()),
        text(),
        any::<bool>(),
    )
        .prop_map(
            |(path, line, analyzer, reason, detail, allowed)| ReportIncomplete {
                path,
                line,
                analyzer,
                reason,
                detail,
                allowed,
            },
        )
}

fn basis() -> impl Strategy<Value = ReportBasis> {
    let ecosystem =
        (text(), time(), any::<u64>()).prop_map(|(name, as_of, records)| EcosystemBasis {
            name,
            as_of,
            records,
        });
    (
        (digest(), time(), vec(ecosystem, 0..4)),
        digest(),
        (digest(), text(), vec(text(), 0..3)),
    )
        .prop_map(|(advisories, policy, config)| ReportBasis {
            advisories: AdvisoryBasis {
                digest: advisories.0,
                as_of: advisories.1,
                ecosystems: advisories.2,
            },
            policy: DigestOf { digest: policy },
            config: ConfigBasis {
                digest: config.0,
                from: config.1,
                unused: config.2,
            },
        })
}

fn gate() -> impl Strategy<Value = ReportGate> {
    let reason =
        (text(), text(), vec(text(), 0..3)).prop_map(|(policy, message, findings)| Reason {
            policy,
            message,
            findings,
        });
    (
        select(vec![Gate::Release, Gate::Admit, Gate::Access, Gate::Act]),
        select(vec![Mode::Observe, Mode::Warn, Mode::Enforce]),
        select(vec![Outcome::Pass, Outcome::NeedsApproval, Outcome::Fail]),
        vec(reason, 0..4),
    )
        .prop_map(|(name, mode, decision, reasons)| ReportGate {
            name,
            mode,
            decision,
            reasons,
        })
}

/// Any report.
pub fn report() -> impl Strategy<Value = Report> {
    let coverage = (
        any::<u64>(),
        any::<u64>(),
        btree_map(text(), any::<u64>(), 0..4),
        btree_map(text(), any::<u64>(), 0..12),
        vec(incomplete(), 0..20),
    )
        .prop_map(
            |(files, bytes, by_analyzer, packages, incomplete)| ReportCoverage {
                files,
                bytes,
                by_analyzer,
                packages,
                incomplete,
            },
        );
    let record = (digest(), any::<u32>()).prop_map(|(decision, leaf)| Record {
        decision,
        leaf: u64::from(leaf),
        size: u64::from(leaf) + 1,
    });
    (
        (
            time(),
            "[a-z]{1,8}:[a-z./@-]{1,40}",
            text(),
            option::of("[0-9a-f]{40}"),
        ),
        basis(),
        coverage,
        vec(finding(), 0..30),
        gate(),
        option::of(record),
        digest(),
        vec(model(), 0..8),
    )
        .prop_map(
            |(about, basis, coverage, findings, gate, record, digest, models)| {
                let (time, asset, name, commit) = about;
                Report {
                    models,
                    schema: SCHEMA_NAME.to_owned(),
                    tool: Tool {
                        name: "gatewright".to_owned(),
                        version: "0.1.0".to_owned(),
                    },
                    time,
                    asset: asset.parse().unwrap_or_else(|_| "repo:x".parse().unwrap()),
                    subject: ReportSubject {
                        kind: "tree".to_owned(),
                        name,
                        commit,
                        digest: [("sha256".to_owned(), digest.to_hex())].into(),
                    },
                    basis,
                    coverage,
                    findings,
                    gate,
                    record,
                }
            },
        )
}

fn model() -> impl Strategy<Value = ReportModel> {
    let state = prop_oneof![
        Just(SignatureState::Verified),
        Just(SignatureState::Refused),
        Just(SignatureState::UnknownSigner),
        Just(SignatureState::NotVerified),
        Just(SignatureState::Unsigned),
    ];
    let signature = (state, option::of(text()), option::of(text()))
        .prop_map(|(state, by, detail)| ReportSignature { state, by, detail });
    (
        text(),
        text(),
        option::of(text()),
        option::of(text()),
        option::of(any::<u64>()),
        option::of(signature),
    )
        .prop_map(
            |(path, name, format, architecture, parameters, signature)| ReportModel {
                path,
                name,
                format,
                architecture,
                parameters,
                signature,
            },
        )
}
