//! How this machine reaches others.

use std::path::Path;

use anyhow::Context as _;
use gw_fetch::NetworkOptions;

use crate::session::show;

/// The user's settings: a proxy from the environment, as other programs read it.
pub(crate) fn options() -> NetworkOptions {
    let proxy = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
        .iter()
        .find_map(|name| std::env::var(name).ok())
        .filter(|proxy| !proxy.is_empty());
    NetworkOptions {
        proxy,
        ..NetworkOptions::default()
    }
}

/// The certificate to trust beside the system's, if a file with one is given.
pub(crate) fn root(file: Option<&Path>) -> anyhow::Result<Option<Vec<u8>>> {
    file.map(|path| std::fs::read(path).with_context(|| show(path)))
        .transpose()
}
