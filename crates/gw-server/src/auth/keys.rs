//! The keys of tokens against forged requests, in a file that only the server reads.

use std::fs;
use std::io;
use std::path::Path;

use gw_core::Time;
use gw_flow::private;
use gw_identity::KeyRing;

use crate::ServerError;

/// The key ring in `folder`, made on first use.
pub(crate) fn open_ring(folder: &Path, now: Time) -> Result<KeyRing, ServerError> {
    let path = folder.join("ring.json");
    open(&path, now).map_err(|source| ServerError::Ring { path, source })
}

fn open(path: &Path, now: Time) -> io::Result<KeyRing> {
    if !path.try_exists()? {
        let ring = KeyRing::generate(now).map_err(io::Error::other)?;
        private::write_new(path, ring.to_json().as_bytes())?;
    }
    // Read in any case: of two processes that made one at once, both must use the same.
    KeyRing::from_json(&fs::read(path)?).map_err(io::Error::other)
}
