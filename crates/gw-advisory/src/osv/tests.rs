use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::record::{EventKind, RangeType, RecordKind};

fn read(json: &Value) -> Parsed {
    parse(&serde_json::to_vec(json).unwrap(), &RecordLimits::default()).unwrap()
}

fn full() -> Value {
    json!({
        "schema_version": "1.7.0", "id": "RUSTSEC-2020-0001", "modified": "2023-06-13T13:10:24Z",
        "published": "2020-01-01T12:00:00Z", "aliases": ["GHSA-1", "CVE-2020-1", "CVE-2020-1"],
        "upstream": ["CVE-2020-2"], "related": null, "summary": "Bad\n \u{1b}[31mthing", "details": "# Long\n",
        "severity": [{"type": "CVSS_V3", "score": "CVSS:3.0/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
        "affected": [
            {"ranges": [{"type": "GIT", "repo": "https://x", "events": [{"introduced": "0"}]}]},
            {
                "package": {"ecosystem": "crates.io", "name": "x", "purl": "pkg:cargo/x"},
                "severity": [{"type": "CVSS_V2", "score": "AV:N/AC:L/Au:N/C:P/I:N/A:N"}],
                "ranges": [
                    {"type": "SEMVER", "events": [{"fixed": "1.0.1"}, {"introduced": "0.0.0-0"}]},
                    {"type": "GIT", "events": [{"introduced": "abc"}]}
                ],
                "versions": ["1.0.0"],
                "ecosystem_specific": {"affects": {"functions": ["x::f"], "os": []}, "affected_functions": null},
                "database_specific": {"informational": null, "cvss": null}
            }
        ],
        "references": [{"type": "WEB", "url": "https://a"}, {"type": "WEB", "url": "javascript:x"}],
        "credits": [{"name": "n"}], "database_specific": {"license": "CC0-1.0"}
    })
}

#[test]
fn reads_every_field() {
    let Parsed { record, notes } = read(&full());
    assert_eq!(notes, Vec::<String>::new());
    assert_eq!(record.aliases, ["CVE-2020-1", "GHSA-1"]);
    assert_eq!(record.upstream, ["CVE-2020-2"]);
    assert_eq!(record.modified, 1_686_661_824);
    assert_eq!(record.summary, "Bad [31mthing");
    assert_eq!(
        record.url,
        "https://rustsec.org/advisories/RUSTSEC-2020-0001.html"
    );
    assert_eq!(record.references, ["https://a"]);
    assert_eq!(record.rating.score, Some(81));
    let [affected] = record.affected.as_slice() else {
        panic!()
    };
    assert_eq!(affected.rating.score, Some(50));
    assert_eq!(affected.versions, ["1.0.0"]);
    assert_eq!(affected.imports[0].symbols, ["x::f"]);
    assert_eq!(affected.kind, RecordKind::Vulnerability);
    let [range] = affected.ranges.as_slice() else {
        panic!()
    };
    assert_eq!((range.order, range.sorted), (RangeType::Semver, true));
    assert_eq!(range.events[0].kind, EventKind::Introduced);
    assert!(!record.withdrawn);
}

#[test]
fn tells_kinds_apart() {
    let check = |id: &str, informational: Value, expected: RecordKind| {
        let mut record = full();
        record["id"] = id.into();
        record["affected"][1]["database_specific"] = json!({ "informational": informational });
        assert_eq!(
            read(&record).record.affected[0].kind,
            expected,
            "{id} {informational}"
        );
    };
    check("RUSTSEC-1", Value::Null, RecordKind::Vulnerability);
    check("RUSTSEC-1", "unmaintained".into(), RecordKind::Unmaintained);
    check("RUSTSEC-1", "unsound".into(), RecordKind::Unsound);
    check("RUSTSEC-1", "notice".into(), RecordKind::Notice);
    check("MAL-2024-1", Value::Null, RecordKind::Malware);
}

#[test]
fn reads_the_symbols_of_go() {
    let record = json!({"id": "GO-2021-1", "withdrawn": "2022-01-01T00:00:00Z",
        "modified": "0001-01-01T00:00:00Z", "affected": [{
        "package": {"ecosystem": "Go", "name": "stdlib"},
        "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}],
        "ecosystem_specific": {"imports": [{"path": "net/http", "symbols": ["A", "B.c"]}, {"path": "os"}]}}]});
    let record = read(&record).record;
    let imports = &record.affected[0].imports;
    assert_eq!(
        (imports[0].path.as_str(), imports[0].symbols.len()),
        ("net/http", 2)
    );
    assert_eq!(
        (imports[1].path.as_str(), imports[1].symbols.len()),
        ("os", 0)
    );
    assert!(record.withdrawn);
    assert_eq!(record.modified, 0);
    assert_eq!(record.url, "https://pkg.go.dev/vuln/GO-2021-1");
}

#[test]
fn a_record_without_summary_has_its_first_sentence() {
    let record = read(&json!({"id": "PYSEC-1", "details": "\n## Impact of x. More text."})).record;
    assert_eq!(record.summary, "Impact of x.");
    assert_eq!(record.url, "https://osv.dev/vulnerability/PYSEC-1");
}

#[test]
fn what_is_not_used_is_noted() {
    let check = |range: Value, expected: &str| {
        let record = json!({"id": "X-1", "affected": [{"package": {"ecosystem": "npm", "name": "x"},
            "versions": ["1.0.0"], "ranges": [range]}]});
        let parsed = read(&record);
        assert!(
            parsed.notes.iter().any(|note| note.contains(expected)),
            "{:?}",
            parsed.notes
        );
        assert_eq!(parsed.record.affected.len(), 1);
    };
    check(
        json!({"type": "OTHER", "events": [{"introduced": "0"}]}),
        "`OTHER`",
    );
    check(
        json!({"type": "SEMVER", "events": [{"fixed": "1.0.0"}]}),
        "no `introduced`",
    );
    check(
        json!({"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": ""}]}),
        "no usable version",
    );
}

