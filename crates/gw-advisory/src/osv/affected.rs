//! What a record affects.

use gw_package::Ecosystem;
use serde_json::Value;

use super::{pairs, raw, severity};
use crate::evaluate;
use crate::record::{Affected, Event, EventKind, Import, Range, RangeType, RecordKind};

/// The affected packages of a record, sorted by ecosystem and name. Entries without a package (git
/// ranges only) say nothing of packages and are left out.
pub(super) fn all(raw: &raw::Record, notes: &mut Vec<String>) -> Vec<Affected> {
    let mut all: Vec<Affected> = raw
        .affected
        .iter()
        .filter_map(|affected| one(raw, affected, notes))
        .collect();
    all.sort_by(|a, b| (&a.ecosystem, &a.name).cmp(&(&b.ecosystem, &b.name)));
    all
}

fn one(record: &raw::Record, raw: &raw::Affected, notes: &mut Vec<String>) -> Option<Affected> {
    let package = raw.package.as_ref()?;
    let plain =
        |text: &str| !text.is_empty() && text.len() <= 1024 && !text.chars().any(char::is_control);
    if !plain(&package.ecosystem) || !plain(&package.name) {
        notes.push("an affected package has no usable ecosystem or name".to_owned());
        return None;
    }
    let ecosystem = Ecosystem::new(package.ecosystem.clone());
    let ranges = raw
        .ranges
        .iter()
        .filter_map(|range| self::range(&ecosystem, &package.name, range, notes))
        .collect();
    let versions: Vec<String> = raw
        .versions
        .iter()
        .filter(|version| is_version(version))
        .cloned()
        .collect();
    if versions.len() != raw.versions.len() {
        notes.push(format!(
            "a listed version of {} is not plain text",
            package.name
        ));
    }
    let database = &raw.database_specific;
    let word = ["severity", "urgency"]
        .into_iter()
        .find_map(|key| text(database.get(key)).or_else(|| text(raw.ecosystem_specific.get(key))));
    let vector = text(database.get("cvss"));
    let own = pairs(&raw.severity);
    let affected = Affected {
        kind: kind(record, raw),
        rating: severity::rating(own.chain(vector.map(|vector| ("", vector))), word),
        name: ecosystem.normalize_name(&package.name).into_owned(),
        ecosystem: package.ecosystem.clone(),
        ranges,
        versions,
        imports: imports(&raw.ecosystem_specific),
    };
    (!affected.ranges.is_empty() || !affected.versions.is_empty()).then_some(affected)
}

fn kind(record: &raw::Record, raw: &raw::Affected) -> RecordKind {
    if record.id.starts_with("MAL-") || record.aliases.iter().any(|id| id.starts_with("MAL-")) {
        return RecordKind::Malware;
    }
    let informational = text(raw.database_specific.get("informational"))
        .or_else(|| text(record.database_specific.get("informational")));
    match informational {
        None | Some("") => RecordKind::Vulnerability,
        Some("unmaintained") => RecordKind::Unmaintained,
        Some("unsound") => RecordKind::Unsound,
        Some(_) => RecordKind::Notice,
    }
}

fn range(
    ecosystem: &Ecosystem,
    name: &str,
    raw: &raw::Range,
    notes: &mut Vec<String>,
) -> Option<Range> {
    let order = match raw.kind.as_str() {
        "SEMVER" => RangeType::Semver,
        "ECOSYSTEM" => RangeType::Ecosystem,
        "GIT" => return None,
        other => {
            let other: String = other.chars().take(32).collect();
            notes.push(format!(
                "a range of {name} has type `{other}`: expected SEMVER, ECOSYSTEM or GIT"
            ));
            return None;
        }
    };
    let mut events = Vec::new();
    for event in &raw.events {
        let kinds = [
            (EventKind::Introduced, &event.introduced),
            (EventKind::Fixed, &event.fixed),
            (EventKind::LastAffected, &event.last_affected),
            (EventKind::Limit, &event.limit),
        ];
        for (kind, version) in kinds {
            match version {
                Some(version) if is_version(version) => events.push(Event {
                    kind,
                    version: version.clone(),
                }),
                Some(_) => notes.push(format!("an event of {name} has no usable version")),
                None => {}
            }
        }
    }
    if !events
        .iter()
        .any(|event| event.kind == EventKind::Introduced)
    {
        notes.push(format!(
            "a range of {name} has no `introduced` event, so it contains nothing"
        ));
        return None;
    }
    let mut range = Range {
        order,
        sorted: false,
        events,
    };
    evaluate::sort(ecosystem, &mut range);
    Some(range)
}

fn is_version(version: &str) -> bool {
    !version.is_empty() && version.len() <= 256 && !version.chars().any(char::is_control)
}

/// Go's `imports` and RustSec's `affects.functions` or `affected_functions`.
fn imports(specific: &Value) -> Vec<Import> {
    let mut imports: Vec<Import> = list(specific.get("imports"))
        .map(|import| Import {
            path: text(import.get("path")).unwrap_or_default().to_owned(),
            symbols: texts(import.get("symbols")),
        })
        .filter(|import| !import.path.is_empty() || !import.symbols.is_empty())
        .collect();
    let functions = specific
        .get("affects")
        .and_then(|affects| affects.get("functions"));
    let mut symbols = texts(functions);
    symbols.extend(texts(specific.get("affected_functions")));
    symbols.sort_unstable();
    symbols.dedup();
    if !symbols.is_empty() {
        imports.push(Import {
            path: String::new(),
            symbols,
        });
    }
    imports
}

fn text(value: Option<&Value>) -> Option<&str> {
    value.and_then(Value::as_str)
}

fn list(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .take(10_000)
}

fn texts(value: Option<&Value>) -> Vec<String> {
    list(value)
        .filter_map(Value::as_str)
        .filter(|text| !text.is_empty() && !text.chars().any(char::is_control))
        .map(str::to_owned)
        .collect()
}
