use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// Weights that no training leaves behind.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/abnormal-weights"),
    kind: Kind::Model,
    severity: Severity::Medium,
    title: "Weights that no training leaves behind",
    what: "Tensors whose numbers are not what a trained model has: NaN or infinite values, a \
           weight matrix that is zero or constant throughout, magnitudes far beyond what \
           arithmetic in the type survives. It is looked for only where the scan is asked to \
           look at weights.",
    why: "Such a model gives wrong or no answers, for everybody or only where the damaged part \
           is used. It is what a broken conversion, a failing disk or a crude manipulation \
           leaves behind.",
    fix: "Compare the file's digest with the publisher's. If it is what was published, convert \
           or train it again, and look at the named tensors first.",
    references: &[
        "https://owasp.org/www-project-machine-learning-security-top-10/",
        "https://atlas.mitre.org/techniques/AML.T0018",
    ],
};
