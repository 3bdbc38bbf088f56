//! Python: requirements files, the lock files of pipenv, poetry, pdm and uv, `pylock.toml`,
//! project files, and installed distributions.

mod dependency;
mod join;
mod marker;
mod package;
mod place;
mod requirements;
mod text;

use super::Family;

/// The family.
pub const FAMILY: Family = Family {
    name: "python",
    readers: &[&requirements::Requirements, &requirements::Included],
    join: join::join,
};

#[cfg(test)]
mod testing;
