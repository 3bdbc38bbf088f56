use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// A model is also a file of another kind.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/polyglot"),
    kind: Kind::Model,
    severity: Severity::High,
    title: "A model is also a file of another kind",
    what: "A file that one program opens as a model and another one as an archive, a program, a \
           document or a web page, because those are found by their end, or by something \
           further inside. The other file's structure is verified. An archive that the format \
           itself provides for is not reported.",
    why: "A scanner, a browser or an operating system may be shown the harmless side while \
           something else uses the other one. There is no honest reason to make such a file.",
    fix: "Do not use the file. Look at both sides of it separately.",
    references: &[
        "https://attack.mitre.org/techniques/T1036/008/",
        "https://github.com/huggingface/safetensors#format",
    ],
};
