use crate::frontier::fold_right;
use crate::hash::{Hash, empty_root, node_hash};

/// Where the hashes of a tree's perfect subtrees come from.
pub trait Nodes {
    /// What can go wrong in getting one.
    type Error;

    /// The hash over the leaves `index << level` up to `(index + 1) << level`. It is asked only
    /// for subtrees that are complete at the tree's size.
    ///
    /// # Errors
    /// Whatever keeps the hash from being had.
    fn node(&self, level: u32, index: u64) -> Result<Hash, Self::Error>;
}

/// A question about leaves that the tree does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a tree of {size} leaves has no proof for {asked}")]
pub struct OutOfRange {
    /// The leaf's index, or the earlier size.
    pub asked: u64,
    /// The tree's size.
    pub size: u64,
}

/// The root of the first `size` leaves.
///
/// # Errors
/// What `nodes` returns.
pub fn root<N: Nodes>(nodes: &N, size: u64) -> Result<Hash, N::Error> {
    range_root(nodes, 0, size)
}

/// The inclusion proof of leaf `index` in the tree of `size` leaves (RFC 6962 section 2.1.1), the
/// sibling nearest to the leaf first.
///
/// # Errors
/// [`OutOfRange`] if there is no such leaf, or what `nodes` returns.
pub fn inclusion_proof<N>(nodes: &N, index: u64, size: u64) -> Result<Vec<Hash>, N::Error>
where
    N: Nodes,
    N::Error: From<OutOfRange>,
{
    if index >= size {
        return Err(OutOfRange { asked: index, size }.into());
    }
    let (mut start, mut end) = (0, size);
    let mut proof = Vec::new();
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            proof.push(range_root(nodes, middle, end)?);
            end = middle;
        } else {
            proof.push(range_root(nodes, start, middle)?);
            start = middle;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// The proof that the tree of `size` leaves continues the one of `earlier` leaves (RFC 6962
/// section 2.1.2). It is empty if `earlier` is 0 or `size`.
///
/// # Errors
/// [`OutOfRange`] if `earlier` is more than `size`, or what `nodes` returns.
pub fn consistency_proof<N>(nodes: &N, earlier: u64, size: u64) -> Result<Vec<Hash>, N::Error>
where
    N: Nodes,
    N::Error: From<OutOfRange>,
{
    if earlier > size {
        return Err(OutOfRange {
            asked: earlier,
            size,
        }
        .into());
    }
    let mut proof = Vec::new();
    if earlier == 0 {
        return Ok(proof);
    }
    let (mut start, mut end) = (0, size);
    while end != earlier {
        let middle = start + split(end - start);
        if earlier <= middle {
            proof.push(range_root(nodes, middle, end)?);
            end = middle;
        } else {
            proof.push(range_root(nodes, start, middle)?);
            start = middle;
        }
    }
    // Only if the earlier tree is not itself a node of the later one does its last part have to
    // be given.
    if start != 0 {
        proof.push(range_root(nodes, start, end)?);
    }
    proof.reverse();
    Ok(proof)
}

/// The largest power of two that is smaller than `n`, for `n` of at least two.
const fn split(n: u64) -> u64 {
    match (n - 1).checked_ilog2() {
        Some(log) => 1 << log,
        None => 0,
    }
}

/// The root over the leaves from `start` up to `end`, where `start` is a multiple of the largest
/// power of two that is not more than their number.
fn range_root<N: Nodes>(nodes: &N, start: u64, end: u64) -> Result<Hash, N::Error> {
    let mut parts = Vec::new();
    let mut at = start;
    while let Some(level) = end.saturating_sub(at).checked_ilog2() {
        parts.push(nodes.node(level, at >> level)?);
        at += 1 << level;
    }
    Ok(fold_right(&parts).unwrap_or_else(empty_root))
}

/// A tree held in memory: the hashes of every perfect subtree, level by level.
#[derive(Debug, Clone, Default)]
pub struct MemoryTree {
    levels: Vec<Vec<Hash>>,
}

impl MemoryTree {
    /// The tree over leaf hashes.
    pub fn new(leaves: impl IntoIterator<Item = Hash>) -> Self {
        let mut levels: Vec<Vec<Hash>> = vec![leaves.into_iter().collect()];
        while let Some(below) = levels.last().filter(|below| below.len() > 1) {
            let above = below
                .as_chunks::<2>()
                .0
                .iter()
                .map(|[left, right]| node_hash(left, right))
                .collect();
            levels.push(above);
        }
        Self { levels }
    }

    /// How many leaves it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.levels.first().map_or(0, |leaves| leaves.len() as u64)
    }
}

impl Nodes for MemoryTree {
    type Error = OutOfRange;

    fn node(&self, level: u32, index: u64) -> Result<Hash, OutOfRange> {
        let hashes = usize::try_from(level).ok().and_then(|l| self.levels.get(l));
        hashes
            .zip(usize::try_from(index).ok())
            .and_then(|(hashes, index)| hashes.get(index))
            .copied()
            .ok_or(OutOfRange {
                asked: index,
                size: self.size(),
            })
    }
}
