use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// A template reaches Python's internals.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/template-escape"),
    kind: Kind::Model,
    severity: Severity::Critical,
    title: "A template reaches out of its sandbox",
    what: "A chat template or prompt asks for special attributes of Python's objects (`__class__`, `__globals__`), or calls what runs commands. Templates are parsed and followed, so names count that are put together from pieces, through variables, filters, macros or loops.",
    why: "Whoever loads the model renders its templates. Renderers without a sandbox, and sandboxes with a hole, let such a template run any code with the rights of the process that serves the model.",
    fix: "Do not load the model. Take the template from the model's original publisher, and render templates only in Jinja2's immutable sandbox.",
    references: &[
        "https://jinja.palletsprojects.com/en/stable/sandbox/",
        "https://cwe.mitre.org/data/definitions/1336.html",
    ],
};