#[test]
fn rejects_what_is_no_record() {
    let check = |json: &str, expected: &str| {
        let error = parse(json.as_bytes(), &RecordLimits::default())
            .unwrap_err()
            .to_string();
        assert!(error.contains(expected), "{error}");
    };
    check("", "not an OSV record");
    check("[1]", "not an OSV record");
    check("{}", "id is missing");
    check(r#"{"id": "a b"}"#, "not plain text");
    check(r#"{"id": "A", "affected": {"x": 1}}"#, "not an OSV record");
    check(
        &format!(
            r#"{{"id": "A", "database_specific": {}1{}}}"#,
            "[".repeat(5000),
            "]".repeat(5000)
        ),
        "recursion",
    );
    let small = RecordLimits {
        bytes: 10,
        ids: 1,
        affected: 1,
        versions: 1,
    };
    let error = parse(br#"{"id": "ABCDEFG"}"#, &small).unwrap_err();
    assert_eq!(error, RecordError::TooLarge { limit: 10 });
    let small = RecordLimits {
        bytes: 1000,
        ..small
    };
    let error = parse(br#"{"id": "A", "aliases": ["B", "C"]}"#, &small).unwrap_err();
    assert!(error.to_string().contains("2 aliases"), "{error}");
}

proptest! {
    #[test]
    fn no_mutation_panics(at in 0usize..2000, byte: u8, cut in 0usize..2000) {
        let mut json = serde_json::to_vec(&full()).unwrap();
        let length = json.len();
        json[at % length] = byte;
        let _ = parse(&json, &RecordLimits::default());
        json.truncate(cut);
        let _ = parse(&json, &RecordLimits::default());
    }

    #[test]
    fn no_exchanged_value_panics(which in 0usize..64, value in 0usize..8) {
        let values = [json!(null), json!(1), json!("x"), json!([]), json!({}), json!([1]), json!([null]), json!(true)];
        let mut record = full();
        let mut left = which;
        exchange(&mut record, &mut left, &values[value]);
        let _ = parse(&serde_json::to_vec(&record).unwrap(), &RecordLimits::default());
    }
}

fn exchange(node: &mut Value, left: &mut usize, with: &Value) {
    if *left == 0 {
        *node = with.clone();
    }
    *left = left.wrapping_sub(1);
    match node {
        Value::Array(items) => items.iter_mut().for_each(|item| exchange(item, left, with)),
        Value::Object(fields) => fields
            .values_mut()
            .for_each(|field| exchange(field, left, with)),
        _ => {}
    }
}
