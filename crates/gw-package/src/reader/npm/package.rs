use gw_analysis::{Entry, Node, Span};
use gw_finding::{Incomplete, Location, ReasonCode};

use super::spec;
use crate::reader::{FileReading, Locked, Root};
use crate::{Ecosystem, Purl, Scope};

/// The name under which this analyzer reports.
const ANALYZER: &str = "package";

/// A package of the registry's ecosystem; nothing if the name or version is empty.
pub(super) fn locked(name: &str, version: &str, location: Location) -> Option<Locked> {
    if version.is_empty() {
        return None;
    }
    let purl = Purl::npm(name, version).ok()?;
    Some(with_purl(&purl, name, version, location))
}

fn with_purl(purl: &Purl, name: &str, version: &str, location: Location) -> Locked {
    Locked {
        ecosystem: Ecosystem::NPM,
        name: name.to_owned(),
        version: version.to_owned(),
        purl: purl.to_string(),
        location,
        scope: Scope::Runtime,
        direct: None,
        dependencies: Vec::new(),
        license: None,
        hashes: Vec::new(),
    }
}

/// A package from a repository, whose address may end with `#` and the commit. Without a version
/// of its own the commit is the version: there is no other.
pub(super) fn from_git(
    name: &str,
    version: Option<&str>,
    address: &str,
    location: Location,
) -> Option<Locked> {
    let (repository, commit) = address.split_once('#').unwrap_or((address, ""));
    // Yarn 2 and later write `#commit=...`.
    let commit = commit.rsplit('=').next().unwrap_or(commit);
    let version = version
        .filter(|version| !version.is_empty())
        .unwrap_or(commit);
    if version.is_empty() {
        return None;
    }
    let vcs = if commit.is_empty() {
        repository.to_owned()
    } else {
        format!("{repository}@{commit}")
    };
    let purl = Purl::npm(name, version).ok()?;
    let purl = purl.with_qualifier("vcs_url", &vcs).ok()?;
    Some(with_purl(&purl, name, version, location))
}

/// The licence of a `license` or `licenses` field: an expression, or the older forms with an
/// object or a list of them, of which any may be chosen.
pub(super) fn license(package: &Node) -> Option<String> {
    let one = |node: &Node| {
        let text = node.as_str().or_else(|| node.get("type")?.as_str())?;
        crate::license::normalize_or_ref(text)
    };
    let field = package.get("license").or_else(|| package.get("licenses"))?;
    if let Some(single) = one(field) {
        return Some(single);
    }
    let mut all: Vec<String> = field.list().iter().filter_map(one).collect();
    all.dedup();
    if let [only] = all.as_slice() {
        return Some(only.clone());
    }
    let grouped: Vec<String> = all
        .into_iter()
        .map(|one| {
            if one.contains(' ') {
                format!("({one})")
            } else {
                one
            }
        })
        .collect();
    (!grouped.is_empty()).then(|| grouped.join(" OR "))
}

/// A reading of `entry` that has nothing yet.
pub(super) fn reading(entry: &Entry, reader: &'static str) -> FileReading {
    FileReading {
        location: entry.location().clone(),
        reader,
        ..FileReading::default()
    }
}

/// The reading of a file that cannot be parsed.
pub(super) fn unreadable(
    entry: &Entry,
    reader: &'static str,
    error: &gw_analysis::ParseError,
) -> FileReading {
    let mut reading = reading(entry, reader);
    reading.incomplete.push(entry.incomplete(ANALYZER, error));
    reading
}

/// Something in `entry` that cannot be read.
pub(super) fn problem(
    entry: &Entry,
    reason: ReasonCode,
    span: Span,
    detail: impl Into<String>,
) -> Incomplete {
    at(entry.locate(span), reason, detail)
}

/// Something at a place that is not complete.
pub(super) fn at(location: Location, reason: ReasonCode, detail: impl Into<String>) -> Incomplete {
    Incomplete {
        location,
        analyzer: ANALYZER.to_owned(),
        reason,
        detail: detail.into(),
    }
}

/// The text of a mapping's field.
pub(super) fn text<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    node.get(key).and_then(Node::scalar)
}

/// Whether a mapping's field is `true`.
pub(super) fn flag(node: &Node, key: &str) -> bool {
    node.get(key).and_then(Node::as_bool) == Some(true)
}

/// A root that stands for a requirement and what it resolved to, see the module's documentation.
pub(super) fn selector(requirement: &str, package: usize) -> Root {
    Root {
        name: requirement.to_owned(),
        folder: None,
        dependencies: vec![(package, None)],
    }
}

/// The key of a requirement among the selectors. Yarn 2 and later write `npm:` before every range,
/// others only before an alias.
pub(super) fn selector_key(name: &str, constraint: &str) -> String {
    let constraint = constraint.strip_prefix("npm:").unwrap_or(constraint);
    format!("{name}@{constraint}")
}

/// Marks what the roots name themselves. What none names is known not to be direct only where all
/// roots are listed: not in lock files that list folders which the project links to, and not the
/// project itself.
pub(super) fn mark_direct(packages: &mut [Locked], roots: &[Root]) {
    for root in roots.iter().filter(|root| root.folder.is_some()) {
        for &(package, _) in &root.dependencies {
            if let Some(package) = packages.get_mut(package) {
                package.direct = Some(true);
            }
        }
    }
    let is_project = |root: &Root| root.folder.as_deref() == Some("");
    let is_selector = |root: &Root| root.folder.is_none();
    let listed = roots.iter().any(is_project) || !roots.iter().any(is_selector);
    if listed && !roots.is_empty() {
        for package in packages {
            package.direct.get_or_insert(false);
        }
    }
}

/// Sorts and deduplicates every package's dependencies; none needs itself.
pub(super) fn tidy(packages: &mut [Locked]) {
    for (n, package) in packages.iter_mut().enumerate() {
        package.dependencies.sort_unstable();
        package.dependencies.dedup();
        package.dependencies.retain(|&other| other != n);
    }
}

/// The version of a package that may only be known by the address of its archive.
pub(super) fn archive(
    name: &str,
    version: Option<&str>,
    address: &str,
    location: Location,
) -> Option<Locked> {
    let version = version.filter(|version| spec::is_version(version));
    match spec::registry_archive(address) {
        // An archive of the registry has the registry's name, whatever the project calls it.
        Some((real, from_address)) => locked(&real, version.unwrap_or(from_address), location),
        None => {
            let version = version.or_else(|| spec::archive_version(address))?;
            locked(name, version, location)
        }
    }
}
