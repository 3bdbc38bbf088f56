//! Python: requirements files, the lock files of pipenv, poetry, pdm and uv, `pylock.toml`,
//! project files, and installed distributions.

mod dependency;
mod graph;
mod installed;
mod join;
mod marker;
mod package;
mod pdm_lock;
mod pipfile;
mod place;
mod poetry;
mod poetry_lock;
mod pylock;
mod pyproject;
mod requirement_list;
mod requirements;
mod setup_cfg;
mod setup_py;
mod text;
mod uv_lock;

use super::Family;

/// The family.
pub const FAMILY: Family = Family {
    name: "python",
    readers: &[
        &requirements::Requirements,
        &requirements::Included,
        &pipfile::PipfileLock,
        &pipfile::Pipfile,
        &poetry_lock::PoetryLock,
        &pdm_lock::PdmLock,
        &uv_lock::UvLock,
        &pylock::Pylock,
        &pyproject::Pyproject,
        &setup_cfg::SetupCfg,
        &setup_py::SetupPy,
        &installed::Installed,
    ],
    join: join::join,
};

#[cfg(test)]
mod testing;
