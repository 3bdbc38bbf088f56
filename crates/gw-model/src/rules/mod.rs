//! The rules of this analyzer, one file each.

use gw_finding::RuleDoc;

mod template_escape;
mod template_exhaustion;
mod template_hidden_name;
mod template_load;
mod template_unknown_function;

pub(crate) use template_escape::DOC as TEMPLATE_ESCAPE;
pub(crate) use template_exhaustion::DOC as TEMPLATE_EXHAUSTION;
pub(crate) use template_hidden_name::DOC as TEMPLATE_HIDDEN_NAME;
pub(crate) use template_load::DOC as TEMPLATE_LOAD;
pub(crate) use template_unknown_function::DOC as TEMPLATE_UNKNOWN_FUNCTION;

/// Every rule, in order.
pub const RULES: &[&RuleDoc] = &[
    &TEMPLATE_ESCAPE,
    &TEMPLATE_EXHAUSTION,
    &TEMPLATE_HIDDEN_NAME,
    &TEMPLATE_LOAD,
    &TEMPLATE_UNKNOWN_FUNCTION,
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
            let secure = |url: &&str| url.starts_with("https://");
            assert!(rule.references.iter().all(secure), "{}", rule.id);
        }
    }
}
