//! One database, SQLite or PostgreSQL, behind one way to ask it.
//!
//! A query is written once, with `?` for its values and in SQL that both understand (`ON CONFLICT`,
//! `RETURNING`); [`Both`] holds a text for each where they truly differ. Columns are `BIGINT`,
//! `TEXT` or bytes, truths are 0 and 1, times are microseconds since 1970. NULL takes its type from
//! its place, so where nothing tells, the text does: `CAST(? AS TEXT)`.

mod address;
mod bulk;
mod connect;
mod migrate;
mod notify;
mod query;
mod row;
mod sql;
mod transaction;
mod value;

use std::sync::Arc;

use gw_flow::store::StoreError;
use sqlx::{PgPool, SqlitePool};

pub(crate) use migrate::Migration;
pub use notify::Listener;
pub use query::Query;
pub(crate) use row::corrupt;
pub use row::{Column, Row};
pub use sql::{Both, Sql};
pub use transaction::Transaction;
pub use value::{ListItem, Value, list};

use query::Target;

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Backend {
    /// SQLite, in a file or in memory.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

/// A database. Copies share its connections.
#[derive(Clone)]
pub struct Database {
    inner: Arc<Inner>,
}

struct Inner {
    pools: Pools,
    place: Place,
}

enum Pools {
    Sqlite {
        writer: SqlitePool,
        /// The same as `writer` in memory, where there is one connection only.
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

/// What a database is called in errors: its path, or its address without the password.
#[derive(Clone)]
struct Place(Arc<str>);

impl Database {
    /// Opens the database at `place`: a path, `sqlite:PATH`, or `postgres://USER:PASSWORD@HOST/NAME`.
    /// An SQLite file is made if it is not there. The tables are as they were: see
    /// [`Database::migrate`].
    ///
    /// To a PostgreSQL on another machine the connection is encrypted and its certificate is
    /// verified, unless the address says otherwise with `sslmode`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if it cannot be opened.
    pub async fn open(place: &str) -> Result<Self, StoreError> {
        connect::open(place).await
    }

    /// Opens the SQLite file at `path`, as [`Database::open`] does, whatever its name looks like.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if it cannot be opened.
    pub async fn file(path: &std::path::Path) -> Result<Self, StoreError> {
        connect::file(path).await
    }

    /// A database in memory that ends with the process. It has one connection: a query beside an
    /// open transaction waits for its end.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if memory runs out.
    pub async fn in_memory() -> Result<Self, StoreError> {
        connect::in_memory().await
    }

    /// A query outside of a transaction. One that begins with `SELECT` may run beside a writer.
    pub fn query(&self, sql: impl Into<Sql>) -> Query<'_> {
        Query::new(Target::Database(self), sql.into())
    }

    /// Many values for one placeholder; see [`list`].
    pub fn list<T: ListItem>(&self, items: impl IntoIterator<Item = T>) -> Value {
        list(items)
    }

    /// Which database it is.
    #[must_use]
    pub fn backend(&self) -> Backend {
        match &self.inner.pools {
            Pools::Sqlite { .. } => Backend::Sqlite,
            Pools::Postgres(_) => Backend::Postgres,
        }
    }

    /// Closes it when everything under way is done.
    pub async fn close(&self) {
        match &self.inner.pools {
            Pools::Sqlite { writer, readers } => {
                // The writer last: it is the one that tidies up the log.
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }

    fn new(pools: Pools, place: Place) -> Self {
        let inner = Arc::new(Inner { pools, place });
        Self { inner }
    }

    fn place(&self) -> Place {
        self.inner.place.clone()
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Database({})", self.inner.place.0)
    }
}

impl Place {
    fn new(place: impl Into<Arc<str>>) -> Self {
        Self(place.into())
    }

    fn failed(&self, error: &sqlx::Error) -> StoreError {
        StoreError::Unavailable {
            place: self.0.to_string(),
            detail: error.to_string(),
        }
    }

    fn unusable(&self, detail: impl std::fmt::Display) -> StoreError {
        StoreError::Unavailable {
            place: self.0.to_string(),
            detail: detail.to_string(),
        }
    }
}

#[cfg(test)]
mod tests;
