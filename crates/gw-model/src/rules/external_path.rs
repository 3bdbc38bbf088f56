use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// A model refers to a file outside of its folder.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/external-path"),
    kind: Kind::Model,
    severity: Severity::High,
    title: "A model refers to a file outside of its folder",
    what: "A path to weights, assets, libraries or other models that is absolute, climbs out of \
           the folder with `..`, is an address on the network, or leads through a link.",
    why: "Loading the model reads (or, where it is saved again, writes) files of the machine \
           that have nothing to do with it, and their content can come out through the model's \
           answers. Loaders that forgot to check this have had to be fixed several times.",
    fix: "Do not load the model. All its files belong into its folder, named by plain relative \
           paths.",
    references: &[
        "https://github.com/onnx/onnx/blob/main/docs/ExternalData.md",
        "https://cwe.mitre.org/data/definitions/22.html",
    ],
};
