//! What admitted statements amount to, and which facts a statement touches.

mod derive;
mod keys;
mod value;

pub use derive::{Derived, Facts};
pub use keys::{PREDICATES, Predicate, Several, keys_of, revoked_statements};
