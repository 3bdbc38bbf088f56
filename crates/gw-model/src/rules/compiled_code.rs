use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// A model carries compiled Python code that does more than compute.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/compiled-code"),
    kind: Kind::Model,
    severity: Severity::High,
    title: "A model carries compiled Python code that does more than compute",
    what: "Code objects as `marshal` writes them, in a `.pyc` file or in the model's data, \
           whose names and constants lead to programs, the network, files, or the execution of \
           further code.",
    why: "Compiled code runs with all rights of the program that loads the model, and nobody \
           reads it in a review.",
    fix: "Do not load the model. Ask for one that stores weights and a configuration only, or \
           for the source of the code, and review it.",
    references: &[
        "https://docs.python.org/3/library/marshal.html",
        "https://cwe.mitre.org/data/definitions/94.html",
    ],
};
