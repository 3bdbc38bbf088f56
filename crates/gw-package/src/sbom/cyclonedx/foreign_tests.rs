//! Documents as other tools write them.

use gw_analysis::ParseError;
use gw_finding::{Incomplete, Location, ReasonCode};

use super::*;
use crate::{Inventory, Package, Scope};

fn json(components: &str) -> (Inventory, Vec<Incomplete>) {
    let text =
        format!(r#"{{"bomFormat":"CycloneDX","specVersion":"1.5","version":1,{components}}}"#);
    read_json(text.as_bytes(), &Location::file("bom.json")).unwrap()
}

fn purls(inventory: &Inventory) -> Vec<&str> {
    inventory.packages.iter().map(|p| p.purl.as_str()).collect()
}

fn package<'i>(inventory: &'i Inventory, name: &str) -> &'i Package {
    inventory.packages.iter().find(|p| p.name == name).unwrap()
}

#[test]
fn trivy_hangs_packages_below_lock_files() {
    let (inventory, incomplete) = json(
        r#""metadata":{"component":{"bom-ref":"0","type":"application","name":"."}},
        "components":[
          {"bom-ref":"1","type":"application","name":"package-lock.json","properties":[
            {"name":"aquasecurity:trivy:Class","value":"lang-pkgs"},{"name":"aquasecurity:trivy:Type","value":"npm"}]},
          {"bom-ref":"pkg:npm/a@1.0.0","type":"library","name":"a","version":"1.0.0","purl":"pkg:npm/a@1.0.0"},
          {"bom-ref":"pkg:npm/b@2.0.0","type":"library","name":"b","version":"2.0.0","purl":"pkg:npm/b@2.0.0"}],
        "dependencies":[{"ref":"0","dependsOn":["1"]},{"ref":"1","dependsOn":["pkg:npm/a@1.0.0"]},
          {"ref":"pkg:npm/a@1.0.0","dependsOn":["pkg:npm/b@2.0.0"]},{"ref":"pkg:npm/b@2.0.0","dependsOn":[]}]"#,
    );
    assert_eq!(incomplete, []);
    assert_eq!(purls(&inventory), ["pkg:npm/a@1.0.0", "pkg:npm/b@2.0.0"]);
    assert_eq!(package(&inventory, "a").is_direct(), Some(true));
    assert_eq!(package(&inventory, "a").dependencies, [1]);
    assert_eq!(package(&inventory, "b").is_direct(), Some(false));
}

#[test]
fn syft_has_files_and_the_operating_system_too() {
    let (inventory, incomplete) = json(
        r#""metadata":{"component":{"bom-ref":"af63bd4c8601b7f1","type":"container","name":"debian","version":"sha256:1"}},
        "components":[
          {"bom-ref":"pkg:deb/debian/apt@2.6.1?arch=amd64&distro=debian-12&package-id=aa","type":"library","publisher":"x",
           "name":"apt","version":"2.6.1","licenses":[{"license":{"id":"GPL-2.0-only"}},{"license":{"name":"public-domain"}}],
           "cpe":"cpe:2.3:a:apt:apt:2.6.1:*:*:*:*:*:*:*","purl":"pkg:deb/debian/apt@2.6.1?arch=amd64&distro=debian-12",
           "properties":[{"name":"syft:package:type","value":"deb"}]},
          {"bom-ref":"os:debian@12","type":"operating-system","name":"debian","version":"12","swid":{"tagId":"debian","name":"debian","version":"12"}},
          {"bom-ref":"f1","type":"file","name":"/etc/passwd","hashes":[{"alg":"SHA-1","content":"da39a3ee5e6b4b0d3255bfef95601890afd80709"}]},
          {"bom-ref":"2a","type":"library","name":"github.com/a/b","version":"v1.2.3","properties":[{"name":"syft:package:type","value":"go-module"}]},
          {"bom-ref":"3a","type":"application","name":"busybox","version":"1.36","cpe":"cpe:2.3:a:busybox:busybox:1.36:*:*:*:*:*:*:*"}]"#,
    );
    assert_eq!(incomplete, []);
    let apt = package(&inventory, "apt");
    assert_eq!(apt.ecosystem.as_str(), "Debian:12");
    assert_eq!(
        apt.license.as_deref(),
        Some("GPL-2.0-only AND LicenseRef-public-domain")
    );
    assert_eq!(apt.is_direct(), None);
    assert_eq!(
        package(&inventory, "github.com/a/b").purl,
        "pkg:golang/github.com/a/b@v1.2.3"
    );
    assert_eq!(package(&inventory, "busybox").ecosystem.as_str(), "generic");
    assert_eq!(inventory.packages.len(), 3);
}

