use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// Python code that comes with a model does more than compute.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/python-code"),
    kind: Kind::Model,
    severity: Severity::Medium,
    title: "Python code that comes with a model does more than compute",
    what: "Python source inside a model's archive (torch.package, TorchServe, TorchScript's \
           kind of source excepted) that starts programs, uses the network, loads machine code, \
           removes files, reads credentials or executes text. Names are followed through \
           imports, assignments, `getattr` and decoded constants.",
    why: "The code runs when the model is loaded or served, with all rights of that process. \
           Modelling code needs none of this.",
    fix: "Read the named lines. If they have a reason, pin the model to this digest and run it \
           in a sandbox without network; otherwise do not load it.",
    references: &[
        "https://pytorch.org/docs/stable/package.html",
        "https://cwe.mitre.org/data/definitions/829.html",
    ],
};
