use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// A pickle brings its own code.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/pickle-code"),
    kind: Kind::Model,
    severity: Severity::High,
    title: "A pickle brings code with it",
    what: "The pickle makes functions or classes from code that it holds itself, as cloudpickle and \
           dill do with functions that are defined where the file was made.",
    why: "The code runs as soon as the object is used, which for a model is at once, and what it \
          does cannot be told from the outside. Where its names or constants reach for commands, \
          files or the network, the finding is critical.",
    fix: "Define functions and classes in a module that is installed where the model is loaded, \
          and save the model again; or accept the finding if you know who made the file.",
    references: &[
        "https://github.com/cloudpipe/cloudpickle#security",
        "https://cwe.mitre.org/data/definitions/502.html",
    ],
};
