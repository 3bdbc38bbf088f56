//! Git repositories that others made: nothing in them is run, no configuration outside them is
//! read, and no object is believed unless its content has the name under which it is stored.

mod info;
mod objects;
mod repository;
mod tree;
pub(crate) mod work_tree;

pub use info::{RepositoryInfo, info};
pub use objects::{ObjectError, Objects};
pub use repository::Repository;
pub use tree::TreeListing;

use std::path::Path;

use crate::{Limits, SourceError};

/// The content of one file at a revision, for configuration that must not come from the change
/// under test. Nothing if the revision has no such file.
///
/// # Errors
/// [`SourceError`] if the repository or revision cannot be read, or the file is larger than
/// [`Limits::max_file_size`].
pub fn read_file_at(
    repository: &Path,
    rev: &str,
    path: &str,
    limits: &Limits,
) -> Result<Option<Vec<u8>>, SourceError> {
    Repository::open(repository)?.read_file(rev, path, limits)
}
