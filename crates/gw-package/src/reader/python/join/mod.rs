//! What the files of this family say together.

mod includes;
pub(super) mod unpinned;

use crate::reader::{FileReading, Joined};

use super::requirements;

/// Joins the readings of all files.
pub(super) fn join(readings: Vec<FileReading>, joined: &mut Joined) {
    let (requirements, _others): (Vec<_>, Vec<_>) = readings
        .into_iter()
        .partition(|reading| matches!(reading.reader, requirements::ID | requirements::INCLUDED));
    includes::join(requirements, joined);
}
