//! Partners for tests against other implementations.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    dead_code,
    unreachable_pub,
    reason = "clippy does not know that helpers of tests are tests; none of these uses all"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of the test environment.
pub fn environment() -> PathBuf {
    let folder = std::env::var_os("GW_TEST_ENV").unwrap_or_else(|| {
        panic!(
            "GW_TEST_ENV is not set: this test needs other implementations, which \
             `cargo xtask test` installs"
        )
    });
    let folder = PathBuf::from(folder);
    assert!(
        folder.is_dir(),
        "GW_TEST_ENV is no folder: {}; `cargo xtask test` makes it",
        folder.display()
    );
    folder
}

/// Runs a script with an argument, in the environment of libraries that write models.
pub fn python(script: &str, argument: &Path) {
    let status = Command::new(environment().join("models/bin/python"))
        .args(["-W", "ignore", "-c", script])
        .arg(argument)
        .status()
        .unwrap_or_else(|error| {
            panic!("python does not start ({error}); `cargo xtask test` installs it")
        });
    assert!(status.success(), "the script failed");
}
