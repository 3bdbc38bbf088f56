//! CISA's catalogue of known exploited vulnerabilities
//! (<https://www.cisa.gov/known-exploited-vulnerabilities-catalog>).

use gw_core::{Time, parse_time};
use serde::Deserialize;

/// The most entries that are read; the catalogue grows by about two hundred a year.
const MOST: usize = 1_000_000;

/// The catalogue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// When it was released, if it says so.
    pub released: Option<Time>,
    /// The CVE ids, in order, each once.
    pub cves: Vec<String>,
}

/// Why the catalogue cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a catalogue of known exploited vulnerabilities: {0}")]
pub struct CatalogueError(String);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    #[serde(default)]
    date_released: Option<String>,
    #[serde(default)]
    catalog_version: Option<String>,
    vulnerabilities: Vec<RawEntry>,
}

#[derive(Deserialize)]
struct RawEntry {
    #[serde(rename = "cveID")]
    cve: String,
}

/// Reads the catalogue's JSON.
///
/// # Errors
/// [`CatalogueError`] if it is not that, or lists nothing.
pub fn parse(json: &[u8]) -> Result<Catalogue, CatalogueError> {
    let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
    let raw: Raw =
        serde_json::from_slice(json).map_err(|error| CatalogueError(error.to_string()))?;
    if raw.vulnerabilities.is_empty() || raw.vulnerabilities.len() > MOST {
        let count = raw.vulnerabilities.len();
        return Err(CatalogueError(format!("it has {count} vulnerabilities")));
    }
    let version = raw.catalog_version.map(|version| version.replace('.', "-"));
    let mut cves: Vec<String> = raw
        .vulnerabilities
        .into_iter()
        .map(|entry| entry.cve.trim().to_owned())
        .filter(|cve| cve.starts_with("CVE-") && cve.len() <= 32)
        .collect();
    cves.sort_unstable();
    cves.dedup();
    Ok(Catalogue {
        released: [raw.date_released, version]
            .into_iter()
            .flatten()
            .find_map(|time| parse_time(&time).ok()),
        cves,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_ids_and_the_date() {
        let json = br#"{"title": "x", "catalogVersion": "2025.08.25", "dateReleased":
            "2025-08-25T17:04:19.9796Z", "count": 3, "vulnerabilities": [
            {"cveID": "CVE-2025-2", "product": "b"}, {"cveID": "CVE-2021-1"}, {"cveID": "CVE-2021-1"},
            {"cveID": "other"}]}"#;
        let catalogue = parse(json).unwrap();
        assert_eq!(catalogue.cves, ["CVE-2021-1", "CVE-2025-2"]);
        assert_eq!(
            catalogue.released.unwrap().to_string(),
            "2025-08-25T17:04:19.9796Z"
        );
        let json =
            br#"{"catalogVersion": "2025.08.25", "vulnerabilities": [{"cveID": "CVE-1-1"}]}"#;
        assert_eq!(parse(json).unwrap().released, parse_time("2025-08-25").ok());
    }

    #[test]
    fn rejects_other_json() {
        for bad in [
            "",
            "{}",
            "[]",
            r#"{"vulnerabilities": []}"#,
            r#"{"vulnerabilities": [1]}"#,
        ] {
            assert!(parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
