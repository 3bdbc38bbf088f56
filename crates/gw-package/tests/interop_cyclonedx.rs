//! CycloneDX against `cyclonedx-python-lib`: its strict schema validators judge what we write, and
//! we read what it writes in every version.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "clippy does not know that helpers of tests are tests"
)]

mod interop;

use std::fmt::Write as _;
use std::process::Command;

use gw_finding::{Location, Position};
use gw_package::sbom::cyclonedx::{self, BomOptions, Format, RootComponent, SpecVersion, Tool};
use gw_package::{
    Dataset, Ecosystem, Hash, Inventory, MlModel, ModelFile, Occurrence, Package, Purl, Scope,
};
use interop::{Random, ask, environment};
use serde_json::Value;

fn python() -> Command {
    Command::new(environment().join("python/bin/python"))
}

/// Packages with everything that an inventory can say, ordinary and odd.
fn inventory(random: &mut Random, count: usize) -> Inventory {
    let licenses = [
        "",
        "MIT",
        "Apache-2.0",
        "MIT OR Apache-2.0",
        "GPL-2.0-only WITH Classpath-exception-2.0",
        "LicenseRef-Ours",
        "Some \"terms\" & <others>",
        "BSD-3-Clause",
        "0BSD",
        "Zlib",
        "Unlicense",
        "CC-BY-4.0",
        "MPL-2.0+",
        "GPL-2.0",
        "PSF-2.0",
        "BlueOak-1.0.0",
        "Unicode-3.0",
        "not\na licence",
    ];
    let paths = [
        "Cargo.lock",
        "a b/ü&<x>.lock",
        "deep/er/package-lock.json",
        "wheel.zip",
    ];
    let ecosystems = [
        Ecosystem::CRATES_IO,
        Ecosystem::NPM,
        Ecosystem::PYPI,
        Ecosystem::GO,
        Ecosystem::new("Maven"),
    ];
    let mut packages = Vec::new();
    for index in 0..count {
        let ecosystem = ecosystems[random.below(ecosystems.len())].clone();
        let name = match ecosystem.as_str() {
            "npm" => format!("@scope/n{index}"),
            "Go" => format!("example.com/Mod/n{index}"),
            "Maven" => format!("org.example:n{index}"),
            _ => format!("n{index}"),
        };
        let version = random
            .pick(&["1.0.0", "2.0.0-rc.1+build.5", "v1.2.3", "0!1.0+local"])
            .to_owned();
        let purl = Purl::of(&ecosystem, &name, &version).unwrap().to_string();
        let places = random.below(3) + 1;
        let occurrences: Vec<_> = std::iter::repeat_with(|| {
            let mut location = Location::file(random.pick(&paths));
            if random.below(3) > 0 {
                let line = u32::try_from(random.below(5000)).unwrap() + 1;
                location = location.at(Position { line, column: 3 }, Position { line, column: 40 });
            }
            if random.below(4) == 0 {
                location.inside = vec!["inner.tar".to_owned(), "x!y".to_owned()];
            }
            Occurrence {
                location,
                scope: [Scope::Runtime, Scope::Optional, Scope::Development][random.below(3)],
                direct: [None, Some(true), Some(false)][random.below(3)],
            }
        })
        .take(places)
        .collect();
        let hash = |algorithm: &str, length| Hash {
            algorithm: algorithm.to_owned(),
            hex: "0af".repeat(60)[..length].to_owned(),
        };
        let hashes = [
            vec![],
            vec![hash("SHA-256", 64)],
            vec![
                hash("MD5", 32),
                hash("SHA-1", 40),
                hash("SHA-384", 96),
                hash("SHA-512", 128),
                hash("BLAKE3", 64),
            ],
            vec![hash("SHA-224", 56), hash("SHA-256", 63)],
        ];
        let license = licenses[random.below(licenses.len())];
        packages.push(Package {
            ecosystem,
            name,
            version,
            purl,
            occurrences,
            dependencies: Vec::new(),
            license: (!license.is_empty()).then(|| license.to_owned()),
            hashes: hashes[random.below(hashes.len())].clone(),
        });
    }
    packages.sort_by(|a, b| a.purl.cmp(&b.purl));
    for package in &mut packages {
        let mut needs: Vec<_> = (0..random.below(4))
            .map(|_| u32::try_from(random.below(count)).unwrap())
            .collect();
        needs.sort_unstable();
        needs.dedup();
        package.dependencies = needs;
    }
    let mut inventory = Inventory {
        packages,
        ..Inventory::default()
    };
    let models = (0..count.min(6))
        .map(|index| model(random, index))
        .collect();
    let datasets = ["claims", "org/data-1", "odd <&> \"data\""].map(|name| Dataset {
        name: name.to_owned(),
        version: some_of(random, &["", "2024-01"]),
        purl: some_of(random, &["", "pkg:huggingface/org/data@abc", "no purl"]),
        url: some_of(
            random,
            &[
                "",
                "https://example.com/data?x=1#y",
                "not an address",
                "https://[::bad/%zz",
            ],
        ),
        licenses: vec!["CC-BY-4.0".to_owned()],
        hashes: vec![],
    });
    inventory.add_models(models, datasets.into());
    inventory
}

