//! Kernel rule 1: a statement becomes a fact only if an authority rule admits it.

mod admit;
mod age;
mod revoke;
mod rules;

pub use admit::{Admission, Admitted, Level, Refusal, Refused, Signer, StatementView};
pub use age::{Age, AgeError};
pub use rules::{AuthorityError, AuthorityRule, AuthorityRules, LowerVersion, check_version};
