//! The steps that made the tables. A new one is a file and a line; numbers are never used twice.

use crate::db::Migration;

/// A step, from the file of its number and name.
macro_rules! step {
    ($number:literal, $name:literal) => {
        Migration {
            number: $number,
            name: $name,
            text: include_str!(concat!("migrations/", $name, ".sql")),
        }
    };
}

/// All of them.
pub(crate) const MIGRATIONS: &[Migration] = &[
    step!(1, "0001_kernel"),
    step!(2, "0002_control_plane"),
    step!(3, "0003_people"),
    step!(4, "0004_sessions"),
    step!(5, "0005_passkeys"),
    step!(6, "0006_service_tokens"),
];
