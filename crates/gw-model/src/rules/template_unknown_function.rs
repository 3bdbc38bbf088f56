use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// A template uses something unknown.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/template-unknown-function"),
    kind: Kind::Model,
    severity: Severity::Info,
    title: "A template needs what renderers do not have",
    what: "A template calls a function or uses a filter that neither Jinja2 nor the usual renderers of chat templates have.",
    why: "Rendering fails, or depends on what else the application puts in reach of templates.",
    fix: "Check with which application the template was meant to be used.",
    references: &["https://huggingface.co/docs/transformers/chat_templating_writing"],
};
