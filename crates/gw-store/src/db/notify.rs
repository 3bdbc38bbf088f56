//! A hint that something has changed. The truth is the change number, which readers poll; a hint
//! only makes them look earlier.

use std::time::Duration;

use gw_flow::store::StoreError;
use sqlx::postgres::PgListener;

use super::{Database, Pools};

/// Waits for hints on a channel.
pub struct Listener(Option<PgListener>);

impl Database {
    /// Tells whoever listens on `channel`, in any process. SQLite has nothing of the kind.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database cannot be reached.
    pub async fn notify(&self, channel: &str) -> Result<(), StoreError> {
        if let Pools::Postgres(_) = &self.inner.pools {
            let notify = "SELECT pg_notify(?, '')";
            self.query(notify).bind(channel).one().await?;
        }
        Ok(())
    }

    /// Listens on `channel`. On PostgreSQL it takes a connection for as long as it lives.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database cannot be reached.
    pub async fn listen(&self, channel: &str) -> Result<Listener, StoreError> {
        let Pools::Postgres(pool) = &self.inner.pools else {
            return Ok(Listener(None));
        };
        let failed = |error: sqlx::Error| self.place().failed(&error);
        let mut listener = PgListener::connect_with(pool).await.map_err(failed)?;
        listener.listen(channel).await.map_err(failed)?;
        Ok(Listener(Some(listener)))
    }
}

impl Listener {
    /// Waits until a hint comes, and says true, or until `at_most` has passed. It never fails:
    /// where there are no hints, or none any more, it waits.
    pub async fn wait(&mut self, at_most: Duration) -> bool {
        let Some(listener) = &mut self.0 else {
            tokio::time::sleep(at_most).await;
            return false;
        };
        let deadline = tokio::time::Instant::now() + at_most;
        match tokio::time::timeout_at(deadline, listener.recv()).await {
            Ok(Ok(_)) => true,
            // The connection is lost; the next call tries again.
            Ok(Err(_)) => {
                tokio::time::sleep_until(deadline).await;
                false
            }
            Err(_) => false,
        }
    }
}
