use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// A model carries an executable or an archive among its data.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/embedded-executable"),
    kind: Kind::Model,
    severity: Severity::High,
    title: "A model carries an executable or an archive among its data",
    what: "Bytes of a tensor, of a metadata value or behind the end of the model that are the \
           start of a program (ELF, PE, Mach-O), a script, an archive or a pickle. The \
           structure behind the first bytes is verified, so that numbers are not mistaken for \
           it.",
    why: "Weights are a good place to carry a payload past filters: nobody looks at gigabytes \
           of numbers. The loader of the payload may be in another file, in the code that comes \
           with the model, or already on the machine.",
    fix: "Do not use the file. Extract and examine what is at the named place, and look for \
           what would read it.",
    references: &[
        "https://attack.mitre.org/techniques/T1027/009/",
        "https://atlas.mitre.org/techniques/AML.T0018",
    ],
};
