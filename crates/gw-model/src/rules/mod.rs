//! The rules of this analyzer, one file each.

use gw_finding::RuleDoc;

mod abnormal_weights;
mod ambiguous_archive;
mod code_operator;
mod compiled_code;
mod custom_operator;
mod duplicate_key;
mod embedded_executable;
mod executable_model;
mod external_path;
mod file_operator;
mod hidden_data;
mod impossible_size;
mod keras_lambda;
mod named_callable;
mod native_code;
mod network_operator;
mod overlapping_tensors;
pub(crate) mod pickle_bomb;
pub(crate) mod pickle_broken;
pub(crate) mod pickle_code;
pub(crate) mod pickle_executes;
pub(crate) mod pickle_override;
pub(crate) mod pickle_suspicious;
mod pickled_array;
mod polyglot;
mod python_code;
mod recursive_graph;
mod remote_code;
mod script;
mod serving_code;
mod shadowed_operator;
mod suspicious_metadata;
mod template_escape;
mod template_exhaustion;
mod template_hidden_name;
mod template_load;
mod template_unknown_function;
mod wrong_format;

pub(crate) use abnormal_weights::DOC as ABNORMAL_WEIGHTS;
pub(crate) use ambiguous_archive::DOC as AMBIGUOUS_ARCHIVE;
pub(crate) use code_operator::DOC as CODE_OPERATOR;
pub(crate) use compiled_code::DOC as COMPILED_CODE;
pub(crate) use custom_operator::DOC as CUSTOM_OPERATOR;
pub(crate) use duplicate_key::DOC as DUPLICATE_KEY;
pub(crate) use embedded_executable::DOC as EMBEDDED_EXECUTABLE;
pub(crate) use executable_model::DOC as EXECUTABLE_MODEL;
pub(crate) use external_path::DOC as EXTERNAL_PATH;
pub(crate) use file_operator::DOC as FILE_OPERATOR;
pub(crate) use hidden_data::DOC as HIDDEN_DATA;
pub(crate) use impossible_size::DOC as IMPOSSIBLE_SIZE;
pub(crate) use keras_lambda::DOC as KERAS_LAMBDA;
pub(crate) use named_callable::DOC as NAMED_CALLABLE;
pub(crate) use native_code::DOC as NATIVE_CODE;
pub(crate) use network_operator::DOC as NETWORK_OPERATOR;
pub(crate) use overlapping_tensors::DOC as OVERLAPPING_TENSORS;
pub(crate) use pickle_bomb::DOC as PICKLE_BOMB;
pub(crate) use pickle_broken::DOC as PICKLE_BROKEN;
pub(crate) use pickle_code::DOC as PICKLE_CODE;
pub(crate) use pickle_executes::DOC as PICKLE_EXECUTES;
pub(crate) use pickle_override::DOC as PICKLE_OVERRIDE;
pub(crate) use pickle_suspicious::DOC as PICKLE_SUSPICIOUS;
pub(crate) use pickled_array::DOC as PICKLED_ARRAY;
pub(crate) use polyglot::DOC as POLYGLOT;
pub(crate) use python_code::DOC as PYTHON_CODE;
pub(crate) use recursive_graph::DOC as RECURSIVE_GRAPH;
pub(crate) use remote_code::DOC as REMOTE_CODE;
pub(crate) use script::DOC as SCRIPT;
pub(crate) use serving_code::DOC as SERVING_CODE;
pub(crate) use shadowed_operator::DOC as SHADOWED_OPERATOR;
pub(crate) use suspicious_metadata::DOC as SUSPICIOUS_METADATA;
pub(crate) use template_escape::DOC as TEMPLATE_ESCAPE;
pub(crate) use template_exhaustion::DOC as TEMPLATE_EXHAUSTION;
pub(crate) use template_hidden_name::DOC as TEMPLATE_HIDDEN_NAME;
pub(crate) use template_load::DOC as TEMPLATE_LOAD;
pub(crate) use template_unknown_function::DOC as TEMPLATE_UNKNOWN_FUNCTION;
pub(crate) use wrong_format::DOC as WRONG_FORMAT;

/// Every rule, in order.
pub const RULES: &[&RuleDoc] = &[
    &ABNORMAL_WEIGHTS,
    &AMBIGUOUS_ARCHIVE,
    &CODE_OPERATOR,
    &COMPILED_CODE,
    &CUSTOM_OPERATOR,
    &DUPLICATE_KEY,
    &EMBEDDED_EXECUTABLE,
    &EXECUTABLE_MODEL,
    &EXTERNAL_PATH,
    &FILE_OPERATOR,
    &HIDDEN_DATA,
    &IMPOSSIBLE_SIZE,
    &KERAS_LAMBDA,
    &NAMED_CALLABLE,
    &NATIVE_CODE,
    &NETWORK_OPERATOR,
    &OVERLAPPING_TENSORS,
    &PICKLE_BOMB,
    &PICKLE_BROKEN,
    &PICKLE_CODE,
    &PICKLE_EXECUTES,
    &PICKLE_OVERRIDE,
    &PICKLE_SUSPICIOUS,
    &PICKLED_ARRAY,
    &POLYGLOT,
    &PYTHON_CODE,
    &RECURSIVE_GRAPH,
    &REMOTE_CODE,
    &SCRIPT,
    &SERVING_CODE,
    &SHADOWED_OPERATOR,
    &SUSPICIOUS_METADATA,
    &TEMPLATE_ESCAPE,
    &TEMPLATE_EXHAUSTION,
    &TEMPLATE_HIDDEN_NAME,
    &TEMPLATE_LOAD,
    &TEMPLATE_UNKNOWN_FUNCTION,
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
