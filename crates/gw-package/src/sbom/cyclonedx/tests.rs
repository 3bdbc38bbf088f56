use gw_finding::Position;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;
use crate::{Ecosystem, Hash, Occurrence, Package, Scope};

fn at() -> Location {
    Location::file("bom.json")
}

fn read(bytes: &[u8], format: Format) -> Result<(Inventory, Vec<Incomplete>), ParseError> {
    let told = super::read(bytes, &at());
    let known = match format {
        Format::Json => read_json(bytes, &at()),
        Format::Xml => read_xml(bytes, &at()),
    };
    assert_eq!(told, known);
    known
}

/// Reads by way of the tree, as files are that do not keep to the schema.
fn read_tree(bytes: &[u8]) -> Result<(Inventory, Vec<Incomplete>), ParseError> {
    let node = gw_analysis::parse::json(std::str::from_utf8(bytes).unwrap())?;
    let reading = assemble::assemble(&from_node(&node)?, &|_| at());
    Ok((reading.inventory, reading.incomplete))
}

fn every_option() -> Vec<BomOptions> {
    let full = BomOptions {
        serial_number: Some("3E671687-395B-41F5-A30F-A58921A69B79".to_owned()),
        timestamp: Some(Timestamp::UNIX_EPOCH),
        tool: Some(Tool {
            name: "gatewright".to_owned(),
            version: "0.0.0".to_owned(),
        }),
        root: Some(RootComponent {
            name: "app <&>".to_owned(),
            version: Some("1".to_owned()),
            purl: Some("pkg:npm/app@1".to_owned()),
        }),
        ..BomOptions::default()
    };
    let mut all = Vec::new();
    for spec in [SpecVersion::V1_6, SpecVersion::V1_7] {
        for format in [Format::Json, Format::Xml] {
            for flag in [false, true] {
                all.push(BomOptions {
                    spec,
                    format,
                    short_refs: flag,
                    pretty: flag,
                    ..full.clone()
                });
                all.push(BomOptions {
                    spec,
                    format,
                    short_refs: flag,
                    pretty: !flag,
                    ..BomOptions::default()
                });
            }
        }
    }
    all
}

/// Text that JSON and XML can both hold.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9@/._:+-]{1,12}",
        "[ -~\\t\\n\\réü€😀]{1,12}",
        Just(" padded ".to_owned()),
        Just("a!b".to_owned()),
    ]
}

fn location() -> impl Strategy<Value = Location> {
    let position =
        || (any::<u32>(), any::<u32>()).prop_map(|(line, column)| Position { line, column });
    let inside = prop::collection::vec(text(), 0..3);
    (
        text(),
        inside,
        prop::option::of(position()),
        prop::option::of(position()),
    )
        .prop_map(|(path, inside, start, end)| Location {
            path,
            inside,
            start,
            end,
        })
}

fn occurrence() -> impl Strategy<Value = Occurrence> {
    let scope = select(vec![Scope::Runtime, Scope::Optional, Scope::Development]);
    (location(), scope, any::<Option<bool>>()).prop_map(|(location, scope, direct)| Occurrence {
        location,
        scope,
        direct,
    })
}

fn hash() -> impl Strategy<Value = Hash> {
    prop_oneof![
        "[0-9a-f]{64}".prop_map(|hex| Hash {
            algorithm: "SHA-256".to_owned(),
            hex
        }),
        "[0-9a-f]{128}".prop_map(|hex| Hash {
            algorithm: "SHA-512".to_owned(),
            hex
        }),
        ("[A-Z0-9:-]{1,8}", "[0-9a-fA-F]{0,40}")
            .prop_map(|(algorithm, hex)| Hash { algorithm, hex }),
    ]
}

fn identity() -> impl Strategy<Value = (Ecosystem, String, String, String)> {
    let well_formed = (0..4, "[a-z][a-z0-9-]{0,8}", "[0-9]\\.[0-9]{1,2}(-rc\\.1)?").prop_map(
        |(kind, name, version)| {
            let (ecosystem, name, purl) = match kind {
                0 => (
                    Ecosystem::CRATES_IO,
                    name.clone(),
                    format!("pkg:cargo/{name}@{version}"),
                ),
                1 => (
                    Ecosystem::NPM,
                    format!("@s/{name}"),
                    format!("pkg:npm/%40s/{name}@{version}"),
                ),
                2 => (
                    Ecosystem::PYPI,
                    name.clone(),
                    format!("pkg:pypi/{name}@{version}"),
                ),
                _ => (
                    Ecosystem::GO,
                    format!("a.b/C/{name}"),
                    format!("pkg:golang/a.b/C/{name}@{version}"),
                ),
            };
            (ecosystem, name, version, purl)
        },
    );
    let any = (text(), text(), text(), text()).prop_map(|(ecosystem, name, version, purl)| {
        (Ecosystem::new(ecosystem), name, version, purl)
    });
    prop_oneof![4 => well_formed, 1 => any]
}

prop_compose! {
    fn package()(
        (ecosystem, name, version, purl) in identity(),
        occurrences in prop::collection::vec(occurrence(), 1..4),
        needs in prop::collection::vec(any::<Index>(), 0..5),
        license in prop::option::of(prop_oneof![
            select(vec!["MIT", "MIT OR Apache-2.0", "GPL-2.0", "LicenseRef-x", "mit/apache"]).prop_map(str::to_owned),
            text(),
        ]),
        hashes in prop::collection::vec(hash(), 0..4),
    ) -> (Package, Vec<Index>) {
        (Package { ecosystem, name, version, purl, occurrences, dependencies: Vec::new(), license, hashes }, needs)
    }
}

