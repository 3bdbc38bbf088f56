//! Dependency files, bills of materials, package URLs, versions and licences.

use std::cmp::Ordering;

use gw_analysis::{Analyzer as _, Entry, EntryKind, Output};
use gw_finding::Location;
use gw_package::sbom::cyclonedx;
use gw_package::version::{self, VersionKey};
use gw_package::{Ecosystem, Inventory, PackageAnalyzer, Purl, license};

/// One file of a name, through the whole analyzer.
pub fn file(path: &str, data: &[u8]) {
    check(&read(&[(path, data)]));
}

/// Between the files of a project.
pub const SEPARATOR: &[u8] = b"\n=====";

/// The files of which a project can consist; the byte after a separator says which one follows.
pub const FILES: [&str; 28] = [
    "Cargo.lock",
    "Cargo.toml",
    "a/Cargo.toml",
    "go.mod",
    "go.sum",
    "go.work",
    "a/go.mod",
    "vendor/modules.txt",
    "package.json",
    "package-lock.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "pnpm-workspace.yaml",
    "packages/a/package.json",
    "node_modules/a/package.json",
    "requirements.txt",
    "requirements.in",
    "requirements/dev.txt",
    "constraints.txt",
    "Pipfile",
    "Pipfile.lock",
    "pyproject.toml",
    "poetry.lock",
    "pdm.lock",
    "uv.lock",
    "pylock.toml",
    "setup.cfg",
    "setup.py",
];

/// Several files, which the cross-file phase joins.
pub fn project(data: &[u8]) {
    let mut files = Vec::new();
    let mut rest = data;
    while let Some((kind, after)) = rest.split_first() {
        let end = after
            .windows(SEPARATOR.len())
            .position(|window| window == SEPARATOR);
        let (content, next) = match end {
            Some(end) => (&after[..end], &after[end + SEPARATOR.len()..]),
            None => (after, &[][..]),
        };
        files.push((FILES[usize::from(*kind) % FILES.len()], content));
        rest = next;
    }
    files.truncate(16);
    check(&read(&files));
}

fn read(files: &[(&str, &[u8])]) -> Inventory {
    let analyzer = PackageAnalyzer;
    let mut out = Output::default();
    for (path, bytes) in files {
        let head = bytes.get(..512).unwrap_or(bytes);
        if analyzer.wants(path, EntryKind::File, head) {
            let entry = Entry::new(Location::file(*path), EntryKind::File, bytes.to_vec());
            analyzer.visit(&entry, &mut out);
        }
    }
    let mut parts = std::mem::take(&mut out.parts);
    parts.sort_by(|a, b| a.location.cmp(&b.location));
    analyzer.finish(parts, &mut out);
    let product = out
        .products
        .pop()
        .expect("the analyzer yields an inventory");
    *product.downcast().expect("the inventory has its type")
}

/// An inventory keeps its promises, and its bill of materials reads back the same.
fn check(inventory: &Inventory) {
    // Names of one package URL may differ in case, and stay apart.
    let key = |package: &gw_package::Package| (package.purl.clone(), package.name.clone());
    let sorted = inventory.packages.is_sorted_by(|a, b| key(a) < key(b));
    assert!(sorted, "order");
    for package in &inventory.packages {
        assert!(
            !package.occurrences.is_empty(),
            "{} is nowhere",
            package.purl
        );
        for &dependency in &package.dependencies {
            assert!(
                inventory.get(dependency).is_some(),
                "{} needs nothing",
                package.purl
            );
        }
        let purl = Purl::parse(&package.purl);
        assert!(purl.is_ok(), "{} is no purl: {purl:?}", package.purl);
    }
}

/// A CycloneDX document in JSON.
pub fn cyclonedx_json(data: &[u8]) {
    if let Ok((inventory, _)) = cyclonedx::read_json(data, &Location::file("bom.json")) {
        check(&inventory);
    }
}

/// A CycloneDX document in XML.
pub fn cyclonedx_xml(data: &[u8]) {
    if let Ok((inventory, _)) = cyclonedx::read_xml(data, &Location::file("bom.xml")) {
        check(&inventory);
    }
}

/// A package URL, whose canonical form is a fixed point.
pub fn purl(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if let Ok(purl) = Purl::parse(text) {
        let canonical = purl.to_string();
        let again = Purl::parse(&canonical).expect("the canonical form is valid");
        assert_eq!(again.to_string(), canonical);
    }
}

/// Versions, one a line: their order is one.
pub fn versions(ecosystem: &'static str, data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let ecosystem = Ecosystem::new(ecosystem);
    let versions: Vec<_> = text.lines().take(6).collect();
    for a in &versions {
        let _ = VersionKey::parse(&ecosystem, a);
        for b in &versions {
            let Ok(order) = version::compare(&ecosystem, a, b) else {
                continue;
            };
            assert_eq!(version::compare(&ecosystem, b, a), Ok(order.reverse()));
            for c in &versions {
                if order != Ordering::Greater
                    && version::compare(&ecosystem, b, c).is_ok_and(|o| o != Ordering::Greater)
                {
                    let whole = version::compare(&ecosystem, a, c);
                    assert!(
                        whole.is_ok_and(|o| o != Ordering::Greater),
                        "{a:?} {b:?} {c:?}"
                    );
                }
            }
        }
    }
}

/// A licence, whose normal form is an expression and a fixed point.
pub fn license(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let _ = license::normalize_or_ref(text);
    if let Some(normal) = license::normalize(text) {
        assert!(license::is_expression(&normal), "{normal:?}");
        assert_eq!(license::normalize(&normal).as_ref(), Some(&normal));
    }
}
