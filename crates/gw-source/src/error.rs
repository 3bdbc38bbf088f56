use std::path::PathBuf;

/// A target that cannot be scanned at all.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// It is not there, or may not be read.
    #[error("cannot read {}: {error}", path.display())]
    Io {
        /// The path.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// It is a pipe, a socket or a device.
    #[error("{} is neither a file nor a folder; to read a stream give `-` as the target", .0.display())]
    Special(PathBuf),
    /// A revision was asked for where there is no git repository.
    #[error("{} is in no git repository, so it has no revisions", .0.display())]
    NoRepository(PathBuf),
    /// A git repository that cannot be read.
    #[error("cannot read the git repository {}: {detail}", path.display())]
    Git {
        /// The repository.
        path: PathBuf,
        /// What was found and expected.
        detail: String,
    },
    /// A revision that does not exist.
    #[error("`{rev}` names no commit in {}: {detail}", path.display())]
    Revision {
        /// The repository.
        path: PathBuf,
        /// The revision as it was given.
        rev: String,
        /// What was found and expected.
        detail: String,
    },
}
