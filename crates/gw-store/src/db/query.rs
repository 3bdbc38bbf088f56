//! Running a query, in a transaction or outside of one.

use gw_flow::store::StoreError;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgArguments, PgTypeInfo};
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, AssertSqlSafe, Encode, Postgres, Sqlite, Type};

use super::row::{Column, Row, Source};
use super::sql::Sql;
use super::transaction::{Open, Transaction};
use super::value::Value;
use super::{Database, Pools};

/// A query with its values, ready to be run.
#[must_use]
pub struct Query<'q> {
    target: Target<'q>,
    sql: Sql,
}

/// Where a query runs.
pub(super) enum Target<'q> {
    Database(&'q Database),
    Transaction(&'q mut Transaction),
}

/// Runs `$method` on whatever connection there is and turns what comes back.
macro_rules! run {
    ($query:ident, $method:ident, $sqlite:expr, $postgres:expr) => {{
        let Query { target, sql } = $query;
        let place = match &target {
            Target::Database(database) => database.place(),
            Target::Transaction(transaction) => transaction.place(),
        };
        let failed = |error: sqlx::Error| place.failed(&error);
        let reads = sql.reads();
        match target {
            Target::Database(database) => match &database.inner.pools {
                Pools::Sqlite { writer, readers } => {
                    let pool = if reads { readers } else { writer };
                    let done = prepare!(Sqlite, sql, failed).$method(pool).await;
                    done.map($sqlite).map_err(failed)
                }
                Pools::Postgres(pool) => {
                    let done = prepare!(Postgres, sql, failed).$method(pool).await;
                    done.map($postgres).map_err(failed)
                }
            },
            Target::Transaction(transaction) => match &mut transaction.open {
                Open::Sqlite(open) => {
                    let done = prepare!(Sqlite, sql, failed).$method(&mut **open).await;
                    done.map($sqlite).map_err(failed)
                }
                Open::Postgres(open) => {
                    let done = prepare!(Postgres, sql, failed).$method(&mut **open).await;
                    done.map($postgres).map_err(failed)
                }
            },
        }
    }};
}

macro_rules! prepare {
    ($backend:ident, $sql:ident, $failed:ident) => {{
        let (text, few) = $sql.text(super::Backend::$backend);
        let values = arguments::<$backend>($sql.values).map_err($failed)?;
        // The text is made of the program's own parts alone; see `Sql`.
        sqlx::query_with(AssertSqlSafe(text), values).persistent(few)
    }};
}

impl<'q> Query<'q> {
    pub(super) fn new(target: Target<'q>, sql: Sql) -> Self {
        Self { target, sql }
    }

    /// The value of the next placeholder.
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.sql = self.sql.bind(value);
        self
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database cannot do it.
    pub async fn one(self) -> Result<Option<Row>, StoreError> {
        run!(
            self,
            fetch_optional,
            |row| row.map(|row| Row(Source::Sqlite(row))),
            |row| row.map(|row| Row(Source::Postgres(row)))
        )
    }

    /// All rows.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database cannot do it.
    pub async fn all(self) -> Result<Vec<Row>, StoreError> {
        run!(
            self,
            fetch_all,
            |rows| rows
                .into_iter()
                .map(|row| Row(Source::Sqlite(row)))
                .collect(),
            |rows| rows
                .into_iter()
                .map(|row| Row(Source::Postgres(row)))
                .collect()
        )
    }

    /// Every row through `read`.
    ///
    /// # Errors
    /// As [`Query::all`], and what `read` says.
    pub async fn map<T>(
        self,
        read: impl Fn(&Row) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        self.all().await?.iter().map(read).collect()
    }

    /// The first column of the first row, if there is a row.
    ///
    /// # Errors
    /// As [`Query::one`]; [`StoreError::Corrupt`] if the column is something else.
    pub async fn scalar<T: Column>(self) -> Result<Option<T>, StoreError> {
        self.one().await?.map(|row| row.get(0)).transpose()
    }

    /// Runs it and returns how many rows it has changed.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database cannot do it.
    pub async fn run(self) -> Result<u64, StoreError> {
        run!(self, execute, |done| done.rows_affected(), |done| done
            .rows_affected())
    }
}

/// Values as a backend takes them.
trait Values: Sized {
    type Arguments: Arguments + Default;
    fn add(arguments: &mut Self::Arguments, value: Value) -> Result<(), BoxDynError>;
}

fn arguments<B: Values>(values: Vec<Value>) -> Result<B::Arguments, sqlx::Error> {
    let mut arguments = B::Arguments::default();
    for value in values {
        B::add(&mut arguments, value).map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

impl Values for Sqlite {
    type Arguments = SqliteArguments;

    fn add(arguments: &mut SqliteArguments, value: Value) -> Result<(), BoxDynError> {
        match value {
            Value::Null => arguments.add(None::<i64>),
            Value::Int(number) => arguments.add(number),
            Value::Text(text) => arguments.add(text),
            Value::Bytes(bytes) => arguments.add(bytes),
        }
    }
}

impl Values for Postgres {
    type Arguments = PgArguments;

    fn add(arguments: &mut PgArguments, value: Value) -> Result<(), BoxDynError> {
        match value {
            Value::Null => arguments.add(Nothing),
            Value::Int(number) => arguments.add(number),
            Value::Text(text) => arguments.add(text),
            Value::Bytes(bytes) => arguments.add(bytes),
        }
    }
}

/// NULL of the type that its place asks for, which the server finds out.
struct Nothing;

impl Type<Postgres> for Nothing {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(0))
    }
}

impl Encode<'_, Postgres> for Nothing {
    fn encode_by_ref(&self, _: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        Ok(IsNull::Yes)
    }
}
