//! Models.

use gw_analysis::{Analyzer, Entry, EntryKind, Output};
use gw_finding::Location;
use gw_model::ModelAnalyzer;

/// A file that is a model by its name, read by whatever reader claims it.
pub(crate) fn file(name: &str, data: &[u8]) {
    let analyzer = ModelAnalyzer::default();
    let mut out = Output::default();
    let head = data.get(..512).unwrap_or(data);
    if analyzer.wants(name, EntryKind::File, head) {
        let entry = Entry::new(Location::file(name), EntryKind::File, data.to_vec());
        analyzer.visit(&entry, &mut out);
    }
    let parts = std::mem::take(&mut out.parts);
    analyzer.finish(parts, &mut out);
}
