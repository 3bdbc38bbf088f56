//! What Keras puts into SavedModels: each layer's configuration as JSON, from which layers are made
//! again on loading.

use gw_analysis::parse;

use crate::keras::config;
use crate::report::Report;

/// The largest configuration of an object that is read, in bytes. A model's root has all its layers.
pub(super) const MAX_METADATA: u64 = 16 << 20;

/// Judges an object's configuration.
pub(super) fn object(text: &str, report: &mut Report<'_>) {
    match parse::json(text) {
        Ok(node) if config::is_config(&node) => {
            config::judge(&node, report);
        }
        // Objects of others keep what they like there.
        Ok(_) => {}
        Err(_) if !text.trim_start().starts_with('{') => {}
        Err(error) => {
            let detail = format!("TensorFlow: a layer's configuration: {error}");
            report.incomplete(error.reason, detail);
        }
    }
}
