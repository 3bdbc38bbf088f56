//! Transactions: all of it, or nothing.

use gw_flow::store::StoreError;
use sqlx::{Postgres, Sqlite};

use super::query::{Query, Target};
use super::sql::{Both, Sql};
use super::value::Value;
use super::{Backend, Database, Place, Pools, bulk};

/// A transaction that is open. Dropped without [`Transaction::commit`], it is rolled back.
pub struct Transaction {
    pub(super) open: Open,
    place: Place,
}

pub(super) enum Open {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

impl Database {
    /// Begins to write. On SQLite the write lock is taken at once, so that two writers wait for
    /// each other instead of failing; PostgreSQL reads what is committed.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database cannot be reached or another writer does not
    /// end.
    pub async fn begin(&self) -> Result<Transaction, StoreError> {
        self.start(Both {
            sqlite: "BEGIN IMMEDIATE",
            postgres: "BEGIN ISOLATION LEVEL READ COMMITTED",
        })
        .await
    }

    /// Begins to read: every query sees the same moment.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database cannot be reached.
    pub async fn snapshot(&self) -> Result<Transaction, StoreError> {
        let begin = Both {
            sqlite: "BEGIN DEFERRED",
            postgres: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        let mut transaction = self.start(begin).await?;
        // The moment is that of the first read of a table.
        let read = Both {
            sqlite: "SELECT count(*) FROM sqlite_master",
            postgres: "SELECT 1",
        };
        transaction.query(read).one().await?;
        Ok(transaction)
    }

    async fn start(&self, begin: Both) -> Result<Transaction, StoreError> {
        let failed = |error: sqlx::Error| self.place().failed(&error);
        let open = match &self.inner.pools {
            Pools::Sqlite { writer, readers } => {
                let writes = begin.sqlite.ends_with("IMMEDIATE");
                let pool = if writes { writer } else { readers };
                Open::Sqlite(pool.begin_with(begin.sqlite).await.map_err(failed)?)
            }
            Pools::Postgres(pool) => {
                Open::Postgres(pool.begin_with(begin.postgres).await.map_err(failed)?)
            }
        };
        let place = self.place().clone();
        Ok(Transaction { open, place })
    }
}

impl Transaction {
    /// A query in this transaction.
    pub fn query(&mut self, sql: impl Into<Sql>) -> Query<'_> {
        Query::new(Target::Transaction(self), sql.into())
    }

    /// Inserts many rows of `columns` values each; see [`Database::insert_many`].
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database cannot do it, [`StoreError::Corrupt`] if a row
    /// has another number of values.
    pub async fn insert_many(
        &mut self,
        sql: impl Into<Both>,
        columns: usize,
        rows: Vec<Vec<Value>>,
    ) -> Result<u64, StoreError> {
        bulk::insert(self, sql.into(), columns, rows).await
    }

    /// Tells whoever listens on `channel`, once this is committed; see [`Database::notify`].
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database cannot do it.
    pub async fn notify(&mut self, channel: &str) -> Result<(), StoreError> {
        if self.backend() == Backend::Postgres {
            let notify = "SELECT pg_notify(?, '')";
            self.query(notify).bind(channel).one().await?;
        }
        Ok(())
    }

    /// Makes what was written last, and visible to others.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database cannot do it. It may have been done all the same
    /// if the connection broke at this very moment.
    pub async fn commit(self) -> Result<(), StoreError> {
        let Self { open, place } = self;
        let done = match open {
            Open::Sqlite(open) => open.commit().await,
            Open::Postgres(open) => open.commit().await,
        };
        done.map_err(|error| place.failed(&error))
    }

    /// Which database it is.
    #[must_use]
    pub fn backend(&self) -> Backend {
        match &self.open {
            Open::Sqlite(_) => Backend::Sqlite,
            Open::Postgres(_) => Backend::Postgres,
        }
    }

    pub(super) fn place(&self) -> Place {
        self.place.clone()
    }
}
