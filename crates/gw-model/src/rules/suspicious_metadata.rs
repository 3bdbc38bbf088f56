use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// A model's metadata holds something other than a description.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/suspicious-metadata"),
    kind: Kind::Model,
    severity: Severity::Medium,
    title: "A model's metadata holds something other than a description",
    what: "Metadata values that are scripts, pickles, programs or long encoded blobs, or of a \
           type that the format forbids.",
    why: "Metadata is read by catalogues, web pages and loaders that trust it: a script runs \
           where it is shown, a pickle where a loader unpacks it.",
    fix: "Look at the named value. Remove it by writing the model anew, unless you know which \
           program put it there and why.",
    references: &[
        "https://github.com/huggingface/safetensors#format",
        "https://cwe.mitre.org/data/definitions/79.html",
    ],
};
