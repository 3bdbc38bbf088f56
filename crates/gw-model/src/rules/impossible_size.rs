use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// A model's header has sizes that cannot be.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/impossible-size"),
    kind: Kind::Model,
    severity: Severity::High,
    title: "A model's header has sizes that cannot be",
    what: "Counts, lengths, dimensions or offsets that the file cannot hold, that overflow when \
           they are multiplied, or that contradict each other: a tensor beyond the end of the \
           file, more entries than there are bytes, a block size that its type does not have.",
    why: "No program writes such a file by mistake except when cut off. It is what triggers \
           memory errors in native loaders: buffers are allocated by one number and filled by \
           another.",
    fix: "Do not load the file. If it may have been cut off, download it again and compare its \
           digest. Keep the runtime up to date: loaders have had several vulnerabilities of \
           this class.",
    references: &[
        "https://cwe.mitre.org/data/definitions/190.html",
        "https://cwe.mitre.org/data/definitions/787.html",
        "https://github.com/ggml-org/ggml/blob/master/docs/gguf.md",
    ],
};
