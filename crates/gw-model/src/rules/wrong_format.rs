use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// A model's name and content disagree.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/wrong-format"),
    kind: Kind::Model,
    severity: Severity::Medium,
    title: "A model's name and content disagree",
    what: "A file whose name promises a format that only holds data, and whose content is of \
           another kind: a pickle, an archive or a program.",
    why: "Rules, filters and people decide by the name. Loaders that look at the content, or \
           fall back to another one, then run what the name said could not be there.",
    fix: "Do not load the file. Look at it under its real format, and ask its publisher how it \
           came to this name.",
    references: &["https://attack.mitre.org/techniques/T1036/008/"],
};
