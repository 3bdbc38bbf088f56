//! The vocabulary of the kernel.
//!
//! Long-lived [`Asset`]s have immutable [`Subject`]s, joined by [`Binding`]s. [`Principal`]s act on
//! them. What admitted statements amount to are [`Fact`]s, and a gate's answer is a [`Decision`].
//! Nothing here reads a clock, a file or the environment: time is always passed in.

mod asset;
mod binding;
mod decision;
mod digest;
mod fact;
mod principal;
mod realm;
mod subject;
mod time;

pub use asset::{Asset, AssetError};
pub use binding::{Binding, Place};
pub use decision::{Basis, Decision, Dependency, Gate, Mode, Outcome, Reason};
pub use digest::{Digest, DigestError, Hasher};
pub use fact::{Fact, FactKey, FactKeyError, FactState, Version};
pub use principal::{Principal, PrincipalKind};
pub use realm::{Realm, RealmError};
pub use subject::{ResourceDescriptor, Subject, SubjectKind};
pub use time::{Time, TimeError, parse_time};
