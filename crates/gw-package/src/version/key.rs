use std::cmp::Ordering;

use super::{VersionError, cargo, go, npm, pypi};
use crate::Ecosystem;

/// A version, parsed once and cheap to compare.
///
/// Keys of one ecosystem are in its order. Keys of different ecosystems also have an order, so
/// that this is a total one, but it means nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct VersionKey(Kind);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Semantic(Precedence),
    Python(Box<pep440_rs::Version>),
}

impl VersionKey {
    /// The key of a version of an ecosystem.
    ///
    /// # Errors
    /// [`VersionError`] if no order is known for the ecosystem, or if `version` is no version in
    /// it.
    pub fn parse(ecosystem: &Ecosystem, version: &str) -> Result<Self, VersionError> {
        let key = match ecosystem.base() {
            "crates.io" => cargo::parse(version).map(Kind::semantic),
            "npm" => npm::parse(version).map(Kind::semantic),
            "Go" => go::parse(version).map(Kind::semantic),
            "PyPI" => pypi::parse(version).map(|version| Kind::Python(Box::new(version))),
            other => return Err(VersionError::UnknownEcosystem(other.to_owned())),
        };
        key.map(Self)
            .map_err(|expected| VersionError::invalid(ecosystem, version, expected))
    }

    /// Whether it is a pre-release: older than the release whose number it bears.
    #[must_use]
    pub fn is_prerelease(&self) -> bool {
        match &self.0 {
            Kind::Semantic(Precedence(version)) => !version.pre.is_empty(),
            Kind::Python(version) => version.any_prerelease(),
        }
    }

    /// Whether an order is known for an ecosystem.
    #[must_use]
    pub fn supports(ecosystem: &Ecosystem) -> bool {
        matches!(ecosystem.base(), "crates.io" | "npm" | "Go" | "PyPI")
    }
}

impl Kind {
    fn semantic(version: semver::Version) -> Self {
        Self::Semantic(Precedence(version))
    }
}

/// A semantic version in the order of <https://semver.org/#spec-item-11>: without build metadata,
/// which `semver::Version`'s own order counts.
#[derive(Debug, Clone)]
struct Precedence(semver::Version);

impl Ord for Precedence {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp_precedence(&other.0)
    }
}

impl PartialOrd for Precedence {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Precedence {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Precedence {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn version() -> impl Strategy<Value = String> {
        "(v|go)?[0-3]{1,2}(\\.[0-3]){1,3}(-?(a|b|rc|alpha|dev|post|[0-2])(\\.[0-9a]{1,2})?)?(\\+[a1](\\.[0-9])?)?"
    }

    fn key(ecosystem: &Ecosystem, text: &str) -> Option<VersionKey> {
        VersionKey::parse(ecosystem, text).ok()
    }

    const ALL: [Ecosystem; 4] = [
        Ecosystem::CRATES_IO,
        Ecosystem::NPM,
        Ecosystem::GO,
        Ecosystem::PYPI,
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn is_a_total_order(a in version(), b in version(), c in version()) {
            for ecosystem in &ALL {
                let keys = (key(ecosystem, &a), key(ecosystem, &b), key(ecosystem, &c));
                let (Some(a), Some(b), Some(c)) = keys else { continue };
                prop_assert_eq!(a.cmp(&a), Ordering::Equal);
                prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
                prop_assert_eq!(a == b, a.cmp(&b).is_eq());
                let mut sorted = [&a, &b, &c];
                sorted.sort();
                prop_assert!(sorted[0] <= sorted[1] && sorted[1] <= sorted[2] && sorted[0] <= sorted[2]);
                if a == b {
                    prop_assert_eq!(a.cmp(&c), b.cmp(&c), "equal versions are equal for others");
                }
            }
        }

        #[test]
        fn nothing_panics(text in "\\PC{0,24}", digits in "[0-9.a-z+!v= -]{0,300}") {
            for ecosystem in &ALL {
                for text in [&text, &digits] {
                    if let Ok(key) = VersionKey::parse(ecosystem, text) {
                        prop_assert_eq!(key.cmp(&key), Ordering::Equal);
                    }
                }
            }
        }
    }
}
