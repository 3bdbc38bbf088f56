//! What every request and every task of the server works with.

use std::sync::{Arc, RwLock};

use gw_advisory::store::Advisories;
use gw_attest::SigningKey;
use gw_core::{Realm, Time};
use gw_flow::{Flow, Home};
use gw_identity::access::AccessPolicies;
use gw_identity::password::PasswordCost;
use gw_identity::people::PasswordDoor;
use gw_identity::{Callers, KeyRing};
use gw_store::SqlStore;
use tokio::sync::Notify;
use url::Url;

use crate::auth::Cookie;
use crate::http::Pace;
use crate::metrics::Metrics;

/// Tells the time. The program has the clock; the server is given it.
pub type Clock = Arc<dyn Fn() -> Time + Send + Sync>;

/// The server's state, shared by all requests.
pub(crate) struct App {
    pub(crate) store: SqlStore,
    pub(crate) home: Home,
    /// Signs what happens here, and vouches for what authenticated sources send.
    pub(crate) key: SigningKey,
    /// The address that people type.
    pub(crate) origin: Url,
    /// The one realm of this server.
    pub(crate) realm: Realm,
    /// What callers may do.
    pub(crate) access: AccessPolicies,
    /// Who is behind sessions and tokens.
    pub(crate) callers: Callers,
    /// Where passwords are checked.
    pub(crate) door: PasswordDoor,
    /// The keys of tokens against forged requests.
    pub(crate) ring: KeyRing,
    /// How the session's cookie is set.
    pub(crate) cookie: Cookie,
    /// What is counted.
    pub(crate) metrics: Metrics,
    /// How fast addresses ask.
    pub(crate) pace: Pace,
    clock: Clock,
    wall: Clock,
    index: RwLock<Arc<Advisories>>,
    /// Wakes the task that decides again.
    pub(crate) changed: Notify,
}

/// What an [`App`] is made of.
pub(crate) struct Parts {
    pub(crate) store: SqlStore,
    pub(crate) home: Home,
    pub(crate) key: SigningKey,
    pub(crate) origin: Url,
    pub(crate) access: AccessPolicies,
    pub(crate) ring: KeyRing,
    pub(crate) clock: Clock,
    pub(crate) wall: Clock,
    pub(crate) index: Advisories,
}

impl App {
    pub(crate) fn new(parts: Parts) -> Self {
        let database = parts.store.database();
        Self {
            callers: Callers::new(database.clone()),
            door: PasswordDoor::new(database.clone(), PasswordCost::default()),
            cookie: match parts.origin.scheme() {
                "https" => Cookie::Host,
                _ => Cookie::Local,
            },
            store: parts.store,
            home: parts.home,
            key: parts.key,
            origin: parts.origin,
            realm: Realm::local(),
            access: parts.access,
            ring: parts.ring,
            metrics: Metrics::new(),
            pace: Pace::new(),
            clock: parts.clock,
            wall: parts.wall,
            index: RwLock::new(Arc::new(parts.index)),
            changed: Notify::new(),
        }
    }

    /// The time that others go by, for sessions and tokens.
    pub(crate) fn wall(&self) -> Time {
        exact((self.wall)())
    }

    /// The time, as exact as the store keeps it: nothing may look changed by having been stored.
    pub(crate) fn now(&self) -> Time {
        exact((self.clock)())
    }

    /// The path from statements to decisions, in a realm.
    pub(crate) fn flow(&self, realm: &Realm) -> Flow<SqlStore> {
        Flow {
            store: self.store.clone(),
            realm: realm.clone(),
            key: self.key.clone(),
            index: self.index(),
        }
    }

    /// The advisories of the day.
    pub(crate) fn index(&self) -> Arc<Advisories> {
        match self.index.read() {
            Ok(index) => Arc::clone(&index),
            Err(poisoned) => Arc::clone(&poisoned.into_inner()),
        }
    }

    /// Takes other advisories into use.
    pub(crate) fn replace_index(&self, index: Advisories) {
        let mut current = match self.index.write() {
            Ok(current) => current,
            Err(poisoned) => poisoned.into_inner(),
        };
        *current = Arc::new(index);
    }
}

fn exact(time: Time) -> Time {
    Time::from_microsecond(time.as_microsecond()).unwrap_or(time)
}
