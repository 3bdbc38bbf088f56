//! Version order, as each ecosystem defines it.

use std::cmp::Ordering;

use crate::Ecosystem;

/// Why two versions cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VersionError {
    /// No order is implemented for the ecosystem.
    #[error("no version order is known for ecosystem `{0}`")]
    UnknownEcosystem(String),
    /// Text that the ecosystem does not take for a version.
    #[error("`{version}` is not a version in {ecosystem}: {expected}")]
    Invalid {
        /// The ecosystem.
        ecosystem: String,
        /// The text, shortened.
        version: String,
        /// What would have been one.
        expected: String,
    },
}

/// Which of two versions is newer.
///
/// # Errors
/// [`VersionError`] if either is no version of the ecosystem.
pub fn compare(ecosystem: &Ecosystem, a: &str, b: &str) -> Result<Ordering, VersionError> {
    let _ = (a, b);
    Err(VersionError::UnknownEcosystem(ecosystem.to_string()))
}
