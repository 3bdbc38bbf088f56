//! Advisories: records, the catalogue of known exploited vulnerabilities, index files.

use gw_advisory::osv::{self, RecordLimits};
use gw_advisory::{Arrival, Builder, Index, kev, match_package};

use crate::seeds;

/// A record, which can be put into an index and taken out again.
pub fn osv(data: &[u8]) {
    let Ok(parsed) = osv::parse(data, &RecordLimits::default()) else {
        return;
    };
    let mut builder = Builder::default();
    builder.add(&parsed.record, Arrival::Single);
    builder.describe_rest();
    let index = Index::from_bytes(builder.finish()).expect("what was written can be opened");
    index.verify().expect("what was written is whole");
    ask(&index);
}

/// The catalogue.
pub fn kev(data: &[u8]) {
    let _ = kev::parse(data);
}

/// An index file. Nothing vouches for it: its digest is only checked when asked for.
pub fn index(data: &[u8]) {
    if let Ok(index) = Index::from_bytes(data.to_vec()) {
        let _ = index.verify();
        ask(&index);
    }
}

/// Asks an index everything there is to ask.
fn ask(index: &Index) {
    let _ = (index.as_of(), index.kev_ids(), index.len());
    for package in index.packages().take(64) {
        let Ok(package) = package else { continue };
        for version in ["1.0.0", "v1.0.0", "0", "2.1"] {
            let matched = match_package(index, &package.ecosystem, &package.name, version);
            for found in matched.into_iter().flat_map(|matched| matched.matches) {
                let _ = index.record(&package.ecosystem, &package.name, &found.id);
            }
        }
    }
    let _ = index.changed_since(&Index::empty());
}

/// An index of one record, and an empty one.
pub fn indexes() -> Vec<Vec<u8>> {
    let mut builder = Builder::default();
    let parsed = osv::parse(seeds::OSV[0].as_bytes(), &RecordLimits::default());
    builder.add(&parsed.expect("the seed is valid").record, Arrival::Single);
    builder.describe_rest();
    vec![builder.finish(), Builder::default().finish()]
}
