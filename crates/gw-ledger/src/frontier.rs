use crate::hash::{Hash, empty_root, node_hash};

/// The compact range of a whole tree: the roots of its perfect subtrees, the largest (leftmost)
/// first. It is all that is needed to append leaves and to know the root, in O(log n) memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    nodes: Vec<Hash>,
}

impl Frontier {
    /// The frontier of the empty tree.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The frontier of a tree with `size` leaves, if `nodes` has as many nodes as such a tree has
    /// perfect subtrees.
    #[must_use]
    pub fn from_nodes(size: u64, nodes: Vec<Hash>) -> Option<Self> {
        let expected = usize::try_from(size.count_ones()).ok()?;
        (nodes.len() == expected).then_some(Self { size, nodes })
    }

    /// How many leaves the tree has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The roots of the perfect subtrees, the leftmost first.
    #[must_use]
    pub fn nodes(&self) -> &[Hash] {
        &self.nodes
    }

    /// Appends a leaf by its hash. A tree of 2⁶⁴ - 1 leaves is full and stays as it is.
    pub fn push(&mut self, leaf: Hash) {
        let Some(size) = self.size.checked_add(1) else {
            return;
        };
        let mut node = leaf;
        // Every trailing one bit of the old size is a perfect subtree that the new one completes.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.nodes.pop() {
                node = node_hash(&left, &node);
            }
        }
        self.nodes.push(node);
        self.size = size;
    }

    /// The root of the tree (RFC 6962 section 2.1).
    #[must_use]
    pub fn root(&self) -> Hash {
        fold_right(&self.nodes).unwrap_or_else(empty_root)
    }
}

/// The root over perfect subtrees of falling size, or nothing if there are none.
pub(crate) fn fold_right(nodes: &[Hash]) -> Option<Hash> {
    nodes
        .iter()
        .rev()
        .copied()
        .reduce(|right, left| node_hash(&left, &right))
}

/// The root of the tree over `leaves`, which are leaf hashes.
#[must_use]
pub fn root_of(leaves: impl IntoIterator<Item = Hash>) -> Hash {
    let mut frontier = Frontier::new();
    for leaf in leaves {
        frontier.push(leaf);
    }
    frontier.root()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{leaves, naive_root};

    #[test]
    fn root_is_the_recursive_definition() {
        let leaves = leaves(300);
        let mut frontier = Frontier::new();
        for size in 0..=leaves.len() {
            assert_eq!(frontier.root(), naive_root(&leaves[..size]), "{size}");
            let again = Frontier::from_nodes(size as u64, frontier.nodes().to_vec());
            assert_eq!(again.as_ref(), Some(&frontier));
            if let Some(leaf) = leaves.get(size) {
                frontier.push(*leaf);
            }
        }
        assert_eq!(Frontier::from_nodes(3, vec![[0; 32]]), None);
    }
}
