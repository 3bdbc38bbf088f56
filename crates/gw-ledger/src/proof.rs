use crate::hash::{Hash, empty_root, node_hash};

/// Why a proof does not prove what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The leaf's index is not below the tree's size.
    #[error("there is no leaf {index} in a tree of {size} leaves")]
    NoSuchLeaf {
        /// The leaf's index.
        index: u64,
        /// The tree's size.
        size: u64,
    },
    /// The earlier tree is larger than the later one.
    #[error("a tree of {size} leaves cannot continue one of {earlier} leaves")]
    Shrunk {
        /// The earlier size.
        earlier: u64,
        /// The later size.
        size: u64,
    },
    /// The proof has too many or too few hashes for these sizes.
    #[error("the proof has {found} hashes, which is not the number that these sizes need")]
    Length {
        /// How many it has.
        found: usize,
    },
    /// The hashes lead to another root than the given one.
    #[error("the proof leads to another root")]
    Root,
    /// The hashes lead to another earlier root than the given one.
    #[error("the proof leads to another root of the earlier tree")]
    EarlierRoot,
}

/// Verifies that `leaf` (a leaf hash) is leaf `index` of the tree of `size` leaves with root
/// `root`, by the algorithm of RFC 9162 section 2.1.3.2.
///
/// # Errors
/// [`ProofError`], saying what does not fit.
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::NoSuchLeaf { index, size });
    }
    let length = ProofError::Length { found: proof.len() };
    let (mut node, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for sibling in proof {
        if last == 0 {
            return Err(length);
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            skip_right_edge(&mut node, &mut last);
        } else {
            hash = node_hash(&hash, sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    if last != 0 {
        return Err(length);
    }
    if hash == *root {
        Ok(())
    } else {
        Err(ProofError::Root)
    }
}

/// Verifies that the tree of `size` leaves with root `root` continues the one of `earlier` leaves
/// with root `earlier_root`, by the algorithm of RFC 9162 section 2.1.4.2. Every tree continues
/// the empty one.
///
/// # Errors
/// [`ProofError`], saying what does not fit.
pub fn verify_consistency(
    earlier: u64,
    earlier_root: &Hash,
    size: u64,
    root: &Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    let length = ProofError::Length { found: proof.len() };
    if earlier > size {
        return Err(ProofError::Shrunk { earlier, size });
    }
    if earlier == size || earlier == 0 {
        return match () {
            () if !proof.is_empty() => Err(length),
            () if earlier == 0 && *earlier_root != empty_root() => Err(ProofError::EarlierRoot),
            () if earlier == size && earlier_root != root => Err(ProofError::Root),
            () => Ok(()),
        };
    }
    let (mut node, mut last) = (earlier - 1, size - 1);
    let skipped = node.trailing_ones();
    (node, last) = (node >> skipped, last >> skipped);
    let mut rest = proof.iter();
    // The earlier tree is a node of the later one if its size is a power of two; the proof then
    // leaves that node out.
    let first = if node == 0 {
        *earlier_root
    } else {
        *rest.next().ok_or(length)?
    };
    let (mut old, mut new) = (first, first);
    for hash in rest {
        if last == 0 {
            return Err(length);
        }
        if node & 1 == 1 || node == last {
            old = node_hash(hash, &old);
            new = node_hash(hash, &new);
            skip_right_edge(&mut node, &mut last);
        } else {
            new = node_hash(&new, hash);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    match () {
        () if last != 0 => Err(length),
        () if old != *earlier_root => Err(ProofError::EarlierRoot),
        () if new != *root => Err(ProofError::Root),
        () => Ok(()),
    }
}

/// On the right edge of a tree whose size is not a power of two, levels without a sibling are
/// left out of a proof.
fn skip_right_edge(node: &mut u64, last: &mut u64) {
    let skipped = node.trailing_zeros();
    *last = last.checked_shr(skipped).unwrap_or(0);
    *node = node.checked_shr(skipped).unwrap_or(0);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{leaves, naive_path, naive_root, naive_subproof};
    use crate::tree::{MemoryTree, consistency_proof, inclusion_proof, root};
    use proptest::prelude::*;

    #[test]
    fn every_proof_of_small_trees_is_the_recursive_one_and_verifies() {
        let all = leaves(70);
        for size in 1..=all.len() {
            let tree = MemoryTree::new(all[..size].iter().copied());
            let last = size as u64;
            let root = root(&tree, last).unwrap();
            assert_eq!(root, naive_root(&all[..size]));
            for index in 0..size {
                let proof = inclusion_proof(&tree, index as u64, last).unwrap();
                assert_eq!(proof, naive_path(index, &all[..size]), "{index} of {size}");
                let verified = verify_inclusion(&all[index], index as u64, last, &proof, &root);
                assert_eq!(verified, Ok(()), "{index} of {size}");
                let earlier = index + 1;
                let proof = consistency_proof(&tree, earlier as u64, last).unwrap();
                assert_eq!(proof, naive_subproof(earlier, &all[..size], true));
                let old = naive_root(&all[..earlier]);
                let verified = verify_consistency(earlier as u64, &old, last, &root, &proof);
                assert_eq!(verified, Ok(()), "{earlier} to {size}");
            }
            assert!(inclusion_proof(&tree, last, last).is_err());
            assert!(consistency_proof(&tree, last + 1, last).is_err());
        }
    }

    #[test]
    fn proofs_of_larger_trees_verify() {
        let all = leaves(300);
        let tree = MemoryTree::new(all.iter().copied());
        let roots: Vec<Hash> = (0..=300).map(|n| root(&tree, n).unwrap()).collect();
        for size in (71..=300).step_by(3) {
            let root = &roots[size as usize];
            for at in 0..size {
                let proof = inclusion_proof(&tree, at, size).unwrap();
                verify_inclusion(&all[at as usize], at, size, &proof, root).unwrap();
                let proof = consistency_proof(&tree, at, size).unwrap();
                verify_consistency(at, &roots[at as usize], size, root, &proof).unwrap();
            }
        }
    }

    #[test]
    fn says_what_does_not_fit() {
        let all = leaves(7);
        let tree = MemoryTree::new(all.iter().copied());
        let now = root(&tree, 7).unwrap();
        let then = root(&tree, 3).unwrap();
        let proof = consistency_proof(&tree, 3, 7).unwrap();
        let check = |earlier, old: &Hash, size, new: &Hash, proof: &[Hash]| {
            verify_consistency(earlier, old, size, new, proof).unwrap_err()
        };
        assert_eq!(
            check(7, &now, 3, &then, &[]),
            ProofError::Shrunk {
                earlier: 7,
                size: 3
            }
        );
        assert_eq!(check(3, &then, 7, &then, &proof), ProofError::Root);
        assert_eq!(check(3, &now, 7, &now, &proof), ProofError::EarlierRoot);
        assert_eq!(check(7, &then, 7, &now, &[]), ProofError::Root);
        assert_eq!(check(0, &then, 7, &now, &[]), ProofError::EarlierRoot);
        assert_eq!(
            check(3, &then, 7, &now, &proof[1..]),
            ProofError::Length {
                found: proof.len() - 1
            }
        );
        assert_eq!(
            check(3, &then, 7, &now, &[]),
            ProofError::Length { found: 0 }
        );
        assert_eq!(
            verify_inclusion(&all[0], 7, 7, &[], &now),
            Err(ProofError::NoSuchLeaf { index: 7, size: 7 })
        );
        assert_eq!(
            verify_inclusion(&all[0], 0, u64::MAX, &[now; 65], &now),
            Err(ProofError::Length { found: 65 })
        );
    }

    proptest! {
        #[test]
        fn large_trees_and_changed_proofs(
            size in 1u64..5000,
            at: prop::sample::Index,
            bit in 0usize..256,
        ) {
            let all = leaves(size);
            let tree = MemoryTree::new(all.iter().copied());
            let now = root(&tree, size).unwrap();
            let index = at.index(all.len());
            let mut proof = inclusion_proof(&tree, index as u64, size).unwrap();
            let check = |proof: &[Hash]| verify_inclusion(&all[index], index as u64, size, proof, &now);
            prop_assert_eq!(check(&proof), Ok(()));
            if let Some(hash) = proof.first_mut() {
                hash[bit / 8] ^= 1 << (bit % 8);
                prop_assert_eq!(check(&proof), Err(ProofError::Root));
                prop_assert!(check(&proof[1..]).is_err());
            }
            proof.push(now);
            prop_assert!(check(&proof).is_err());

            let then = root(&tree, index as u64).unwrap();
            let mut proof = consistency_proof(&tree, index as u64, size).unwrap();
            let check = |proof: &[Hash]| verify_consistency(index as u64, &then, size, &now, proof);
            prop_assert_eq!(check(&proof), Ok(()));
            if let Some(hash) = proof.last_mut() {
                hash[bit / 8] ^= 1 << (bit % 8);
                prop_assert!(check(&proof).is_err());
            }
            proof.push(now);
            prop_assert!(check(&proof).is_err());
        }

        #[test]
        fn any_numbers_are_survived(
            (a, b) in (any::<u64>(), any::<u64>()),
            proof in prop::collection::vec(any::<[u8; 32]>(), 0..70),
            root: [u8; 32],
        ) {
            prop_assert!(verify_inclusion(&root, a, b, &proof, &root).is_err() || b == 1);
            let _ = verify_consistency(a, &root, b, &root, &proof);
        }
    }
}
