use gw_finding::{Kind, Severity};
use gw_package::Ecosystem;
use serde_json::{Value, json};

use super::*;
use crate::testing::{index, record, with, with_affected};

fn found(records: &[Value], ecosystem: Ecosystem, name: &str, version: &str) -> PackageMatches {
    match_package(&index(records, &["CVE-2021-9"]), &ecosystem, name, version).unwrap()
}

fn ids(records: &[Value], ecosystem: Ecosystem, name: &str, version: &str) -> Vec<String> {
    found(records, ecosystem, name, version)
        .matches
        .into_iter()
        .map(|m| m.id)
        .collect()
}

#[test]
fn matches_ranges_lists_and_nothing_withdrawn() {
    let records = [
        record(
            "RUSTSEC-1",
            "crates.io",
            "x",
            &["introduced 0", "fixed 1.0.0"],
        ),
        with(
            record("RUSTSEC-2", "crates.io", "x", &["introduced 0"]),
            json!({"withdrawn": "2026-01-01T00:00:00Z"}),
        ),
        with_affected(
            record("RUSTSEC-3", "crates.io", "x", &["introduced 3.0.0"]),
            json!({"versions": ["2.0.0"]}),
        ),
    ];
    let check = |version: &str, expected: &[&str]| {
        assert_eq!(
            ids(&records, Ecosystem::CRATES_IO, "x", version),
            expected,
            "{version}"
        );
    };
    check("0.9.9", &["RUSTSEC-1"]);
    check("1.0.0-rc.1", &["RUSTSEC-1"]);
    check("1.0.0", &[]);
    check("2.0.0", &["RUSTSEC-3"]);
    check("3.1.0", &["RUSTSEC-3"]);
    assert_eq!(
        ids(&records, Ecosystem::NPM, "x", "0.1.0"),
        Vec::<String>::new()
    );
}

#[test]
fn python_versions_have_many_spellings() {
    let listed = with_affected(
        record("PYSEC-1", "PyPI", "A.b", &["introduced 0"]),
        json!({"ranges": [], "versions": ["1.0rc1", "2.0"]}),
    );
    let ranged = record(
        "PYSEC-2",
        "PyPI",
        "a-b",
        &["introduced 0", "last_affected 1.13"],
    );
    let records = [listed, ranged];
    let check = |version: &str, expected: &[&str]| {
        assert_eq!(
            ids(&records, Ecosystem::PYPI, "a-b", version),
            expected,
            "{version}"
        );
    };
    check("1.0rc1", &["PYSEC-1", "PYSEC-2"]);
    check("1.0.0-rc.1", &["PYSEC-1", "PYSEC-2"]);
    check("2.0.0", &["PYSEC-1"]);
    check("1.13+cu118", &["PYSEC-2"]);
    check("1.13.post1", &[]);
}

#[test]
fn go_modules_and_its_own_releases() {
    let records = [
        record(
            "GO-1",
            "Go",
            "example.com/m",
            &["introduced 1.1.0", "fixed 1.2.0"],
        ),
        record(
            "GO-2",
            "Go",
            "stdlib",
            &[
                "introduced 0",
                "fixed 1.20.5",
                "introduced 1.21.0-0",
                "fixed 1.21.3",
            ],
        ),
    ];
    assert_eq!(
        ids(&records, Ecosystem::GO, "example.com/m", "v1.1.9"),
        ["GO-1"]
    );
    assert_eq!(
        ids(
            &records,
            Ecosystem::GO,
            "example.com/m",
            "v1.2.0+incompatible"
        ),
        [""; 0]
    );
    for (version, affected) in [
        ("1.20.4", true),
        ("1.20.5", false),
        ("1.21rc1", true),
        ("go1.21.2", true),
        ("1.21.3", false),
        ("1.22", false),
    ] {
        let found = !ids(&records, Ecosystem::GO, "stdlib", version).is_empty();
        assert_eq!(found, affected, "{version}");
    }
}

#[test]
fn aliases_merge_through_others() {
    let records = [
        with(
            record("GHSA-a", "crates.io", "x", &["introduced 0", "fixed 1.0.1"]),
            json!({"aliases": ["CVE-2021-9"]}),
        ),
        with(
            record(
                "RUSTSEC-1",
                "crates.io",
                "x",
                &["introduced 0", "fixed 1.0.2"],
            ),
            json!({"aliases": ["GHSA-b"]}),
        ),
        with(
            record("GHSA-b", "crates.io", "x", &["introduced 0"]),
            json!({"aliases": ["CVE-2021-9"],
            "database_specific": {"severity": "HIGH"}}),
        ),
        record("RUSTSEC-2", "crates.io", "x", &["introduced 0"]),
    ];
    let found = found(&records, Ecosystem::CRATES_IO, "x", "1.0.0");
    assert_eq!(found.matches.len(), 2);
    let first = &found.matches[0];
    assert_eq!(first.id, "RUSTSEC-1");
    assert_eq!(first.aliases, ["CVE-2021-9", "GHSA-a", "GHSA-b"]);
    assert!(first.kev && !found.matches[1].kev);
    assert_eq!((first.severity, first.rated), (Severity::High, true));
    assert_eq!(
        (found.matches[1].severity, found.matches[1].rated),
        (Severity::High, false)
    );
    assert_eq!(first.fixed, ["1.0.1", "1.0.2"]);
    assert_eq!(found.clearing, None);
}

