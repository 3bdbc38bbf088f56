//! Reports: terminal, JSON, SARIF and Markdown, all made from one [`Report`]; and what models are
//! made of, from one [`Inspection`].
//!
//! Everything that comes from a scanned project is hostile here: each form neutralises what it
//! could do to whoever or whatever reads that form.

mod actions;
mod data;
mod gaps;
mod inspection;
mod json;
mod listed;
mod markdown;
mod model;
mod sarif;
mod summary;
mod terminal;
mod text;
mod words;

pub use inspection::{
    INSPECTION_SCHEMA, INSPECTION_SCHEMA_NAME, InspectedFile, InspectedModel, InspectedType,
    Inspection, inspection_json, inspection_terminal,
};
pub use json::json;
pub use listed::{ReportModel, ReportSignature, SignatureState};
pub use markdown::{MarkdownOptions, markdown};
pub use model::{
    AdvisoryBasis, ConfigBasis, DigestOf, EcosystemBasis, Record, Report, ReportBasis,
    ReportCoverage, ReportGate, ReportIncomplete, ReportSubject, SCHEMA, SCHEMA_NAME, Tool,
};
pub use sarif::sarif;
pub use terminal::{TerminalOptions, terminal};
