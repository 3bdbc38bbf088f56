use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Text that names none of what was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not a {what}: expected one of {expected}")]
pub struct UnknownName {
    given: String,
    what: &'static str,
    expected: String,
}

/// Makes an enumeration of names.
macro_rules! names {
    ($(#[$doc:meta])* $type:ident, $what:literal, $($(#[$each:meta])* $name:ident = $text:literal,)*) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub enum $type {
            $($(#[$each])* $name,)*
        }

        impl $type {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }

        impl FromStr for $type {
            type Err = UnknownName;

            fn from_str(text: &str) -> Result<Self, UnknownName> {
                let found = Self::ALL.iter().copied().find(|known| known.as_str() == text);
                found.ok_or_else(|| UnknownName {
                    given: text.chars().take(40).collect(),
                    what: $what,
                    expected: Self::ALL.iter().map(|known| known.as_str()).collect::<Vec<_>>().join(", "),
                })
            }
        }

        impl TryFrom<String> for $type {
            type Error = UnknownName;

            fn try_from(text: String) -> Result<Self, UnknownName> {
                text.parse()
            }
        }

        impl From<$type> for String {
            fn from(name: $type) -> Self {
                name.as_str().to_owned()
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

names! {
    /// What a person is in a realm. Roles add up; none of them contains another's approvals.
    Role, "role",
    /// Sees findings and decisions.
    Reader = "reader",
    /// Sorts findings, accepts them, asks for approvals.
    Triager = "triager",
    /// Also edits policies and assets.
    Maintainer = "maintainer",
    /// Approves what others asked for.
    Approver = "approver",
    /// Sees everything, the ledger included, and changes nothing.
    Auditor = "auditor",
    /// Manages people, tokens and settings. Does not approve and does not edit policies.
    Administrator = "administrator",
}

names! {
    /// What a token or a delegate may do. There is none for approving, and none for managing people,
    /// tokens and settings: those are done by persons in their own sessions.
    Scope, "scope",
    /// See assets, findings, decisions, statements and policies.
    Read = "read",
    /// Send statements and have gates decide.
    Ingest = "ingest",
    /// Sort and accept findings, ask for actions, halt them.
    Triage = "triage",
    /// Edit policies and assets.
    Maintain = "maintain",
    /// Read the ledger and what administrators did.
    Audit = "audit",
}
