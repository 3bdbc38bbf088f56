//! Formats of models that Python's libraries write, and the code in them.

pub(crate) mod archive;
pub(crate) mod config;
pub(crate) mod joblib;
pub(crate) mod literal;
pub(crate) mod mar;
pub(crate) mod mlflow;
pub(crate) mod named;
pub(crate) mod numpy;
pub(crate) mod skops;
pub(crate) mod source;
#[cfg(test)]
mod tests;
mod text;
pub(crate) mod torchscript;

use gw_analysis::{Output, Part};
use gw_finding::Location;

use crate::Model;

/// The archives that are described as a whole.
pub(crate) struct Described(Vec<Location>);

impl Described {
    /// Whether a model is a pickle or an array in such an archive, and so described already.
    pub(crate) fn cover(&self, model: &Model) -> bool {
        let mut outer = model.location.clone();
        if outer.inside.pop().is_none() {
            // A folder into which an archive was unpacked.
            let folder = outer
                .path
                .rsplit_once('/')
                .map_or(".", |(folder, _)| folder);
            outer = Location::file(folder);
        }
        matches!(model.format.as_str(), "pickle" | "joblib" | "npy") && self.0.contains(&outer)
    }
}

/// Brings together what was read of one archive or folder.
pub(crate) fn join(parts: &[Part], out: &mut Output) -> Described {
    let mut described = archive::join(parts, out);
    // What a manifest or schema in an archive describes is the archive.
    let models = parts
        .iter()
        .filter_map(|part| Some((part, part.value.downcast_ref::<Model>()?)));
    described.extend(
        models
            .filter(|(part, model)| part.location != model.location)
            .map(|(_, model)| model.location.clone()),
    );
    numpy::join(parts, &described, out);
    joblib::join(parts, out);
    mlflow::join(parts, out);
    Described(described)
}
