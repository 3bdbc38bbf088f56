//! Models: their formats, what runs when they are loaded, and what they are made of.
//!
//! A file is shown to every [`reader`] that its content or name makes a candidate; each says what
//! it finds in a [`report::Report`]: findings, what could not be looked at, and a description of
//! the model. Formats are told by content, a name only adds candidates. Nothing is ever executed,
//! imported or unpacked.

mod analyzer;
mod boosting;
pub mod code;
mod content;
mod graph;
mod join;
mod keras;
mod layout;
mod model;
mod names;
mod pickle;
mod python;
mod reader;
mod report;
pub mod rules;
mod template;
mod tensor;
#[cfg(test)]
mod testing;

pub use analyzer::ModelAnalyzer;
pub use content::Content;
pub use model::{Model, TensorType};

/// The analyzer's name in reports.
pub const ANALYZER: &str = "model";
