//! Rows that come back, and their columns as values.

use gw_core::{Digest, Time};
use gw_flow::store::StoreError;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Postgres, Row as _, Sqlite, TypeInfo as _, ValueRef as _};

use super::value::Value;

/// A row of a result.
pub struct Row(pub(super) Source);

/// Where a row came from.
pub(super) enum Source {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// What a column can be read as.
pub trait Column: Sized {
    /// Reads the column at `index`, counted from 0.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if it is something else, or NULL without an `Option`.
    fn read(row: &Row, index: usize) -> Result<Self, StoreError>;
}

impl Row {
    /// The column at `index`, counted from 0.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if there is none, it is of another type, or NULL without an
    /// `Option`.
    pub fn get<T: Column>(&self, index: usize) -> Result<T, StoreError> {
        T::read(self, index)
    }

    /// How many columns it has.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.0 {
            Source::Sqlite(row) => row.len(),
            Source::Postgres(row) => row.len(),
        }
    }

    /// Whether it has no column.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All its columns as they are.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if one is neither a number nor text nor bytes.
    pub fn values(&self) -> Result<Vec<Value>, StoreError> {
        (0..self.len()).map(|index| self.value(index)).collect()
    }

    fn value(&self, index: usize) -> Result<Value, StoreError> {
        if self.is_null(index)? {
            return Ok(Value::Null);
        }
        let kind = match &self.0 {
            Source::Sqlite(row) => row
                .try_get_raw(index)
                .map(|value| value.type_info().name().to_owned()),
            Source::Postgres(row) => row
                .try_get_raw(index)
                .map(|value| value.type_info().name().to_owned()),
        };
        match kind.map_err(corrupt)?.as_str() {
            "INTEGER" | "INT8" => self.get(index).map(Value::Int),
            "TEXT" => self.get(index).map(Value::Text),
            "BLOB" | "BYTEA" => self.get(index).map(Value::Bytes),
            other => Err(corrupt(format_args!("a column of type {other}"))),
        }
    }

    fn is_null(&self, index: usize) -> Result<bool, StoreError> {
        let null = match &self.0 {
            Source::Sqlite(row) => row.try_get_raw(index).map(|value| value.is_null()),
            Source::Postgres(row) => row.try_get_raw(index).map(|value| value.is_null()),
        };
        null.map_err(corrupt)
    }

    fn decode<'r, T>(&'r self, index: usize) -> Result<T, StoreError>
    where
        T: sqlx::Decode<'r, Sqlite> + sqlx::Type<Sqlite>,
        T: sqlx::Decode<'r, Postgres> + sqlx::Type<Postgres>,
    {
        if self.is_null(index)? {
            return Err(corrupt(format_args!("column {index} is NULL")));
        }
        match &self.0 {
            Source::Sqlite(row) => row.try_get(index),
            Source::Postgres(row) => row.try_get(index),
        }
        .map_err(corrupt)
    }
}

impl std::fmt::Debug for Row {
    /// Says how wide it is and not what it holds, which may be a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Row({} columns)", self.len())
    }
}

impl Column for i64 {
    fn read(row: &Row, index: usize) -> Result<Self, StoreError> {
        row.decode(index)
    }
}

impl Column for String {
    fn read(row: &Row, index: usize) -> Result<Self, StoreError> {
        row.decode(index)
    }
}

impl Column for Vec<u8> {
    fn read(row: &Row, index: usize) -> Result<Self, StoreError> {
        row.decode(index)
    }
}

impl Column for u32 {
    fn read(row: &Row, index: usize) -> Result<Self, StoreError> {
        Self::try_from(row.get::<i64>(index)?).map_err(corrupt)
    }
}

impl Column for u64 {
    fn read(row: &Row, index: usize) -> Result<Self, StoreError> {
        Self::try_from(row.get::<i64>(index)?).map_err(corrupt)
    }
}

impl Column for bool {
    fn read(row: &Row, index: usize) -> Result<Self, StoreError> {
        match row.get::<i64>(index)? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(corrupt(format_args!("expected 0 or 1, found {other}"))),
        }
    }
}

impl Column for [u8; 32] {
    fn read(row: &Row, index: usize) -> Result<Self, StoreError> {
        let bytes: Vec<u8> = row.get(index)?;
        let length = bytes.len();
        bytes
            .try_into()
            .map_err(|_| corrupt(format_args!("expected 32 bytes, found {length}")))
    }
}

impl Column for Digest {
    fn read(row: &Row, index: usize) -> Result<Self, StoreError> {
        row.get(index).map(Self::from_bytes)
    }
}

impl Column for Time {
    fn read(row: &Row, index: usize) -> Result<Self, StoreError> {
        Self::from_microsecond(row.get(index)?).map_err(corrupt)
    }
}

impl<T: Column> Column for Option<T> {
    fn read(row: &Row, index: usize) -> Result<Self, StoreError> {
        if row.is_null(index)? {
            return Ok(None);
        }
        row.get(index).map(Some)
    }
}

/// A row that is not what it should be.
pub(crate) fn corrupt(error: impl std::fmt::Display) -> StoreError {
    StoreError::Corrupt(error.to_string())
}
