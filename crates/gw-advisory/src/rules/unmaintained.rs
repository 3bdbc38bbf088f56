use gw_finding::{Kind, RuleDoc, Severity};

/// Nobody maintains a dependency.
pub(super) static DOC: RuleDoc = RuleDoc {
    id: crate::UNMAINTAINED,
    kind: Kind::Unmaintained,
    severity: Severity::Low,
    title: "A dependency is not maintained any more",
    what: "An advisory database says that a package gets no more releases: its authors have \
           said so, or they do not answer.",
    why: "The next vulnerability in it will not be repaired, and nobody will say that it exists. \
          A package without an owner is also the one that a stranger can ask to take over.",
    fix: "Move to a package that is maintained; the advisory often names some. Where that takes \
          time, accept the finding with a reason, an owner and a date, so that it comes back.",
    references: &[
        "https://rustsec.org/",
        "https://scvs.owasp.org/scvs/v6-pedigree-and-provenance/",
    ],
};
