//! What admitted statements amount to, and which facts a statement touches.

mod derive;
mod keys;
mod value;

/// The name of the fact that a subject's bills of materials amount to.
pub const INVENTORY: &str = "scan/inventory";
/// The name of the fact that a subject's scans amount to.
pub const SCAN: &str = "scan/findings";
/// The name of the fact that a subject's provenance amounts to.
pub const PROVENANCE: &str = "provenance";
/// The name of the fact who signed a subject: whom verified signatures name, and the issuers of its
/// provenance.
pub const SIGNATURE: &str = "signature";
/// The name of the fact that the results of all tests of a subject amount to; that of one suite is
/// `test/<name>`.
pub const TEST: &str = "test";
/// The name of the fact that all acceptances of an asset amount to; a single one is
/// `accept/<what it accepts>`.
pub const ACCEPTANCES: &str = "accept";
/// The name of the fact that a subject is quarantined.
pub const QUARANTINE: &str = "quarantine";

/// The name of the fact what a subject was made from, by all who say something about it.
pub const LINEAGE: &str = "lineage";
/// The name of the fact in which stage of its life a model is.
pub const STAGE: &str = "stage";
/// The name of the fact what monitors say about a subject.
pub const DRIFT: &str = "drift";

pub use derive::{Derived, Facts};
pub use keys::{PREDICATES, Predicate, Several, keys_of, revoked_statements};
pub use value::test_name;
