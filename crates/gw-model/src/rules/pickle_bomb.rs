use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// A small pickle stands for an enormous value.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/pickle-bomb"),
    kind: Kind::Model,
    severity: Severity::High,
    title: "A pickle stands for an enormous value",
    what: "The pickle puts the same lists, tuples or dictionaries into others again and again, so \
           that whatever walks through the value finds more than ten million values in it, and \
           more than a thousand for each byte of the pickle.",
    why: "Loading it takes no time, but whatever looks at the value afterwards never ends: printing \
          or logging it, comparing it, hashing it, writing it as JSON. A tuple that is a key or an \
          item of a set is hashed while the file is loaded. The process is gone, and often all its \
          memory with it.",
    fix: "Do not load the file. Honest programs share values, but not in layers that multiply.",
    references: &[
        "https://cwe.mitre.org/data/definitions/776.html",
        "https://docs.python.org/3/library/pickle.html#module-pickle",
    ],
};
