//! Package URLs (ECMA-427, <https://github.com/package-url/purl-spec>).
//!
//! Where the text of the standard, its examples and the reference implementations differ, the
//! examples count: `/` and `:` stay as they are in a qualifier's value. `packageurl`, the crate,
//! encodes that slash and leaves `!$&'()*,` alone, which the standard does not, so this is our
//! own.

mod ecosystem;
mod encode;
mod parse;
mod types;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::Ecosystem;
use parse::Parts;

pub use ecosystem::Identity;

/// A package URL in its canonical form: `pkg:npm/%40scope/name@1.0.0?key=value#sub/path`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Purl {
    ty: String,
    namespace: Option<String>,
    name: String,
    version: Option<String>,
    qualifiers: BTreeMap<String, String>,
    subpath: Option<String>,
}

/// Text that is no package URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a package URL: {0}")]
pub struct PurlError(pub String);

impl Purl {
    /// A package URL of a type, with an optional namespace (its segments joined by `/`) and
    /// version, all of them decoded. Names are brought into the form that the type wants.
    ///
    /// # Errors
    /// [`PurlError`] if the type is none, the name is empty, or the type's rules forbid it.
    pub fn new(
        ty: &str,
        namespace: Option<&str>,
        name: &str,
        version: Option<&str>,
    ) -> Result<Self, PurlError> {
        Parts {
            ty: ty.to_owned(),
            namespace: namespace.map(str::to_owned),
            name: name.to_owned(),
            version: version.map(str::to_owned),
            ..Parts::default()
        }
        .into_purl()
    }

    /// Reads a package URL and brings it into canonical form.
    ///
    /// # Errors
    /// [`PurlError`] if `text` is none, or if the rules of its type forbid it.
    pub fn parse(text: &str) -> Result<Self, PurlError> {
        Parts::parse(text)?.into_purl()
    }

    /// The package URL of a package of an ecosystem, by the name that OSV gives it.
    ///
    /// # Errors
    /// [`PurlError`] if the ecosystem has no package URL type, or the name none.
    pub fn of(ecosystem: &Ecosystem, name: &str, version: &str) -> Result<Self, PurlError> {
        ecosystem::purl(ecosystem, name, version)
    }

    /// A crate of crates.io.
    ///
    /// # Errors
    /// [`PurlError`] if the name is empty.
    pub fn cargo(name: &str, version: &str) -> Result<Self, PurlError> {
        Self::of(&Ecosystem::CRATES_IO, name, version)
    }

    /// A package of npm; a scope is part of its name.
    ///
    /// # Errors
    /// [`PurlError`] if the name is empty.
    pub fn npm(name: &str, version: &str) -> Result<Self, PurlError> {
        Self::of(&Ecosystem::NPM, name, version)
    }

    /// A package of PyPI.
    ///
    /// # Errors
    /// [`PurlError`] if the name is empty.
    pub fn pypi(name: &str, version: &str) -> Result<Self, PurlError> {
        Self::of(&Ecosystem::PYPI, name, version)
    }

    /// A Go module, by its path.
    ///
    /// # Errors
    /// [`PurlError`] if the path is empty.
    pub fn golang(path: &str, version: &str) -> Result<Self, PurlError> {
        Self::of(&Ecosystem::GO, path, version)
    }

    /// The same with a qualifier more; an empty value takes the qualifier away.
    ///
    /// # Errors
    /// [`PurlError`] if the key has characters that a key must not have.
    pub fn with_qualifier(mut self, key: &str, value: &str) -> Result<Self, PurlError> {
        let key = parse::qualifier_key(key)?;
        if value.is_empty() {
            self.qualifiers.remove(&key);
        } else {
            self.qualifiers.insert(key, value.to_owned());
        }
        Ok(self)
    }

    /// The same with a path inside the package.
    #[must_use]
    pub fn with_subpath(mut self, subpath: &str) -> Self {
        self.subpath = parse::subpath(subpath.split('/').map(str::to_owned));
        self
    }

    /// The type: `npm`.
    #[must_use]
    pub fn ty(&self) -> &str {
        &self.ty
    }

    /// The namespace, decoded, its segments joined by `/`.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// The name, decoded.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version, decoded.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// The qualifiers, decoded, in order of key.
    #[must_use]
    pub const fn qualifiers(&self) -> &BTreeMap<String, String> {
        &self.qualifiers
    }

    /// The path inside the package, decoded.
    #[must_use]
    pub fn subpath(&self) -> Option<&str> {
        self.subpath.as_deref()
    }
}

impl FromStr for Purl {
    type Err = PurlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for Purl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pkg:{}/", self.ty)?;
        if let Some(namespace) = &self.namespace {
            for segment in namespace.split('/') {
                write!(f, "{}/", encode::Component(segment))?;
            }
        }
        encode::Component(&self.name).fmt(f)?;
        if let Some(version) = &self.version {
            write!(f, "@{}", encode::Component(version))?;
        }
        for (at, (key, value)) in self.qualifiers.iter().enumerate() {
            let separator = if at == 0 { '?' } else { '&' };
            write!(f, "{separator}{key}={}", encode::Path(value))?;
        }
        if let Some(subpath) = &self.subpath {
            write!(f, "#{}", encode::Path(subpath))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
