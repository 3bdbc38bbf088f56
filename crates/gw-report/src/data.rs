//! How old the advisory data is, for what was needed.

use gw_core::Time;

use crate::Report;

/// The data of an ecosystem that packages were found of.
pub(crate) struct Needed<'a> {
    pub(crate) name: &'a str,
    /// When it was current; nothing if there is none.
    pub(crate) as_of: Option<Time>,
}

/// The data that this report needed, in order of name.
pub(crate) fn needed(report: &Report) -> Vec<Needed<'_>> {
    report
        .coverage
        .packages
        .keys()
        .map(|name| {
            // `Debian:12` has the data of its release, or Debian's.
            let base = name.split_once(':').map_or(name.as_str(), |(base, _)| base);
            let ecosystems = &report.basis.advisories.ecosystems;
            let as_of = ecosystems
                .iter()
                .find(|e| e.name == *name)
                .or_else(|| ecosystems.iter().find(|e| e.name == base))
                .map(|e| e.as_of);
            Needed { name, as_of }
        })
        .collect()
}