#[test]
fn kinds_and_their_severities() {
    let informational = |id: &str, what: &str| {
        with_affected(
            record(id, "crates.io", "x", &["introduced 0"]),
            json!({"database_specific": {"informational": what}}),
        )
    };
    let records = [
        informational("RUSTSEC-1", "unmaintained"),
        informational("RUSTSEC-2", "unsound"),
        informational("RUSTSEC-3", "notice"),
        record("MAL-2024-1", "crates.io", "x", &["introduced 0"]),
    ];
    let matches = found(&records, Ecosystem::CRATES_IO, "x", "1.0.0").matches;
    let kinds: Vec<_> = matches
        .iter()
        .map(|m| (m.id.as_str(), m.kind, m.severity))
        .collect();
    assert_eq!(
        kinds,
        [
            ("MAL-2024-1", Kind::Malware, Severity::Critical),
            ("RUSTSEC-1", Kind::Unmaintained, Severity::Low),
            ("RUSTSEC-2", Kind::Vulnerability, Severity::Low),
            ("RUSTSEC-3", Kind::Vulnerability, Severity::Low),
        ]
    );
}

#[test]
fn the_smallest_version_clears_everything() {
    let unmaintained = json!({"database_specific": {"informational": "unmaintained"}});
    let records = [
        record(
            "GHSA-1",
            "npm",
            "x",
            &[
                "introduced 0",
                "fixed 1.2.0",
                "introduced 2.0.0",
                "fixed 2.0.1",
            ],
        ),
        record("GHSA-2", "npm", "x", &["introduced 1.2.0", "fixed 1.2.5"]),
        with_affected(
            record("GHSA-3", "npm", "x", &["introduced 0"]),
            unmaintained,
        ),
    ];
    let check = |version: &str, expected: Option<&str>| {
        let found = found(&records, Ecosystem::NPM, "x", version);
        assert_eq!(found.clearing.as_deref(), expected, "{version}");
    };
    check("1.0.0", Some("1.2.5"));
    check("1.2.3", Some("1.2.5"));
    check("2.0.0", Some("2.0.1"));
    check("3.0.0", None);
    let open = [
        record("GHSA-1", "npm", "x", &["introduced 0", "fixed 1.2.0"]),
        record("GHSA-2", "npm", "x", &["introduced 0"]),
    ];
    assert_eq!(found(&open, Ecosystem::NPM, "x", "1.0.0").clearing, None);
}

#[test]
fn what_cannot_be_compared_is_said() {
    let records = [
        with_affected(
            record("GHSA-1", "npm", "x", &["introduced 0", "fixed 1.2.0"]),
            json!({"versions": ["latest"]}),
        ),
        record("GHSA-2", "npm", "y", &["introduced 0", "fixed one"]),
        with_affected(
            record("GHSA-3", "npm", "z", &["introduced 0", "fixed one"]),
            json!({"versions": ["1.0.0"]}),
        ),
    ];
    let latest = found(&records, Ecosystem::NPM, "x", "latest");
    assert_eq!((latest.matches.len(), latest.problems.len()), (1, 0));
    let other = found(&records, Ecosystem::NPM, "x", "newest");
    assert!(
        matches!(other.problems.as_slice(), [Problem::Version(_)]),
        "{:?}",
        other.problems
    );
    let bad = found(&records, Ecosystem::NPM, "y", "1.0.0");
    assert!(matches!(bad.problems.as_slice(), [Problem::Record { id, .. }] if id == "GHSA-2"));
    assert_eq!(ids(&records, Ecosystem::NPM, "z", "1.0.0"), ["GHSA-3"]);
    assert_eq!(found(&records, Ecosystem::NPM, "z", "1.0.1").problems, []);
}

#[test]
fn an_ecosystem_without_known_order_has_lists_and_semver() {
    let record = json!({"id": "DSA-1", "affected": [
        {"package": {"ecosystem": "Debian:12", "name": "x"}, "versions": ["1.0-1"],
         "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]},
        {"package": {"ecosystem": "SwiftURL", "name": "x"},
         "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "2.0.0"}]}]}]});
    let records = [record];
    assert_eq!(
        ids(&records, Ecosystem::new("Debian:12"), "x", "1.0-1"),
        ["DSA-1"]
    );
    assert_eq!(
        ids(&records, Ecosystem::new("SwiftURL"), "x", "1.9.0"),
        ["DSA-1"]
    );
    let other = found(&records, Ecosystem::new("Debian:12"), "x", "1.0-2");
    assert!(matches!(
        other.problems.as_slice(),
        [Problem::Version(VersionError::UnknownEcosystem(_))]
    ));
}
