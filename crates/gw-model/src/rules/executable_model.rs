use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// The model is a program.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/executable-model"),
    kind: Kind::Model,
    severity: Severity::Medium,
    title: "The model is a program",
    what: "An executable file with a model inside, such as a llamafile: a program for several \
           operating systems with a zip archive of weights behind it.",
    why: "Using the model means running somebody's program with all rights of the user, and \
           its web server often listens as soon as it starts. A model should be data.",
    fix: "Take the weights in GGUF and run them with a runtime from your own inventory; or \
           treat the file as a program: verify its publisher and run it in a sandbox.",
    references: &["https://github.com/Mozilla-Ocho/llamafile"],
};
