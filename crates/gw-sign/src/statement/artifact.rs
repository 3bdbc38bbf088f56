use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use gw_core::Digest;
use sha2::Digest as _;

use crate::error::Undone;

/// How much is read at once.
const BUFFER: usize = 1 << 20;

/// The digests of an artifact, by which the subject of a statement may name it. Most statements have
/// SHA-256; those of npm have SHA-512 alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtifactDigests {
    sha256: Digest,
    /// In hexadecimal digits.
    sha512: String,
}

impl ArtifactDigests {
    /// Reads a file once and makes both.
    ///
    /// # Errors
    /// [`Undone::Read`].
    pub fn of_file(path: &Path) -> Result<Self, Undone> {
        let read = |e| Undone::read(path, e);
        let mut file = std::fs::File::open(path).map_err(read)?;
        let (mut sha256, mut sha512) = (sha2::Sha256::new(), sha2::Sha512::new());
        let mut buffer = vec![0; BUFFER];
        loop {
            let count = match file.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => count,
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(read(e)),
            };
            let bytes = buffer.get(..count).unwrap_or_default();
            sha256.update(bytes);
            sha512.update(bytes);
        }
        Ok(Self {
            sha256: Digest::from_bytes(sha256.finalize().into()),
            sha512: hex::encode(sha512.finalize()),
        })
    }

    /// The digests of bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self {
            sha256: Digest::of(bytes),
            sha512: hex::encode(sha2::Sha512::digest(bytes)),
        }
    }

    /// The SHA-256 digest.
    #[must_use]
    pub const fn sha256(&self) -> &Digest {
        &self.sha256
    }

    /// Whether a subject's digests name this artifact: at least one does, and none another.
    pub(super) fn is_named_by(&self, digests: &BTreeMap<String, String>) -> bool {
        let known = [
            ("sha256", self.sha256.to_hex()),
            ("sha512", self.sha512.clone()),
        ];
        let mut named = known
            .iter()
            .filter_map(|(hash, ours)| digests.get(*hash).map(|theirs| (ours, theirs)))
            .peekable();
        named.peek().is_some() && named.all(|(ours, theirs)| theirs.eq_ignore_ascii_case(ours))
    }
}
