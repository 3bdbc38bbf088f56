//! What is known to be of use to an attacker, by what it does.
//!
//! From the module indexes of Python 2.7 and 3.6 to 3.14, and from what widely installed packages
//! define or import into their own names.

mod code;
mod commands;
mod credentials;
mod files;
mod imports;
mod interpreter;
mod loaders;
mod native;
mod network;

use super::Family;

/// All of them. A name that is in several is of the first.
pub(super) const FAMILIES: &[&Family] = &[
    &commands::FAMILY,
    &native::FAMILY,
    &code::FAMILY,
    &imports::FAMILY,
    &loaders::FAMILY,
    &network::FAMILY,
    &files::FAMILY,
    &credentials::FAMILY,
    &interpreter::FAMILY,
];
