use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// A model's configuration names code that its loader calls.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/named-callable"),
    kind: Kind::Model,
    severity: Severity::High,
    title: "A model's configuration names code that its loader calls",
    what: "A function, class or module that a model's metadata asks the loader to import and \
           call (skops' schema, `_target_` in the configuration of Hydra and NeMo, MLflow's \
           loader modules), and that is known to be dangerous or is on no list of what honest \
           models need.",
    why: "The file looks like data, but whoever writes it chooses which function of an \
           installed package is called with which arguments. That is as good as executing code.",
    fix: "Do not load the model unless you know why it needs the named callable. Allow single \
           names rather than everything (skops: `trusted=[...]`).",
    references: &[
        "https://skops.readthedocs.io/en/stable/persistence.html",
        "https://hydra.cc/docs/advanced/instantiate_objects/overview/",
        "https://cwe.mitre.org/data/definitions/470.html",
    ],
};
