use super::format::{self, HeaderError};
use crate::codec::Corrupt;

/// Why an index cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    /// It could not be read.
    #[error("cannot read {path}: {reason}")]
    Io {
        /// The file.
        path: String,
        /// What the system says.
        reason: String,
    },
    /// It is something else.
    #[error("not an advisory index: expected a file that begins with `GWADVIDX`")]
    NotAnIndex,
    /// It was made by another version of the program.
    #[error(
        "the advisory index has format {found}, this program reads {expected}: import the data again"
    )]
    Version {
        /// Its format.
        found: u32,
        /// What this program reads.
        expected: u32,
    },
    /// It is not whole.
    #[error("the advisory index is not whole: expected {expected} bytes, found {found}")]
    Length {
        /// What its header says.
        expected: u64,
        /// What it has.
        found: u64,
    },
    /// Its content makes no sense.
    #[error("the advisory index is corrupt: import the data again")]
    Corrupt,
}

impl From<Corrupt> for IndexError {
    fn from(_: Corrupt) -> Self {
        Self::Corrupt
    }
}

impl From<HeaderError> for IndexError {
    fn from(error: HeaderError) -> Self {
        match error {
            HeaderError::NotAnIndex => Self::NotAnIndex,
            HeaderError::Version(found) => Self::Version {
                found,
                expected: format::VERSION,
            },
            HeaderError::Length { expected, found } => Self::Length { expected, found },
            HeaderError::Corrupt => Self::Corrupt,
        }
    }
}
