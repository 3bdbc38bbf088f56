use std::any::Any;

use gw_finding::{Finding, Incomplete, Location};

use crate::{Entry, EntryKind, LargeEntry};

/// Looks at entries and says what it finds.
///
/// An analyzer does no network, reads no clock and no environment, and opens no file: the entries
/// are all it sees. It must not panic, whatever the bytes.
pub trait Analyzer: Send + Sync {
    /// Its name in reports: `package`, `secret`.
    fn name(&self) -> &'static str;

    /// Whether it wants to see an entry, judged by the path and the first bytes (up to 512). This
    /// is asked of every file, so it must be cheap. Names may be lies: they only add candidates.
    fn wants(&self, path: &str, kind: EntryKind, head: &[u8]) -> bool;

    /// Looks at one entry. Called from many threads, in no particular order.
    fn visit(&self, entry: &Entry, out: &mut Output);

    /// Whether it can look at entries that are too large to be held in memory
    /// ([`Analyzer::visit_large`]). Of those that cannot it is reported that they did not see the
    /// entry.
    fn takes_large(&self) -> bool {
        false
    }

    /// Looks at one entry that is too large to be held in memory, in memory of its own that does
    /// not grow with the entry.
    fn visit_large(&self, entry: LargeEntry<'_>, out: &mut Output) {
        let _ = (entry, out);
    }

    /// The cross-file phase, once, when every entry has been visited. `parts` is what the visits
    /// kept, in order of location.
    fn finish(&self, parts: Vec<Part>, out: &mut Output) {
        let _ = (parts, out);
    }
}

/// Something that an analyzer keeps of a file for its cross-file phase.
pub struct Part {
    /// The file.
    pub location: Location,
    /// What was kept. Only the analyzer that made it knows its type.
    pub value: Box<dyn Any + Send>,
}

/// What an analyzer yields.
#[derive(Default)]
pub struct Output {
    /// What was found.
    pub findings: Vec<Finding>,
    /// What could not be looked at.
    pub incomplete: Vec<Incomplete>,
    /// What is kept for the cross-file phase.
    pub parts: Vec<Part>,
    /// Results other than findings, such as an inventory of packages, for whoever ran the scan.
    pub products: Vec<Box<dyn Any + Send>>,
}

impl Output {
    /// Keeps something of `entry` for the cross-file phase.
    pub fn keep<T: Any + Send>(&mut self, entry: &Entry, value: T) {
        self.parts.push(Part {
            location: entry.location().clone(),
            value: Box::new(value),
        });
    }

    /// Yields a result other than a finding.
    pub fn produce<T: Any + Send>(&mut self, value: T) {
        self.products.push(Box::new(value));
    }

    /// Appends everything of another output.
    pub fn append(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.incomplete.extend(other.incomplete);
        self.parts.extend(other.parts);
        self.products.extend(other.products);
    }
}