/// One of the texts; nothing for an empty one.
fn some_of(random: &mut Random, texts: &[&str]) -> Option<String> {
    let text = random.pick(texts);
    (!text.is_empty()).then(|| text.to_owned())
}

/// A model with everything that an inventory can say of one, ordinary and odd.
fn model(random: &mut Random, index: usize) -> MlModel {
    let words = [
        "llama",
        "BertForMaskedLM",
        "a & b <c> \"d\"",
        "text\nin lines",
        "ünï",
    ];
    let text = |random: &mut Random| random.pick(&words).to_owned();
    let some = |random: &mut Random| (random.below(3) > 0).then(|| random.pick(&words).to_owned());
    let licenses = [
        vec![],
        vec!["apache-2.0"],
        vec!["MIT OR Apache-2.0"],
        vec!["MIT", "MIT OR Apache-2.0", "other"],
    ];
    let mut location = Location::file(format!("models/{index}/model.safetensors"));
    if random.below(3) == 0 {
        location.inside = vec!["inner!.bin".to_owned()];
    }
    MlModel {
        location,
        name: format!("org/model-{index}"),
        version: some(random),
        purl: some_of(random, &["", "pkg:huggingface/org/model@abc", "bad purl"]),
        format: Some("safetensors".to_owned()),
        format_version: some(random),
        producer: some(random),
        architecture: some(random),
        task: some(random),
        parameters: Some(u64::MAX),
        tensors: Some(291),
        types: [("f32".to_owned(), 7), (text(random), 9)].into(),
        quantization: some(random),
        tokenizer: some(random),
        inputs: vec!["float32[1,3]".to_owned()],
        outputs: some(random).into_iter().collect(),
        licenses: licenses[random.below(licenses.len())]
            .iter()
            .map(|&text| text.to_owned())
            .collect(),
        base_models: some(random).into_iter().collect(),
        datasets: [some(random), Some("claims".to_owned())]
            .into_iter()
            .flatten()
            .collect(),
        libraries: [
            ("torch".to_owned(), "2.1".to_owned()),
            (text(random), String::new()),
        ]
        .into(),
        properties: [(text(random), text(random))].into(),
        hashes: vec![Hash {
            algorithm: "SHA-256".to_owned(),
            hex: "0a".repeat(32),
        }],
        files: vec![ModelFile {
            path: text(random),
            sha256: None,
        }],
    }
}

