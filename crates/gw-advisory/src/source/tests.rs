use std::fs;

use gw_package::Ecosystem;
use serde_json::{Value, json};

use super::*;
use crate::matching::match_package;
use crate::testing::{feed, record, with, zip};

fn advisory(id: &str, ecosystem: &str, name: &str) -> Value {
    record(id, ecosystem, name, &["introduced 0"])
}

fn index(compiled: &Compiled) -> Index {
    Index::from_bytes(compiled.bytes.clone()).unwrap()
}

fn ids(index: &Index, ecosystem: &Ecosystem, name: &str) -> Vec<String> {
    let found = match_package(index, ecosystem, name, "1.0.0").unwrap();
    found.matches.into_iter().map(|m| m.id).collect()
}

#[test]
fn reads_the_layout_and_whatever_lies_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    feed(&root.join("npm/all.zip"), &[advisory("GHSA-1", "npm", "a")]);
    fs::create_dir_all(root.join("PyPI")).unwrap();
    fs::write(
        root.join("PyPI/PYSEC-1.json"),
        advisory("PYSEC-1", "PyPI", "b").to_string(),
    )
    .unwrap();
    fs::create_dir_all(root.join("own/2026")).unwrap();
    fs::write(
        root.join("own/2026/ACME-1.json"),
        advisory("ACME-1", "crates.io", "c").to_string(),
    )
    .unwrap();
    let kev =
        br#"{"dateReleased": "2026-01-01T00:00:00Z", "vulnerabilities": [{"cveID": "CVE-1"}]}"#;
    zip(
        &root.join("known_exploited_vulnerabilities.zip"),
        &[("known_exploited_vulnerabilities.json", kev)],
    );
    fs::write(
        root.join("SOURCES.md"),
        "| file | from | as of | licence |\n|---|---|---|---|\n| `npm/all.zip` | here | 2026-02-03 | CC0-1.0 |\n",
    )
    .unwrap();

    let compiled = compile(&[root], CompileOptions::default()).unwrap();
    assert_eq!(compiled.incomplete, []);
    let again = compile(&[root], CompileOptions::default()).unwrap();
    assert_eq!(compiled.bytes, again.bytes);
    let index = index(&compiled);
    let npm = index.coverage(&Ecosystem::NPM).unwrap();
    assert_eq!(
        (npm.records, npm.source.as_str(), npm.licence.as_str()),
        (1, "here", "CC0-1.0")
    );
    assert_eq!(npm.as_of.to_string(), "2026-02-03T00:00:00Z");
    let python = index.coverage(&Ecosystem::PYPI).unwrap();
    assert_eq!(
        python.as_of.to_string(),
        "2026-01-02T03:04:05Z",
        "the newest record's"
    );
    assert!(
        index.coverage(&Ecosystem::CRATES_IO).is_none(),
        "one record is no feed"
    );
    assert_eq!(ids(&index, &Ecosystem::CRATES_IO, "c"), ["ACME-1"]);
    assert_eq!(index.kev_ids().unwrap(), ["CVE-1"]);
    assert_eq!(index.kev().unwrap().records, 1);
}

#[test]
fn an_unusable_record_is_named_and_the_others_count() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("npm/all.zip");
    let good = advisory("GHSA-1", "npm", "a").to_string();
    let members: [(&str, &[u8]); 5] = [
        ("a.json", b"{"),
        ("b.json", br#"{"id": ""}"#),
        ("good.json", good.as_bytes()),
        ("read.me", b"x"),
        ("\u{1b}[31m.json", b"nope"),
    ];
    zip(&path, &members);
    let compiled = compile(&[folder.path()], CompileOptions::default()).unwrap();
    let named: Vec<_> = compiled
        .incomplete
        .iter()
        .map(|i| i.location.inside[0].as_str())
        .collect();
    assert_eq!(named, ["a.json", "b.json", "[31m.json"]);
    assert!(
        compiled
            .incomplete
            .iter()
            .all(|i| i.reason == ReasonCode::AdvisoryRecord)
    );
    assert_eq!(ids(&index(&compiled), &Ecosystem::NPM, "a"), ["GHSA-1"]);
}

#[test]
fn a_record_larger_than_the_limit_is_skipped() {
    let folder = tempfile::tempdir().unwrap();
    let large = with(
        advisory("GHSA-1", "npm", "a"),
        json!({"details": "x".repeat(5000)}),
    )
    .to_string();
    let small = advisory("GHSA-2", "npm", "a").to_string();
    zip(
        &folder.path().join("npm/all.zip"),
        &[("l.json", large.as_bytes()), ("s.json", small.as_bytes())],
    );
    let limits = RecordLimits {
        bytes: 1000,
        ..RecordLimits::default()
    };
    let options = CompileOptions {
        limits,
        ..CompileOptions::default()
    };
    let compiled = compile(&[folder.path()], options).unwrap();
    assert!(
        compiled.incomplete[0].detail.contains("1000 bytes"),
        "{:?}",
        compiled.incomplete
    );
    assert_eq!(ids(&index(&compiled), &Ecosystem::NPM, "a"), ["GHSA-2"]);
}

#[test]
fn what_has_no_advisories_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let check = |path: &str, expected: &str| {
        let error = compile(&[&root.join(path)], CompileOptions::default()).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    };
    check("none", "cannot read");
    check("", "has no advisories");
    fs::write(root.join("x.zip"), "not a zip").unwrap();
    check("x.zip", "is not a zip");
    fs::write(root.join("x.json"), "{}").unwrap();
    check("x.json", "has no advisories");
}

