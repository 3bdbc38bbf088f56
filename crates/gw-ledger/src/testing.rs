//! What several tests share: the recursive definitions of RFC 6962, written as the RFC does.

use crate::hash::{Hash, empty_root, leaf_hash, node_hash};

pub(crate) fn leaves(count: u64) -> Vec<Hash> {
    (0..count).map(|i| leaf_hash(&i.to_be_bytes())).collect()
}

fn split(n: usize) -> usize {
    let mut k = 1;
    while k * 2 < n {
        k *= 2;
    }
    k
}

pub(crate) fn naive_root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [one] => *one,
        more => {
            let (left, right) = more.split_at(split(more.len()));
            node_hash(&naive_root(left), &naive_root(right))
        }
    }
}

pub(crate) fn naive_path(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let k = split(leaves.len());
    let (left, right) = leaves.split_at(k);
    let (mut path, sibling) = if index < k {
        (naive_path(index, left), naive_root(right))
    } else {
        (naive_path(index - k, right), naive_root(left))
    };
    path.push(sibling);
    path
}

pub(crate) fn naive_subproof(earlier: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
    if earlier == leaves.len() {
        return if whole {
            Vec::new()
        } else {
            vec![naive_root(leaves)]
        };
    }
    let k = split(leaves.len());
    let (left, right) = leaves.split_at(k);
    let (mut proof, other) = if earlier <= k {
        (naive_subproof(earlier, left, whole), naive_root(right))
    } else {
        (naive_subproof(earlier - k, right, false), naive_root(left))
    };
    proof.push(other);
    proof
}
