//! All that a database holds in one file, the same for SQLite and PostgreSQL.
//!
//! The file is [`MAGIC`] and a zstd stream of records: the steps that made the tables, then for each
//! table its name and rows, then a digest over everything before it. It is written from one moment
//! while others go on writing, and read back into an empty database of either kind, in memory for
//! a few hundred rows.

mod read;
mod schema;
mod write;

use std::path::{Path, PathBuf};

use gw_flow::store::StoreError;

pub use read::restore;
pub use write::backup;

/// How a file begins.
const MAGIC: &[u8; 16] = b"gatewright bak 1";

/// The domain of the digest at the end.
const DOMAIN: &str = "gatewright.backup/1";

/// The longest text or bytes of one column.
const LONGEST: u32 = 1 << 30;

/// What begins each record.
mod tag {
    pub(super) const STEP: u8 = b's';
    pub(super) const TABLE: u8 = b't';
    pub(super) const ROW: u8 = b'r';
    pub(super) const END: u8 = b'e';
    pub(super) const NULL: u8 = 0;
    pub(super) const INT: u8 = 1;
    pub(super) const TEXT: u8 = 2;
    pub(super) const BYTES: u8 = 3;
}

/// A backup that could not be made or read.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file could not be read or written.
    #[error("the backup {path} could not be used: {error}")]
    File {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        error: std::io::Error,
    },
    /// The file is no backup, or not what was written.
    #[error("the backup {path} is damaged: {detail}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found, and where.
        detail: String,
    },
    /// A newer program made it.
    #[error("the backup {path} has step {found} of the tables, which this program does not know")]
    TooNew {
        /// The file.
        path: PathBuf,
        /// A step that is not known.
        found: i64,
    },
    /// There is something in the database already.
    #[error("the database to restore into is not empty")]
    NotEmpty,
}

impl BackupError {
    fn file(path: &Path, error: std::io::Error) -> Self {
        Self::File {
            path: path.to_owned(),
            error,
        }
    }

    fn damaged(path: &Path, detail: impl std::fmt::Display) -> Self {
        Self::Damaged {
            path: path.to_owned(),
            detail: detail.to_string(),
        }
    }
}

#[cfg(test)]
mod tests;
