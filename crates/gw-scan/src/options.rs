use std::num::NonZeroUsize;
use std::path::PathBuf;

/// How to scan.
#[derive(Debug, Clone)]
pub struct Options {
    /// What to list of a folder.
    pub source: gw_source::Options,
    /// Look into archives that lie in a folder or a git tree. An archive that is itself the target
    /// is always looked into.
    pub open_archives: bool,
    /// How many threads to use; as many as the machine has processors if not given.
    pub threads: Option<NonZeroUsize>,
    /// The folder for temporary files without a name, through which members of archives go that
    /// are read here and there and are too large to be held in memory. Without one such members
    /// are reported.
    pub spool: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            source: gw_source::Options::default(),
            open_archives: true,
            threads: None,
            spool: None,
        }
    }
}
