use std::collections::BTreeMap;
use std::path::Path;

use gw_core::parse_time;

use super::Provenance;

/// The table in a `SOURCES.md`: a row for each file, by the names in its head (`file`, `from`,
/// `as of`, `licence`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Table {
    rows: BTreeMap<String, Provenance>,
}

impl Table {
    /// The table in a folder, or in the folder of a file; empty if there is none.
    pub(super) fn beside(path: &Path) -> Self {
        const LIMIT: u64 = 1 << 20;
        let folder = if path.is_dir() {
            Some(path)
        } else {
            path.parent()
        };
        let Some(file) = folder.map(|folder| folder.join("SOURCES.md")) else {
            return Self::default();
        };
        match std::fs::metadata(&file) {
            Ok(metadata) if metadata.is_file() && metadata.len() <= LIMIT => {}
            _ => return Self::default(),
        }
        std::fs::read_to_string(&file)
            .map(|text| Self::read(&text))
            .unwrap_or_default()
    }

    pub(super) fn read(text: &str) -> Self {
        let mut head: Vec<String> = Vec::new();
        let mut rows = BTreeMap::new();
        for line in text.lines() {
            let line = line.trim();
            let Some(cells) = line
                .strip_prefix('|')
                .and_then(|line| line.strip_suffix('|'))
            else {
                head.clear();
                continue;
            };
            let cells: Vec<&str> = cells.split('|').map(str::trim).collect();
            if head.is_empty() {
                head = cells.iter().map(|cell| cell.to_ascii_lowercase()).collect();
                continue;
            }
            let cell = |name: &str| {
                let at = head.iter().position(|cell| cell == name)?;
                cells.get(at).map(|cell| cell.replace('`', ""))
            };
            let Some(file) = cell("file").filter(|file| !file.is_empty() && !file.starts_with('-'))
            else {
                continue;
            };
            let provenance = Provenance {
                as_of: cell("as of").and_then(|date| parse_time(&date).ok()),
                source: cell("from").unwrap_or_default(),
                licence: cell("licence")
                    .or_else(|| cell("license"))
                    .unwrap_or_default(),
            };
            rows.insert(file, provenance);
        }
        Self { rows }
    }

    /// The row of a file, by the end of its path.
    pub(super) fn row(&self, path: &Path) -> Provenance {
        let found = self.rows.iter().find(|(file, _)| path.ends_with(file));
        found
            .map(|(_, provenance)| provenance.clone())
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_rows_by_the_names_of_columns() {
        let table = Table::read(
            "# Data\n\n| file | records | from | as of | licence |\n|---|---|---|---|---|\n\
             | `npm/all.zip` | 2 | somewhere | 2026-08-21 | CC0-1.0 |\n\n| other |\n|---|\n| x |\n",
        );
        let row = table.row(Path::new("/data/npm/all.zip"));
        assert_eq!(
            (row.source.as_str(), row.licence.as_str()),
            ("somewhere", "CC0-1.0")
        );
        assert_eq!(row.as_of, parse_time("2026-08-21").ok());
        assert_eq!(
            table.row(Path::new("/data/PyPI/all.zip")),
            Provenance::default()
        );
        assert_eq!(Table::read("").rows.len(), 0);
    }
}
