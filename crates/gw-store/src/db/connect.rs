//! Connections, and how many.

use std::path::Path;
use std::time::Duration;

use gw_flow::store::StoreError;
use sqlx::ConnectOptions as _;
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

use super::address::Address;
use super::{Database, Place, Pools};

/// How long a writer waits for another one.
const BUSY: Duration = Duration::from_secs(10);

/// How long a query waits for a connection.
const ACQUIRE: Duration = Duration::from_secs(30);

/// Connections that read an SQLite file beside the one that writes.
const READERS: u32 = 4;

/// Connections to PostgreSQL.
const SERVER: u32 = 16;

pub(super) async fn open(given: &str) -> Result<Database, StoreError> {
    match Address::read(given)? {
        Address::File(path) => file(&path).await,
        Address::Server(options, place) => {
            let pool = PgPoolOptions::new()
                .max_connections(SERVER)
                .acquire_timeout(ACQUIRE)
                .connect_with(*options)
                .await
                .map_err(|e| place.failed(&e))?;
            Ok(Database::new(Pools::Postgres(pool), place))
        }
    }
}

pub(super) async fn file(path: &Path) -> Result<Database, StoreError> {
    let place = Place::new(path.display().to_string());
    let options = sqlite()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal);
    let writer = pool(1)
        .connect_with(options.clone())
        .await
        .map_err(|e| place.failed(&e))?;
    // Made when they are needed, so that a command that only writes opens one connection.
    let readers: SqlitePool = pool(READERS).connect_lazy_with(options.pragma("query_only", "ON"));
    Ok(Database::new(Pools::Sqlite { writer, readers }, place))
}

pub(super) async fn in_memory() -> Result<Database, StoreError> {
    let place = Place::new("in memory");
    let writer = pool(1)
        .connect_with(sqlite().in_memory(true))
        .await
        .map_err(|e| place.failed(&e))?;
    let readers = writer.clone();
    Ok(Database::new(Pools::Sqlite { writer, readers }, place))
}

fn sqlite() -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        // What was acknowledged survives a power cut, not only a crash.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .statement_cache_capacity(128)
        // Texts of queries belong in no log, and neither do their values.
        .disable_statement_logging()
}

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE)
        // A connection to a file does not break by itself.
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
}
