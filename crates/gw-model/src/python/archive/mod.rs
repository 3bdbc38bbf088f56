//! Archives that are models: zip and tar files with pickles, code and numbers in them, which the
//! scan has opened. What their members are is joined here, when all have been seen.

mod code;
mod group;
pub(crate) mod member;
mod tensors;
#[cfg(test)]
pub(crate) mod tests;
mod torch;

use gw_analysis::{Output, Part};
use gw_finding::Location;

pub(crate) use code::judge_member;
pub(crate) use group::Mark;
pub(crate) use member::Member;

/// Joins the members of each archive, and returns the places that it describes as models.
pub(crate) fn join(parts: &[Part], out: &mut Output) -> Vec<Location> {
    let mut described = Vec::new();
    for archive in group::archives(parts) {
        if archive.is_model() {
            code::judge(&archive, out);
        }
        if torch::is_torch(&archive) {
            let model = torch::judge(&archive, out);
            out.produce(model);
            described.push(archive.location.clone());
        }
    }
    described
}
