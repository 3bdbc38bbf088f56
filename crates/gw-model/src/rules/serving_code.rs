use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// A model brings code that runs when it is loaded or served.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/serving-code"),
    kind: Kind::Model,
    severity: Severity::Low,
    title: "A model brings code that runs when it is loaded or served",
    what: "Python modules that a model's manifest makes part of loading or serving: TorchServe \
           handlers, the code of MLflow models, sources in a torch.package, requirements that \
           are installed.",
    why: "Whoever can change the model can change what the server runs. The code was looked \
           at; this only says that it is there.",
    fix: "Review the code as your own, build the archive from source in your pipeline, and \
           admit it by its digest.",
    references: &[
        "https://pytorch.org/serve/custom_service.html",
        "https://mlflow.org/docs/latest/ml/model/",
    ],
};
