//! Which tables there are, from the steps that made them.

use gw_flow::store::StoreError;

use crate::db::{Database, Migration};
use crate::migrations::MIGRATIONS;

/// A table.
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
}

/// A column of a table.
pub(super) struct Column {
    pub(super) name: String,
    /// Its place in the primary key, from 1; 0 if it has none.
    pub(super) key: i64,
}

impl Table {
    /// Its columns with commas.
    pub(super) fn list(&self) -> String {
        let names: Vec<_> = self.columns.iter().map(|c| c.name.as_str()).collect();
        names.join(", ")
    }

    /// The indexes and names of the columns of its primary key, in order.
    pub(super) fn key(&self) -> Vec<(usize, &str)> {
        let mut key: Vec<_> = self
            .columns
            .iter()
            .enumerate()
            .filter(|(_, column)| column.key > 0)
            .collect();
        key.sort_by_key(|(_, column)| column.key);
        key.into_iter()
            .map(|(index, column)| (index, column.name.as_str()))
            .collect()
    }
}

/// Those steps of this program that `numbers` has; the first number that it does not know if there
/// is one.
pub(super) fn steps(numbers: &[i64]) -> Result<Vec<Migration>, i64> {
    let step = |number: &i64| {
        let step = MIGRATIONS.iter().find(|step| step.number == *number);
        step.copied().ok_or(*number)
    };
    numbers.iter().map(step).collect()
}

/// The tables that these steps make, in an order in which rows can be inserted.
pub(super) async fn tables(steps: &[Migration]) -> Result<Vec<Table>, StoreError> {
    let model = Database::in_memory().await?;
    model.migrate_with(steps).await?;
    let columns = "SELECT m.name, c.name, c.pk FROM sqlite_master m \
                   JOIN pragma_table_info(m.name) c WHERE m.type = 'table' \
                   AND m.name NOT LIKE 'sqlite_%' AND m.name <> 'migration' \
                   ORDER BY m.rowid, c.cid";
    let mut tables: Vec<Table> = Vec::new();
    for row in model.query(columns).all().await? {
        let (table, column) = (
            row.get::<String>(0)?,
            Column {
                name: row.get(1)?,
                key: row.get(2)?,
            },
        );
        match tables.last_mut().filter(|last| last.name == table) {
            Some(last) => last.columns.push(column),
            None => tables.push(Table {
                name: table,
                columns: vec![column],
            }),
        }
    }
    model.close().await;
    Ok(tables)
}
