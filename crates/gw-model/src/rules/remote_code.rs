use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// A model makes its loader download code.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/remote-code"),
    kind: Kind::Model,
    severity: Severity::High,
    title: "A model makes its loader fetch code from elsewhere",
    what: "A configuration names classes of another repository (`auto_map` with `--`), kernels \
           that are downloaded, or requirements from places other than the usual registry; or it \
           asks by itself that its code be trusted.",
    why: "What is executed is not part of what was looked at, and whoever owns the other place \
          can change it at any time.",
    fix: "Copy the code into the model's folder at a revision that somebody has read, and refer to \
          it there; pin requirements to the registry that you use.",
    references: &[
        "https://huggingface.co/docs/transformers/custom_models",
        "https://cwe.mitre.org/data/definitions/829.html",
    ],
};
