//! Rows to values and back.

use gw_core::{Asset, FactKey, Version};
use gw_flow::store::{DecisionRow, StoreError, StoredStatement};

pub(crate) use crate::db::corrupt;
use crate::db::{Column, Row};

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

pub(crate) fn statement(row: &Row) -> Result<StoredStatement, StoreError> {
    Ok(StoredStatement {
        id: row.get(0)?,
        envelope: row.get(1)?,
        salt: row.get(2)?,
        predicate_type: row.get(3)?,
        asset: row
            .get::<Option<String>>(4)?
            .map(|text| text.parse().map_err(corrupt))
            .transpose()?,
        signers: serde_json::from_str(&row.get::<String>(5)?).map_err(corrupt)?,
        issued_at: row.get(6)?,
        expires_at: row.get(7)?,
        received_at: row.get(8)?,
    })
}

pub(crate) fn decision(row: &Row) -> Result<DecisionRow, StoreError> {
    Ok(DecisionRow {
        id: row.get(0)?,
        gate: parsed(row, 1)?,
        asset: parsed(row, 2)?,
        place: row.get::<String>(3)?.into(),
        subject: row.get(4)?,
        outcome: serde_json::from_value(row.get::<String>(5)?.into()).map_err(corrupt)?,
        time: row.get(6)?,
        not_after: row.get(7)?,
        context: row.get(8)?,
    })
}

pub(crate) fn asset(row: &Row, column: usize) -> Result<Asset, StoreError> {
    parsed(row, column)
}

pub(crate) fn key(row: &Row, column: usize) -> Result<FactKey, StoreError> {
    parsed(row, column)
}

impl Column for Version {
    fn read(row: &Row, index: usize) -> Result<Self, StoreError> {
        row.get(index).map(Self::from_digest)
    }
}

/// A text that is read as something else.
pub(crate) fn parsed<T>(row: &Row, column: usize) -> Result<T, StoreError>
where
    T: std::str::FromStr<Err: std::fmt::Display>,
{
    row.get::<String>(column)?.parse().map_err(corrupt)
}
