use std::time::{Duration, Instant};

/// How much a scan may take. Every limit that is hit is reported, and the scan goes on without
/// what lies beyond it.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The largest file or archive member that is held in memory for analyzers, in bytes. Larger
    /// files still count for the subject's digest. Objects of git end at 128 MiB in any case.
    pub max_file_size: u64,
    /// How many bytes may be read in all, archives expanded.
    pub max_total: u64,
    /// How many files a folder or tree may have.
    pub max_entries: u64,
    /// How deep folders may nest.
    pub max_folders: usize,
    /// How deep archives may nest.
    pub max_depth: usize,
    /// How many members all archives in one file may have, nested ones included.
    pub max_members: u64,
    /// How many times its size a file may expand to, once it has expanded to
    /// [`Limits::expansion_grace`] bytes.
    pub max_expansion_ratio: u64,
    /// How many bytes a file may expand to whatever its size.
    pub expansion_grace: u64,
    /// How many bytes of standard input are kept.
    pub max_stdin: u64,
    /// How many bytes of files all threads together may hold. One file is always let through.
    pub max_in_flight: u64,
    /// How many bytes may lie in temporary files at a time.
    pub max_spooled: u64,
    /// When to stop.
    pub deadline: Option<Instant>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_file_size: 64 << 20,
            max_total: 256 << 30,
            max_entries: 1_000_000,
            max_folders: 512,
            max_depth: 8,
            max_members: 250_000,
            max_expansion_ratio: 200,
            expansion_grace: 10 << 20,
            max_stdin: 256 << 20,
            max_in_flight: 256 << 20,
            max_spooled: 8 << 30,
            deadline: None,
        }
    }
}

impl Limits {
    /// The same limits, ending `after` from now. A span too long to be a time ends never.
    #[must_use]
    pub fn ending(self, after: Duration) -> Self {
        Self {
            deadline: Instant::now().checked_add(after),
            ..self
        }
    }

    /// Whether the deadline has passed.
    #[must_use]
    pub fn expired(&self) -> bool {
        self.deadline.is_some_and(|at| Instant::now() >= at)
    }
}
