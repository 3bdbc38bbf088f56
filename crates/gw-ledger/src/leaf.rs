//! What the log records of a statement or decision: a commitment, never the record itself.

use std::fmt;

use gw_core::Digest;
use sha2::{Digest as _, Sha256};

use crate::hash::{Hash, leaf_hash};

/// 32 random bytes that keep a record from being guessed from its leaf. They are made by the
/// caller, kept beside the record, and forgotten with it: a leaf without its salt says nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt([u8; 32]);

impl Salt {
    /// The salt of these bytes, which must come from a cryptographic source of randomness.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt")
    }
}

/// What sort of record a leaf commits to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeafKind(u8);

impl LeafKind {
    /// A statement in DSSE.
    pub const STATEMENT: Self = Self(1);
    /// A decision in DSSE.
    pub const DECISION: Self = Self(2);

    /// The kind of this number, assigned or not: a log may have leaves newer than its reader.
    #[must_use]
    pub const fn from_number(number: u8) -> Self {
        Self(number)
    }

    /// The kind's number.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Reads what [`fmt::Display`] writes.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "statement" => Some(Self::STATEMENT),
            "decision" => Some(Self::DECISION),
            other => {
                let kind = Self(other.strip_prefix("kind-")?.parse().ok()?);
                (kind.to_string() == name).then_some(kind)
            }
        }
    }
}

impl fmt::Display for LeafKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::STATEMENT => f.write_str("statement"),
            Self::DECISION => f.write_str("decision"),
            Self(number) => write!(f, "kind-{number}"),
        }
    }
}

/// Bytes that are not a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LeafError {
    /// Not 34 bytes.
    #[error("a leaf has 34 bytes, this has {0}")]
    Length(usize),
    /// A version that this program does not know.
    #[error("leaf version {0} is unknown: expected 1")]
    Version(u8),
}

/// One entry of the log, 34 bytes: version (1), kind, and the commitment
/// SHA-256(salt ‖ DSSE bytes). Record and salt are kept elsewhere, so that they can be erased and
/// leaves stay small and free of personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Leaf {
    /// What sort of record it commits to.
    pub kind: LeafKind,
    /// The SHA-256 of the salt followed by the record's DSSE bytes.
    pub commitment: Digest,
}

impl Leaf {
    /// The length of an encoded leaf in bytes.
    pub const LEN: usize = 34;
    const VERSION: u8 = 1;

    /// The leaf that commits to a record.
    #[must_use]
    pub fn commit(kind: LeafKind, salt: &Salt, record: &[u8]) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(salt.as_bytes());
        hasher.update(record);
        Self {
            kind,
            commitment: Digest::from_bytes(hasher.finalize().into()),
        }
    }

    /// The leaf's bytes, as they stand in the log.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        let head = [Self::VERSION, self.kind.number()];
        let fields = head.iter().chain(self.commitment.as_bytes());
        for (to, from) in bytes.iter_mut().zip(fields) {
            *to = *from;
        }
        bytes
    }

    /// Reads a leaf's bytes.
    ///
    /// # Errors
    /// [`LeafError`] if they have another length or version.
    pub fn decode(bytes: &[u8]) -> Result<Self, LeafError> {
        let length = LeafError::Length(bytes.len());
        let whole: &[u8; Self::LEN] = bytes.try_into().map_err(|_| length)?;
        let [version, kind, rest @ ..] = whole;
        if *version != Self::VERSION {
            return Err(LeafError::Version(*version));
        }
        Ok(Self {
            kind: LeafKind(*kind),
            commitment: Digest::from_bytes(*rest),
        })
    }

    /// The leaf's hash in the Merkle tree.
    #[must_use]
    pub fn hash(&self) -> Hash {
        leaf_hash(&self.encode())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_are_read_as_written() {
        let leaf = Leaf::commit(LeafKind::DECISION, &Salt([7; 32]), b"record");
        let bytes = leaf.encode();
        assert_eq!(bytes[..2], [1, 2]);
        let salted: Vec<u8> = [7; 32].into_iter().chain(*b"record").collect();
        assert_eq!(leaf.commitment, Digest::of(&salted));
        assert_eq!(Leaf::decode(&bytes), Ok(leaf));
        assert_eq!(Leaf::decode(&bytes[1..]), Err(LeafError::Length(33)));
        assert_eq!(Leaf::decode(&[9; 34]), Err(LeafError::Version(9)));
    }

    #[test]
    fn every_kind_has_one_name() {
        for number in 0..=255 {
            let kind = LeafKind(number);
            assert_eq!(LeafKind::from_name(&kind.to_string()), Some(kind));
        }
        for bad in ["", "kind-", "kind-1", "kind-007", "kind-256", "Statement"] {
            assert_eq!(LeafKind::from_name(bad), None, "{bad}");
        }
    }
}
