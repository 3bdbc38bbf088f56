//! An inventory as a document.

use rustc_hash::{FxHashMap, FxHashSet};

use super::document::{
    Bom, Component, Dependency, Evidence, HashEntry, Metadata, Place, Property, Tools,
};
use super::identity::{self, Identity, Kind};
use super::licenses::Licenses;
use super::text::Text;
use super::{BomOptions, Format, extra, licenses, models};
use crate::{Ecosystem, Hash, Inventory, Package, PackageIndex, Scope};

/// The document of an inventory.
pub(super) fn document<'a>(inventory: &'a Inventory, options: &'a BomOptions) -> Bom<'a> {
    let references = References::of(inventory, options);
    let json = options.format == Format::Json;
    let mut read = Licenses::default();
    let packages = inventory
        .packages
        .iter()
        .zip(&references.packages)
        .map(|(package, reference)| component(package, reference, &mut read));
    let of_datasets: FxHashMap<&str, &str> = inventory
        .datasets
        .iter()
        .map(|dataset| dataset.name.as_str())
        .zip(references.datasets.iter().map(String::as_str))
        .collect();
    let models = inventory
        .models
        .iter()
        .zip(&references.models)
        .map(|(model, reference)| models::model_component(model, reference, &of_datasets));
    let datasets = inventory
        .datasets
        .iter()
        .zip(&references.datasets)
        .map(|(dataset, reference)| models::dataset_component(dataset, reference));
    Bom {
        schema: json.then(|| options.spec.schema().into()),
        bom_format: json.then(|| "CycloneDX".into()),
        spec_version: Some(options.spec.as_str().into()),
        serial_number: options.serial_number.as_deref().map(serial_number),
        version: 1,
        metadata: metadata(options, &references),
        components: packages.chain(models).chain(datasets).collect(),
        dependencies: dependencies(inventory, &references),
    }
}

fn serial_number(uuid: &str) -> Text<'static> {
    let uuid = uuid.strip_prefix("urn:uuid:").unwrap_or(uuid);
    format!("urn:uuid:{}", uuid.to_ascii_lowercase()).into()
}

fn metadata<'a>(options: &'a BomOptions, references: &References) -> Metadata<'a> {
    Metadata {
        timestamp: options.timestamp.map(|time| time.to_string().into()),
        tools: options.tool.as_ref().map(|tool| Tools {
            components: vec![Component {
                kind: Some("application".into()),
                name: Some(tool.name.as_str().into()),
                version: Some(tool.version.as_str().into()),
                ..Component::default()
            }],
        }),
        component: options.root.as_ref().map(|root| Component {
            kind: Some("application".into()),
            bom_ref: references.root.clone().map(Text::from),
            name: Some(root.name.as_str().into()),
            version: root.version.as_deref().map(Text::from),
            purl: root.purl.as_deref().map(Text::from),
            ..Component::default()
        }),
    }
}

/// The name of each component inside the document, each once.
struct References {
    root: Option<String>,
    packages: Vec<String>,
    models: Vec<String>,
    datasets: Vec<String>,
}

impl References {
    fn of(inventory: &Inventory, options: &BomOptions) -> Self {
        let mut taken = FxHashSet::default();
        let root = options.root.as_ref().map(|root| match &root.purl {
            Some(purl) if !options.short_refs && is_plain(purl) => purl.clone(),
            _ => "root".to_owned(),
        });
        taken.extend(root.clone());
        let mut packages = Vec::with_capacity(inventory.packages.len());
        for (index, package) in inventory.packages.iter().enumerate() {
            let mut reference = if options.short_refs || !is_plain(&package.purl) {
                index.to_string()
            } else {
                package.purl.clone()
            };
            while !taken.insert(reference.clone()) {
                reference.push('#');
            }
            packages.push(reference);
        }
        let mut numbered = |prefix: &str, count: usize| {
            let mut references = Vec::with_capacity(count);
            for index in 0..count {
                let mut reference = format!("{prefix}-{index}");
                while !taken.insert(reference.clone()) {
                    reference.push('#');
                }
                references.push(reference);
            }
            references
        };
        Self {
            models: numbered("model", inventory.models.len()),
            datasets: numbered("dataset", inventory.datasets.len()),
            root,
            packages,
        }
    }
}

