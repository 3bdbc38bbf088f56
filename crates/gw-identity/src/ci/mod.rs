//! Builds that prove who they are with the token of their CI system, so that no secret lies there.
//!
//! GitHub Actions and GitLab sign a token for each job that says which repository, branch and
//! environment it runs for. A rule says which of these may do what.

mod rule;
mod verify;

pub use rule::{CiRule, CiRuleError};
pub use verify::{CiError, CiIssuers, CiWorkload};
