//! Reports to render.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test uses a part; clippy does not know that helpers of tests are tests"
)]

pub mod arbitrary;

use std::collections::BTreeMap;

use gw_core::{Digest, Gate, Mode, Outcome, Reason, Time, parse_time};
use gw_finding::{
    Accepted, AdvisoryRef, Confidence, Finding, FindingId, Fix, Kind, Location, PackageRef,
    Position, ReasonCode, RuleId, Severity, Tolerated,
};
use gw_report::{
    AdvisoryBasis, ConfigBasis, DigestOf, EcosystemBasis, Record, Report, ReportBasis,
    ReportCoverage, ReportGate, ReportIncomplete, ReportSubject, SCHEMA_NAME, Tool,
};

pub fn time(text: &str) -> Time {
    parse_time(text).unwrap()
}

/// A report that passes: nothing was found.
pub fn clean() -> Report {
    let ecosystem = |name: &str, as_of: &str, records| EcosystemBasis {
        name: name.to_owned(),
        as_of: time(as_of),
        records,
    };
    Report {
        models: Vec::new(),
        schema: SCHEMA_NAME.to_owned(),
        tool: Tool {
            name: "gatewright".to_owned(),
            version: "0.1.0".to_owned(),
        },
        time: time("2026-08-21T09:30:00Z"),
        asset: "repo:example.org/shop/payments".parse().unwrap(),
        subject: ReportSubject {
            kind: "tree".to_owned(),
            name: "payments".to_owned(),
            commit: Some("5f0c1d2e3a4b59687786a5b4c3d2e1f00f1e2d3c".to_owned()),
            digest: [("sha256".to_owned(), Digest::of(b"tree").to_hex())].into(),
        },
        basis: ReportBasis {
            advisories: AdvisoryBasis {
                digest: Digest::of(b"advisories"),
                as_of: time("2026-08-18"),
                ecosystems: vec![
                    ecosystem("Go", "2026-08-19", 6_021),
                    ecosystem("PyPI", "2026-06-30", 19_884),
                    ecosystem("crates.io", "2026-08-18", 1_204),
                ],
            },
            policy: DigestOf {
                digest: Digest::of(b"policy"),
            },
            config: ConfigBasis {
                digest: Digest::of(b"config"),
                from: "working tree, unprotected".to_owned(),
                unused: Vec::new(),
            },
        },
        coverage: ReportCoverage {
            files: 1_312,
            bytes: 4_500_123,
            by_analyzer: BTreeMap::from([("package".to_owned(), 4)]),
            packages: BTreeMap::from([("crates.io".to_owned(), 214)]),
            incomplete: Vec::new(),
        },
        findings: Vec::new(),
        gate: ReportGate {
            name: Gate::Release,
            mode: Mode::Enforce,
            decision: Outcome::Pass,
            reasons: Vec::new(),
        },
        record: Some(Record {
            decision: Digest::of(b"decision"),
            leaf: 41,
            size: 42,
        }),
    }
}

/// What a vulnerability in a sample is.
pub struct Vulnerability<'a> {
    pub ecosystem: &'a str,
    pub package: (&'a str, &'a str),
    pub id: &'a str,
    pub summary: &'a str,
    pub severity: Severity,
    pub cvss: f64,
    pub kev: bool,
    pub place: (&'a str, u32),
    pub fixed: Option<&'a str>,
    pub through: &'a [&'a str],
}

impl Vulnerability<'_> {
    pub fn finding(&self) -> Finding {
        let rule = RuleId::new("package/known-vulnerability");
        let (name, version) = self.package;
        let length = u32::try_from(name.chars().count()).unwrap();
        let at = |column| Position {
            line: self.place.1,
            column,
        };
        // The span of the name in `name = "..."`.
        let location = Location::file(self.place.0).at(at(9), at(9 + length));
        Finding {
            id: FindingId::new(&rule, &format!("{name}/{}", self.id), &location),
            rule,
            kind: Kind::Vulnerability,
            severity: self.severity,
            confidence: Confidence::High,
            title: format!("{name} {version}: {}", self.summary),
            message: format!(
                "{name} {version} is affected by {}: {}.",
                self.id, self.summary
            ),
            help: format!(
                "Upgrade {name}. See https://osv.dev/vulnerability/{}",
                self.id
            ),
            location,
            package: Some(PackageRef {
                purl: format!("pkg:cargo/{name}@{version}"),
                name: name.to_owned(),
                version: version.to_owned(),
                ecosystem: self.ecosystem.to_owned(),
                development: false,
                direct: Some(self.through.is_empty()),
                path: self
                    .through
                    .iter()
                    .chain([&name])
                    .map(|&n| n.to_owned())
                    .collect(),
            }),
            advisory: Some(AdvisoryRef {
                id: self.id.to_owned(),
                aliases: vec!["CVE-2026-1111".to_owned()],
                fixed: self.fixed.iter().map(|&v| v.to_owned()).collect(),
                cvss: Some(self.cvss),
                epss: self.kev.then_some(0.93),
                kev: self.kev,
            }),
            controls: vec!["soc2/CC7.1".to_owned()],
            accepted: None,
            tolerated: None,
            fix: self.fixed.map(|fixed| Fix {
                description: format!(
                    "Upgrade {name} to {fixed} or later: `cargo update -p {name}@{version} \
                     --precise {fixed}`."
                ),
                version: Some(fixed.to_owned()),
                through: self.through.iter().take(1).map(|&n| n.to_owned()).collect(),
            }),
        }
    }
}

