//! Rows to values and back.

use gw_core::{Asset, Digest, FactKey, Time, Version};
use gw_flow::store::{DecisionRow, StoreError, StoredStatement};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

/// The columns of [`statement`], in its order.
macro_rules! statement_columns {
    () => {
        "s.id, s.envelope, s.salt, s.predicate_type, s.asset, s.signers, s.issued_at, \
         s.expires_at, s.received_at"
    };
}
/// The columns of [`decision`], in its order.
macro_rules! decision_columns {
    () => {
        "d.id, d.gate, d.asset, d.place, d.subject, d.outcome, d.made_at, d.not_after, d.context"
    };
}
pub(crate) use {decision_columns, statement_columns};

pub(crate) fn statement(row: &SqliteRow) -> Result<StoredStatement, StoreError> {
    Ok(StoredStatement {
        id: digest(row, 0)?,
        envelope: get(row, 1)?,
        salt: bytes(row, 2)?,
        predicate_type: get(row, 3)?,
        asset: get::<Option<String>>(row, 4)?
            .map(|text| text.parse().map_err(corrupt))
            .transpose()?,
        signers: serde_json::from_str(&get::<String>(row, 5)?).map_err(corrupt)?,
        issued_at: time(get(row, 6)?)?,
        expires_at: get::<Option<i64>>(row, 7)?.map(time).transpose()?,
        received_at: time(get(row, 8)?)?,
    })
}

pub(crate) fn decision(row: &SqliteRow) -> Result<DecisionRow, StoreError> {
    Ok(DecisionRow {
        id: digest(row, 0)?,
        gate: get::<String>(row, 1)?.parse().map_err(corrupt)?,
        asset: asset(row, 2)?,
        place: get::<String>(row, 3)?.into(),
        subject: digest(row, 4)?,
        outcome: serde_json::from_value(get::<String>(row, 5)?.into()).map_err(corrupt)?,
        time: time(get(row, 6)?)?,
        not_after: get::<Option<i64>>(row, 7)?.map(time).transpose()?,
        context: digest(row, 8)?,
    })
}

pub(crate) fn asset(row: &SqliteRow, column: usize) -> Result<Asset, StoreError> {
    get::<String>(row, column)?.parse().map_err(corrupt)
}

pub(crate) fn key(row: &SqliteRow, column: usize) -> Result<FactKey, StoreError> {
    get::<String>(row, column)?.parse().map_err(corrupt)
}

pub(crate) fn version(row: &SqliteRow, column: usize) -> Result<Version, StoreError> {
    digest(row, column).map(Version::from_digest)
}

pub(crate) fn digest(row: &SqliteRow, column: usize) -> Result<Digest, StoreError> {
    bytes(row, column).map(Digest::from_bytes)
}

pub(crate) fn time(micros: i64) -> Result<Time, StoreError> {
    Time::from_microsecond(micros).map_err(corrupt)
}

pub(crate) fn get<'r, T>(row: &'r SqliteRow, column: usize) -> Result<T, StoreError>
where
    T: sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
{
    row.try_get(column).map_err(corrupt)
}

pub(crate) fn corrupt(error: impl std::fmt::Display) -> StoreError {
    StoreError::Corrupt(error.to_string())
}

fn bytes(row: &SqliteRow, column: usize) -> Result<[u8; 32], StoreError> {
    get::<Vec<u8>>(row, column)?
        .try_into()
        .map_err(|_| corrupt("expected 32 bytes"))
}
