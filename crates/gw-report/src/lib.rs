//! Reports: terminal, JSON, SARIF and Markdown, all made from one [`Report`].
//!
//! Everything that comes from a scanned project is hostile here: each form neutralises what it
//! could do to whoever or whatever reads that form.

mod actions;
mod data;
mod gaps;
mod json;
mod markdown;
mod model;
mod sarif;
mod summary;
mod terminal;
mod text;
mod words;

pub use json::json;
pub use markdown::{MarkdownOptions, markdown};
pub use model::{
    AdvisoryBasis, ConfigBasis, DigestOf, EcosystemBasis, Record, Report, ReportBasis,
    ReportCoverage, ReportGate, ReportIncomplete, ReportSubject, SCHEMA, SCHEMA_NAME, Tool,
};
pub use sarif::sarif;
pub use terminal::{TerminalOptions, terminal};
