//! The keys of tokens against forged requests, in a file that only the server reads.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use gw_core::Time;
use gw_identity::KeyRing;

use crate::ServerError;

/// The key ring in `folder`, made on first use.
pub(crate) fn open_ring(folder: &Path, now: Time) -> Result<KeyRing, ServerError> {
    let path = folder.join("ring.json");
    let failed = |source| ServerError::Ring {
        path: path.clone(),
        source,
    };
    match fs::read(&path) {
        Ok(json) => KeyRing::from_json(&json).map_err(|e| failed(io::Error::other(e))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let ring = KeyRing::generate(now).map_err(|e| failed(io::Error::other(e)))?;
            fs::create_dir_all(folder).map_err(failed)?;
            // Temporary files are made with mode 0600; a file that appears whole is never read half.
            let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
            file.write_all(ring.to_json().as_bytes()).map_err(failed)?;
            file.as_file().sync_all().map_err(failed)?;
            match file.persist_noclobber(&path) {
                Ok(_) => Ok(ring),
                // Another process was first, and both must use the same.
                Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
                    let json = fs::read(&path).map_err(failed)?;
                    KeyRing::from_json(&json).map_err(|e| failed(io::Error::other(e)))
                }
                Err(error) => Err(failed(error.error)),
            }
        }
        Err(error) => Err(failed(error)),
    }
}
