//! Partners for tests against other implementations.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    dead_code,
    unreachable_pub,
    reason = "clippy does not know that helpers of tests are tests; none of these uses all"
)]

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

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

/// Runs a partner once, with `input` on its standard input, and returns the lines it prints.
pub fn ask(command: &mut Command, input: &str) -> Vec<String> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap_or_else(|error| {
            panic!("{command:?} does not start ({error}); `cargo xtask test` installs it")
        });
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    // On a thread of its own, or both sides could wait for each other with full pipes.
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "{command:?}: {}", output.status);
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}

/// A small generator (splitmix64): the same cases in every run.
pub struct Random(pub u64);

impl Random {
    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % bound as u64).unwrap()
    }

    /// One of some texts.
    pub fn pick<'t>(&mut self, from: &[&'t str]) -> &'t str {
        from[self.below(from.len())]
    }
}
