use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// The model's graph runs code.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/code-operator"),
    kind: Kind::Model,
    severity: Severity::Critical,
    title: "The model's graph runs code",
    what: "A node of the graph that calls Python, starts a process or loads a library: PyFunc \
           and its kin in TensorFlow, Python layers in Caffe, PyOp in ONNX Runtime. The graph \
           is walked with all functions, branches and loops in it.",
    why: "Running the model runs that code with the rights of the process that serves it. A \
           model file needs no code of its own to compute; code in it is how a download becomes \
           an intrusion.",
    fix: "Do not load the model. Ask its publisher for one that computes with the framework's \
           own operators, or reimplement the named node in code that you review.",
    references: &[
        "https://github.com/tensorflow/tensorflow/blob/master/SECURITY.md",
        "https://atlas.mitre.org/techniques/AML.T0011",
    ],
};