#[test]
fn packages_are_told_without_a_package_url() {
    #[rustfmt::skip]
    let cases = [
        (r#""group":"@babel","name":"core","version":"7.0.0""#, "pkg:npm/%40babel/core@7.0.0"),
        (r#""name":"x","version":"1","bom-ref":"pkg:npm/x@1?package-id=ab12""#, "pkg:npm/x@1"),
        (r#""name":"x","version":"1","bom-ref":"pkg:npm/x@1#2""#, "pkg:npm/x@1"),
        (r#""name":"x","version":"1","purl":"pkg:npm/x""#, "pkg:npm/x@1"),
        (r#""name":"x","version":"1","purl":"pkg:npm/@s/x@1""#, "pkg:npm/%40s/x@1"),
        (r#""name":"x","purl":"pkg:npm/x@3""#, "pkg:npm/x@3"),
        (r#""group":"g.h","name":"a","version":"1","properties":[{"name":"aquasecurity:trivy:PkgType","value":"jar"}]"#, "pkg:maven/g.h/a@1"),
        (r#""name":"g.h:a","version":"1","properties":[{"name":"aquasecurity:trivy:PkgType","value":"pom"}]"#, "pkg:maven/g.h/a@1"),
        (r#""name":"x","version":"1","properties":[{"name":"cdx:poetry:group","value":"main"}]"#, "pkg:pypi/x@1"),
        (r#""group":"g","name":"x","version":"1""#, "pkg:generic/g/x@1"),
        (r#""name":"x","version":1"#, "pkg:generic/x@1"),
        (r#""name":"x","version":1.50,"group":null"#, "pkg:generic/x@1.50"),
    ];
    for (fields, purl) in cases {
        let (inventory, incomplete) =
            json(&format!(r#""components":[{{"type":"library",{fields}}}]"#));
        assert_eq!(purls(&inventory), [purl], "{fields}");
        assert_eq!(incomplete, [], "{fields}");
    }
}

#[test]
fn what_cannot_be_used_is_said() {
    let check = |components: &str, reason, detail: &str| {
        let (inventory, incomplete) = json(components);
        let found: Vec<_> = incomplete
            .iter()
            .map(|i| (i.reason, i.detail.as_str()))
            .collect();
        assert_eq!(found, [(reason, detail)], "{components}");
        inventory.packages.len()
    };
    let none = check(
        r#""components":[{"type":"library","name":"x","purl":"pkg:npm/x"}]"#,
        ReasonCode::Unpinned,
        "the component `x` has no version, so no advisory can be matched",
    );
    assert_eq!(none, 0);
    let kept = check(
        r#""components":[{"type":"library","name":"x","version":"1","purl":"npm:x"}]"#,
        ReasonCode::Malformed,
        &format!("`npm:x` is {}", crate::Purl::parse("npm:x").unwrap_err()),
    );
    assert_eq!(kept, 1);
    check(
        r#""dependencies":[{"ref":"a","dependsOn":["b","a"]}]"#,
        ReasonCode::Missing,
        "the dependencies name `a` and 1 more, which the document has no component for",
    );
    let text = r#"{"bomFormat":"CycloneDX","specVersion":"1.9","components":[{"name":"x","version":"1"}]}"#;
    let (inventory, incomplete) = read_json(text.as_bytes(), &Location::file("b")).unwrap();
    assert_eq!(inventory.packages.len(), 1);
    assert_eq!(incomplete[0].reason, ReasonCode::Unsupported);
    assert!(incomplete[0].detail.contains("1.9"));
}

#[test]
fn the_same_package_twice_is_one() {
    let (inventory, incomplete) = json(
        r#""components":[
          {"bom-ref":"1","type":"library","name":"x","version":"1","purl":"pkg:npm/x@1","scope":"excluded",
           "evidence":{"occurrences":[{"location":"b/lock","line":7}]}},
          {"bom-ref":"2","type":"library","name":"x","version":"1","purl":"pkg:npm/x@1","licenses":[{"expression":"mit"}],
           "evidence":{"occurrences":[{"location":"a/lock"},{"location":"b/lock","line":7}]}},
          {"bom-ref":"3","type":"library","name":"y","version":"1","purl":"pkg:npm/y@1",
           "components":[{"bom-ref":"4","type":"library","name":"z","version":"1","purl":"pkg:npm/z@1"}]}],
        "dependencies":[{"ref":"3","dependsOn":["1","2","4"]},{"ref":"1","dependsOn":["3"]},{"ref":"2","dependsOn":["4"]}]"#,
    );
    assert_eq!(incomplete, []);
    assert_eq!(
        purls(&inventory),
        ["pkg:npm/x@1", "pkg:npm/y@1", "pkg:npm/z@1"]
    );
    let x = package(&inventory, "x");
    let places: Vec<_> = x
        .occurrences
        .iter()
        .map(|o| (o.location.to_string(), o.scope))
        .collect();
    assert_eq!(
        places,
        [
            ("a/lock".to_owned(), Scope::Runtime),
            ("b/lock:7:1".to_owned(), Scope::Runtime),
            ("b/lock:7:1".to_owned(), Scope::Development),
        ]
    );
    assert_eq!(x.license.as_deref(), Some("MIT"));
    assert_eq!(x.dependencies, [1, 2]);
    assert_eq!(package(&inventory, "y").dependencies, [0, 2]);
}

#[test]
fn licences_in_all_forms() {
    #[rustfmt::skip]
    let cases = [
        (r#"[{"license":{"id":"MIT"}}]"#, Some("MIT")),
        (r#"[{"license":{"name":"Apache License, Version 2.0","url":"https://x"}}]"#, Some("Apache-2.0")),
        (r#"[{"expression":"(MIT OR ISC)"}]"#, Some("MIT OR ISC")),
        (r#"[{"license":{"id":"MIT"}},{"expression":"ISC OR Zlib"}]"#, Some("MIT AND (ISC OR Zlib)")),
        (r#"[{"license":{"id":"MIT"}},{"license":{"id":"MIT"}}]"#, Some("MIT")),
        (r#"[{"expression":"MIT OR ISC"},{"expression":"MIT OR ISC"}]"#, Some("MIT OR ISC")),
        (r#"[{"license":{"id":"MIT","acknowledgement":"declared"}},{"license":{"id":"ISC","acknowledgement":"concluded"}}]"#, Some("ISC")),
        (r#"[{"license":{"name":"Our terms"}}]"#, Some("LicenseRef-Our-terms")),
        (r#"[{"license":{"name":"NOASSERTION"}}]"#, None),
        (r#"[{"license":"MIT"}]"#, Some("MIT")),
        ("[{}]", None),
        ("{}", None),
        ("[]", None),
    ];
    for (licenses, expected) in cases {
        let (inventory, _) = json(&format!(
            r#""components":[{{"name":"x","version":"1","licenses":{licenses}}}]"#
        ));
        assert_eq!(
            inventory.packages[0].license.as_deref(),
            expected,
            "{licenses}"
        );
    }
    let (inventory, _) = json(
        r#""components":[{"name":"x","version":"1","evidence":{"licenses":[{"license":{"id":"0BSD"}}]}}]"#,
    );
    assert_eq!(inventory.packages[0].license.as_deref(), Some("0BSD"));
}

#[test]
fn development_dependencies_as_tools_mark_them() {
    #[rustfmt::skip]
    let cases = [
        (r#""scope":"required""#, Scope::Runtime),
        (r#""scope":"optional""#, Scope::Optional),
        (r#""scope":"excluded""#, Scope::Development),
        (r#""scope":"optional","properties":[{"name":"cdx:npm:package:development","value":"true"}]"#, Scope::Development),
        (r#""properties":[{"name":"cdx:npm:package:development","value":"false"}]"#, Scope::Runtime),
        (r#""properties":[{"name":"cdx:poetry:group","value":"dev"}]"#, Scope::Development),
        (r#""properties":[{"name":"cdx:composer:package:isDevRequirement","value":"true"}]"#, Scope::Development),
    ];
    for (fields, expected) in cases {
        let (inventory, _) = json(&format!(
            r#""components":[{{"name":"x","version":"1",{fields}}}]"#
        ));
        assert_eq!(
            inventory.packages[0].occurrences[0].scope, expected,
            "{fields}"
        );
    }
}

#[test]
fn models_and_data_are_no_packages() {
    let (inventory, incomplete) = json(
        r#""components":[
          {"type":"machine-learning-model","name":"bert","version":"1","modelCard":{"modelParameters":{"task":"fill-mask"}}},
          {"type":"machine-learning-model","name":"gpt2","purl":"pkg:huggingface/openai/gpt2@607a30d"},
          {"type":"data","name":"corpus","data":[{"type":"dataset"}]},
          {"type":"cryptographic-asset","name":"AES","cryptoProperties":{"assetType":"algorithm"}}]"#,
    );
    assert_eq!(incomplete, []);
    assert_eq!(purls(&inventory), [] as [&str; 0]);
    let models: Vec<_> = inventory
        .models
        .iter()
        .map(|model| (model.name.as_str(), model.task.as_deref()))
        .collect();
    assert_eq!(models, [("bert", Some("fill-mask")), ("gpt2", None)]);
    assert_eq!(inventory.datasets[0].name, "corpus");
}

fn xml(text: &str) -> Result<(Inventory, Vec<Incomplete>), ParseError> {
    read_xml(text.as_bytes(), &Location::file("bom.xml"))
}

#[test]
fn xml_in_every_dress() {
    let bom = |open: &str, close: &str| {
        xml(&format!(
            "{open}<c:components><c:component type='library'><c:group><![CDATA[org.x]]></c:group><c:name>a&amp;b</c:name>\
             <c:version>\n 1.0 </c:version><!-- <c:purl>no</c:purl> --><c:purl>pkg:maven/org.x/a%26b@1.0</c:purl>\
             <o:purl xmlns:o='urn:other'>pkg:npm/other@1</o:purl></c:component></c:components>{close}"
        ))
    };
    for version in ["1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7"] {
        let (inventory, incomplete) = bom(
            &format!("\u{feff}<?xml version='1.0' encoding='UTF-8'?>\n<c:bom xmlns:c='http://cyclonedx.org/schema/bom/{version}'>"),
            "</c:bom>\n",
        )
        .unwrap();
        assert_eq!(incomplete, []);
        assert_eq!(inventory.packages[0].name, "org.x:a&b");
    }
    let (inventory, incomplete) = bom(
        "<c:bom xmlns:c='http://cyclonedx.org/schema/bom/2.0'>",
        "</c:bom>",
    )
    .unwrap();
    assert_eq!(
        (inventory.packages.len(), incomplete[0].reason),
        (1, ReasonCode::Unsupported)
    );
    // 1.1 had the graph as an extension.
    let (inventory, incomplete) = xml(
        "<bom xmlns='http://cyclonedx.org/schema/bom/1.1' xmlns:dg='http://cyclonedx.org/schema/ext/dependency-graph/1.0'>\
         <components><component type='library' bom-ref='a'><name>a</name><version>1</version></component>\
         <component type='library' bom-ref='b'><name>b</name><version>1</version></component></components>\
         <dg:dependencies><dg:dependency ref='a'><dg:dependency ref='b'/></dg:dependency></dg:dependencies></bom>",
    )
    .unwrap();
    assert_eq!(incomplete, []);
    assert_eq!(inventory.packages[0].dependencies, [1]);
}

#[test]
fn hostile_xml_is_refused() {
    let ns = "xmlns='http://cyclonedx.org/schema/bom/1.6'";
    let entities: String = (0..20)
        .map(|n| format!("<!ENTITY e{} '{}'>", n + 1, format!("&e{n};").repeat(10)))
        .collect();
    let bomb = format!(
        "<!DOCTYPE bom [<!ENTITY e0 'lol'>{entities}]><bom {ns}><components>&e20;</components></bom>"
    );
    let deep = format!("<bom {ns}>{}", "<a>".repeat(1_000_000));
    let nested = format!(
        "<bom {ns}>{}{}</bom>",
        "<components><component>".repeat(200),
        "</component></components>".repeat(200)
    );
    #[rustfmt::skip]
    let cases: &[(&str, ReasonCode)] = &[
        (&bomb, ReasonCode::Unsupported),
        ("<!DOCTYPE bom SYSTEM 'file:///etc/passwd'><bom/>", ReasonCode::Unsupported),
        (&deep, ReasonCode::TooDeep),
        (&nested, ReasonCode::TooDeep),
        ("", ReasonCode::Malformed),
        ("<bom/>", ReasonCode::Malformed),
        ("<bom xmlns='urn:x'/>", ReasonCode::Malformed),
        ("<bom xmlns='http://cyclonedx.org/schema/bom/1.6'>", ReasonCode::Malformed),
        ("<bom xmlns='http://cyclonedx.org/schema/bom/1.6'></bom><bom/>", ReasonCode::Malformed),
        ("<bom xmlns='http://cyclonedx.org/schema/bom/1.6'></bob>", ReasonCode::Malformed),
        ("<bom xmlns='http://cyclonedx.org/schema/bom/1.6'>&undefined;</bom>", ReasonCode::Malformed),
        ("<bom xmlns='http://cyclonedx.org/schema/bom/1.6' a='&undefined;'></bom>", ReasonCode::Malformed),
        ("<bom xmlns='http://cyclonedx.org/schema/bom/1.6' a=1></bom>", ReasonCode::Malformed),
        ("<metadata xmlns='http://cyclonedx.org/schema/bom/1.6'/>", ReasonCode::Malformed),
        ("text", ReasonCode::Malformed),
    ];
    for (text, reason) in cases {
        let error = xml(text).unwrap_err();
        assert_eq!(error.reason, *reason, "{}", text.get(..80).unwrap_or(text));
        assert!(!error.message.is_empty());
    }
    assert_eq!(
        read_xml(b"<bom>\xff</bom>", &Location::default())
            .unwrap_err()
            .reason,
        ReasonCode::Encoding
    );
}

#[test]
fn hostile_json_is_refused() {
    let deep = format!(
        r#"{{"bomFormat":"CycloneDX","components":{}"#,
        r#"[{"components":"#.repeat(100_000)
    );
    #[rustfmt::skip]
    let cases: &[(&str, ReasonCode)] = &[
        (&deep, ReasonCode::TooDeep),
        ("", ReasonCode::Malformed),
        ("{}", ReasonCode::Malformed),
        ("[]", ReasonCode::Malformed),
        (r#"{"bomFormat":"SPDX"}"#, ReasonCode::Malformed),
        (r#"{"bomFormat":"CycloneDX""#, ReasonCode::Malformed),
    ];
    for (text, reason) in cases {
        let error = read_json(text.as_bytes(), &Location::default()).unwrap_err();
        assert_eq!(error.reason, *reason, "{}", text.get(..80).unwrap_or(text));
    }
    assert_eq!(
        read_json(b"{\"a\":\"\xff\"}", &Location::default())
            .unwrap_err()
            .reason,
        ReasonCode::Encoding
    );
}

#[test]
fn cycles_and_long_chains_end() {
    let count = 20_000;
    let components: Vec<_> = (0..count)
        .map(|n| format!(r#"{{"bom-ref":"{n}","type":"file","name":"{n}"}}"#))
        .collect();
    let edges: Vec<_> = (0..count)
        .map(|n| {
            format!(
                r#"{{"ref":"{n}","dependsOn":["{}","{n}"]}}"#,
                (n + 1) % count
            )
        })
        .collect();
    let (inventory, incomplete) = json(&format!(
        r#""components":[{},{{"bom-ref":"p","name":"p","version":"1"}}],"dependencies":[{{"ref":"p","dependsOn":["0","p"]}},{}]"#,
        components.join(","),
        edges.join(",")
    ));
    assert_eq!(incomplete, []);
    assert_eq!(inventory.packages[0].dependencies, [0]);
}

#[test]
fn indirect_dependencies_are_limited() {
    let count = 3000;
    let all: Vec<_> = (0..count).map(|n| format!("\"{n}\"")).collect();
    let components: Vec<_> = (0..count)
        .map(|n| format!(r#"{{"bom-ref":"{n}","name":"n{n}","version":"1"}}"#))
        .collect();
    let edges: Vec<_> = (0..count)
        .map(|n| format!(r#"{{"ref":"{n}","dependsOn":["hub"]}}"#))
        .collect();
    let (inventory, incomplete) = json(&format!(
        r#""components":[{},{{"bom-ref":"hub","type":"file","name":"hub"}}],"dependencies":[{{"ref":"hub","dependsOn":[{}]}},{}]"#,
        components.join(","),
        all.join(","),
        edges.join(",")
    ));
    assert_eq!(inventory.packages.len(), count);
    let reasons: Vec<_> = incomplete.iter().map(|i| i.reason).collect();
    assert_eq!(reasons, [ReasonCode::TooMany]);
    let edges: usize = inventory
        .packages
        .iter()
        .map(|p| p.dependencies.len())
        .sum();
    assert!((count..count * 100).contains(&edges), "{edges}");
}

#[test]
fn attributes_are_limited() {
    let attributes: String = (0..100_000).map(|n| format!(" a{n}=''")).collect();
    let error = xml(&format!(
        "<bom xmlns='http://cyclonedx.org/schema/bom/1.6'{attributes}/>"
    ))
    .unwrap_err();
    assert_eq!(error.reason, ReasonCode::TooMany);
}

#[test]
fn documents_that_bend_the_schema_are_read() {
    let plain = r#"{"bomFormat":"CycloneDX","specVersion":"1.4","components":[{"type":"library","name":"x","version":"1","purl":"pkg:npm/x@1"}]}"#;
    let utf16: Vec<u8> = "\u{feff}"
        .encode_utf16()
        .chain(plain.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    #[rustfmt::skip]
    let texts = [
        plain.to_owned(),
        format!("\u{feff}{plain}"),
        plain.replace("\"bomFormat\":\"CycloneDX\"", "\"$schema\":\"http://cyclonedx.org/schema/bom-1.4.schema.json\""),
        plain.replace("\"CycloneDX\"", "\"cyclonedx\""),
        plain.replace("\"1.4\"", "1.4"),
        plain.replace("\"1\",", "1,"),
        plain.replace("\"components\"", "\"metadata\":null,\"dependencies\":null,\"components\""),
        plain.replace("\"components\"", "\"metadata\":{\"component\":null,\"tools\":[{\"vendor\":1}],\"timestamp\":7},\"components\""),
        plain.replace("\"name\"", "\"licenses\":{},\"hashes\":null,\"properties\":[{\"name\":1},null,7],\"evidence\":[],\"name\""),
        plain.replace("\"name\"", "\"components\":[null,[],\"x\"],\"scope\":null,\"name\""),
        plain.replace("\"name\"", "\"evidence\":{\"occurrences\":[{\"line\":-1},{}]},\"name\""),
        plain.replace("\"name\"", "\"name\":\"old\",\"name\""),
    ];
    let read = |bytes: &[u8]| read_json(bytes, &Location::file("bom.json")).unwrap();
    for bytes in texts.iter().map(String::as_bytes).chain([utf16.as_slice()]) {
        let (inventory, incomplete) = read(bytes);
        let shown = String::from_utf8_lossy(bytes);
        assert_eq!(purls(&inventory), ["pkg:npm/x@1"], "{shown}");
        assert_eq!(
            inventory.packages[0].occurrences[0].location,
            Location::file("bom.json"),
            "{shown}"
        );
        assert_eq!(incomplete, [], "{shown}");
    }
}

#[test]
fn models_of_other_tools_are_models_and_no_packages() {
    let text = r#"{
        "bomFormat": "CycloneDX", "specVersion": "1.6",
        "metadata": {"component": {"type": "machine-learning-model", "name": "subject"}},
        "components": [
            {"type": "machine-learning-model", "group": "acme", "name": "fraud", "version": "2",
             "purl": "pkg:huggingface/acme/fraud@2",
             "licenses": [{"license": {"id": "MIT"}}, {"license": {"name": "own"}}],
             "pedigree": {"ancestors": [{"type": "machine-learning-model", "group": "acme",
                                         "name": "base"}]},
             "modelCard": {"modelParameters": {
                "approach": {"type": "supervised"}, "architectureFamily": "transformer",
                "inputs": [{"format": "text"}], "outputs": [{"format": "label"}],
                "datasets": [{"ref": "d1"}, {"ref": "inner"}, {"ref": "urn:cdx:x/1#y"},
                             {"type": "dataset", "name": "inline",
                              "contents": {"url": "https://example.com/i"}}]}}},
            {"type": "data", "bom-ref": "d1", "name": "claims", "version": "2024",
             "data": [{"type": "dataset", "bom-ref": "inner", "name": "claims-test"}]},
            {"type": "data", "name": "settings", "data": [{"type": "configuration"}]}
        ]}"#;
    let (inventory, incomplete) = read_json(text.as_bytes(), &Location::file("bom.json")).unwrap();
    assert_eq!(incomplete, []);
    assert_eq!(inventory.packages, []);
    let names: Vec<_> = inventory.models.iter().map(|m| m.name.as_str()).collect();
    assert_eq!(names, ["acme/fraud", "subject"]);
    let model = &inventory.models[0];
    assert_eq!(model.location, Location::file("bom.json"));
    assert_eq!(model.version.as_deref(), Some("2"));
    assert_eq!(model.purl.as_deref(), Some("pkg:huggingface/acme/fraud@2"));
    assert_eq!(model.architecture.as_deref(), Some("transformer"));
    assert_eq!(model.licenses, ["MIT", "own"]);
    assert_eq!(model.base_models, ["acme/base"]);
    assert_eq!(
        (&model.inputs[..], &model.outputs[..]),
        (&["text".to_owned()][..], &["label".to_owned()][..])
    );
    let expected = ["claims", "claims-test", "urn:cdx:x/1#y", "inline"];
    assert_eq!(model.datasets, expected);
    let datasets: Vec<_> = inventory.datasets.iter().map(|d| d.name.as_str()).collect();
    assert_eq!(
        datasets,
        ["claims", "claims-test", "inline", "urn:cdx:x/1#y"]
    );
    let claims = inventory.dataset("claims").unwrap();
    assert_eq!(claims.version.as_deref(), Some("2024"));
    let inline = inventory.dataset("inline").unwrap();
    assert_eq!(inline.url.as_deref(), Some("https://example.com/i"));
}
