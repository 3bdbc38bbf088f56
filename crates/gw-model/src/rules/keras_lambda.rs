use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// A Keras model has code in its configuration.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/keras-lambda"),
    kind: Kind::Model,
    severity: Severity::High,
    title: "A Keras model has Python code in its configuration",
    what: "A `Lambda` layer or another function that is stored as compiled code. The code is \
           read: where it starts programs, opens connections or executes text, the finding is \
           critical.",
    why: "Loading turns the bytes into a function, and building or calling the model runs it with \
           all rights of the process.",
    fix: "Write the function as a layer class of your own, or load with `safe_mode=True`, which \
          refuses such layers. Take other people's models without them.",
    references: &[
        "https://keras.io/api/layers/core_layers/lambda/",
        "https://keras.io/api/models/model_saving_apis/model_saving_and_loading/",
    ],
};
