use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// A pickle runs something and then breaks.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/pickle-broken"),
    kind: Kind::Model,
    severity: Severity::Critical,
    title: "A pickle calls something and then breaks",
    what: "The pickle imports or calls something, and afterwards is cut off, has an instruction \
           that does not exist, or does what every unpickler refuses. It is critical where what \
           it calls is not known to be harmless.",
    why: "Instructions run one by one. What comes before the broken place has run when the error \
          is raised, and programs that read the file as a whole first see only the error. It is a \
          way to hide a call from scanners.",
    fix: "If the download was cut off, get the file again. Otherwise do not load it.",
    references: &["https://cwe.mitre.org/data/definitions/502.html"],
};
