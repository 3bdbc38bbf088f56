/// Is told how far a scan is. Called from many threads.
pub trait Progress: Sync {
    /// The target is listed: so many files with so many bytes, as far as sizes are known.
    fn begin(&self, files: u64, bytes: u64) {
        let _ = (files, bytes);
    }

    /// One more file of the target is done, with all that is in it.
    fn advance(&self, bytes: u64) {
        let _ = bytes;
    }

    /// Every file is done; the analyzers look at all of them together.
    fn finishing(&self) {}
}

/// Shows nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {}
