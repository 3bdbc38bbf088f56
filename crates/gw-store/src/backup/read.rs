//! Reading a backup.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use gw_core::Hasher;

use super::schema::{self, Table};
use super::{BackupError, DOMAIN, LONGEST, MAGIC, tag};
use crate::db::{Backend, Both, Database, Sql, Transaction, Value};

/// Rows that are inserted at a time.
const PAGE: usize = 128;

/// Fills the empty `database` with what is in the file at `path`, brings its tables up to date, and
/// returns how many rows that were. The whole file is checked before anything is written.
///
/// # Errors
/// [`BackupError::NotEmpty`] if there are tables already, [`BackupError::Damaged`] and
/// [`BackupError::TooNew`] if the file is not what this program can read, [`BackupError::File`] and
/// [`BackupError::Store`] if file or database fail.
pub async fn restore(database: &Database, path: &Path) -> Result<u64, BackupError> {
    check(path)?;
    let there = Both {
        sqlite: "SELECT count(*) FROM sqlite_master",
        postgres: "SELECT count(*) FROM pg_class WHERE relkind = 'r' \
                   AND relnamespace = CAST(current_schema() AS regnamespace)",
    };
    if database.query(there).scalar::<i64>().await? != Some(0) {
        return Err(BackupError::NotEmpty);
    }
    let mut records = Records::open(path)?;
    let mut numbers = Vec::new();
    let mut record = records.next()?;
    while let Record::Step(number) = record {
        numbers.push(number);
        record = records.next()?;
    }
    let steps = schema::steps(&numbers).map_err(|found| BackupError::TooNew {
        path: path.to_owned(),
        found,
    })?;
    let tables = schema::tables(&steps).await?;
    database.migrate_with(&steps).await?;
    let mut transaction = database.begin().await?;
    // What a step put there is in the file as well.
    for table in tables.iter().rev() {
        let delete = Sql::made(format!("DELETE FROM {}", table.name), Vec::new());
        transaction.query(delete).run().await?;
    }
    let mut filling = Filling {
        transaction,
        table: None,
        rows: Vec::new(),
        count: 0,
    };
    loop {
        match record {
            Record::End => break,
            Record::Step(_) => return Err(records.damaged("a step after a table")),
            Record::Table(name) => {
                filling.flush().await?;
                let table = tables.iter().find(|table| table.name == name);
                let table = table.ok_or_else(|| records.damaged("an unknown table"))?;
                filling.table = Some(table);
            }
            Record::Row(row) => {
                let width = filling.table.map(|table| table.columns.len());
                if width != Some(row.len()) {
                    return Err(records.damaged("a row of another width"));
                }
                filling.rows.push(row);
                if filling.rows.len() == PAGE {
                    filling.flush().await?;
                }
            }
        }
        record = records.next()?;
    }
    filling.flush().await?;
    if filling.transaction.backend() == Backend::Postgres {
        for table in &tables {
            filling.continue_numbers(table).await?;
        }
    }
    filling.transaction.commit().await?;
    database.migrate().await?;
    Ok(filling.count)
}

struct Filling<'t> {
    transaction: Transaction,
    table: Option<&'t Table>,
    rows: Vec<Vec<Value>>,
    count: u64,
}

impl Filling<'_> {
    async fn flush(&mut self) -> Result<(), BackupError> {
        let rows = std::mem::take(&mut self.rows);
        let Some(table) = self.table.filter(|_| !rows.is_empty()) else {
            return Ok(());
        };
        let marks = format!("({})", vec!["?"; table.columns.len()].join(", "));
        let marks = vec![marks; rows.len()].join(", ");
        let (name, list) = (&table.name, table.list());
        let text = format!("INSERT INTO {name} ({list}) VALUES {marks}");
        let insert = Sql::made(text, rows.into_iter().flatten().collect());
        self.count += self.transaction.query(insert).run().await?;
        Ok(())
    }

    /// Numbers that PostgreSQL gives go on after those that are there.
    async fn continue_numbers(&mut self, table: &Table) -> Result<(), BackupError> {
        let key = table.key();
        let [(_, column)] = key.as_slice() else {
            return Ok(());
        };
        let column = (*column).to_owned();
        let name = &table.name;
        let text = format!(
            "SELECT setval(pg_get_serial_sequence('{name}', '{column}'), \
             CAST((SELECT max({column}) FROM {name}) AS BIGINT)) \
             WHERE pg_get_serial_sequence('{name}', '{column}') IS NOT NULL \
             AND EXISTS (SELECT 1 FROM {name})"
        );
        let numbered = "SELECT count(*) FROM information_schema.columns WHERE is_identity = 'YES' \
                        AND table_schema = current_schema() AND table_name = ? AND column_name = ?";
        let numbered = self.transaction.query(numbered);
        let numbered = numbered.bind(name).bind(&column).scalar::<i64>().await?;
        if numbered == Some(1) {
            let query = self.transaction.query(Sql::made(text, Vec::new()));
            query.one().await?;
        }
        Ok(())
    }
}

