//! How this machine reaches others.

use gw_fetch::NetworkOptions;

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
