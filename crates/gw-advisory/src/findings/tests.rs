use gw_core::parse_time;
use gw_finding::Severity;
use gw_package::Scope;
use serde_json::json;

use super::*;
use crate::testing::{index, record, with, with_affected};

fn package(
    ecosystem: Ecosystem,
    name: &str,
    version: &str,
    occurrences: Vec<Occurrence>,
    dependencies: &[PackageIndex],
) -> Package {
    Package {
        purl: format!("pkg:x/{name}@{version}"),
        ecosystem,
        name: name.to_owned(),
        version: version.to_owned(),
        occurrences,
        dependencies: dependencies.to_vec(),
        license: None,
        hashes: Vec::new(),
    }
}

fn at(file: &str, line: u32, direct: Option<bool>, scope: Scope) -> Occurrence {
    Occurrence {
        location: Location::file(file).at_line(line),
        scope,
        direct,
    }
}

fn cargo(name: &str, version: &str, direct: bool, dependencies: &[PackageIndex]) -> Package {
    let occurrence = at("Cargo.lock", 3, Some(direct), Scope::Runtime);
    package(
        Ecosystem::CRATES_IO,
        name,
        version,
        vec![occurrence],
        dependencies,
    )
}

fn inventory(packages: Vec<Package>) -> Inventory {
    Inventory {
        packages,
        ..Inventory::default()
    }
}

#[test]
fn a_transitive_dependency_is_traced_to_direct_ones() {
    let index = index(
        &[with(
            record(
                "RUSTSEC-1",
                "crates.io",
                "deep",
                &["introduced 0", "fixed 0.2.1"],
            ),
            json!({"aliases": ["CVE-1"], "summary": "Overflow in parse."}),
        )],
        &["CVE-1"],
    );
    let inventory = inventory(vec![
        cargo("a", "1.0.0", true, &[2]),
        cargo("b", "1.0.0", true, &[3]),
        cargo("c", "1.0.0", false, &[3]),
        cargo("deep", "0.2.0", false, &[2]),
        cargo("other", "1.0.0", true, &[]),
    ]);
    let out = findings(&inventory, &index);
    let [finding] = out.findings.as_slice() else {
        panic!("{:?}", out.findings)
    };
    assert_eq!(finding.rule, KNOWN_VULNERABILITY);
    assert_eq!(finding.title, "deep 0.2.0: Overflow in parse.");
    assert_eq!(
        finding.message,
        "deep 0.2.0 is affected by RUSTSEC-1 (CVE-1): Overflow in parse. It is known to be \
         exploited. No database rates it, so it counts as high. It comes in through b@1.0.0."
    );
    let package = finding.package.as_ref().unwrap();
    assert_eq!(package.path, ["b@1.0.0", "deep@0.2.0"]);
    assert_eq!(package.direct, Some(false));
    let fix = finding.fix.as_ref().unwrap();
    assert_eq!(
        (fix.version.as_deref(), fix.through.as_slice()),
        (Some("0.2.1"), &["a".to_owned(), "b".to_owned()][..])
    );
    assert_eq!(
        fix.description,
        "Upgrade deep to 0.2.1 or later: `cargo update -p deep@0.2.0 --precise 0.2.1`. It comes in \
         through a and b: where that does not allow it, upgrade that."
    );
    assert!(finding.advisory.as_ref().unwrap().kev);
    assert_eq!(out.incomplete, []);
    assert_eq!(out.reads.len(), 5);
    let (_, name, digest) = &out.reads[3];
    assert_eq!((name.as_str(), digest.is_some()), ("deep", true));
    assert!(
        out.reads
            .iter()
            .filter(|(_, _, digest)| digest.is_none())
            .count()
            == 4
    );
}

#[test]
fn one_finding_for_each_file_with_its_own_scope() {
    let index = index(
        &[record(
            "PYSEC-1",
            "PyPI",
            "x",
            &["introduced 0", "fixed 2.0"],
        )],
        &[],
    );
    let occurrences = vec![
        at("b/requirements.txt", 7, Some(true), Scope::Development),
        at("a/poetry.lock", 9, None, Scope::Runtime),
        at("a/poetry.lock", 4, None, Scope::Runtime),
    ];
    let inventory = inventory(vec![package(Ecosystem::PYPI, "x", "1.0", occurrences, &[])]);
    let out = findings(&inventory, &index).findings;
    let places: Vec<_> = out.iter().map(|f| f.location.to_string()).collect();
    assert_eq!(places, ["a/poetry.lock:4:1", "b/requirements.txt:7:1"]);
    assert_ne!(out[0].id, out[1].id);
    let (first, second) = (
        out[0].package.as_ref().unwrap(),
        out[1].package.as_ref().unwrap(),
    );
    assert_eq!(
        (first.development, first.direct, first.path.len()),
        (false, None, 0)
    );
    assert_eq!((second.development, second.direct), (true, Some(true)));
    assert_eq!(
        out[1].fix.as_ref().unwrap().description,
        "Upgrade x to 2.0 or later: `x>=2.0`."
    );
}

