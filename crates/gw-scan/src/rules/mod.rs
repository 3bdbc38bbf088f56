//! The rules about archives as such, one file each.

mod ambiguous;
mod duplicate_member;

use gw_archive::{Disagreement, DisagreementKind};
use gw_finding::{Confidence, Finding, FindingId, Location, RuleDoc};

/// Every rule, in order of its name.
pub const RULES: &[&RuleDoc] = &[&ambiguous::DOC, &duplicate_member::DOC];

/// The finding that the parts of the archive at `archive` disagree.
pub(crate) fn finding(archive: &Location, disagreement: &Disagreement) -> Finding {
    let rule = match disagreement.kind {
        DisagreementKind::Duplicate => &duplicate_member::DOC,
        _ => &ambiguous::DOC,
    };
    let mut location = archive.clone();
    location.inside.extend(disagreement.path.clone());
    let what = match &disagreement.path {
        Some(path) => format!("member {path:?}"),
        None => "the archive".to_owned(),
    };
    Finding {
        id: FindingId::new(&rule.id, disagreement.kind.as_str(), &location),
        rule: rule.id.clone(),
        kind: rule.kind,
        severity: rule.severity,
        confidence: Confidence::High,
        title: rule.title.to_owned(),
        message: format!("{what}: {}.", disagreement.detail),
        help: rule.fix.to_owned(),
        location,
        package: None,
        advisory: None,
        controls: Vec::new(),
        accepted: None,
        tolerated: None,
        fix: None,
    }
}

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
            let mut references = rule.references.iter();
            assert!(references.all(|url| url.starts_with("https://")));
        }
    }
}
