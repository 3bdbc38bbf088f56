use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// A template includes, imports or extends.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/template-load"),
    kind: Kind::Model,
    severity: Severity::High,
    title: "A template loads another one",
    what: "A chat template or prompt includes, imports or extends another template.",
    why: "Renderers of chat templates have nothing to load from, so an honest one stands alone. Where a loader exists, the template chooses which file of the machine is read into the prompt.",
    fix: "Write what is included into the template, or take the template from the model's original publisher.",
    references: &["https://jinja.palletsprojects.com/en/stable/templates/#include"],
};
