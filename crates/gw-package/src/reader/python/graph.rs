//! Packages of a lock file and the edges between them, while they are read.

use rustc_hash::FxHashMap;

use crate::Scope;
use crate::reader::Locked;

use super::package::normal;

/// How many packages of one name an edge may lead to: a name has one entry for each environment
/// that needs another version.
const MOST_ALTERNATIVES: usize = 32;

/// Where packages are by their normalised name.
#[derive(Debug, Default)]
pub(super) struct Names(FxHashMap<String, Vec<usize>>);

impl Names {
    /// The names of packages in the order of their positions.
    pub(super) fn of<'n>(names: impl Iterator<Item = &'n str>) -> Self {
        let mut map: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        for (at, name) in names.enumerate() {
            map.entry(normal(name)).or_default().push(at);
        }
        Self(map)
    }

    /// The packages of a name in any spelling.
    pub(super) fn find(&self, name: &str) -> &[usize] {
        let all = self.0.get(&normal(name)).map_or(&[][..], Vec::as_slice);
        all.get(..MOST_ALTERNATIVES).unwrap_or(all)
    }
}

/// Puts edges in order, each once, without those from a package to itself.
pub(super) fn tidy(packages: &mut [Locked]) {
    for (at, package) in packages.iter_mut().enumerate() {
        package.dependencies.retain(|&to| to != at);
        package.dependencies.sort_unstable();
        package.dependencies.dedup();
    }
}

/// The scope of every node that is reached from the starts, each edge needing its target for as
/// much as its source and its own scope allow; the strongest reason counts.
pub(super) fn scopes(
    edges: &[Vec<(usize, Scope)>],
    starts: impl IntoIterator<Item = (usize, Scope)>,
) -> Vec<Option<Scope>> {
    let mut reached: Vec<Option<Scope>> = vec![None; edges.len()];
    let mut waiting: Vec<(usize, Scope)> = starts.into_iter().collect();
    // The order of `Scope` is from the strongest reason to the weakest. A node is revisited at
    // most twice, so this ends however the edges run.
    while let Some((at, scope)) = waiting.pop() {
        let Some(slot) = reached.get_mut(at) else {
            continue;
        };
        if slot.is_some_and(|known| known <= scope) {
            continue;
        }
        *slot = Some(scope);
        for &(to, edge) in edges.get(at).into_iter().flatten() {
            waiting.push((to, scope.max(edge)));
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_reason_counts() {
        use Scope::{Development as D, Optional as O, Runtime as R};
        let edges = vec![
            vec![(1, R), (2, O)],
            vec![(2, R)],
            vec![(0, R)],
            vec![(2, R), (4, R)],
            vec![],
            vec![],
        ];
        assert_eq!(
            scopes(&edges, [(0, O), (3, D)]),
            [Some(O), Some(O), Some(O), Some(D), Some(D), None]
        );
        assert_eq!(scopes(&edges, [(3, D), (0, R)]).get(2), Some(&Some(R)));
        assert_eq!(scopes(&edges, [(99, R)]), [None; 6]);
    }
}
