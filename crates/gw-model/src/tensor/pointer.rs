use gw_finding::ReasonCode;

use crate::report::Report;

/// Whether the first bytes are a pointer that version control keeps in place of a large file.
pub(crate) fn is_pointer(head: &[u8]) -> bool {
    head.starts_with(b"version https://git-lfs.github.com/spec/")
        || head.starts_with(b"../.git/annex/objects/")
        || head.starts_with(b"/annex/objects/")
}

/// Says that the model itself was not fetched.
pub(crate) fn report(report: &mut Report<'_>) {
    let detail = "only a pointer to the model is here; fetch it with `git lfs pull`";
    report.incomplete(ReasonCode::Missing, detail);
}
