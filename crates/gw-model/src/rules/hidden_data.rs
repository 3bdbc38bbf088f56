use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// A model has bytes that belong to nothing.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/hidden-data"),
    kind: Kind::Model,
    severity: Severity::Medium,
    title: "A model has bytes that belong to nothing",
    what: "Bytes between tensors or behind the last one that no tensor, padding or known \
           trailer accounts for.",
    why: "Nothing that loads the model reads them, so they are there for something else: a \
           payload, stolen data, or a second file for another kind of loader. At best the file \
           is damaged.",
    fix: "Compare the file's digest with the publisher's. Write the model anew with the \
           format's own library: what is not part of it is left behind.",
    references: &[
        "https://github.com/huggingface/safetensors#format",
        "https://attack.mitre.org/techniques/T1027/",
    ],
};
