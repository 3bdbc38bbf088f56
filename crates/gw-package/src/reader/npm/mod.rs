//! Dependency files of JavaScript: npm's, Yarn's and pnpm's lock files, and `package.json`.
//!
//! The lock files differ in what they tell. npm's second and third version and pnpm's list the
//! project with its dependencies and their scopes. Yarn's and npm's first version do not: there the
//! manifests beside the lock file are needed, and [`join`] brings them together. For that, readers
//! of such formats yield further [`Root`](super::Root)s without a folder, whose name is what a
//! requirement would say (`lodash@^4.0.0`, or only `lodash`) and whose one dependency is the
//! package that it resolved to. Joining takes these out.

mod integrity;
mod join;
mod manifest;
mod modules;
mod package;
mod package_lock;
mod package_lock_v1;
mod pnpm;
mod reach;
mod spec;
#[cfg(test)]
mod testing;
mod yarn_berry;
mod yarn_classic;
mod yarn_lock;

use super::Family;

/// The family.
pub const FAMILY: Family = Family {
    name: "npm",
    readers: &[
        &package_lock::PackageLock,
        &yarn_lock::YarnLock,
        &pnpm::PnpmLock,
        &manifest::PackageJson,
    ],
    join: join::join,
};