/// Reads the whole file and compares its digest.
pub(super) fn check(path: &Path) -> Result<(), BackupError> {
    let mut records = Records::open(path)?;
    while !matches!(records.next()?, Record::End) {}
    Ok(())
}

enum Record {
    Step(i64),
    Table(String),
    Row(Vec<Value>),
    /// The end, whose digest is right.
    End,
}

struct Records<'p> {
    zstd: zstd::stream::read::Decoder<'static, BufReader<File>>,
    hasher: Hasher,
    /// The bytes of the record that is being read.
    record: Vec<u8>,
    path: &'p Path,
}

impl<'p> Records<'p> {
    fn open(path: &'p Path) -> Result<Self, BackupError> {
        let failed = |error| BackupError::file(path, error);
        let mut file = BufReader::new(File::open(path).map_err(failed)?);
        let mut magic = [0; MAGIC.len()];
        let read = file.read_exact(&mut magic);
        if read.is_err() || magic != *MAGIC {
            return Err(BackupError::damaged(path, "it does not begin as one"));
        }
        let mut zstd = zstd::stream::read::Decoder::with_buffer(file).map_err(failed)?;
        // What the writer's level needs, and not the gigabytes that a file could ask for.
        zstd.window_log_max(27).map_err(failed)?;
        Ok(Self {
            zstd,
            hasher: Hasher::new(DOMAIN),
            record: Vec::new(),
            path,
        })
    }

    fn next(&mut self) -> Result<Record, BackupError> {
        self.record.clear();
        let [kind] = self.take()?;
        let record = match kind {
            tag::STEP => Record::Step(i64::from_be_bytes(self.take()?)),
            tag::TABLE => match self.value()? {
                Value::Text(name) => Record::Table(name),
                _ => return Err(self.damaged("a table without a name")),
            },
            tag::ROW => {
                let count = u16::from_be_bytes(self.take()?);
                let mut row = Vec::new();
                for _ in 0..count {
                    row.push(self.value()?);
                }
                Record::Row(row)
            }
            tag::END => Record::End,
            other => return Err(self.damaged(format_args!("a record of kind {other}"))),
        };
        self.hasher.field(&self.record);
        if let Record::End = record {
            let hasher = std::mem::replace(&mut self.hasher, Hasher::new(DOMAIN));
            let digest: [u8; 32] = self.take()?;
            if hasher.finish().as_bytes() != &digest {
                return Err(self.damaged("its digest is another"));
            }
            if self.zstd.read(&mut [0]).map_err(|e| self.damaged(e))? != 0 {
                return Err(self.damaged("more after its end"));
            }
        }
        Ok(record)
    }

    fn value(&mut self) -> Result<Value, BackupError> {
        let [kind] = self.take()?;
        match kind {
            tag::NULL => Ok(Value::Null),
            tag::INT => Ok(Value::Int(i64::from_be_bytes(self.take()?))),
            tag::TEXT => {
                let text = String::from_utf8(self.bytes()?);
                text.map(Value::Text).map_err(|e| self.damaged(e))
            }
            tag::BYTES => Ok(Value::Bytes(self.bytes()?)),
            other => Err(self.damaged(format_args!("a value of kind {other}"))),
        }
    }

    fn bytes(&mut self) -> Result<Vec<u8>, BackupError> {
        let length = u32::from_be_bytes(self.take()?);
        if length > LONGEST {
            return Err(self.damaged(format_args!("a value of {length} bytes")));
        }
        let mut bytes = Vec::new();
        let mut some = (&mut self.zstd).take(length.into());
        let read = some.read_to_end(&mut bytes);
        match read {
            Ok(read) if u32::try_from(read) == Ok(length) => {}
            Ok(_) => return Err(self.damaged("it ends too early")),
            Err(error) => return Err(self.damaged(error)),
        }
        self.record.extend(&bytes);
        Ok(bytes)
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], BackupError> {
        let mut bytes = [0; N];
        let read = self.zstd.read_exact(&mut bytes);
        read.map_err(|error| self.damaged(error))?;
        self.record.extend(bytes);
        Ok(bytes)
    }

    fn damaged(&self, detail: impl std::fmt::Display) -> BackupError {
        BackupError::damaged(self.path, detail)
    }
}
