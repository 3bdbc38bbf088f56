//! One walk, one read and one parse of each file; analyzers side by side; then the cross-file phase.
//!
//! [`scan`] lists a target, reads its files on several threads, shows each to the analyzers that
//! want it, and looks into archives. The result does not depend on which thread was faster.

mod budget;
mod inside;
mod options;
mod output;
mod progress;
mod run;
mod visit;

pub use options::Options;
pub use output::{FileDigest, ScanOutput};
pub use progress::{Progress, Silent};
pub use run::scan;
