use gw_analysis::{Analyzer, Entry, EntryKind, Output};

/// Reads dependency files; produces one [`crate::Inventory`].
#[derive(Debug, Default)]
pub struct PackageAnalyzer;

impl Analyzer for PackageAnalyzer {
    fn name(&self) -> &'static str {
        "package"
    }

    fn wants(&self, _path: &str, _kind: EntryKind, _head: &[u8]) -> bool {
        false
    }

    fn visit(&self, _entry: &Entry, _out: &mut Output) {}
}
