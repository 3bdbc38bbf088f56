//! Files that only their owner can read, and that nobody ever sees half written.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use tempfile::NamedTempFile;

/// Writes a file unless it is there, and makes its folder if need be. Of several processes at once
/// the first one's content stays; who needs to know what that is reads it.
///
/// # Errors
/// If folder or file cannot be written.
pub fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    match written(path, content)?.persist_noclobber(path) {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error.error),
    }
}

/// Writes a file in the place of the one that is there, if one is.
///
/// # Errors
/// As [`write_new`].
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    written(path, content)?.persist(path).map_err(|e| e.error)?;
    Ok(())
}

/// The content in a temporary file beside `path`. Such files are made with mode 0600.
fn written(path: &Path, content: &[u8]) -> io::Result<NamedTempFile> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    Ok(file)
}
