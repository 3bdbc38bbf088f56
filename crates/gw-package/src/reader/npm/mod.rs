//! Dependency files of this family.

use super::{Family, FileReading, Joined};

/// The family.
pub const FAMILY: Family = Family { name: "npm", readers: &[], join };

fn join(_readings: Vec<FileReading>, _joined: &mut Joined) {}