#[test]
fn every_kind_has_its_rule() {
    let informational = json!({"database_specific": {"informational": "unmaintained"}});
    let index = index(
        &[
            with_affected(
                record("RUSTSEC-1", "crates.io", "x", &["introduced 0"]),
                informational,
            ),
            record("MAL-1", "crates.io", "x", &["introduced 0"]),
            record("RUSTSEC-2", "crates.io", "x", &["introduced 0"]),
        ],
        &[],
    );
    let out = findings(&inventory(vec![cargo("x", "1.0.0", true, &[])]), &index).findings;
    let mut rules: Vec<_> = out
        .iter()
        .map(|f| (f.rule.as_str(), f.kind.as_str(), f.severity))
        .collect();
    rules.sort();
    assert_eq!(
        rules,
        [
            (
                "package/known-vulnerability",
                "vulnerability",
                Severity::High
            ),
            ("package/malware", "malware", Severity::Critical),
            ("package/unmaintained", "unmaintained", Severity::Low),
        ]
    );
    assert!(out.iter().all(|f| f.fix.is_none() && !f.help.is_empty()));
}

#[test]
fn what_could_not_be_matched_is_incomplete() {
    let index = index(
        &[record("RUSTSEC-1", "crates.io", "x", &["introduced 0"])],
        &[],
    );
    let maven = Ecosystem::new("Maven");
    let here = || vec![at("bom.json", 1, None, Scope::Runtime)];
    let inventory = inventory(vec![
        cargo("x", "not-a-version", true, &[]),
        package(maven.clone(), "a:b", "1", here(), &[]),
        package(maven, "a:c", "1", here(), &[]),
    ]);
    let out = findings(&inventory, &index).incomplete;
    let found: Vec<_> = out
        .iter()
        .map(|i| (i.location.path.as_str(), i.reason))
        .collect();
    assert_eq!(
        found,
        [
            ("Cargo.lock", ReasonCode::InvalidVersion),
            ("Maven", ReasonCode::NoAdvisories)
        ]
    );
    assert!(
        out[1]
            .detail
            .starts_with("2 packages of Maven were not matched"),
        "{}",
        out[1].detail
    );
}

#[test]
fn old_data_is_incomplete_where_it_is_used() {
    let index = crate::embedded();
    let inventory = inventory(vec![cargo("x", "1.0.0", true, &[])]);
    let check = |oldest: &str, expected: usize| {
        let found = outdated(&inventory, index, parse_time(oldest).unwrap());
        assert_eq!(found.len(), expected, "{found:?}");
    };
    check("2026-08-21", 0);
    check("2026-08-22", 1);
}

#[test]
fn the_embedded_snapshot_is_whole_and_finds_what_is_known() {
    let index = crate::embedded();
    assert_eq!(index.verify(), Ok(()));
    assert!(index.len() > 8000);
    let here = |file: &str| vec![at(file, 1, Some(true), Scope::Runtime)];
    let inventory = inventory(vec![
        package(
            Ecosystem::CRATES_IO,
            "openssl",
            "0.8.3",
            here("Cargo.lock"),
            &[],
        ),
        package(
            Ecosystem::GO,
            "golang.org/x/crypto",
            "v0.0.0-20200101000000-000000000000",
            here("go.mod"),
            &[],
        ),
        package(Ecosystem::GO, "stdlib", "1.20.1", here("go.mod"), &[]),
        package(
            Ecosystem::PYPI,
            "django",
            "3.2.1",
            here("requirements.txt"),
            &[],
        ),
        package(
            Ecosystem::CRATES_IO,
            "ansi_term",
            "0.12.1",
            here("Cargo.lock"),
            &[],
        ),
    ]);
    let out = findings(&inventory, index);
    assert_eq!(out.incomplete, []);
    let find = |id: &str| {
        let found = out
            .findings
            .iter()
            .find(|f| f.advisory.as_ref().unwrap().id == id);
        found.unwrap_or_else(|| panic!("{id}"))
    };
    let openssl = find("RUSTSEC-2016-0001");
    assert_eq!(openssl.severity, Severity::High);
    assert_eq!(openssl.advisory.as_ref().unwrap().cvss, Some(8.1));
    assert_eq!(
        openssl.advisory.as_ref().unwrap().aliases,
        ["CVE-2016-10931", "GHSA-34p9-f4q3-c4r7"]
    );
    assert_eq!(find("RUSTSEC-2021-0139").rule, UNMAINTAINED);
    assert!(
        find("GO-2023-2102")
            .fix
            .as_ref()
            .unwrap()
            .description
            .starts_with("Build with Go 1.")
    );
    assert!(
        out.findings
            .iter()
            .any(|f| f.package.as_ref().unwrap().name == "golang.org/x/crypto")
    );
    assert!(
        out.findings
            .iter()
            .filter(|f| f.package.as_ref().unwrap().name == "django")
            .count()
            > 20
    );
}
