use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::matching::match_package;
use crate::testing::{bytes, index, record, with, with_affected};

fn sample() -> Vec<Value> {
    let listed = json!({"versions": ["1.0", "1.1"], "ecosystem_specific": {"imports": [{"path": "p", "symbols": ["s"]}]}});
    vec![
        with(
            record(
                "RUSTSEC-1",
                "crates.io",
                "a",
                &["introduced 0", "fixed 1.0.0"],
            ),
            json!({"aliases": ["CVE-1"], "details": "long text", "references": [{"url": "https://r"}],
                "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"}]}),
        ),
        with(
            record("GHSA-1", "crates.io", "a", &["introduced 0", "fixed 1.0.1"]),
            json!({"aliases": ["CVE-1"]}),
        ),
        with_affected(
            record(
                "PYSEC-1",
                "PyPI",
                "Foo_Bar",
                &["introduced 0", "last_affected 1.1"],
            ),
            listed,
        ),
        record("GO-1", "Go", "example.com/x", &["introduced 0"]),
    ]
}

fn digest(index: &Index, ecosystem: Ecosystem, name: &str) -> Option<Digest> {
    index.package_digest(&ecosystem, name).unwrap()
}

#[test]
fn the_same_records_give_the_same_bytes_in_any_order() {
    let mut records = sample();
    let one = bytes(&records, &["CVE-1"]);
    records.reverse();
    assert_eq!(one, bytes(&records, &["CVE-1"]));
    let index = Index::from_bytes(one).unwrap();
    assert_eq!(index.verify(), Ok(()));
    assert_eq!(index.len(), 4);
    assert_eq!(index.packages().count(), 3);
}

#[test]
fn an_index_rebuilt_from_an_index_is_the_same() {
    let old = index(&sample(), &["CVE-1"]);
    let mut builder = Builder::default();
    builder.add_index(&old, |_, _| true).unwrap();
    assert_eq!(
        Index::from_bytes(builder.finish()).unwrap().digest(),
        old.digest()
    );
    let mut builder = Builder::default();
    builder
        .add_index(&old, |ecosystem, _| ecosystem == "PyPI")
        .unwrap();
    let part = Index::from_bytes(builder.finish()).unwrap();
    assert_eq!(part.len(), 1);
    assert!(part.coverage(&Ecosystem::PYPI).is_some());
    assert!(part.coverage(&Ecosystem::NPM).is_none());
}

#[test]
fn digests_change_with_what_decides_and_nothing_else() {
    let base = index(&sample(), &[]);
    let a = digest(&base, Ecosystem::CRATES_IO, "a");
    assert!(a.is_some());
    assert_eq!(digest(&base, Ecosystem::CRATES_IO, "b"), None);
    assert_eq!(digest(&base, Ecosystem::NPM, "a"), None);
    assert!(digest(&base, Ecosystem::PYPI, "foo-bar").is_some());
    let changed = |change: &dyn Fn(&mut Vec<Value>), kev: &[&str]| {
        let mut records = sample();
        change(&mut records);
        let new = index(&records, kev);
        let names = new.changed_since(&base).unwrap();
        names.into_iter().map(|(_, name)| name).collect::<Vec<_>>()
    };
    let none: [&str; 0] = [];
    assert_eq!(changed(&|r| r[0]["summary"] = "other".into(), &[]), none);
    assert_eq!(changed(&|r| r[0]["details"] = "other".into(), &[]), none);
    assert_eq!(changed(&|_| {}, &["CVE-1"]), ["a"]);
    assert_eq!(changed(&|_| {}, &["CVE-2"]), none);
    assert_eq!(changed(&|r| r[0]["aliases"] = json!(["CVE-9"]), &[]), ["a"]);
    assert_eq!(
        changed(&|r| r[0]["withdrawn"] = "2026-01-01T00:00:00Z".into(), &[]),
        ["a"]
    );
    assert_eq!(changed(&|r| r[0]["severity"] = json!([]), &[]), ["a"]);
    assert_eq!(changed(&|r| drop(r.remove(3)), &[]), ["example.com/x"]);
    assert_eq!(
        changed(
            &|r| r.push(record("GHSA-9", "npm", "n", &["introduced 0"])),
            &[]
        ),
        ["n"]
    );
}

