use gw_finding::Position;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;
use crate::{Dataset, Ecosystem, Hash, MlModel, ModelFile, Occurrence, Package, Scope};

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

fn map() -> impl Strategy<Value = std::collections::BTreeMap<String, String>> {
    prop::collection::btree_map(text(), text(), 0..3)
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(text(), 0..3)
}

fn url() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("https://example.com/a%20b?x=[1]".to_owned()),
        "https?://[a-z]{1,5}(:[0-9]{1,4})?/[a-z/#?]{0,5}",
        text(),
    ]
}

prop_compose! {
    fn model()(
        location in location(),
        (name, version, purl, format, format_version, producer) in
            (text(), prop::option::of(text()), prop::option::of(text()), prop::option::of(text()),
             prop::option::of(text()), prop::option::of(text())),
        (architecture, task, quantization, tokenizer) in
            (prop::option::of(text()), prop::option::of(text()), prop::option::of(text()),
             prop::option::of(text())),
        (parameters, tensors, types) in (any::<Option<u64>>(), any::<Option<u64>>(),
            prop::collection::btree_map(text(), any::<u64>(), 0..3)),
        (inputs, outputs, licenses, base_models, datasets) in
            (texts(), texts(), texts(), texts(), texts()),
        (libraries, properties) in (map(), map()),
        hashes in prop::collection::vec(hash(), 0..3),
        files in prop::collection::vec(
            (text(), prop::option::of("[0-9a-f]{64}"))
                .prop_map(|(path, sha256)| ModelFile { path, sha256 }), 0..3),
    ) -> MlModel {
        MlModel {
            location, name, version, purl, format, format_version, producer, architecture, task,
            parameters, tensors, types, quantization, tokenizer, inputs, outputs, licenses,
            base_models, datasets, libraries, properties, hashes, files,
        }
    }
}

prop_compose! {
    fn dataset()(
        name in text(),
        version in prop::option::of(text()),
        purl in prop::option::of(text()),
        url in prop::option::of(url()),
        licenses in texts(),
        hashes in prop::collection::vec(hash(), 0..3),
    ) -> Dataset {
        Dataset { name, version, purl, url, licenses, hashes }
    }
}

fn inventory() -> impl Strategy<Value = Inventory> {
    let models = prop::collection::vec(model(), 0..3);
    let datasets = prop::collection::vec(dataset(), 0..3);
    (packages(), models, datasets).prop_map(|(mut inventory, models, datasets)| {
        inventory.add_models(models, datasets);
        inventory
    })
}

fn packages() -> impl Strategy<Value = Inventory> {
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
            ..Inventory::default()
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
    let mut inventory = Inventory {
        packages,
        ..Inventory::default()
    };
    inventory.add_models(
        vec![MlModel {
            location: Location::file("models/fraud.gguf"),
            name: "fraud".to_owned(),
            format: Some("gguf".to_owned()),
            architecture: Some("llama".to_owned()),
            task: Some("text-generation".to_owned()),
            parameters: Some(7_240_000_000),
            types: [("q4_k".to_owned(), 7_240_000_000)].into(),
            licenses: vec!["apache-2.0".to_owned(), "llama2".to_owned()],
            base_models: vec!["meta-llama/Llama-2-7b".to_owned()],
            datasets: vec!["claims & more".to_owned()],
            libraries: [("torch".to_owned(), "2.1.0".to_owned())].into(),
            files: vec![ModelFile {
                path: "config.json".to_owned(),
                sha256: Some("cd".repeat(32)),
            }],
            hashes: vec![Hash {
                algorithm: "SHA-256".to_owned(),
                hex: "ab".repeat(32),
            }],
            ..MlModel::default()
        }],
        vec![Dataset {
            name: "claims & more".to_owned(),
            url: Some("https://example.com/claims".to_owned()),
            ..Dataset::default()
        }],
    );
    inventory
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
fn models_have_cards_and_lead_to_their_data() {
    let inventory = Inventory {
        packages: Vec::new(),
        ..sample()
    };
    let options = BomOptions {
        root: Some(RootComponent::default()),
        ..BomOptions::default()
    };
    let bytes = to_bytes(&inventory, &options).unwrap();
    let value: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    let (model, data) = (&value["components"][0], &value["components"][1]);
    assert_eq!(model["type"], "machine-learning-model");
    let card = &model["modelCard"]["modelParameters"];
    assert_eq!(card["task"], "text-generation");
    assert_eq!(card["modelArchitecture"], "llama");
    assert_eq!(card["datasets"][0]["ref"], data["bom-ref"]);
    let ancestor = &model["pedigree"]["ancestors"][0];
    assert_eq!(ancestor["name"], "meta-llama/Llama-2-7b");
    assert_eq!(data["type"], "data");
    assert_eq!(
        data["data"][0]["contents"]["url"],
        "https://example.com/claims"
    );
    assert_eq!(value["dependencies"][0]["dependsOn"][0], model["bom-ref"]);
}

#[test]
fn plain_packages_need_no_properties_but_the_occurrence() {
    let bytes = to_bytes(
        &Inventory {
            packages: vec![sample().packages.remove(3)],
            ..Inventory::default()
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
