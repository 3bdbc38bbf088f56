use std::collections::BTreeMap;

use gw_analysis::{Output, Part};
use gw_finding::Location;

use super::ArrayFacts;
use crate::Model;
use crate::tensor::describe;

/// Describes the arrays of each file or archive that is not described as something else.
pub(crate) fn join(parts: &[Part], described: &[Location], out: &mut Output) {
    let mut models: BTreeMap<Location, Model> = BTreeMap::new();
    for part in parts {
        let Some(array) = part.value.downcast_ref::<ArrayFacts>() else {
            continue;
        };
        let mut archive = part.location.clone();
        let member = archive.inside.pop();
        if described.contains(&archive) {
            continue;
        }
        // An archive of arrays has them at its top, unless it is named as one; in others, as in a
        // package with everything else, an array is a file by itself.
        let (format, location) = match member {
            Some(member) if !member.contains('/') || is_npz(&archive) => ("npz", archive),
            _ => ("npy", part.location.clone()),
        };
        let model = models
            .entry(location.clone())
            .or_insert_with(|| Model::new(format, location));
        model.add_tensor(&array.dtype, array.numbers);
    }
    for mut model in models.into_values() {
        // What has no number is no model.
        if model.types.iter().all(|kind| kind.numbers == 0) {
            continue;
        }
        model.parameters = describe::parameters(&model);
        out.produce(model);
    }
}

fn is_npz(archive: &Location) -> bool {
    let name = archive.inside.last().unwrap_or(&archive.path);
    name.to_ascii_lowercase().ends_with(".npz")
}
