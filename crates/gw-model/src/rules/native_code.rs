use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// A model's archive holds machine code.
pub(crate) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("model/native-code"),
    kind: Kind::Model,
    severity: Severity::High,
    title: "A model's archive holds machine code",
    what: "An ELF, PE, Mach-O or WebAssembly file, a shared library or an object file inside a \
           model's archive, such as the compiled kernels of an AOTInductor package.",
    why: "Machine code is loaded into the process that serves the model, with all its rights, \
           and cannot be reviewed as weights can. Ahead-of-time compiled packages are programs, \
           not data.",
    fix: "Export the model in a form without machine code (weights, or a graph) and compile it \
           where it runs. If the library is needed, treat it as a program: verify its publisher \
           and run it in a sandbox.",
    references: &[
        "https://pytorch.org/docs/stable/torch.compiler_aot_inductor.html",
        "https://attack.mitre.org/techniques/T1195/002/",
    ],
};