fn inventory() -> impl Strategy<Value = Inventory> {
    prop::collection::vec(package(), 0..12).prop_map(|mut packages| {
        packages.sort_by(|a, b| a.0.purl.cmp(&b.0.purl));
        packages.dedup_by(|a, b| a.0.purl == b.0.purl);
        let count = packages.len();
        let packages = packages.into_iter().map(|(mut package, needs)| {
            package.dependencies = needs
                .iter()
                .map(|index| index.index(count) as u32)
                .collect();
            package.dependencies.sort_unstable();
            package.dependencies.dedup();
            package
        });
        Inventory {
            packages: packages.collect(),
        }
    })
}

/// One inventory with something of everything.
pub(crate) fn sample() -> Inventory {
    let occurrence = |path: &str, line, scope, direct| Occurrence {
        location: Location::file(path)
            .at(Position { line, column: 3 }, Position { line, column: 20 }),
        scope,
        direct,
    };
    let package = |ecosystem, name: &str, version: &str, purl: &str| Package {
        ecosystem,
        name: name.to_owned(),
        version: version.to_owned(),
        purl: purl.to_owned(),
        occurrences: vec![occurrence("a/lock", 7, Scope::Runtime, Some(true))],
        dependencies: Vec::new(),
        license: Some("MIT OR Apache-2.0".to_owned()),
        hashes: vec![Hash {
            algorithm: "SHA-256".to_owned(),
            hex: "ab".repeat(32),
        }],
    };
    let mut packages = vec![
        package(
            Ecosystem::CRATES_IO,
            "serde",
            "1.0.0",
            "pkg:cargo/serde@1.0.0",
        ),
        package(Ecosystem::new("Odd"), "odd", "v1", "pkg:generic/odd@1"),
        package(
            Ecosystem::GO,
            "github.com/A/b",
            "v1.2.3",
            "pkg:golang/github.com/A/b@v1.2.3",
        ),
        package(
            Ecosystem::NPM,
            "@babel/core",
            "7.0.0",
            "pkg:npm/%40babel/core@7.0.0",
        ),
    ];
    packages[0].dependencies = vec![2, 3];
    packages[1].hashes = vec![Hash {
        algorithm: "GOST".to_owned(),
        hex: "00".to_owned(),
    }];
    packages[1].license = Some("odd & own <terms>".to_owned());
    packages[2].occurrences[0].location.inside = vec!["x!y/z.zip".to_owned(), "lock".to_owned()];
    packages[2].license = Some("MIT".to_owned());
    packages[3]
        .occurrences
        .push(occurrence("b/lock", 9, Scope::Development, None));
    packages[3].license = None;
    Inventory { packages }
}

#[test]
fn our_own_documents_are_read_as_they_were() {
    for options in every_option() {
        for inventory in [sample(), Inventory::default()] {
            let bytes = to_bytes(&inventory, &options).unwrap();
            let read = read(&bytes, options.format).unwrap();
            assert_eq!(
                read,
                (inventory, vec![]),
                "{}",
                String::from_utf8_lossy(&bytes)
            );
        }
    }
}

#[test]
fn plain_packages_need_no_properties_but_the_occurrence() {
    let bytes = to_bytes(
        &Inventory {
            packages: vec![sample().packages.remove(3)],
        },
        &BomOptions::default(),
    )
    .unwrap();
    let value: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    let component = &value["components"][0];
    assert_eq!(component["group"], "@babel");
    assert_eq!(component["name"], "core");
    assert_eq!(component["evidence"]["occurrences"][1]["line"], 9);
    let names: Vec<_> = component["properties"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["gatewright:occurrence"; 2]);
}

proptest! {
    #[test]
    fn every_inventory_comes_back(inventory in inventory(), options in select(every_option())) {
        let bytes = to_bytes(&inventory, &options).unwrap();
        let (back, incomplete) = read(&bytes, options.format).unwrap();
        prop_assert_eq!(&back, &inventory, "{}", String::from_utf8_lossy(&bytes));
        prop_assert_eq!(incomplete, vec![]);
        if options.format == Format::Json {
            prop_assert_eq!(read_tree(&bytes).unwrap().0, inventory);
        }
    }

    #[test]
    fn damaged_documents_do_no_harm(
        options in select(every_option()),
        edits in prop::collection::vec((any::<Index>(), any::<u8>(), 0..4_u8), 1..6),
    ) {
        let mut bytes = to_bytes(&sample(), &options).unwrap();
        for (index, byte, how) in edits {
            let at = index.index(bytes.len().max(1)).min(bytes.len());
            match how {
                0 if at < bytes.len() => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 => bytes.truncate(at.max(1)),
                _ => { let part = bytes[at / 2..at].to_vec(); bytes.splice(at..at, part); }
            }
        }
        let _ = read_json(&bytes, &at());
        let _ = read_xml(&bytes, &at());
    }

    #[test]
    fn any_text_does_no_harm(text in "[<>&/a-z!\\[\\]\"'={}: ;#?-]{0,60}") {
        let _ = read_json(text.as_bytes(), &at());
        let _ = read_xml(text.as_bytes(), &at());
    }
}
