//! The bytes inside tiles and entry bundles.

use crate::hash::Hash;

/// Content that is not a tile or bundle of the expected width.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// Not as many 32-byte hashes as the tile's name says.
    #[error("expected {expected} hashes of 32 bytes, found {found} bytes")]
    Hashes {
        /// How many hashes it should have.
        expected: u16,
        /// How many bytes it has.
        found: usize,
    },
    /// An entry is cut short.
    #[error("entry {entry} of the bundle is cut short")]
    Short {
        /// The entry's place in the bundle.
        entry: usize,
    },
    /// Not as many entries as the bundle's name says.
    #[error("expected {expected} entries, found {found}")]
    Entries {
        /// How many entries it should have.
        expected: u16,
        /// How many it has.
        found: usize,
    },
}

/// Reads a tile of `width` hashes.
///
/// # Errors
/// [`TileError::Hashes`] if the length is another.
pub fn parse_hashes(bytes: &[u8], width: u16) -> Result<Vec<Hash>, TileError> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    if !rest.is_empty() || hashes.len() != usize::from(width) {
        return Err(TileError::Hashes {
            expected: width,
            found: bytes.len(),
        });
    }
    Ok(hashes.to_vec())
}

/// Reads a bundle of `width` entries, each preceded by its length as a big-endian 16-bit number.
///
/// # Errors
/// [`TileError`] if an entry is cut short or their number is another.
pub fn parse_entries(bytes: &[u8], width: u16) -> Result<Vec<&[u8]>, TileError> {
    let mut entries = Vec::with_capacity(usize::from(width));
    let mut rest = bytes;
    while !rest.is_empty() {
        if entries.len() >= usize::from(width) {
            return Err(TileError::Entries {
                expected: width,
                found: entries.len() + 1,
            });
        }
        let entry = entries.len();
        let (entry_bytes, after) = split_entry(rest).ok_or(TileError::Short { entry })?;
        entries.push(entry_bytes);
        rest = after;
    }
    if entries.len() != usize::from(width) {
        return Err(TileError::Entries {
            expected: width,
            found: entries.len(),
        });
    }
    Ok(entries)
}

fn split_entry(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}

/// Adds an entry to a bundle, or says no if it is longer than 65,535 bytes.
#[must_use]
pub fn push_entry(bundle: &mut Vec<u8>, entry: &[u8]) -> bool {
    let Ok(length) = u16::try_from(entry.len()) else {
        return false;
    };
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(entry);
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn entries_are_read_as_written(
            entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..=20),
        ) {
            let mut bundle = Vec::new();
            for entry in &entries {
                prop_assert!(push_entry(&mut bundle, entry));
            }
            let width = entries.len() as u16;
            prop_assert_eq!(parse_entries(&bundle, width).unwrap(), entries);
            prop_assert!(parse_entries(&bundle, width + 1).is_err());
            bundle.push(0);
            prop_assert!(parse_entries(&bundle, width).is_err());
        }

        #[test]
        fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..600), width: u16) {
            let _ = parse_entries(&bytes, width);
            let hashes = parse_hashes(&bytes, width);
            prop_assert_eq!(hashes.is_ok(), bytes.len() == 32 * usize::from(width));
        }
    }

    #[test]
    fn too_long_an_entry_is_refused() {
        let mut bundle = Vec::new();
        assert!(!push_entry(&mut bundle, &vec![0; 65_536]));
        assert!(bundle.is_empty());
    }
}
