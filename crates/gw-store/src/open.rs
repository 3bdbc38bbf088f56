use std::path::Path;

use gw_flow::store::StoreError;

use crate::db::Database;

/// The store in an SQL database.
#[derive(Debug, Clone)]
pub struct SqlStore {
    pub(crate) database: Database,
}

impl SqlStore {
    /// Opens the SQLite database at `path`, makes it if it is not there, and brings its tables up
    /// to date.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if it cannot be opened or written, [`StoreError::TooNew`] if a
    /// newer program wrote it.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        Self::on(Database::file(path).await?).await
    }

    /// The store in `database`, whose tables are brought up to date.
    ///
    /// # Errors
    /// As [`Database::migrate`].
    pub async fn on(database: Database) -> Result<Self, StoreError> {
        database.migrate().await?;
        Ok(Self { database })
    }

    /// A store in memory that ends with the process, where no folder can be written.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if memory runs out.
    pub async fn in_memory() -> Result<Self, StoreError> {
        Self::on(Database::in_memory().await?).await
    }

    /// The database it is in.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Closes the database when everything under way is done.
    pub async fn close(&self) {
        self.database.close().await;
    }
}
