//! The dependencies among the components of a document.

use gw_analysis::Span;
use gw_finding::{Incomplete, Location, ReasonCode};
use rustc_hash::{FxHashMap, FxHashSet};

use super::document::{Bom, Component};
use crate::PackageIndex;

/// What needs what, among all components.
pub(super) struct Graph<'o> {
    /// For each node the nodes that it needs.
    below: Vec<Vec<u32>>,
    /// The package of each node. Nodes that are none (a lock file, an unversioned component) are
    /// looked through.
    order: &'o [Option<PackageIndex>],
    /// The node of the document's subject.
    root: Option<usize>,
    /// How many steps through nodes that are no packages are left. Without a limit the packages
    /// below such nodes could be as many as the square of the document's size.
    steps: usize,
}

impl<'o> Graph<'o> {
    pub(super) fn of(
        bom: &Bom<'_>,
        nodes: &[&Component<'_>],
        order: &'o [Option<PackageIndex>],
        locate: &dyn Fn(Option<Span>) -> Location,
        incomplete: &mut Vec<Incomplete>,
    ) -> Self {
        let mut index: FxHashMap<&str, u32> = FxHashMap::default();
        for by_purl in [false, true] {
            for (node, component) in (0_u32..).zip(nodes) {
                let key = if by_purl {
                    &component.purl
                } else {
                    &component.bom_ref
                };
                if let Some(key) = key.as_ref().and_then(|key| key.trimmed()) {
                    index.entry(key).or_insert(node);
                }
            }
        }
        let mut below = vec![Vec::new(); nodes.len()];
        let mut dangling: Vec<&str> = Vec::new();
        for dependency in &bom.dependencies {
            let Some(reference) = dependency.reference.trimmed() else {
                continue;
            };
            let from = index.get(reference).copied();
            if from.is_none() {
                dangling.push(reference);
            }
            for target in dependency
                .depends_on
                .iter()
                .filter_map(|target| target.trimmed())
            {
                match (
                    from.and_then(|from| below.get_mut(from as usize)),
                    index.get(target),
                ) {
                    (Some(list), Some(&to)) => list.push(to),
                    (_, None) => dangling.push(target),
                    (None, Some(_)) => {}
                }
            }
        }
        dangling.sort_unstable();
        dangling.dedup();
        if let Some(first) = dangling.first() {
            let more = match dangling.len() - 1 {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            incomplete.push(Incomplete {
                location: locate(None),
                analyzer: super::ANALYZER.to_owned(),
                reason: ReasonCode::Missing,
                detail: format!(
                    "the dependencies name `{first}`{more}, which the document has no component for"
                ),
            });
        }
        let edges: usize = below.iter().map(Vec::len).sum();
        Self {
            steps: edges.saturating_mul(16).saturating_add(100_000),
            below,
            order,
            root: bom.metadata.component.as_ref().map(|_| 0),
        }
    }

    /// The packages that the document's subject names itself; nothing if the document does not tell.
    pub(super) fn direct(&mut self) -> Option<FxHashSet<usize>> {
        let root = self.root?;
        if self.below.get(root)?.is_empty() {
            return None;
        }
        let mut list = Vec::new();
        self.packages_below(root, &mut list);
        Some(list.into_iter().map(|package| package as usize).collect())
    }

    /// The packages that a node needs itself or through nodes that are no packages.
    pub(super) fn packages_below(&mut self, node: usize, list: &mut Vec<PackageIndex>) {
        let mut seen = FxHashSet::default();
        let mut todo: Vec<u32> = self.below.get(node).cloned().unwrap_or_default();
        while let Some(next) = todo.pop() {
            let at = next as usize;
            match self.order.get(at).copied().flatten() {
                Some(package) => list.push(package),
                None if Some(at) == self.root || !seen.insert(next) => {}
                None => {
                    let below = self.below.get(at).map(Vec::as_slice).unwrap_or_default();
                    self.steps = self.steps.saturating_sub(below.len() + 1);
                    if self.steps > 0 {
                        todo.extend(below);
                    }
                }
            }
        }
    }

    /// Whether some packages below others were left out because there are too many.
    pub(super) const fn is_exhausted(&self) -> bool {
        self.steps == 0
    }
}
