//! The writer's own record of the newest state.
//!
//! An append becomes fact when this one file is replaced. It has everything that the append
//! changed and that cannot be made from durable files: the signed checkpoint, and the entries of
//! the last, partial bundle. So the partial tiles and the published checkpoint may be lost or torn
//! by a crash: they are made again from it.
//!
//! Format: the line `gatewright ledger commit 1`, then the checkpoint's length in bytes as a
//! big-endian 32-bit number, the checkpoint, the bundle's bytes, and last the SHA-256 of all that.

use sha2::{Digest as _, Sha256};

const MAGIC: &[u8] = b"gatewright ledger commit 1\n";

/// What a commit file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Commit {
    pub(crate) checkpoint: String,
    pub(crate) bundle: Vec<u8>,
}

impl Commit {
    /// `None` if the checkpoint is longer than 4 GiB.
    pub(crate) fn encode(&self) -> Option<Vec<u8>> {
        let length = u32::try_from(self.checkpoint.len()).ok()?;
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(self.checkpoint.as_bytes());
        bytes.extend_from_slice(&self.bundle);
        let sum: [u8; 32] = Sha256::digest(&bytes).into();
        bytes.extend_from_slice(&sum);
        Some(bytes)
    }

    /// `None` if it is not a whole commit file.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (body, sum) = bytes.split_last_chunk::<32>()?;
        let found: [u8; 32] = Sha256::digest(body).into();
        if found != *sum {
            return None;
        }
        let (length, rest) = body.strip_prefix(MAGIC)?.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (checkpoint, bundle) = rest.split_at_checked(length)?;
        Some(Self {
            checkpoint: String::from_utf8(checkpoint.to_vec()).ok()?,
            bundle: bundle.to_vec(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn is_read_as_written_and_no_part_of_it(
            checkpoint in ".{0,60}",
            bundle in prop::collection::vec(any::<u8>(), 0..60),
            cut: prop::sample::Index,
            other: u8,
        ) {
            let commit = Commit { checkpoint, bundle };
            let bytes = commit.encode().unwrap();
            prop_assert_eq!(Commit::decode(&bytes), Some(commit));
            let at = cut.index(bytes.len());
            prop_assert_eq!(Commit::decode(&bytes[..at]), None);
            let mut changed = bytes.clone();
            changed[at] ^= other.max(1);
            prop_assert_eq!(Commit::decode(&changed), None);
        }

        #[test]
        fn any_bytes_are_survived(tail in prop::collection::vec(any::<u8>(), 0..60)) {
            let mut bytes = MAGIC.to_vec();
            bytes.extend(tail);
            let sum: [u8; 32] = Sha256::digest(&bytes).into();
            bytes.extend(sum);
            let _ = Commit::decode(&bytes);
        }
    }
}
