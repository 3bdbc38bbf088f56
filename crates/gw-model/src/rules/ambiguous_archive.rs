use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// Loaders disagree about which file of the archive is the model.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/ambiguous-archive"),
    kind: Kind::Model,
    severity: Severity::Medium,
    title: "Loaders disagree about which file of the archive is the model",
    what: "An archive with more than one model in it where its format provides for one: several \
           `data.pkl`, several outermost folders, or two members of one name. Which one is \
           loaded depends on the loader and its version.",
    why: "What was checked is not what is loaded. Such archives are made to show a harmless \
           model to a scanner and another one to the program that uses it.",
    fix: "Do not use the file. Have it written again by the framework: no honest version of it \
           writes such an archive.",
    references: &["https://pytorch.org/docs/stable/notes/serialization.html"],
};
