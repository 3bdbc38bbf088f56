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
        let mut location = part.location.clone();
        let format = match location.inside.pop() {
            Some(_) => "npz",
            None => "npy",
        };
        if described.contains(&location) {
            continue;
        }
        let model = models
            .entry(location.clone())
            .or_insert_with(|| Model::new(format, location));
        model.add_tensor(&array.dtype, array.numbers);
    }
    for mut model in models.into_values() {
        model.parameters = describe::parameters(&model);
        out.produce(model);
    }
}
