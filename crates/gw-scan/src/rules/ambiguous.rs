use gw_finding::{Kind, RuleDoc, RuleId, Severity};

/// Loaders see different content in one archive.
pub(super) static DOC: RuleDoc = RuleDoc {
    id: RuleId::new("archive/ambiguous"),
    // It is content made to be run by some and not seen by others, whatever it is.
    kind: Kind::Code,
    severity: Severity::High,
    title: "An archive says different things to different loaders",
    what: "An archive describes its members in more than one place: a zip in its directory and in \
           a header before each member. Here the places disagree about a member's name, size, \
           checksum or compression, about whether it is encrypted, or about whether it is there \
           at all; or there is more than one directory, or something after the archive's end.",
    why: "Programs that make archives write the same in every place. One that says different \
          things is likely made so that the program that checks it sees harmless content and the \
          program that loads it sees other content. Every reading was looked at here, but other \
          tools in the pipeline look at one.",
    fix: "Do not load the archive. Ask whoever published it for one made by a common tool, or \
          unpack it, check what comes out, and pack it again.",
    references: &[
        "https://cwe.mitre.org/data/definitions/436.html",
        "https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT",
    ],
};
