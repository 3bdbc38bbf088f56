//! Archives that are models: zip and tar files with pickles, code and numbers in them, which the
//! scan has opened. What their members are is joined here, when all have been seen.

mod code;
mod disguise;
mod group;
pub(crate) mod member;
mod orphan;
mod tensors;
#[cfg(test)]
pub(crate) mod tests;
mod torch;

use gw_analysis::{Output, Part};
use gw_finding::Location;

pub(crate) use code::judge_member;
pub(crate) use disguise::{Disguise, Escape};
pub(crate) use group::Mark;
pub(crate) use member::Member;

/// Joins the members of each archive, and returns the places that it describes as models.
pub(crate) fn join(parts: &[Part], out: &mut Output) -> Vec<Location> {
    let mut described = Vec::new();
    let mut models = Vec::new();
    for archive in group::archives(parts) {
        let is_model = archive.is_model();
        if is_model {
            code::judge(&archive, out);
        }
        if torch::is_torch(&archive) {
            let model = torch::judge(&archive, out);
            out.produce(model);
            described.push(archive.location.clone());
        }
        if is_model {
            models.push(archive);
        }
    }
    orphan::judge(parts, &models, out);
    described
}