/// The options under which documents are written, with and without what is not required.
fn every_option() -> Vec<BomOptions> {
    let full = BomOptions {
        serial_number: Some("3e671687-395b-41f5-a30f-a58921a69b79".to_owned()),
        timestamp: Some("2026-03-01T12:34:56.789Z".parse().unwrap()),
        tool: Some(Tool {
            name: "gatewright".to_owned(),
            version: "1.0.0".to_owned(),
        }),
        root: Some(RootComponent {
            name: "@scope/app & more".to_owned(),
            version: Some("1.0.0".to_owned()),
            purl: Some("pkg:npm/%40scope/app@1.0.0".to_owned()),
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

#[test]
fn the_reference_validator_accepts_what_we_write() {
    let script = r"
import json, sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from cyclonedx.validation.xml import XmlValidator
validators = {}
for line in sys.stdin:
    case = json.loads(line)
    key = (case['format'], case['version'])
    if key not in validators:
        kind = JsonStrictValidator if key[0] == 'json' else XmlValidator
        validators[key] = kind(SchemaVersion.from_version(key[1]))
    error = validators[key].validate_str(case['text'])
    print('ok' if error is None else ' '.join(str(error).split())[:600])
";
    let mut random = Random(23);
    let mut documents = Vec::new();
    for options in every_option() {
        for count in [0, 1, 40] {
            let inventory = inventory(&mut random, count);
            let text =
                String::from_utf8(cyclonedx::to_bytes(&inventory, &options).unwrap()).unwrap();
            let read = match options.format {
                Format::Json => cyclonedx::read_json(text.as_bytes(), &Location::file("bom")),
                Format::Xml => cyclonedx::read_xml(text.as_bytes(), &Location::file("bom")),
            };
            assert_eq!(read, Ok((inventory, vec![])), "{options:?}");
            documents.push((options.clone(), text));
        }
    }
    // The judge must also be able to say no.
    let broken: Vec<_> = documents
        .iter()
        .filter(|(_, text)| text.contains("\"library\""))
        .map(|(options, text)| (options.clone(), text.replace("\"library\"", "\"lib\"")))
        .collect();
    let refused = broken.len();
    assert!(refused > 8);
    documents.extend(broken);
    let mut input = String::new();
    for (options, text) in &documents {
        let format = if options.format == Format::Json {
            "json"
        } else {
            "xml"
        };
        let case =
            serde_json::json!({"format": format, "version": options.spec.as_str(), "text": text});
        writeln!(input, "{case}").unwrap();
    }
    let mut answers = ask(python().args(["-c", script]), &input);
    assert_eq!(answers.len(), documents.len());
    for answer in answers.split_off(answers.len() - refused) {
        assert_ne!(answer, "ok");
    }
    for ((options, text), answer) in documents.iter().zip(&answers) {
        assert_eq!(answer, "ok", "{options:?}\n{text}");
    }
}

#[test]
fn what_the_reference_library_writes_is_read() {
    let script = r"
import json
from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL

licenses = LicenseFactory()
def part(purl, **more):
    url = PackageURL.from_string(purl)
    return Component(type=ComponentType.LIBRARY, group=url.namespace, name=url.name, version=url.version,
                     purl=url, bom_ref='ref ' + purl, **more)
root = Component(type=ComponentType.APPLICATION, name='app', version='1', bom_ref='root')
core = part('pkg:npm/%40babel/core@7.0.0', licenses=[licenses.make_from_string('MIT')],
            hashes=[HashType(alg=HashAlgorithm.SHA_256, content='AB' * 32)])
serde = part('pkg:cargo/serde@1.0.0', licenses=[licenses.make_from_string('MIT OR Apache-2.0')])
rich = part('pkg:pypi/rich@13.0', scope=ComponentScope.OPTIONAL,
            licenses=[licenses.make_with_name('Apache License 2.0'), licenses.make_with_id('ISC')])
gin = part('pkg:golang/github.com/gin-gonic/gin@v1.9.0', scope=ComponentScope.EXCLUDED)
log4j = part('pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1?type=jar')
folder = Component(type=ComponentType.FILE, name='package-lock.json', bom_ref='folder')
folder.components.add(log4j)
distro = Component(type=ComponentType.OPERATING_SYSTEM, name='debian', version='12', bom_ref='os')
named = Component(type=ComponentType.LIBRARY, name='mystery', version='3', bom_ref='mystery',
                  properties=[Property(name='syft:package:type', value='python')])
bom = Bom(components=[core, serde, rich, gin, folder, distro, named])
bom.metadata.component = root
bom.register_dependency(root, [core, folder])
bom.register_dependency(folder, [log4j])
bom.register_dependency(core, [serde, rich])
bom.register_dependency(rich, [gin])
for version in SchemaVersion:
    for kind in OutputFormat:
        if version.value < (1, 2):
            continue
        for indent in [None, 2]:
            text = make_outputter(bom, kind, version).output_as_string(indent=indent)
            print(json.dumps({'version': version.to_version(), 'format': kind.name, 'text': text}))
";
    let answers = ask(python().args(["-c", script]), "");
    assert_eq!(answers.len(), 6 * 2 * 2);
    for answer in &answers {
        let case: Value = serde_json::from_str(answer).unwrap();
        let (version, format, text) = (
            &case["version"],
            &case["format"],
            case["text"].as_str().unwrap(),
        );
        let at = Location::file("bom");
        let read = match format.as_str().unwrap() {
            "JSON" => cyclonedx::read_json(text.as_bytes(), &at),
            _ => cyclonedx::read_xml(text.as_bytes(), &at),
        };
        let (inventory, incomplete) = read.unwrap();
        let place = format!("{version} {format}\n{text}");
        assert_eq!(incomplete, [], "{place}");
        let found: Vec<_> = inventory
            .packages
            .iter()
            .map(|p| {
                (
                    p.purl.as_str(),
                    p.ecosystem.as_str(),
                    p.name.as_str(),
                    p.version.as_str(),
                    p.dependencies.as_slice(),
                    p.is_direct(),
                    p.occurrences[0].scope,
                )
            })
            .collect();
        // Properties began with 1.3; without them nothing tells what the nameless package is.
        let mystery = if version == "1.2" {
            (
                "pkg:generic/mystery@3",
                "generic",
                "mystery",
                "3",
                &[][..],
                Some(false),
                Scope::Runtime,
            )
        } else {
            (
                "pkg:pypi/mystery@3",
                "PyPI",
                "mystery",
                "3",
                &[][..],
                Some(false),
                Scope::Runtime,
            )
        };
        let mut expected = vec![
            (
                "pkg:cargo/serde@1.0.0",
                "crates.io",
                "serde",
                "1.0.0",
                &[][..],
                Some(false),
                Scope::Runtime,
            ),
            (
                "pkg:golang/github.com/gin-gonic/gin@v1.9.0",
                "Go",
                "github.com/gin-gonic/gin",
                "v1.9.0",
                &[],
                Some(false),
                Scope::Development,
            ),
            (
                "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1?type=jar",
                "Maven",
                "org.apache.logging.log4j:log4j-core",
                "2.14.1",
                &[],
                Some(true),
                Scope::Runtime,
            ),
            (
                "pkg:npm/%40babel/core@7.0.0",
                "npm",
                "@babel/core",
                "7.0.0",
                &[],
                Some(true),
                Scope::Runtime,
            ),
            (
                "pkg:pypi/rich@13.0",
                "PyPI",
                "rich",
                "13.0",
                &[],
                Some(false),
                Scope::Optional,
            ),
        ];
        expected.push(mystery);
        expected.sort();
        let index = |purl: &str| {
            u32::try_from(expected.iter().position(|e| e.0.starts_with(purl)).unwrap()).unwrap()
        };
        let (serde, rich, gin) = (
            index("pkg:cargo/serde"),
            index("pkg:pypi/rich"),
            index("pkg:golang/"),
        );
        let (core_needs, rich_needs) = ([serde, rich], [gin]);
        for entry in &mut expected {
            match entry.2 {
                "@babel/core" => entry.4 = &core_needs,
                "rich" => entry.4 = &rich_needs,
                _ => {}
            }
        }
        assert_eq!(found, expected, "{place}");
        let of = |name: &str| inventory.packages.iter().find(|p| p.name == name).unwrap();
        assert_eq!(of("@babel/core").license.as_deref(), Some("MIT"), "{place}");
        assert_eq!(
            of("@babel/core").hashes,
            [Hash {
                algorithm: "SHA-256".to_owned(),
                hex: "ab".repeat(32)
            }]
        );
        assert_eq!(
            of("serde").license.as_deref(),
            Some("MIT OR Apache-2.0"),
            "{place}"
        );
        let rich = of("rich").license.clone().unwrap();
        assert!(
            ["Apache-2.0 AND ISC", "ISC AND Apache-2.0"].contains(&&*rich),
            "{rich}"
        );
    }
}
