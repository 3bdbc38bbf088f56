//! Helpers for tests: records made as JSON, indexes made of them, zips.

use std::io::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::index::{Arrival, Builder, EcosystemInfo, Index, KevInfo};
use crate::osv::{RecordLimits, parse};

/// A record of one package with the events of one SEMVER range, as `"introduced 0"`.
pub(crate) fn record(id: &str, ecosystem: &str, name: &str, events: &[&str]) -> Value {
    let events: Vec<Value> = events
        .iter()
        .map(|event| {
            let (kind, version) = event.split_once(' ').unwrap();
            json!({ kind: version })
        })
        .collect();
    let kind = if ecosystem == "PyPI" {
        "ECOSYSTEM"
    } else {
        "SEMVER"
    };
    json!({
        "id": id, "modified": "2026-01-02T03:04:05Z", "summary": format!("about {id}"),
        "affected": [{
            "package": { "ecosystem": ecosystem, "name": name },
            "ranges": [{ "type": kind, "events": events }],
        }],
    })
}

/// The same record with more fields.
pub(crate) fn with(mut record: Value, more: Value) -> Value {
    for (key, value) in more.as_object().unwrap() {
        record[key] = value.clone();
    }
    record
}

/// The same record with more fields in its first affected package.
pub(crate) fn with_affected(mut record: Value, more: Value) -> Value {
    for (key, value) in more.as_object().unwrap() {
        record["affected"][0][key] = value.clone();
    }
    record
}

pub(crate) fn bytes(records: &[Value], kev: &[&str]) -> Vec<u8> {
    let mut builder = Builder::default();
    for record in records {
        let json = serde_json::to_vec(record).unwrap();
        let parsed = parse(&json, &RecordLimits::default()).unwrap();
        builder.add(&parsed.record, Arrival::Feed);
    }
    for name in ["crates.io", "npm", "PyPI", "Go"] {
        builder.describe(EcosystemInfo {
            name: name.to_owned(),
            complete: true,
            ..EcosystemInfo::default()
        });
    }
    if !kev.is_empty() {
        builder.set_kev(kev.iter().map(|&id| id.to_owned()), KevInfo::default());
    }
    builder.finish()
}

pub(crate) fn index(records: &[Value], kev: &[&str]) -> Index {
    Index::from_bytes(bytes(records, kev)).unwrap()
}

/// Writes a zip of named members.
pub(crate) fn zip(path: &Path, members: &[(&str, &[u8])]) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut zip = zip::ZipWriter::new(std::fs::File::create(path).unwrap());
    for (name, content) in members {
        let options = zip::write::SimpleFileOptions::default();
        zip.start_file(*name, options).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap();
}

/// Writes records as an `all.zip`.
pub(crate) fn feed(path: &Path, records: &[Value]) {
    let members: Vec<(String, Vec<u8>)> = records
        .iter()
        .map(|r| {
            (
                format!("{}.json", r["id"].as_str().unwrap()),
                serde_json::to_vec(r).unwrap(),
            )
        })
        .collect();
    let members: Vec<(&str, &[u8])> = members
        .iter()
        .map(|(name, json)| (name.as_str(), json.as_slice()))
        .collect();
    zip(path, &members);
}
