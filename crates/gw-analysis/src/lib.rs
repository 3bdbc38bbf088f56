//! What an analyzer sees and what it yields.
//!
//! An [`Entry`] is one file, wherever it came from: a folder, a git tree, an archive, standard
//! input. Its text and its JSON, YAML or TOML tree are decoded when first asked for and then kept,
//! so that no file is parsed twice in one scan. An [`Analyzer`] looks at entries one by one, in
//! parallel with others, and then once at everything it kept.

mod analyzer;
mod entry;
mod json;
mod large;
mod lines;
mod text;
mod toml;
mod tree;
mod yaml;

pub use analyzer::{Analyzer, Output, Part};
pub use entry::{Entry, EntryKind, ParseError};
pub use large::{Large, LargeEntry, ReadSeek};
pub use lines::Lines;
pub use tree::{MAX_DEPTH, Node, Span, Value};

/// Parsers of the tree formats, for bytes that are no entry of their own (a document inside
/// another one).
pub mod parse {
    pub use crate::json::parse as json;
    pub use crate::toml::parse as toml;
    pub use crate::yaml::parse as yaml;
}
