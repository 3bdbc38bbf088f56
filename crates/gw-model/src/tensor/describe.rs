//! A model's description from metadata in the names that several formats share.

use crate::Model;

/// How many metadata values a description keeps, and how many characters of each.
const MOST_VALUES: usize = 64;
const MOST_CHARACTERS: usize = 200;

/// How many numbers the tensors have.
pub(crate) fn parameters(model: &Model) -> Option<u64> {
    let numbers = model.types.iter().map(|kind| kind.numbers);
    numbers.reduce(u64::saturating_add)
}

/// Takes up a metadata value: under the field it is for, else as it is.
pub(crate) fn metadata(model: &mut Model, key: &str, value: &str) {
    let text = shortened(value);
    if text.is_empty() {
        return;
    }
    match key {
        "modelspec.title" | "general.name" => model.name = Some(text),
        "modelspec.architecture" | "general.architecture" | "ss_base_model_version" => {
            model.architecture = Some(text);
        }
        "modelspec.license" | "general.license" | "license" => add(&mut model.licenses, text),
        "modelspec.merged_from" | "ss_sd_model_name" | "base_model" | "base_model_name_or_path" => {
            add(&mut model.base_models, text);
        }
        "datasets" | "dataset" => add(&mut model.datasets, text),
        _ => keep(model, key, &text),
    }
}

/// Keeps a value under its own name.
pub(crate) fn keep(model: &mut Model, key: &str, value: &str) {
    if model.metadata.len() < MOST_VALUES {
        model.metadata.insert(shortened(key), shortened(value));
    }
}

/// Adds a value to a list that does not have it yet.
pub(crate) fn add(list: &mut Vec<String>, value: String) {
    if list.len() < MOST_VALUES && !list.contains(&value) {
        list.push(value);
    }
}

/// A value without what a terminal would obey, and not too long.
pub(crate) fn shortened(text: &str) -> String {
    let trimmed = text.trim();
    let mut short: String = trimmed
        .chars()
        .take(MOST_CHARACTERS)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if trimmed.chars().nth(MOST_CHARACTERS).is_some() {
        short.push('…');
    }
    short
}
