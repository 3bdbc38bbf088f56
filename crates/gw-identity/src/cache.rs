use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use gw_core::{Digest, Time};
use gw_flow::store::StoreError;
use gw_store::Database;

use crate::change::last_change;

/// How old the knowledge of the last change may be, in milliseconds. Revocations count everywhere
/// within this time and the time of a query.
pub const MAX_AGE_MS: i64 = 250;

/// How many entries are kept. When there are more, all go and come back as they are asked for.
const MAX_ENTRIES: usize = 50_000;

/// What was read of sessions or tokens, for as long as nothing was taken away from anybody: after
/// any revocation, in any process, everything is read again.
#[derive(Debug)]
pub(crate) struct Cache<V> {
    database: Database,
    state: Mutex<State<V>>,
}

#[derive(Debug)]
struct State<V> {
    change: Option<(i64, Time)>,
    entries: HashMap<Digest, Arc<V>>,
}

/// What the cache knows of a key, and as of which change.
pub(crate) struct Look<V> {
    pub(crate) found: Option<Arc<V>>,
    change: i64,
}

impl<V> Cache<V> {
    pub(crate) fn new(database: Database) -> Self {
        let state = State {
            change: None,
            entries: HashMap::new(),
        };
        Self {
            database,
            state: Mutex::new(state),
        }
    }

    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    /// Looks a key up, with knowledge of changes that is not too old.
    pub(crate) async fn look(&self, key: &Digest, now: Time) -> Result<Look<V>, StoreError> {
        let known = self.with(|state| match state.change {
            // A clock that went back tells nothing about age.
            Some((change, at)) if (0..MAX_AGE_MS).contains(&age(at, now)) => Some(Look {
                found: state.entries.get(key).cloned(),
                change,
            }),
            _ => None,
        });
        if let Some(look) = known {
            return Ok(look);
        }
        let change = last_change(&self.database).await?;
        Ok(self.with(|state| {
            // Any difference counts: a backup that was restored has a smaller number.
            if state.change.is_none_or(|(known, _)| known != change) {
                state.entries.clear();
            }
            state.change = Some((change, now));
            Look {
                found: state.entries.get(key).cloned(),
                change,
            }
        }))
    }

    /// Keeps what was read after `look`, unless something was taken away in the meantime.
    pub(crate) fn keep(&self, key: Digest, look: &Look<V>, value: Arc<V>) {
        self.with(|state| {
            if state.change.is_none_or(|(known, _)| known != look.change) {
                return;
            }
            if state.entries.len() >= MAX_ENTRIES {
                state.entries.clear();
            }
            state.entries.insert(key, value);
        });
    }

    fn with<T>(&self, work: impl FnOnce(&mut State<V>) -> T) -> T {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut state)
    }
}

fn age(at: Time, now: Time) -> i64 {
    now.as_millisecond().saturating_sub(at.as_millisecond())
}
