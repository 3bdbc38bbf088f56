//! Version order, as each ecosystem defines it.
//!
//! Two versions are equal here when no tool of the ecosystem tells them apart in order, however
//! they are spelled: build metadata never counts, `1.0` and `1.0.0` are one version for Python.
//! That is what matching advisories needs. The special version `0` of OSV ranges ("before
//! everything") is no version, and is for whoever reads ranges to know.

mod cargo;
mod go;
mod key;
mod npm;
mod pypi;

use std::cmp::Ordering;

use crate::Ecosystem;

pub use key::VersionKey;

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

impl VersionError {
    fn invalid(ecosystem: &Ecosystem, version: &str, expected: impl Into<String>) -> Self {
        const LONGEST: usize = 64;
        let mut shown: String = version.chars().take(LONGEST).collect();
        if shown.len() < version.len() {
            shown.push('…');
        }
        Self::Invalid {
            ecosystem: ecosystem.to_string(),
            version: shown,
            expected: expected.into(),
        }
    }
}

/// Which of two versions is newer. To compare many, parse each once into a [`VersionKey`].
///
/// # Errors
/// [`VersionError`] if either is no version of the ecosystem.
pub fn compare(ecosystem: &Ecosystem, a: &str, b: &str) -> Result<Ordering, VersionError> {
    Ok(VersionKey::parse(ecosystem, a)?.cmp(&VersionKey::parse(ecosystem, b)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_say_what_was_expected() {
        let check = |ecosystem: Ecosystem, version: &str, expected: &str| {
            let error = compare(&ecosystem, version, "1.0.0").unwrap_err();
            assert_eq!(error.to_string(), expected);
        };
        check(
            Ecosystem::CRATES_IO,
            "1.2",
            "`1.2` is not a version in crates.io: expected MAJOR.MINOR.PATCH, such as 1.2.3 or \
             1.2.3-rc.1 (unexpected end of input while parsing minor version number)",
        );
        check(
            Ecosystem::new("Nowhere"),
            "1",
            "no version order is known for ecosystem `Nowhere`",
        );
        let long = "x".repeat(1000);
        let error = compare(&Ecosystem::NPM, &long, "1.0.0").unwrap_err();
        assert!(error.to_string().chars().count() < 250, "{error}");
    }
}
