use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// A name is given twice in a model's header.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/duplicate-key"),
    kind: Kind::Model,
    severity: Severity::High,
    title: "A name is given twice in a model's header",
    what: "The same tensor, metadata key or function is defined twice in one header. Formats \
           forbid it; of parsers some take the first and some the last.",
    why: "What one tool inspects is then not what another one loads, so that a check can be \
           shown a harmless model. Writers of these formats never do that.",
    fix: "Do not load the file. Take it from its publisher again, or write it anew with the \
           format's own library.",
    references: &[
        "https://github.com/huggingface/safetensors#format",
        "https://github.com/ggml-org/ggml/blob/master/docs/gguf.md",
    ],
};
