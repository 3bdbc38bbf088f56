//! What models are made of, for people and for programs.

mod model;
mod terminal;

pub use model::{
    INSPECTION_SCHEMA, INSPECTION_SCHEMA_NAME, InspectedFile, InspectedModel, InspectedType,
    Inspection,
};
pub use terminal::inspection_terminal;

use crate::json::escaped;

/// An inspection by its contract, [`INSPECTION_SCHEMA`]: indented JSON with a line break at the end,
/// harmless to look at as [`crate::json`] is.
#[must_use]
pub fn inspection_json(inspection: &Inspection) -> String {
    let mut text = escaped(&serde_json::to_string_pretty(inspection).unwrap_or_default());
    text.push('\n');
    text
}

#[cfg(test)]
mod tests;
