use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// The model needs operators from outside its framework.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/custom-operator"),
    kind: Kind::Model,
    severity: Severity::Low,
    title: "The model needs operators from outside its framework",
    what: "Operators or layers that the framework does not have, so that a library must be \
           loaded beside the model before it runs; in a model of ONNX also operators under the \
           standard's own name that the standard does not have, or only in a later version \
           than the model asks for. Extensions that are widely used (ONNX \
           Runtime's, TensorFlow Text's) are not reported.",
    why: "Whoever runs the model has to fetch and load native code to do so, and instructions \
           to do that come with the model. The code has all rights of the process and is in \
           nobody's inventory.",
    fix: "Find out which library provides the operators, pin it as a dependency of the \
           application and scan it; or ask for a model in standard operators.",
    references: &[
        "https://onnxruntime.ai/docs/reference/operators/add-custom-op.html",
        "https://www.tensorflow.org/guide/create_op",
        "https://ai.google.dev/edge/litert/models/ops_custom",
    ],
};
