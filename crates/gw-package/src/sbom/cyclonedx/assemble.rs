//! A document as packages.

use gw_analysis::Span;
use gw_finding::{Incomplete, Location, ReasonCode};

use super::document::{Bom, Component};
use super::graph::Graph;
use super::identity::{self, Identity, Kind};
use super::licenses::Licenses;
use super::{SPEC_VERSIONS, extra, hints, models};
use crate::{Hash, Inventory, Occurrence, Package, PackageIndex, Scope};

/// What a document says.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// The packages.
    pub(super) inventory: Inventory,
    /// The place of each in the document.
    pub(super) places: Vec<Location>,
    /// The name of what the document is about, if it tells.
    pub(super) root: Option<String>,
    /// What could not be used.
    pub(super) incomplete: Vec<Incomplete>,
}

/// Finds the packages of a document and what needs what. `locate` gives the place of a span.
pub(super) fn assemble(bom: &Bom<'_>, locate: &dyn Fn(Option<Span>) -> Location) -> Reading {
    let mut reading = Reading::default();
    check_version(bom, locate, &mut reading.incomplete);
    let nodes = flatten(bom);
    // The subject itself is the project, as in a lock file, and no dependency.
    let subjects = usize::from(bom.metadata.component.is_some());
    let mut found = packages(&nodes, subjects, locate, &mut reading.incomplete);
    let order = merge(&mut found);
    let mut graph = Graph::of(bom, &nodes, &order, locate, &mut reading.incomplete);
    let direct = graph.direct();

    let mut dependencies: Vec<Vec<PackageIndex>> = vec![Vec::new(); found.len()];
    for (node, package) in order.iter().enumerate() {
        if let Some(list) = package.and_then(|package| dependencies.get_mut(package as usize)) {
            graph.packages_below(node, list);
        }
    }
    if graph.is_exhausted() {
        reading.incomplete.push(Incomplete {
            location: locate(None),
            analyzer: super::ANALYZER.to_owned(),
            reason: ReasonCode::TooMany,
            detail: "too many dependencies lead through components that are no packages".to_owned(),
        });
    }
    for (index, (item, mut needs)) in found.into_iter().zip(dependencies).enumerate() {
        needs.sort_unstable();
        needs.dedup();
        let package = item.finish(direct.as_ref().map(|direct| direct.contains(&index)), needs);
        reading.places.push(package.1);
        reading.inventory.packages.push(package.0);
    }
    models::read(bom, &nodes, locate, &mut reading.inventory);
    let root = bom.metadata.component.as_ref();
    reading.root = root.and_then(|root| root.name.as_ref()?.trimmed().map(str::to_owned));
    reading
}

fn check_version(
    bom: &Bom<'_>,
    locate: &dyn Fn(Option<Span>) -> Location,
    incomplete: &mut Vec<Incomplete>,
) {
    let version = bom
        .spec_version
        .as_ref()
        .and_then(|version| version.trimmed());
    if version.is_some_and(|version| SPEC_VERSIONS.contains(&version)) {
        return;
    }
    let found = version.unwrap_or("none");
    incomplete.push(Incomplete {
        location: locate(None),
        analyzer: super::ANALYZER.to_owned(),
        reason: ReasonCode::Unsupported,
        detail: format!(
            "CycloneDX version {found}; 1.0 to 1.7 are known, so something may have been missed"
        ),
    });
}

/// Every component, the document's own subject first if it has one, parents before children.
fn flatten<'b, 'a>(bom: &'b Bom<'a>) -> Vec<&'b Component<'a>> {
    let mut nodes = Vec::with_capacity(bom.components.len() + 1);
    let mut todo: Vec<&'b Component<'a>> = bom.components.iter().rev().collect();
    todo.extend(&bom.metadata.component);
    while let Some(component) = todo.pop() {
        nodes.push(component);
        todo.extend(component.components.iter().rev());
    }
    nodes
}

/// A package before its dependencies are known.
struct Item {
    node: usize,
    identity: Identity,
    place: Location,
    occurrences: Vec<Occurrence>,
    /// Whether the occurrences are our own, so that they say what is direct.
    own: bool,
    /// Whether this is several components.
    joined: bool,
    license: Option<String>,
    hashes: Vec<Hash>,
}

impl Item {
    fn finish(
        mut self,
        direct: Option<bool>,
        dependencies: Vec<PackageIndex>,
    ) -> (Package, Location) {
        if !self.own {
            for occurrence in &mut self.occurrences {
                occurrence.direct = direct;
            }
        }
        let package = Package {
            ecosystem: self.identity.ecosystem,
            name: self.identity.name,
            version: self.identity.version,
            purl: self.identity.purl,
            occurrences: self.occurrences,
            dependencies,
            license: self.license,
            hashes: self.hashes,
        };
        (package, self.place)
    }
}

