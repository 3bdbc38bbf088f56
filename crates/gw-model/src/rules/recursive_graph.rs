use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// A model's function calls itself.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/recursive-graph"),
    kind: Kind::Model,
    severity: Severity::Medium,
    title: "A model's function calls itself",
    what: "A function of the graph that calls itself, directly or through others, in a format \
           that does not allow it.",
    why: "Runtimes inline functions. One that does not notice the circle takes all memory or \
           stack, and the process that serves the model is gone.",
    fix: "Do not load the model. No exporter writes such a graph.",
    references: &[
        "https://github.com/onnx/onnx/blob/main/docs/IR.md",
        "https://cwe.mitre.org/data/definitions/674.html",
    ],
};
