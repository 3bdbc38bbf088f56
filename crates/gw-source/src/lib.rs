//! Folders, git trees, single files and standard input as items to read, with limits.
//!
//! [`Target`] says what there is to scan. [`Source::open`] lists it: a folder's files with
//! `.gitignore` respected, the tree of a commit, or one file. A [`Reader`] (one per thread) then
//! reads each item once, and [`Source::subject`] names the whole by the digests of what was read.
//!
//! Nothing here follows a symbolic link inside the target, opens a pipe or a device, or runs
//! anything. What cannot be listed or read becomes an [`gw_finding::Incomplete`] and the rest goes
//! on.
//!
//! # What is not seen
//! - Files that `.gitignore` excludes, unless the last commit has them, a switch turns it off, or
//!   they are asked for by name. A lock file that is ignored and not committed is not scanned.
//! - Whatever a folder calls `.git`.
//! - Large files that git keeps elsewhere (LFS): the pointer is what is read.

mod error;
pub mod git;
mod hash;
mod ignored;
mod item;
mod limits;
mod read;
mod source;
mod target;
mod walk;

pub use error::SourceError;
pub use hash::{ContentDigest, ContentHasher};
pub use item::Item;
pub use limits::Limits;
pub use read::{Body, Content, Reader};
pub use source::{Options, Source};
pub use target::Target;

/// The name under which this crate and the scan report what could not be read.
pub const ANALYZER: &str = "source";
