use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// A pickle uses something that is on no list.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/pickle-suspicious"),
    kind: Kind::Model,
    severity: Severity::High,
    title: "A pickle uses something that is not known to be harmless",
    what: "The pickle imports or calls a class or function that is on no list of what honest files \
           of the known frameworks need, or something whose name it works out only when it is \
           loaded.",
    why: "Whatever it is, it runs when the file is loaded, with arguments that the file chooses. \
          A class of your own is harmless only if it is, whatever it is given; a function of a \
          library was mostly not made for hostile arguments.",
    fix: "If it is yours and you know what it does with hostile arguments, accept the finding, \
          which names it, with `gatewright accept` and the finding's id. Otherwise ask for the model in a format that holds only data, such as \
          safetensors, or save its weights without the object around them.",
    references: &[
        "https://docs.python.org/3/library/pickle.html#restricting-globals",
        "https://cwe.mitre.org/data/definitions/502.html",
    ],
};
