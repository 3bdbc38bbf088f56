//! What reads what identifies a person or grants access.

use crate::names::{Family, Reach};

pub(in crate::names) const FAMILY: Family = Family {
    reach: Reach::Credentials,
    data: &[],
    code: &[
        "_winreg",
        "browser_cookie3",
        "crypt",
        "getpass",
        "keyring",
        "netrc",
        "pwd",
        "spwd",
        "win32crypt",
        "winreg",
    ],
};