/// Whether text stays what it is in JSON and in an XML attribute.
pub(super) fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn component<'a>(package: &'a Package, reference: &str, read: &mut Licenses) -> Component<'a> {
    let (group, name) = split_name(&package.ecosystem, &package.name);
    let text = |text: &'a str| (!text.is_empty()).then(|| Text::from(text));
    let mut component = Component {
        kind: Some("library".into()),
        bom_ref: Some(reference.to_owned().into()),
        group: group.map(Text::from),
        name: Some(name.into()),
        version: text(&package.version),
        scope: scope(package).map(Text::from),
        licenses: package
            .license
            .iter()
            .map(|license| licenses::entry(license))
            .collect(),
        purl: text(&package.purl),
        ..Component::default()
    };
    let mut own = Own(Vec::new());
    let (mut kind, problem) = identity::standard(&component);
    if problem.is_some() {
        component.purl = None;
        kind = identity::standard(&component).0;
    }
    let identity = match kind {
        Kind::Package(identity) => Some(identity),
        _ => None,
    };
    own.identity(package, identity.as_ref());
    if let Some(license) = &package.license
        && read.expression(&component.licenses, None).as_ref() != Some(license)
    {
        own.push(extra::LICENSE, license.as_str());
    }
    for (index, hash) in package.hashes.iter().enumerate() {
        if is_standard(hash) {
            component.hashes.push(HashEntry {
                alg: hash.algorithm.as_str().into(),
                content: hash.hex.as_str().into(),
            });
        } else {
            own.push(extra::HASH, extra::hash(index, hash));
        }
    }
    let mut places = Vec::with_capacity(package.occurrences.len());
    for occurrence in &package.occurrences {
        let location = &occurrence.location;
        places.push(Place {
            location: if location.inside.is_empty() {
                location.path.as_str().into()
            } else {
                location.full_path().into()
            },
            line: location.start.map(|start| start.line),
        });
        own.push(extra::OCCURRENCE, extra::occurrence(occurrence));
    }
    component.properties = own.0;
    component.evidence = Some(Evidence {
        occurrences: places,
        licenses: Vec::new(),
    });
    component
}

/// Properties of our own.
struct Own<'a>(Vec<Property<'a>>);

impl<'a> Own<'a> {
    fn push(&mut self, name: &'static str, value: impl Into<Text<'a>>) {
        self.0.push(Property {
            name: name.into(),
            value: value.into(),
        });
    }

    /// What a reader would not know from the standard's fields.
    fn identity(&mut self, package: &'a Package, known: Option<&Identity>) {
        let fields = [
            (
                extra::ECOSYSTEM,
                package.ecosystem.as_str(),
                known.map(|k| k.ecosystem.as_str()),
            ),
            (extra::NAME, &package.name, known.map(|k| k.name.as_str())),
            (
                extra::VERSION,
                &package.version,
                known.map(|k| k.version.as_str()),
            ),
            (extra::PURL, &package.purl, known.map(|k| k.purl.as_str())),
        ];
        for (name, value, known) in fields {
            if known != Some(value) {
                self.push(name, value);
            }
        }
    }
}

/// The name as the standard divides it.
fn split_name<'n>(ecosystem: &Ecosystem, name: &'n str) -> (Option<&'n str>, &'n str) {
    let parts = match ecosystem.base() {
        "npm" if name.starts_with('@') => name.split_once('/'),
        "Maven" => name.split_once(':'),
        _ => None,
    };
    match parts {
        Some((group, rest)) if !group.is_empty() && !rest.is_empty() => (Some(group), rest),
        _ => (None, name),
    }
}

/// `required` is the default, so it is not written.
fn scope(package: &Package) -> Option<&'static str> {
    match package
        .occurrences
        .iter()
        .map(|occurrence| occurrence.scope)
        .min()?
    {
        Scope::Runtime => None,
        Scope::Optional => Some("optional"),
        Scope::Development => Some("excluded"),
    }
}

/// Whether the schema allows a hash, so that it is read as it was written.
pub(super) fn is_standard(hash: &Hash) -> bool {
    let known = matches!(
        hash.algorithm.as_str(),
        "MD5"
            | "SHA-1"
            | "SHA-256"
            | "SHA-384"
            | "SHA-512"
            | "SHA3-256"
            | "SHA3-384"
            | "SHA3-512"
            | "BLAKE2b-256"
            | "BLAKE2b-384"
            | "BLAKE2b-512"
            | "BLAKE3"
    );
    known
        && matches!(hash.hex.len(), 32 | 40 | 64 | 96 | 128)
        && hash
            .hex
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// What needs what. A package that needs nothing is listed as such only if a file that declares
/// it also tells the dependencies of others; else it is not known, which is not listing it.
fn dependencies<'a>(inventory: &'a Inventory, references: &References) -> Vec<Dependency<'a>> {
    let paths = |package: &'a Package| package.occurrences.iter().map(|o| o.location.path.as_str());
    let telling: FxHashSet<&str> = inventory
        .packages
        .iter()
        .filter(|package| !package.dependencies.is_empty())
        .flat_map(paths)
        .collect();
    let reference = |index: PackageIndex| {
        references
            .packages
            .get(index as usize)
            .cloned()
            .map(Text::from)
    };
    let root = references.root.iter().map(|root| Dependency {
        reference: root.clone().into(),
        depends_on: inventory
            .packages
            .iter()
            .zip(&references.packages)
            .filter(|(package, _)| package.is_direct() == Some(true))
            .map(|(_, reference)| reference)
            .chain(&references.models)
            .map(|reference| reference.clone().into())
            .collect(),
    });
    let packages = inventory
        .packages
        .iter()
        .zip(&references.packages)
        .filter(|(package, _)| {
            !package.dependencies.is_empty() || paths(package).any(|path| telling.contains(path))
        })
        .map(|(package, own)| Dependency {
            reference: own.clone().into(),
            depends_on: package
                .dependencies
                .iter()
                .filter_map(|&index| reference(index))
                .collect(),
        });
    root.chain(packages).collect()
}
