use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// A model redefines a standard operator.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/shadowed-operator"),
    kind: Kind::Model,
    severity: Severity::Medium,
    title: "A model redefines a standard operator",
    what: "A function inside the model with the domain and name of an operator of the standard. \
           Runtimes then may use the model's definition instead of theirs.",
    why: "The graph reads as if it computed one thing and computes another, which is a place \
           to hide a backdoor from review; and runtimes disagree about which definition counts.",
    fix: "Compare the function's body with the standard's definition. If the model was \
           exported that way, have it exported without local functions.",
    references: &["https://github.com/onnx/onnx/blob/main/docs/IR.md"],
};
