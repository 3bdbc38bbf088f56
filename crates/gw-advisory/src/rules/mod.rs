//! What this crate's rules are for.

use gw_finding::RuleDoc;

mod known_vulnerability;
mod malware;
mod unmaintained;

/// Every rule, in order of its name.
pub const RULES: &[&RuleDoc] = &[&known_vulnerability::DOC, &malware::DOC, &unmaintained::DOC];

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
