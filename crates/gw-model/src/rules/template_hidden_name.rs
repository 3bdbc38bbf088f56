use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// A template puts an attribute's name together.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/template-hidden-name"),
    kind: Kind::Model,
    severity: Severity::High,
    title: "A template hides which attribute it asks for",
    what: "A template asks for an attribute whose name it makes in a way that cannot be followed: of how objects print, of what is passed to it, or of characters picked one by one.",
    why: "Templates of honest models name what they ask for. Names are hidden to pass filters that look for `__class__` and the like.",
    fix: "Do not load the model before somebody has read the template. Take it from the model's original publisher.",
    references: &[
        "https://jinja.palletsprojects.com/en/stable/sandbox/",
        "https://cwe.mitre.org/data/definitions/1336.html",
    ],
};
