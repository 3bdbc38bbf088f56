use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// A model's archive holds a script.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/script"),
    kind: Kind::Model,
    severity: Severity::Medium,
    title: "A model's archive holds a script",
    what: "A file for a shell, PowerShell or another command interpreter inside a model's \
           archive, told by its first line or its name.",
    why: "A model does not need one. Installers and servers that unpack the archive may run \
           it, and so may a curious user.",
    fix: "Read the script. Take the model without it, or have it written again by its \
           framework.",
    references: &["https://attack.mitre.org/techniques/T1059/"],
};
