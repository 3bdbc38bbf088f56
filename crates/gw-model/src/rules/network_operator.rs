use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// The model's graph talks to the network.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/network-operator"),
    kind: Kind::Model,
    severity: Severity::High,
    title: "The model's graph talks to the network",
    what: "A node that opens a connection when the model runs: remote procedure calls, data \
           services, databases, debug streams.",
    why: "Inputs, answers or the machine's data can leave through it, and the model's \
           behaviour can be changed from outside while it serves.",
    fix: "Do not serve the model. Ask for a graph without these operators, and let no process \
           that serves models open connections of its own.",
    references: &["https://github.com/tensorflow/tensorflow/blob/master/SECURITY.md"],
};
