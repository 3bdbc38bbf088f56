//! Many rows in few statements.

use gw_flow::store::StoreError;

use super::row::corrupt;
use super::sql::{Both, Sql};
use super::value::Value;
use super::{Database, Transaction};

/// Where the rows go in the text; at its end if it does not say.
const ROWS: &str = "{rows}";

/// Values in one statement: SQLite takes 32,766 and PostgreSQL 65,535, but long texts are slow to
/// read.
const VALUES: usize = 4096;

impl Database {
    /// Inserts many rows of `columns` values each, in one transaction, and returns how many were.
    ///
    /// `sql` is `INSERT INTO t (a, b) VALUES {rows} ON CONFLICT DO NOTHING`; without `{rows}` they
    /// come at its end.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database cannot do it, [`StoreError::Corrupt`] if a row
    /// has another number of values.
    pub async fn insert_many(
        &self,
        sql: impl Into<Both>,
        columns: usize,
        rows: Vec<Vec<Value>>,
    ) -> Result<u64, StoreError> {
        let mut transaction = self.begin().await?;
        let done = insert(&mut transaction, sql.into(), columns, rows).await?;
        transaction.commit().await?;
        Ok(done)
    }
}

pub(super) async fn insert(
    transaction: &mut Transaction,
    sql: Both,
    columns: usize,
    rows: Vec<Vec<Value>>,
) -> Result<u64, StoreError> {
    let (before, after) = around(sql);
    let most = (VALUES / columns.max(1)).max(1);
    let mut rows = rows.into_iter();
    let mut done = 0;
    loop {
        let mut values = Vec::new();
        let mut count = 0;
        for row in rows.by_ref().take(most) {
            if row.len() != columns {
                let found = row.len();
                return Err(corrupt(format_args!(
                    "a row of {found} values for {columns} columns"
                )));
            }
            values.extend(row);
            count += 1;
        }
        if count == 0 {
            return Ok(done);
        }
        let mut sql = Sql::new(before).rows(count, columns).part(after);
        sql.values = values;
        done += transaction.query(sql).run().await?;
    }
}

/// The text before the rows and after them.
fn around(sql: Both) -> (Both, Both) {
    let (sqlite, sqlite_after) = sql.sqlite.split_once(ROWS).unwrap_or((sql.sqlite, ""));
    let (postgres, postgres_after) = sql.postgres.split_once(ROWS).unwrap_or((sql.postgres, ""));
    let before = Both { sqlite, postgres };
    let after = Both {
        sqlite: sqlite_after,
        postgres: postgres_after,
    };
    (before, after)
}