#[test]
fn keeps_texts_and_symbols() {
    let index = index(&sample(), &[]);
    let record = index
        .record(&Ecosystem::CRATES_IO, "a", "RUSTSEC-1")
        .unwrap()
        .unwrap();
    assert_eq!(
        (record.details.as_str(), record.references.as_slice()),
        ("long text", &["https://r".to_owned()][..])
    );
    let record = index
        .record(&Ecosystem::PYPI, "foo-bar", "PYSEC-1")
        .unwrap()
        .unwrap();
    assert_eq!(record.affected[0].versions, ["1.0", "1.1"]);
    assert_eq!(record.affected[0].imports[0].symbols, ["s"]);
    assert_eq!(
        index
            .record(&Ecosystem::PYPI, "foo-bar", "PYSEC-2")
            .unwrap(),
        None
    );
}

#[test]
fn many_packages_are_all_found() {
    let records: Vec<Value> = (0..3000)
        .map(|n| {
            record(
                &format!("GHSA-{n}"),
                "npm",
                &format!("p{n}"),
                &["introduced 0"],
            )
        })
        .collect();
    let index = index(&records, &[]);
    for n in 0..3000 {
        assert!(
            digest(&index, Ecosystem::NPM, &format!("p{n}")).is_some(),
            "{n}"
        );
        assert!(
            digest(&index, Ecosystem::NPM, &format!("q{n}")).is_none(),
            "{n}"
        );
    }
}

#[test]
fn an_empty_index_has_nothing() {
    for empty in [Index::empty(), index(&[], &[])] {
        assert!(empty.is_empty());
        assert_eq!(digest(&empty, Ecosystem::NPM, "a"), None);
        assert_eq!(empty.packages().count(), 0);
        assert_eq!(empty.kev_ids().unwrap(), Vec::<String>::new());
    }
}

#[test]
fn opens_files_and_refuses_others() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.gwidx");
    let whole = bytes(&sample(), &["CVE-1"]);
    std::fs::write(&path, &whole).unwrap();
    let index = Index::open(&path).unwrap();
    assert_eq!(
        index.digest(),
        Index::from_bytes(whole.clone()).unwrap().digest()
    );
    std::fs::remove_file(&path).unwrap();
    assert_eq!(index.verify(), Ok(()), "the mapping outlives the name");

    let check = |content: &[u8], expected: &str| {
        std::fs::write(&path, content).unwrap();
        let error = Index::open(&path).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    };
    check(b"", "not an advisory index");
    check(b"PK\x03\x04", "not an advisory index");
    check(&whole[..whole.len() - 1], "not whole");
    check(&whole[..100], "not whole");
    check(&whole[..20], "corrupt");
    let mut newer = whole.clone();
    newer[8] = 9;
    check(&newer, "format 9");
    assert!(Index::open(folder.path()).is_err());
    assert!(Index::open(&folder.path().join("none")).is_err());
}

/// Reads everything that can be read.
fn use_all(index: &Index) {
    let _ = index.verify();
    let _ = index.records(&|_, _| true);
    let _ = index.kev_ids();
    let _ = index.packages().count();
    for (ecosystem, name) in [
        ("crates.io", "a"),
        ("PyPI", "foo-bar"),
        ("Go", "example.com/x"),
        ("npm", "z"),
    ] {
        let ecosystem = Ecosystem::new(ecosystem);
        let _ = match_package(index, &ecosystem, name, "0.1.0");
        let _ = index.record(&ecosystem, name, "X");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_damage_panics(changes in prop::collection::vec((0usize..5000, any::<u8>()), 1..6)) {
        let mut damaged = bytes(&sample(), &["CVE-1"]);
        let length = damaged.len();
        for (at, byte) in changes {
            damaged[at % length] = byte;
        }
        if let Ok(index) = Index::from_bytes(damaged) {
            use_all(&index);
        }
    }

    #[test]
    fn no_damaged_number_panics(at in 0usize..40, number in prop_oneof![any::<u64>(), 0u64..6000]) {
        let mut damaged = bytes(&sample(), &["CVE-1"]);
        damaged[at * 8..at * 8 + 8].copy_from_slice(&number.to_le_bytes());
        if let Ok(index) = Index::from_bytes(damaged) {
            use_all(&index);
        }
    }
}
