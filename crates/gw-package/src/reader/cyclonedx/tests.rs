use gw_analysis::EntryKind;
use gw_finding::{Location, Position, ReasonCode};

use super::*;
use crate::Scope;

fn entry(path: &str, text: &str) -> Entry {
    Entry::new(Location::file(path), EntryKind::File, text.as_bytes())
}

#[test]
fn told_by_content_or_name() {
    #[rustfmt::skip]
    let cases: &[(&str, &str, Option<&str>)] = &[
        ("x", "{\"bomFormat\":\"CycloneDX\"", Some("cyclonedx-json")),
        ("x.txt", "\u{feff} {\n  \"$schema\": \"http://cyclonedx.org/schema/bom-1.5.schema.json\"", Some("cyclonedx-json")),
        ("x.json", "{\"components\":[{\"bom-ref\":\"a\"", Some("cyclonedx-json")),
        ("a/bom.json", "{", Some("cyclonedx-json")),
        ("a/app.cdx.json", "{", Some("cyclonedx-json")),
        ("package.json", "{\"name\":\"x\"", None),
        ("x.md", "Use CycloneDX", None),
        ("x", "<?xml version='1.0'?><b:bom xmlns:b='http://cyclonedx.org/schema/bom/1.2'", Some("cyclonedx-xml")),
        ("target/bom.xml", "<?xml", Some("cyclonedx-xml")),
        ("pom.xml", "<?xml version='1.0'?><project", None),
    ];
    for (path, head, expected) in cases {
        let found = FAMILY
            .readers
            .iter()
            .find(|reader| reader.matches(path, head.as_bytes()));
        assert_eq!(found.map(|reader| reader.id()), *expected, "{path} {head}");
    }
}

#[test]
fn a_document_is_a_lock_with_lines() {
    let json = r#"{
  "bomFormat": "CycloneDX", "specVersion": "1.4",
  "metadata": {"component": {"bom-ref": "app", "type": "application", "name": "app"}},
  "components": [
    {"bom-ref": "b", "type": "library", "name": "b", "version": "2",
     "purl": "pkg:npm/b@2", "scope": "excluded"},
    {"bom-ref": "a", "type": "library", "name": "a", "version": "1",
     "purl": "pkg:npm/a@1", "licenses": [{"license": {"name": "Apache 2.0"}}]}
  ],
  "dependencies": [{"ref": "app", "dependsOn": ["a"]}, {"ref": "a", "dependsOn": ["b"]}]
}"#;
    let xml = r#"<?xml version="1.0"?>
<c:bom xmlns:c="http://cyclonedx.org/schema/bom/1.4">
<c:metadata><c:component type="application" bom-ref="app"><c:name>app</c:name></c:component></c:metadata><c:components>
<c:component type="library" bom-ref="b"><c:name>b</c:name><c:version>2</c:version><c:scope>excluded</c:scope>
     <c:purl>pkg:npm/b@2</c:purl></c:component>
<c:component type="library" bom-ref="a"><c:name>a</c:name><c:version>1</c:version>
     <c:licenses><c:license><c:name>Apache 2.0</c:name></c:license></c:licenses>
     <c:purl>pkg:npm/a@1</c:purl></c:component></c:components>
<c:dependencies><c:dependency ref="app"><c:dependency ref="a"/></c:dependency>
<c:dependency ref="a"><c:dependency ref="b"/></c:dependency></c:dependencies></c:bom>"#;
    let readings = [
        (Json.read(&entry("x/bom.json", json)), [8, 6], 14),
        (Xml.read(&entry("x/bom.xml", xml)), [8, 5], 6),
    ];
    for (reading, lines, column) in readings {
        assert_eq!(reading.incomplete, []);
        let lock = reading.lock.unwrap();
        assert_eq!(lock.roots[0].name, "app");
        assert_eq!(lock.roots[0].dependencies, [(0, Some(Scope::Runtime))]);
        let [a, b] = &lock.packages[..] else {
            panic!("two packages")
        };
        assert_eq!(
            (&*a.name, &*a.version, &*a.purl, a.scope, a.direct),
            ("a", "1", "pkg:npm/a@1", Scope::Runtime, Some(true))
        );
        assert_eq!(
            (&*b.name, b.scope, b.direct),
            ("b", Scope::Development, Some(false))
        );
        assert_eq!(a.dependencies, [1]);
        assert_eq!(a.license.as_deref(), Some("Apache-2.0"));
        assert_eq!([a, b].map(|p| p.location.start.unwrap().line), lines);
        assert_eq!(a.location.start, Some(Position { line: 8, column }));
    }
}

#[test]
fn other_files_say_nothing_and_broken_ones_do() {
    for (path, text) in [
        ("bom.json", "{\"a\":1}"),
        ("bom.json", "{"),
        ("bom.json", "[]"),
    ] {
        let reading = Json.read(&entry(path, text));
        assert!(
            reading.lock.is_none() && reading.incomplete.is_empty(),
            "{text}"
        );
    }
    assert!(
        Xml.read(&entry("bom.xml", "<project/>"))
            .incomplete
            .is_empty()
    );
    let reasons = |reading: FileReading| {
        reading
            .incomplete
            .iter()
            .map(|i| i.reason)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        reasons(Json.read(&entry("a.cdx.json", "{\"a\":1}"))),
        [ReasonCode::Malformed]
    );
    assert_eq!(
        reasons(Json.read(&entry("x", "{\"bomFormat\":\"CycloneDX\","))),
        [ReasonCode::Malformed]
    );
    let bomb = "<!DOCTYPE bom [<!ENTITY a \"aaaa\">]><bom xmlns=\"http://cyclonedx.org/schema/bom/1.4\">&a;</bom>";
    assert_eq!(
        reasons(Xml.read(&entry("x", bomb))),
        [ReasonCode::Unsupported]
    );
}

proptest::proptest! {
    #[test]
    fn damaged_files_do_no_harm(cut in 0..400_usize, byte in proptest::prelude::any::<u8>(), end in 0..400_usize) {
        let json = r#"{"bomFormat":"CycloneDX","specVersion":"1.4","components":[{"bom-ref":"a","type":"library","name":"é",
            "version":"1","purl":"pkg:npm/a@1","hashes":[{"alg":"MD5","content":"0"}],"components":[{"name":"b"}]}],
            "dependencies":[{"ref":"a","dependsOn":["a"]}]}"#;
        let xml = "<?xml version='1.0'?><bom xmlns='http://cyclonedx.org/schema/bom/1.4'><components>\n<component type='library' \
            bom-ref='a'><name>é</name><version>1</version><purl>pkg:npm/a@1</purl></component></components><dependencies>\
            <dependency ref='a'><dependency ref='a'/></dependency></dependencies></bom>";
        for text in [json, xml] {
            let mut bytes = text.as_bytes().to_vec();
            if let Some(at) = bytes.get_mut(cut) {
                *at = byte;
            }
            bytes.truncate(end.max(1));
            let entry = Entry::new(Location::file("bom.json"), EntryKind::File, bytes);
            let _ = (Json.read(&entry), Xml.read(&entry));
        }
    }
}
