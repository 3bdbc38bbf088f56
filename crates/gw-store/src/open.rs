use std::path::Path;
use std::time::Duration;

use gw_flow::store::StoreError;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

/// How the tables came to be, step by step; never changed, only added to.
const MIGRATIONS: &[&str] = &[include_str!("migrations/0001_kernel.sql")];

/// How long a writer waits for another one.
const BUSY: Duration = Duration::from_secs(10);

/// The store in an SQLite database.
#[derive(Debug, Clone)]
pub struct SqlStore {
    pub(crate) pool: SqlitePool,
    place: String,
}

impl SqlStore {
    /// Opens the database at `path`, makes it if it is not there, and brings its tables up to
    /// date.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if it cannot be opened or written, [`StoreError::TooNew`] if a
    /// newer program wrote it.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true);
        Self::with(options, path.display().to_string()).await
    }

    /// A store in memory that ends with the process, where no folder can be written.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if memory runs out.
    pub async fn in_memory() -> Result<Self, StoreError> {
        Self::with(
            SqliteConnectOptions::new().in_memory(true),
            "in memory".to_owned(),
        )
        .await
    }

    async fn with(options: SqliteConnectOptions, place: String) -> Result<Self, StoreError> {
        let options = options
            .journal_mode(SqliteJournalMode::Wal)
            // What was acknowledged survives a power cut, not only a crash.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY)
            .statement_cache_capacity(64);
        let pool = SqlitePoolOptions::new()
            // One connection: the command line has one caller, and memory databases only have one.
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options)
            .await
            .map_err(|e| unavailable(&place, &e))?;
        let store = Self { pool, place };
        store.migrate().await?;
        Ok(store)
    }

    /// Closes the database when everything under way is done.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    pub(crate) fn failed(&self, error: &sqlx::Error) -> StoreError {
        unavailable(&self.place, error)
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        let failed = |e: sqlx::Error| self.failed(&e);
        let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
        let version = "PRAGMA user_version";
        let found: i64 = sqlx::query_scalar(version)
            .fetch_one(&self.pool)
            .await
            .map_err(failed)?;
        if found == known {
            return Ok(());
        }
        // Another process may migrate at the same moment: look again inside the transaction.
        let mut transaction = self
            .pool
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(failed)?;
        let found: i64 = sqlx::query_scalar(version)
            .fetch_one(&mut *transaction)
            .await
            .map_err(failed)?;
        if found > known {
            return Err(StoreError::TooNew { found, known });
        }
        let done = usize::try_from(found).unwrap_or(0);
        for migration in MIGRATIONS.iter().skip(done) {
            sqlx::raw_sql(*migration)
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
        }
        let stamp = sqlx::AssertSqlSafe(format!("PRAGMA user_version = {known}"));
        sqlx::raw_sql(stamp)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }
}

fn unavailable(place: &str, error: &sqlx::Error) -> StoreError {
    StoreError::Unavailable {
        place: place.to_owned(),
        detail: error.to_string(),
    }
}
