use gix::ObjectId;
use gw_analysis::EntryKind;
use gw_core::{Digest, Hasher};
use sha2::Digest as _;

use crate::Item;

/// The digests of one file's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContentDigest {
    /// SHA-256 of the bytes; of a link's target if it is a link.
    pub sha256: Digest,
    /// Whether the last commit has the same bytes under the same path; unknown if nobody asked.
    pub committed: Option<bool>,
}

/// Computes a [`ContentDigest`] while an item is read.
pub struct ContentHasher {
    sha256: sha2::Sha256,
    blob: Option<(gix::hash::Hasher, ObjectId)>,
}

impl ContentHasher {
    /// A hasher for `item`, of which `size` bytes are expected.
    #[must_use]
    pub fn new(item: &Item, size: u64) -> Self {
        let blob = item.committed.map(|expected| {
            let mut hasher = gix::hash::hasher(expected.kind());
            hasher.update(format!("blob {size}\0").as_bytes());
            (hasher, expected)
        });
        Self {
            sha256: sha2::Sha256::new(),
            blob,
        }
    }

    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.sha256.update(bytes);
        if let Some((hasher, _)) = &mut self.blob {
            hasher.update(bytes);
        }
    }

    /// The digests of all bytes added.
    #[must_use]
    pub fn finish(self) -> ContentDigest {
        ContentDigest {
            sha256: Digest::from_bytes(self.sha256.finalize().into()),
            committed: self.blob.map(|(hasher, expected)| {
                // A hasher that detects a collision attack gives an error; that is no match.
                hasher.try_finalize().is_ok_and(|id| id == expected)
            }),
        }
    }
}

/// The digest of a tree: SHA-256 over (path, mode, SHA-256 of content) of its files in order of
/// path. `files` must be in that order. Modes are git's; a file that could not be read counts with
/// an empty content field, so that its presence still matters.
pub(crate) fn tree_digest<'a>(
    files: impl Iterator<Item = (&'a str, EntryKind, Option<Digest>)>,
) -> Digest {
    let mut hasher = Hasher::new("gatewright tree 1");
    for (path, kind, digest) in files {
        hasher.field(path.as_bytes());
        hasher.field(match kind {
            EntryKind::File => b"100644",
            EntryKind::Executable => b"100755",
            EntryKind::Link => b"120000",
        });
        hasher.field(digest.as_ref().map_or(&[][..], |digest| digest.as_bytes()));
    }
    hasher.finish()
}
