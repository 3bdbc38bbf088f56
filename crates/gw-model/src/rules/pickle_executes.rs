use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// A pickle reaches something that runs commands or code.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/pickle-executes"),
    kind: Kind::Model,
    severity: Severity::Critical,
    title: "Loading a pickle runs what its author chose",
    what: "The pickle imports or calls something that is known to run commands or code, to read or \
           write files, to use the network, to import modules or to reach into the interpreter. \
           The message names it, with the arguments as far as they can be known without running \
           anything; values that the pickle computes are followed.",
    why: "Python does what a pickle says while it loads it, with all rights of the program that \
          loads it. No honest model needs what was found here.",
    fix: "Do not load the file. Find out where it came from, look at the machines that loaded it, \
          and take the model from its author in a format that holds only data, such as safetensors.",
    references: &[
        "https://docs.python.org/3/library/pickle.html#restricting-globals",
        "https://cwe.mitre.org/data/definitions/502.html",
    ],
};
