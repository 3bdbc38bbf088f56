//! Advisories: OSV records as a memory-mapped index, matching, known exploited vulnerabilities.
//!
//! [`compile`] and [`Compiler`] turn published files into an index, [`Index`] opens one, and
//! [`findings`] matches an inventory of packages against it. [`embedded`] is the snapshot that is
//! part of the program.

mod codec;
mod embedded;
mod evaluate;
mod findings;
mod graph;
mod index;
pub mod kev;
mod matching;
pub mod osv;
mod record;
pub mod rules;
mod source;
pub mod store;
#[cfg(test)]
mod testing;
mod words;

pub use embedded::embedded;
pub use findings::{Findings, KNOWN_VULNERABILITY, MALWARE, UNMAINTAINED, findings, outdated};
pub use index::{Arrival, Builder, EcosystemInfo, Index, IndexError, KevInfo, PackageKey};
pub use matching::{Match, PackageMatches, Problem, match_package};
pub use record::{
    Affected, Event, EventKind, Import, Range, RangeType, Rating, Record, RecordKind,
};
pub use source::{
    Added, Bases, CompileOptions, Compiled, Compiler, KEV_NAME, Provenance, SourceError, compile,
};

/// The name under which this crate reports what it could not do.
pub const ANALYZER: &str = "advisory";
