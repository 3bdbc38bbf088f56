//! What analyzers say: [`Finding`]s, and [`Incomplete`] for whatever could not be looked at.

mod finding;
mod incomplete;
mod location;
mod rule;
mod severity;

pub use finding::{
    Accepted, AdvisoryRef, Confidence, Finding, FindingId, Fix, Kind, PackageRef, RuleId, Tolerated,
};
pub use incomplete::{Incomplete, ReasonCode};
pub use location::{Location, Position};
pub use rule::RuleDoc;
pub use severity::{Severity, SeverityError};
