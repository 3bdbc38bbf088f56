use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// A template loops or grows without measure.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/template-exhaustion"),
    kind: Kind::Model,
    severity: Severity::Medium,
    title: "A template exhausts the machine that renders it",
    what: "A template loops more often than Jinja2's sandbox allows, counting loops inside loops, or makes a text of tens of megabytes by itself.",
    why: "A template is rendered for every request. One that takes minutes or gigabytes stops the service.",
    fix: "Take the template from the model's original publisher.",
    references: &["https://cwe.mitre.org/data/definitions/400.html"],
};
