use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// What the server said of each file when it was last fetched, so that the next update can ask for
/// changes only. Losing it costs a download, nothing else.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct State {
    /// By the file's address.
    pub(crate) files: BTreeMap<String, Validators>,
}

/// A response's validators (RFC 9110, section 8.8).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Validators {
    /// `ETag`, as sent.
    pub(crate) etag: Option<String>,
    /// `Last-Modified`, as sent.
    pub(crate) last_modified: Option<String>,
}

impl State {
    const NAME: &str = "update.json";

    pub(crate) fn read(folder: &Path) -> Self {
        let text = fs::read(folder.join(Self::NAME)).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    pub(crate) fn write(&self, folder: &Path) -> std::io::Result<()> {
        let mut file = tempfile::Builder::new()
            .prefix(".new-")
            .tempfile_in(folder)?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        file.persist(folder.join(Self::NAME))
            .map_err(|error| error.error)?;
        Ok(())
    }
}