/// A gap.
pub fn gap(path: &str, line: Option<u32>, reason: ReasonCode, detail: &str) -> ReportIncomplete {
    ReportIncomplete {
        path: path.to_owned(),
        line,
        analyzer: "package".to_owned(),
        reason,
        detail: detail.to_owned(),
        allowed: false,
    }
}

/// A report that fails for many reasons.
pub fn failing() -> Report {
    let mut report = clean();
    let lock = "services/payments/Cargo.lock";
    let vulnerability = |package, id, summary, severity, cvss, line, fixed| Vulnerability {
        ecosystem: "crates.io",
        package,
        id,
        summary,
        severity,
        cvss,
        kev: false,
        place: (lock, line),
        fixed,
        through: &["reqwest", "native-tls"],
    };
    let openssl = ("openssl", "0.10.1");
    let fixed = Some("0.10.70");
    let mut known = vulnerability(
        openssl,
        "RUSTSEC-2026-0004",
        "Use after free in `Md::fetch` and `Cipher::fetch`",
        Severity::Critical,
        9.8,
        4,
        fixed,
    );
    known.kev = true;
    let mut malware = vulnerability(
        ("rustdecimal", "1.23.1"),
        "MAL-2022-1",
        "Malicious code in rustdecimal",
        Severity::Critical,
        10.0,
        8,
        None,
    );
    malware.through = &[];
    let mut malware = malware.finding();
    malware.rule = RuleId::new("package/malware");
    malware.kind = Kind::Malware;
    malware.title = "rustdecimal 1.23.1 is malware".to_owned();
    malware.message = "rustdecimal 1.23.1 is reported as malware, MAL-2022-1.".to_owned();
    malware.help = "Remove it. Treat every machine that installed it as compromised, and replace \
                    the credentials that were on them."
        .to_owned();
    let mut low = vulnerability(
        ("time", "0.1.40"),
        "RUSTSEC-2020-0071",
        "Potential segfault in the time crate",
        Severity::Medium,
        6.2,
        12,
        Some("0.2.23"),
    )
    .finding();
    low.tolerated = Some(Tolerated::LowSeverity);
    let mut accepted = vulnerability(
        ("ansi_term", "0.12.1"),
        "RUSTSEC-2021-0139",
        "ansi_term is unmaintained",
        Severity::High,
        7.5,
        16,
        None,
    )
    .finding();
    accepted.tolerated = Some(Tolerated::Accepted);
    accepted.accepted = Some(Accepted {
        by: "ann@example.org".to_owned(),
        reason: "only used to colour our own log".to_owned(),
        expires: time("2026-12-01"),
    });
    report.findings = vec![
        malware,
        known.finding(),
        vulnerability(
            openssl,
            "RUSTSEC-2026-0022",
            "Use after free in `X509VerifyParamRef::set_host` that an attacker can reach with a crafted host name, and a rather long summary",
            Severity::High,
            8.1,
            4,
            fixed,
        )
        .finding(),
        vulnerability(
            openssl,
            "GHSA-xphf-cx8h-7q9g",
            "`openssl` `SubjectAlternativeName` and `ExtendedKeyUsage::other` allow arbitrary file read",
            Severity::High,
            7.5,
            4,
            fixed,
        )
        .finding(),
        vulnerability(
            ("remove_dir_all", "0.5.3"),
            "GHSA-mc8h-8q98-g5hr",
            "Race condition enabling link following and time-of-check time-of-use",
            Severity::High,
            7.0,
            20,
            None,
        )
        .finding(),
        low,
        accepted,
    ];
    report.coverage.packages.insert("PyPI".to_owned(), 34);
    report.coverage.packages.insert("npm".to_owned(), 1_877);
    report.coverage.incomplete = vec![
        gap(
            "npm",
            None,
            ReasonCode::NoAdvisories,
            "1877 packages of npm were not matched: there is no advisory data for npm. Get it with `gatewright db update`",
        ),
        gap(
            "requirements-dev.txt",
            Some(3),
            ReasonCode::Unpinned,
            "`requests>=2` has no exact version",
        ),
        gap(
            "requirements-dev.txt",
            Some(7),
            ReasonCode::Unpinned,
            "`urllib3` has no exact version",
        ),
        gap(
            "tools/legacy [old]/poetry.lock",
            Some(120),
            ReasonCode::Malformed,
            "expected `=` after the key, found `]`",
        ),
    ];
    let reason = |policy: &str, message: &str| Reason {
        policy: policy.to_owned(),
        message: message.to_owned(),
        findings: Vec::new(),
    };
    report.gate.decision = Outcome::Fail;
    report.gate.reasons = vec![
        reason(
            "malware",
            "1 dependency is malware: remove it, and treat every machine that installed it as compromised",
        ),
        reason(
            "known-exploited",
            "1 vulnerability is being exploited right now",
        ),
        reason(
            "vulnerability-critical",
            "1 critical vulnerability in dependencies",
        ),
        reason(
            "vulnerability-high",
            "2 high vulnerabilities in dependencies, and a fixed version exists",
        ),
        reason(
            "incomplete",
            "4 things could not be looked at completely, so nobody can say that they are clean",
        ),
    ];
    report.record = None;
    report
}

/// The lock file that [`failing`] speaks of.
pub fn lock_text() -> String {
    let mut text = String::from("# generated\nversion = 4\n\n");
    for (name, version) in [
        ("openssl", "0.10.1"),
        ("rustdecimal", "1.23.1"),
        ("time", "0.1.40"),
        ("ansi_term", "0.12.1"),
        ("remove_dir_all", "0.5.3"),
    ] {
        text.push_str(&format!("name = \"{name}\"\nversion = \"{version}\"\n\n\n"));
    }
    text
}
