use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A package ecosystem, in OSV's spelling (<https://ossf.github.io/osv-schema/#defined-ecosystems>),
/// with its release suffix if it has one: `Debian:12`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ecosystem(Cow<'static, str>);

impl Ecosystem {
    /// Rust crates.
    pub const CRATES_IO: Self = Self(Cow::Borrowed("crates.io"));
    /// Go modules; the standard library is `stdlib`, the tools are `toolchain`.
    pub const GO: Self = Self(Cow::Borrowed("Go"));
    /// JavaScript packages.
    pub const NPM: Self = Self(Cow::Borrowed("npm"));
    /// Python packages.
    pub const PYPI: Self = Self(Cow::Borrowed("PyPI"));

    /// The ecosystem of that name, in OSV's spelling.
    #[must_use]
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self(name.into())
    }

    /// The name with its release suffix.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name without the release suffix.
    #[must_use]
    pub fn base(&self) -> &str {
        self.0.split_once(':').map_or(&*self.0, |(base, _)| base)
    }

    /// A package's name in the one form under which advisories are looked up: PyPI's normalised
    /// as PEP 503 says, others' as they are.
    #[must_use]
    pub fn normalize_name<'n>(&self, name: &'n str) -> Cow<'n, str> {
        if self.base() != Self::PYPI.as_str() {
            return Cow::Borrowed(name);
        }
        let mut normal = String::with_capacity(name.len());
        for c in name.chars() {
            if !matches!(c, '-' | '_' | '.') {
                normal.push(c.to_ascii_lowercase());
            } else if !normal.ends_with('-') {
                normal.push('-');
            }
        }
        Cow::Owned(normal)
    }
}

impl fmt::Display for Ecosystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_names_have_one_form() {
        for name in ["Foo.Bar", "foo_-.bar", "FOO-BAR"] {
            assert_eq!(Ecosystem::PYPI.normalize_name(name), "foo-bar");
        }
        assert_eq!(Ecosystem::GO.normalize_name("a/B_c"), "a/B_c");
    }
}
