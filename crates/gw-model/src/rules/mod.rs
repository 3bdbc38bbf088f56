//! The rules of this analyzer, one file each.

use gw_finding::RuleDoc;

mod abnormal_weights;
mod code_operator;
mod custom_operator;
mod duplicate_key;
mod embedded_executable;
mod executable_model;
mod external_path;
mod file_operator;
mod hidden_data;
mod impossible_size;
mod network_operator;
mod overlapping_tensors;
mod polyglot;
mod recursive_graph;
mod shadowed_operator;
mod suspicious_metadata;
mod wrong_format;

pub(crate) use abnormal_weights::DOC as ABNORMAL_WEIGHTS;
pub(crate) use code_operator::DOC as CODE_OPERATOR;
pub(crate) use custom_operator::DOC as CUSTOM_OPERATOR;
pub(crate) use duplicate_key::DOC as DUPLICATE_KEY;
pub(crate) use embedded_executable::DOC as EMBEDDED_EXECUTABLE;
pub(crate) use executable_model::DOC as EXECUTABLE_MODEL;
pub(crate) use external_path::DOC as EXTERNAL_PATH;
pub(crate) use file_operator::DOC as FILE_OPERATOR;
pub(crate) use hidden_data::DOC as HIDDEN_DATA;
pub(crate) use impossible_size::DOC as IMPOSSIBLE_SIZE;
pub(crate) use network_operator::DOC as NETWORK_OPERATOR;
pub(crate) use overlapping_tensors::DOC as OVERLAPPING_TENSORS;
pub(crate) use polyglot::DOC as POLYGLOT;
pub(crate) use recursive_graph::DOC as RECURSIVE_GRAPH;
pub(crate) use shadowed_operator::DOC as SHADOWED_OPERATOR;
pub(crate) use suspicious_metadata::DOC as SUSPICIOUS_METADATA;
pub(crate) use wrong_format::DOC as WRONG_FORMAT;

/// Every rule, in order.
pub const RULES: &[&RuleDoc] = &[
    &ABNORMAL_WEIGHTS,
    &CODE_OPERATOR,
    &CUSTOM_OPERATOR,
    &DUPLICATE_KEY,
    &EMBEDDED_EXECUTABLE,
    &EXECUTABLE_MODEL,
    &EXTERNAL_PATH,
    &FILE_OPERATOR,
    &HIDDEN_DATA,
    &IMPOSSIBLE_SIZE,
    &NETWORK_OPERATOR,
    &OVERLAPPING_TENSORS,
    &POLYGLOT,
    &RECURSIVE_GRAPH,
    &SHADOWED_OPERATOR,
    &SUSPICIOUS_METADATA,
    &WRONG_FORMAT,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_in_order_and_whole() {
        assert!(RULES.is_sorted_by(|a, b| a.id < b.id));
        for rule in RULES {
            assert!(!rule.title.ends_with('.'), "{}", rule.id);
            for text in [rule.what, rule.why, rule.fix] {
                assert!(text.ends_with('.'), "{}: {text}", rule.id);
            }
            assert!(
                rule.references
                    .iter()
                    .all(|url| url.starts_with("https://")),
                "{}",
                rule.id
            );
        }
    }
}
