//! Dependency files of this family.

use super::{Family, FileReading, Joined};

/// The family.
pub const FAMILY: Family = Family { name: "cyclonedx", readers: &[], join };

fn join(_readings: Vec<FileReading>, _joined: &mut Joined) {}
