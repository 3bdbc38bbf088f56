use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// Tensors share bytes of the file.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/overlapping-tensors"),
    kind: Kind::Model,
    severity: Severity::High,
    title: "Tensors share bytes of the file",
    what: "Two tensors whose places in the file overlap. Formats forbid it, or no writer does \
           it.",
    why: "The file lies about what it holds: writing one tensor changes another, tools \
           disagree about its content, and a small file can describe far more than it has.",
    fix: "Do not load the file. Take it from its publisher again, or write it anew with the \
           format's own library.",
    references: &["https://github.com/huggingface/safetensors#format"],
};
