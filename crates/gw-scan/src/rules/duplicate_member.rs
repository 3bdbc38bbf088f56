use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// Two members of an archive have one name and different content.
pub(super) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("archive/duplicate-member"),
    kind: Kind::Code,
    severity: Severity::Medium,
    title: "Two members of an archive have the same name and different content",
    what: "The directory of an archive lists two members under one path, and their content \
           differs. Both were looked at.",
    why: "Some loaders take the first and some the last, so that what was checked need not be \
          what is loaded. It also happens by accident, where archives are merged.",
    fix: "Pack the archive again with one member of that name. Where it comes from somebody else, \
          ask them to.",
    references: &["https://cwe.mitre.org/data/definitions/694.html"],
};
