use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// An array of Python objects is a pickle.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/pickled-array"),
    kind: Kind::Model,
    severity: Severity::Low,
    title: "An array of Python objects is a pickle",
    what: "An `.npy` or `.npz` file with an array whose type is or has `object`. Its content is \
           a pickle, which is looked at as such; this only says that it is there.",
    why: "Such an array loads with `allow_pickle=True` only, and a program that sets this \
           executes whatever the next file of that name contains.",
    fix: "Store strings as `U` or `S`, ragged data as several arrays, and everything else in a \
           format for it; then load with `allow_pickle=False`, which is the default.",
    references: &[
        "https://numpy.org/doc/stable/reference/generated/numpy.load.html",
        "https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html",
    ],
};