#[test]
fn feeds_replace_and_single_records_add() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    feed(
        &root.join("e/npm/all.zip"),
        &[advisory("GHSA-1", "npm", "a")],
    );
    feed(&root.join("e/Go/all.zip"), &[advisory("GO-1", "Go", "g")]);
    let options = CompileOptions {
        embedded: true,
        ..CompileOptions::default()
    };
    let embedded = index(&compile(&[&root.join("e")], options).unwrap());

    // A single record is added; the rest stays.
    let single = root.join("ACME-1.json");
    fs::write(&single, advisory("ACME-1", "npm", "a").to_string()).unwrap();
    let import = |path: &Path, current: Option<&Index>, embedded: &Index, keep_singles: bool| {
        let mut compiler = Compiler::new(CompileOptions {
            keep_singles,
            ..CompileOptions::default()
        });
        compiler.add(path).unwrap();
        let bases = Bases {
            current,
            embedded: Some(embedded),
        };
        index(&compiler.finish_on(bases).unwrap())
    };
    let one = import(&single, None, &embedded, false);
    assert_eq!(ids(&one, &Ecosystem::NPM, "a"), ["ACME-1", "GHSA-1"]);
    assert_eq!(ids(&one, &Ecosystem::GO, "g"), ["GO-1"]);
    assert!(one.coverage(&Ecosystem::NPM).unwrap().embedded);

    // A feed replaces its ecosystem, and only that.
    feed(
        &root.join("new/npm/all.zip"),
        &[advisory("GHSA-2", "npm", "a")],
    );
    let two = import(&root.join("new"), Some(&one), &embedded, false);
    assert_eq!(ids(&two, &Ecosystem::NPM, "a"), ["GHSA-2"]);
    assert_eq!(ids(&two, &Ecosystem::GO, "g"), ["GO-1"]);
    assert!(!two.coverage(&Ecosystem::NPM).unwrap().embedded);
    let kept = import(&root.join("new"), Some(&one), &embedded, true);
    assert_eq!(ids(&kept, &Ecosystem::NPM, "a"), ["ACME-1", "GHSA-2"]);

    // A newer program's snapshot replaces what came from the older one, and nothing else.
    feed(
        &root.join("f/npm/all.zip"),
        &[advisory("GHSA-3", "npm", "a")],
    );
    feed(&root.join("f/Go/all.zip"), &[advisory("GO-2", "Go", "g")]);
    let options = CompileOptions {
        embedded: true,
        ..CompileOptions::default()
    };
    let newer = index(&compile(&[&root.join("f")], options).unwrap());
    let three = import(&single, Some(&two), &newer, false);
    assert_eq!(ids(&three, &Ecosystem::NPM, "a"), ["ACME-1", "GHSA-2"]);
    assert_eq!(ids(&three, &Ecosystem::GO, "g"), ["GO-2"]);

    // The same id again replaces the record, also to withdraw it.
    let taken_back = with(
        advisory("ACME-1", "npm", "a"),
        json!({"withdrawn": "2026-01-01T00:00:00Z"}),
    );
    fs::write(&single, taken_back.to_string()).unwrap();
    let four = import(&single, Some(&three), &newer, false);
    assert_eq!(ids(&four, &Ecosystem::NPM, "a"), ["GHSA-2"]);
}

#[test]
fn a_zip_of_another_name_adds_records() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("npm/some.zip");
    feed(&path, &[advisory("GHSA-1", "npm", "a")]);
    let index = index(&compile(&[&path], CompileOptions::default()).unwrap());
    assert!(index.coverage(&Ecosystem::NPM).is_none());
    assert_eq!(ids(&index, &Ecosystem::NPM, "a"), ["GHSA-1"]);
}

#[test]
fn an_imported_catalogue_stays_and_the_programs_newer_one_replaces_the_older() {
    let folder = tempfile::tempdir().unwrap();
    let catalogue = |name: &str, cve: &str| {
        let path = folder
            .path()
            .join(name)
            .join("known_exploited_vulnerabilities.json");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let json = json!({"catalogVersion": "2026.01.01", "vulnerabilities": [{"cveID": cve}]});
        fs::write(&path, json.to_string()).unwrap();
        path
    };
    let embedded = |path: &Path| {
        let options = CompileOptions {
            embedded: true,
            ..CompileOptions::default()
        };
        index(&compile(&[path], options).unwrap())
    };
    let record = folder.path().join("ACME-1.json");
    fs::write(&record, advisory("ACME-1", "npm", "a").to_string()).unwrap();
    let import = |path: &Path, current: Option<&Index>, embedded: &Index| {
        let mut compiler = Compiler::new(CompileOptions::default());
        compiler.add(path).unwrap();
        let bases = Bases {
            current,
            embedded: Some(embedded),
        };
        index(&compiler.finish_on(bases).unwrap())
    };
    let (old, new) = (
        embedded(&catalogue("old", "CVE-1")),
        embedded(&catalogue("new", "CVE-2")),
    );
    let first = import(&record, None, &old);
    assert_eq!(first.kev_ids().unwrap(), ["CVE-1"]);
    let second = import(&record, Some(&first), &new);
    assert_eq!(second.kev_ids().unwrap(), ["CVE-2"]);
    let third = import(&catalogue("own", "CVE-3"), Some(&second), &new);
    assert_eq!(third.kev_ids().unwrap(), ["CVE-3"]);
    let fourth = import(&record, Some(&third), &new);
    assert_eq!(fourth.kev_ids().unwrap(), ["CVE-3"]);
}
