//! The one path from a scan through statements and facts to a decision and the ledger, used by the
//! command line and the control plane alike.
//!
//! [`Flow`] records what a scan says as signed statements, decides at a gate from the facts that
//! admitted statements amount to, and decides again when a fact changes. It reads no clock and no
//! environment: time, keys and folders are passed in.

pub mod acceptances;
mod admit;
mod ancestry;
pub mod circumstances;
pub mod claims;
pub mod config;
mod decide;
mod error;
mod explain;
pub mod export;
mod facts;
mod gates;
mod home;
mod judge;
pub mod ledger;
pub mod models;
pub mod private;
mod prove;
mod refresh;
mod report;
mod scanned;
mod stage;
mod state;
pub mod store;

use std::sync::Arc;

use gw_advisory::store::Advisories;
use gw_attest::SigningKey;
use gw_core::{Principal, PrincipalKind, Realm};

pub use ancestry::{Ancestor, Ancestry, Standing};
pub use circumstances::{Champion, Circumstances, CircumstancesError};
pub use decide::{Judgement, Question};
pub use error::FlowError;
pub use explain::{Cause, Explanation};
pub use gw_policy::facts::keys_of;
pub use home::{Home, HomeError};
pub use refresh::Redecided;
pub use report::report;
pub use scanned::Scanned;
pub use stage::{Move, environment};
pub use state::{Claimed, named};

/// The path, with everything it needs.
pub struct Flow<S> {
    /// Where statements and decisions are kept.
    pub store: S,
    /// The realm in which all this happens.
    pub realm: Realm,
    /// The key that signs what happens here; admitted for everything in this realm.
    pub key: SigningKey,
    /// The advisories of the day.
    pub index: Arc<Advisories>,
}

impl<S: store::Store> Flow<S> {
    /// Whoever holds the local key.
    #[must_use]
    pub fn principal(&self) -> Principal {
        Principal::new(PrincipalKind::Machine, self.key.public().id().to_string())
    }
}
