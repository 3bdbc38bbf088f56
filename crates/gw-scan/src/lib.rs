//! One walk, one read and one parse of each file; analyzers side by side; then the cross-file phase.
//!
//! [`scan`] lists a target, reads its files on several threads, shows each to the analyzers that
//! want it, and looks into archives. The result does not depend on which thread was faster.
//! [`look`] does the same without a digest, and so without reading what nobody wants to see.

mod budget;
mod buffered;
mod inside;
mod large;
mod options;
mod output;
mod progress;
pub mod rules;
mod run;
mod spool;
mod visit;

pub use options::Options;
pub use output::{FileDigest, Looked, ScanOutput};
pub use progress::{Progress, Silent};
pub use run::{look, scan};