fn packages(
    nodes: &[&Component<'_>],
    skip: usize,
    locate: &dyn Fn(Option<Span>) -> Location,
    incomplete: &mut Vec<Incomplete>,
) -> Vec<Item> {
    let mut items = Vec::with_capacity(nodes.len());
    let mut licenses = Licenses::default();
    for (node, component) in nodes.iter().enumerate().skip(skip) {
        if models::is_other_than_package(component) {
            continue;
        }
        let mut report = |reason, detail| {
            incomplete.push(Incomplete {
                location: locate(component.span),
                analyzer: super::ANALYZER.to_owned(),
                reason,
                detail,
            });
        };
        let (kind, problem) = identity::identify(component);
        if let Some(problem) = problem {
            let purl = component.purl.as_ref().map_or("", |purl| purl.as_str());
            report(ReasonCode::Malformed, format!("`{purl}` is {problem}"));
        }
        match kind {
            Kind::Package(identity) => {
                let place = locate(component.span);
                items.push(item(node, identity, component, place, &mut licenses));
            }
            Kind::Unversioned(name) => report(
                ReasonCode::Unpinned,
                format!("the component `{name}` has no version, so no advisory can be matched"),
            ),
            Kind::Other => {}
        }
    }
    items
}

fn item(
    node: usize,
    identity: Identity,
    component: &Component<'_>,
    place: Location,
    licenses: &mut Licenses,
) -> Item {
    let scope = hints::scope(component);
    let (occurrences, own) = occurrences(component, scope, &place);
    let license = component
        .properties(extra::LICENSE)
        .next()
        .map(str::to_owned);
    let license =
        license.or_else(|| licenses.expression(&component.licenses, component.evidence.as_ref()));
    Item {
        node,
        identity,
        place,
        occurrences,
        own,
        joined: false,
        license,
        hashes: hashes(component),
    }
}

/// Where a package is declared: as the evidence says, else at its place in the document. Also
/// whether it was us who wrote that.
pub(super) fn occurrences(
    component: &Component<'_>,
    scope: Scope,
    place: &Location,
) -> (Vec<Occurrence>, bool) {
    let found = component
        .evidence
        .as_ref()
        .map_or(&[][..], |evidence| &evidence.occurrences);
    if component.properties(extra::OCCURRENCE).count() == found.len() && !found.is_empty() {
        let own: Option<Vec<_>> = component
            .properties(extra::OCCURRENCE)
            .zip(found)
            .map(|(text, place)| extra::parse_occurrence(text, place.location.as_str(), place.line))
            .collect();
        if let Some(own) = own {
            return (own, true);
        }
    }
    let mut list: Vec<_> = found
        .iter()
        .filter_map(|place| {
            let location = Location::file(place.location.trimmed()?);
            Some(match place.line {
                Some(line) if line > 0 => location.at_line(line),
                _ => location,
            })
        })
        .map(|location| Occurrence {
            location,
            scope,
            direct: None,
        })
        .collect();
    if list.is_empty() {
        list.push(Occurrence {
            location: place.clone(),
            scope,
            direct: None,
        });
    }
    (list, false)
}

pub(super) fn hashes(component: &Component<'_>) -> Vec<Hash> {
    let standard = component.hashes.iter().filter_map(|hash| {
        Some(Hash {
            algorithm: hash.alg.trimmed()?.to_owned(),
            hex: hash.content.trimmed()?.to_ascii_lowercase(),
        })
    });
    let mut others: Vec<_> = component
        .properties(extra::HASH)
        .filter_map(extra::parse_hash)
        .collect();
    others.sort_by_key(|&(index, _)| index);
    let mut others = others.into_iter().peekable();
    let mut hashes = Vec::new();
    for hash in standard {
        while let Some((_, other)) = others.next_if(|&(index, _)| index <= hashes.len()) {
            hashes.push(other);
        }
        hashes.push(hash);
    }
    hashes.extend(others.map(|(_, hash)| hash));
    hashes
}

/// Sorts by package URL and joins what is the same package. Returns the package of each node.
fn merge(items: &mut Vec<Item>) -> Vec<Option<PackageIndex>> {
    let nodes = items.iter().map(|item| item.node + 1).max().unwrap_or(0);
    let mut order = vec![None; nodes];
    items.sort_by(|a, b| a.identity.purl.cmp(&b.identity.purl));
    let mut merged: Vec<Item> = Vec::with_capacity(items.len());
    for item in items.drain(..) {
        let node = item.node;
        match merged.last_mut() {
            Some(last) if last.identity.purl == item.identity.purl => join(last, item),
            _ => merged.push(item),
        }
        if let Some(slot) = order.get_mut(node) {
            *slot = PackageIndex::try_from(merged.len() - 1).ok();
        }
    }
    for item in merged.iter_mut().filter(|item| item.joined) {
        item.occurrences.sort();
        item.occurrences.dedup();
        item.hashes.sort();
        item.hashes.dedup();
    }
    *items = merged;
    order
}

fn join(into: &mut Item, item: Item) {
    into.joined = true;
    into.occurrences.extend(item.occurrences);
    into.own &= item.own;
    into.hashes.extend(item.hashes);
    into.license = into.license.take().or(item.license);
}
