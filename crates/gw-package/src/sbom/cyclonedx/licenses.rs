//! Licences in their several forms.

use rustc_hash::{FxHashMap, FxHashSet};

use super::document::{Evidence, License, LicenseEntry};
use super::text::Text;
use crate::license;

/// The entry for a licence that is meant to be an SPDX expression. Well-known identifiers are
/// written as such, because some tools understand nothing else; an expression is valid whatever
/// the age of the SPDX list in the schema; the rest is a name.
pub(super) fn entry(text: &str) -> LicenseEntry<'_> {
    if !COMMON_IDS.contains(&text) && license::is_expression(text) {
        return LicenseEntry {
            expression: Some(text.into()),
            ..LicenseEntry::default()
        };
    }
    single(text)
}

/// The entry for one licence of several: an identifier or a name.
pub(super) fn single(text: &str) -> LicenseEntry<'_> {
    let mut license = License::default();
    if COMMON_IDS.contains(&text) {
        license.id = Some(text.into());
    } else {
        license.name = Some(text.into());
    }
    LicenseEntry {
        license: Some(license),
        ..LicenseEntry::default()
    }
}

/// The expressions of the licences seen so far: a document has many packages and few licences.
#[derive(Debug, Default)]
pub(super) struct Licenses(FxHashMap<String, Option<String>>);

impl Licenses {
    /// The SPDX expression for a component's licences: the concluded ones if there are any, else the
    /// declared ones, else what was found in its files. Several entries all apply: the standard does
    /// not say that one may be chosen. A licence by a name that is nobody's becomes a `LicenseRef-`.
    pub(super) fn expression(
        &mut self,
        entries: &[LicenseEntry<'_>],
        evidence: Option<&Evidence<'_>>,
    ) -> Option<String> {
        let found = evidence.map_or(&[][..], |evidence| &evidence.licenses);
        let entries = if entries.is_empty() { found } else { entries };
        let concluded = |entry: &&LicenseEntry<'_>| {
            let own = entry.acknowledgement.as_ref();
            let inner = entry
                .license
                .as_ref()
                .and_then(|license| license.acknowledgement.as_ref());
            own.or(inner)
                .is_some_and(|text| text.as_str() == "concluded")
        };
        let mut parts: Vec<String> = if entries.iter().any(|entry| concluded(&entry)) {
            entries
                .iter()
                .filter(concluded)
                .filter_map(|entry| self.one(entry))
                .collect()
        } else {
            entries.iter().filter_map(|entry| self.one(entry)).collect()
        };
        let mut seen = FxHashSet::default();
        parts.retain(|part| seen.insert(part.clone()));
        if parts.len() < 2 {
            return parts.pop();
        }
        for part in &mut parts {
            if part.contains(" OR ") {
                *part = format!("({part})");
            }
        }
        Some(parts.join(" AND "))
    }

    fn one(&mut self, entry: &LicenseEntry<'_>) -> Option<String> {
        let inner = entry.license.as_ref();
        let text = entry
            .expression
            .as_ref()
            .or_else(|| inner.and_then(|license| license.id.as_ref()))
            .or_else(|| inner.and_then(|license| license.name.as_ref()))
            .and_then(Text::trimmed)?;
        if let Some(known) = self.0.get(text) {
            return known.clone();
        }
        let expression = license::normalize_or_ref(text);
        self.0.insert(text.to_owned(), expression.clone());
        expression
    }
}

/// Identifiers that every version of the schema has.
pub(super) const COMMON_IDS: &[&str] = &[
    "0BSD",
    "AGPL-3.0-only",
    "AGPL-3.0-or-later",
    "Apache-2.0",
    "Artistic-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CC-BY-4.0",
    "EPL-1.0",
    "EPL-2.0",
    "GPL-2.0-only",
    "GPL-2.0-or-later",
    "GPL-3.0-only",
    "GPL-3.0-or-later",
    "ISC",
    "LGPL-2.1-only",
    "LGPL-2.1-or-later",
    "LGPL-3.0-only",
    "LGPL-3.0-or-later",
    "MIT",
    "MPL-2.0",
    "OFL-1.1",
    "PostgreSQL",
    "Python-2.0",
    "Unlicense",
    "WTFPL",
    "Zlib",
    "ZPL-2.1",
];
