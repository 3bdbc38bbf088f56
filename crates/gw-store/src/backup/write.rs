//! Writing a backup.

use std::io::{BufWriter, Write};
use std::path::Path;

use gw_core::Hasher;
use tempfile::NamedTempFile;

use super::schema::{self, Table};
use super::{BackupError, DOMAIN, MAGIC, tag};
use crate::db::{Database, Sql, Transaction, Value};

/// Rows that are in memory at a time.
const PAGE: usize = 256;

/// Writes all that `database` holds at this moment to a new file at `path`, and returns how many
/// rows that are. Only its owner can read the file, and it is there once it is whole.
///
/// # Errors
/// [`BackupError::File`] if there is a file already or it cannot be written, [`BackupError::Store`]
/// if the database fails.
pub async fn backup(database: &Database, path: &Path) -> Result<u64, BackupError> {
    let failed = |error| BackupError::file(path, error);
    let mut snapshot = database.snapshot().await?;
    let numbers = "SELECT number FROM migration ORDER BY number";
    let numbers = snapshot.query(numbers).map(|row| row.get(0)).await?;
    let steps = schema::steps(&numbers).map_err(|found| BackupError::TooNew {
        path: path.to_owned(),
        found,
    })?;
    let mut records = Records::begin(path).map_err(failed)?;
    for number in numbers {
        let mut record = vec![tag::STEP];
        record.extend(number.to_be_bytes());
        records.write(&record).map_err(failed)?;
    }
    let mut count = 0;
    for table in schema::tables(&steps).await? {
        let mut record = vec![tag::TABLE];
        value(&mut record, &Value::Text(table.name.clone()));
        records.write(&record).map_err(failed)?;
        let mut last = None;
        loop {
            let page = page(&mut snapshot, &table, last.as_deref()).await?;
            for row in &page {
                let mut record = vec![tag::ROW];
                record.extend(u16::try_from(row.len()).unwrap_or(u16::MAX).to_be_bytes());
                row.iter().for_each(|column| value(&mut record, column));
                records.write(&record).map_err(failed)?;
                count += 1;
            }
            if page.len() < PAGE {
                break;
            }
            last = page.into_iter().last();
        }
    }
    records.end(path).map_err(failed)?;
    Ok(count)
}

/// Rows of a table in the order of its primary key, after `last`.
async fn page(
    snapshot: &mut Transaction,
    table: &Table,
    last: Option<&[Value]>,
) -> Result<Vec<Vec<Value>>, BackupError> {
    let key = table.key();
    let names: Vec<_> = key.iter().map(|(_, name)| *name).collect();
    let names = names.join(", ");
    let mut text = format!("SELECT {} FROM {}", table.list(), table.name);
    let mut values = Vec::new();
    if let Some(last) = last {
        let marks = vec!["?"; key.len()].join(", ");
        text += &format!(" WHERE ({names}) > ({marks})");
        let of_key = key.iter().filter_map(|(index, _)| last.get(*index));
        values.extend(of_key.cloned());
    }
    text += &format!(" ORDER BY {names} LIMIT {PAGE}");
    let query = snapshot.query(Sql::made(text, values));
    Ok(query.map(|row| row.values()).await?)
}

struct Records<W: Write> {
    zstd: zstd::stream::write::Encoder<'static, W>,
    hasher: Hasher,
}

impl Records<BufWriter<NamedTempFile>> {
    /// Begins a file beside `path`.
    fn begin(path: &Path) -> std::io::Result<Self> {
        if path.try_exists()? {
            let kind = std::io::ErrorKind::AlreadyExists;
            return Err(std::io::Error::new(kind, "it exists already"));
        }
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let mut file = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
        file.write_all(MAGIC)?;
        Ok(Self {
            zstd: zstd::stream::write::Encoder::new(BufWriter::new(file), 0)?,
            hasher: Hasher::new(DOMAIN),
        })
    }

    fn write(&mut self, record: &[u8]) -> std::io::Result<()> {
        self.hasher.field(record);
        self.zstd.write_all(record)
    }

    /// Ends the file, and gives it its name if no other has it by now.
    fn end(mut self, path: &Path) -> std::io::Result<()> {
        self.hasher.field(&[tag::END]);
        self.zstd.write_all(&[tag::END])?;
        let digest = self.hasher.finish();
        self.zstd.write_all(digest.as_bytes())?;
        let file = self.zstd.finish()?.into_inner();
        let file = file.map_err(std::io::IntoInnerError::into_error)?;
        file.as_file().sync_all()?;
        file.persist_noclobber(path).map_err(|e| e.error)?;
        Ok(())
    }
}

fn value(record: &mut Vec<u8>, value: &Value) {
    let (tag, bytes) = match value {
        Value::Null => return record.push(tag::NULL),
        Value::Int(number) => {
            record.push(tag::INT);
            return record.extend(number.to_be_bytes());
        }
        Value::Text(text) => (tag::TEXT, text.as_bytes()),
        Value::Bytes(bytes) => (tag::BYTES, bytes.as_slice()),
    };
    record.push(tag);
    // No column of either database holds 4 GiB.
    record.extend(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
    record.extend(bytes);
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A file that has steps and no rows.
    pub(in crate::backup) fn only_steps(path: &Path, numbers: &[i64]) {
        let mut records = Records::begin(path).unwrap();
        for number in numbers {
            let mut record = vec![tag::STEP];
            record.extend(number.to_be_bytes());
            records.write(&record).unwrap();
        }
        records.end(path).unwrap();
    }
}
