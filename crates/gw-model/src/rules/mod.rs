//! The rules of this analyzer, one file each.

use gw_finding::RuleDoc;

pub(crate) mod pickle_broken;
pub(crate) mod pickle_code;
pub(crate) mod pickle_executes;
pub(crate) mod pickle_override;
pub(crate) mod pickle_suspicious;

/// Every rule, in order.
pub const RULES: &[&RuleDoc] = &[
    &pickle_broken::DOC,
    &pickle_code::DOC,
    &pickle_executes::DOC,
    &pickle_override::DOC,
    &pickle_suspicious::DOC,
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
