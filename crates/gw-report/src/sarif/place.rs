use gw_finding::Location;
use serde_json::{Map, Value, json};

use super::MOST_CHARS;
use crate::text::clip;

/// The base that paths are relative to: the target.
pub(super) const BASE: &str = "SRCROOT";

/// The place of a finding or of something that was not looked at.
pub(super) fn location(location: &Location) -> Value {
    let mut physical = Map::new();
    physical.insert("artifactLocation".to_owned(), artifact(&location.path));
    let mut out = Map::new();
    if location.inside.is_empty() {
        if let Some(region) = region(location) {
            physical.insert("region".to_owned(), region);
        }
    } else {
        // The region is in the member, which no viewer can open.
        let name = clip(&location.full_path(), MOST_CHARS);
        out.insert(
            "logicalLocations".to_owned(),
            json!([{ "fullyQualifiedName": name, "kind": "member" }]),
        );
    }
    out.insert("physicalLocation".to_owned(), Value::Object(physical));
    Value::Object(out)
}

/// Something that is no file, such as an ecosystem.
pub(super) fn named(name: &str) -> Value {
    json!({ "logicalLocations": [{ "name": clip(name, MOST_CHARS) }] })
}

pub(super) fn artifact(path: &str) -> Value {
    json!({ "uri": relative_uri(path), "uriBaseId": BASE })
}

fn region(location: &Location) -> Option<Value> {
    let start = location.start.filter(|start| start.line > 0)?;
    let mut region = Map::new();
    region.insert("startLine".to_owned(), json!(start.line));
    region.insert("startColumn".to_owned(), json!(start.column.max(1)));
    if let Some(end) = location.end
        && (end.line, end.column) > (start.line, start.column.max(1))
    {
        region.insert("endLine".to_owned(), json!(end.line));
        region.insert("endColumn".to_owned(), json!(end.column.max(1)));
    }
    Some(Value::Object(region))
}

/// A path as a relative reference (RFC 3986, section 4.2): every byte that is not unreserved is
/// percent-encoded, so nothing in a file name becomes a scheme, an authority or a query.
pub(super) fn relative_uri(path: &str) -> String {
    let mut uri = String::new();
    for segment in path.split('/').filter(|s| !s.is_empty() && *s != ".") {
        if !uri.is_empty() {
            uri.push('/');
        }
        if segment == ".." {
            // Viewers would resolve it; no path of a report leads out of the target.
            uri.push_str("%2E%2E");
        } else {
            encode(segment, &mut uri);
        }
    }
    if uri.is_empty() {
        uri.push('.');
    }
    uri
}

/// Percent-encodes everything but RFC 3986's unreserved characters.
pub(super) fn encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_references() {
        for (path, expected) in [
            ("Cargo.lock", "Cargo.lock"),
            ("a b/é.txt", "a%20b/%C3%A9.txt"),
            ("https://x/y", "https%3A/x/y"),
            ("/etc/passwd", "etc/passwd"),
            ("../../x", "%2E%2E/%2E%2E/x"),
            ("a?b#c", "a%3Fb%23c"),
            ("", "."),
        ] {
            assert_eq!(relative_uri(path), expected);
        }
    }
}
