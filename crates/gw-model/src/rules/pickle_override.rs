use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// A pickle changes something that exists without it.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/pickle-override"),
    kind: Kind::Model,
    severity: Severity::Critical,
    title: "A pickle changes a module, class or function",
    what: "The pickle sets attributes or items of something that it did not make itself: a module, \
           a class, a function, or a table of the interpreter.",
    why: "Replacing a function of a library makes every later call of it the attacker's, long \
          after the file was loaded, without that the file itself calls anything. Honest files \
          set the state of objects that they make.",
    fix: "Do not load the file. Find out where it came from, and take the model from its author in \
          a format that holds only data, such as safetensors.",
    references: &[
        "https://docs.python.org/3/library/pickle.html#object.__setstate__",
        "https://cwe.mitre.org/data/definitions/502.html",
    ],
};
