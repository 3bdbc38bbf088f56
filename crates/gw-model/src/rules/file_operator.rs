use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// The model's graph reads or writes files.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/file-operator"),
    kind: Kind::Model,
    severity: Severity::High,
    title: "The model's graph reads or writes files",
    what: "A node that reads, lists or writes files when the model runs, outside of how the \
           framework itself saves and restores a model's variables. A path that the graph holds \
           as a constant is shown.",
    why: "A served model has the rights of the process that serves it: it can read its \
           credentials into its answers, or write a start-up script, while nothing but tensors \
           seems to be computed.",
    fix: "Do not serve the model. Files belong to the application around the model, which \
           passes in tensors; ask for a graph without these operators.",
    references: &[
        "https://github.com/tensorflow/tensorflow/blob/master/SECURITY.md",
        "https://atlas.mitre.org/techniques/AML.T0011",
    ],
};
