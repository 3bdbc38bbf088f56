//! What a caller may do, decided by Cedar at each request.
//!
//! What is not permitted is denied, what cannot be evaluated is denied, and what one policy forbids
//! is denied whatever others permit. The only `permit`s are built in; an operator's policies may
//! only forbid more. Policies are cut by action when they are loaded, and a caller's side of a
//! request is made once and kept with the session, so that a question takes a few microseconds.

mod action;
mod caller;
mod load;
mod policies;
mod role;

pub use action::Action;
pub use caller::{Caller, CallerError, Grant};
pub use load::PolicyError;
pub use policies::{AccessPolicies, Circumstances, Denial, Resource, Verdict};
pub use role::{Role, Scope, UnknownName};

/// The schema that policies of access are validated against, as Cedar schema text with comments.
pub const ACCESS_SCHEMA: &str = include_str!("../../schema/access.cedarschema");
/// The built-in policies.
pub const ACCESS_POLICIES: &str = include_str!("../../policies/access.cedar");

#[cfg(test)]
mod tests;
