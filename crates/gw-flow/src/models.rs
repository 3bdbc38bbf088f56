//! Models as the analyzer describes them, as an inventory lists them.

use std::collections::BTreeMap;

use gw_model::Model;
use gw_package::{Hash, MlModel, ModelFile};
use gw_scan::FileDigest;

/// The models of a scan, as its inventory lists them. `digests` has the files that were read, and
/// `whole` is what a model is called that is all of the target.
#[must_use]
pub fn listed(
    models: Vec<Model>,
    digests: &BTreeMap<String, FileDigest>,
    whole: &str,
) -> Vec<MlModel> {
    models
        .into_iter()
        .map(|model| one(model, digests, whole))
        .collect()
}

fn one(model: Model, digests: &BTreeMap<String, FileDigest>, whole: &str) -> MlModel {
    let name = model.name.filter(|name| !name.trim().is_empty());
    let path = model.location.inside.last().unwrap_or(&model.location.path);
    let name = name.unwrap_or_else(|| match file_name(path) {
        "." | "" => whole.to_owned(),
        name => name.to_owned(),
    });
    // Cards write licences as the hub spells them, mostly SPDX ids in small letters.
    let license = |text: String| gw_package::license::normalize(&text).unwrap_or(text);
    // The digest of an archive is not that of the model inside it.
    let whole = model.location.inside.is_empty();
    let digest = |path: &str| digests.get(path).filter(|_| whole);
    let hashes = digest(&model.location.path)
        .map(|digest| Hash {
            algorithm: "SHA-256".to_owned(),
            hex: digest.sha256.to_hex(),
        })
        .into_iter()
        .collect();
    let files = model
        .files
        .into_iter()
        .map(|file| ModelFile {
            sha256: digest(&beside(&model.location.path, &file, digests))
                .map(|digest| digest.sha256.to_hex()),
            path: file,
        })
        .collect();
    MlModel {
        name,
        format: some(model.format),
        format_version: model.format_version,
        producer: model.producer,
        architecture: model.architecture,
        task: model.task,
        parameters: model.parameters,
        tensors: model.tensors,
        types: model
            .types
            .into_iter()
            .map(|kind| (kind.name, kind.numbers))
            .collect(),
        quantization: model.quantization,
        tokenizer: model.tokenizer,
        licenses: model.licenses.into_iter().map(license).collect(),
        base_models: model.base_models,
        datasets: model.datasets,
        libraries: model.libraries,
        properties: model.metadata,
        hashes,
        files,
        location: model.location,
        ..MlModel::default()
    }
}

/// The path of a file that belongs to the model at `place`, which is a file of the target or a
/// folder.
fn beside(place: &str, file: &str, digests: &BTreeMap<String, FileDigest>) -> String {
    let folder = match place.rsplit_once('/') {
        _ if !digests.contains_key(place) => place,
        Some((folder, _)) => folder,
        None => "",
    };
    match folder {
        "" | "." => file.to_owned(),
        folder => format!("{folder}/{file}"),
    }
}

fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

fn file_name(path: &str) -> &str {
    path.trim_end_matches('/')
        .rsplit('/')
        .next()
        .filter(|name| !name.is_empty())
        .unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use gw_core::Digest;
    use gw_finding::Location;

    use super::*;

    fn digests(paths: &[&str]) -> BTreeMap<String, FileDigest> {
        let digest = |path: &str| FileDigest {
            sha256: Digest::of(path.as_bytes()),
            size: 1,
        };
        paths
            .iter()
            .map(|path| ((*path).to_owned(), digest(path)))
            .collect()
    }

    fn list(place: Location, files: &[&str], read: &[&str]) -> MlModel {
        let model = Model {
            files: files.iter().map(|file| (*file).to_owned()).collect(),
            ..Model::new("safetensors", place)
        };
        listed(vec![model], &digests(read), "target").remove(0)
    }

    #[test]
    fn digests_are_those_of_the_models_own_files() {
        let hex = |path: &str| Digest::of(path.as_bytes()).to_hex();
        let file = list(
            Location::file("m/a.gguf"),
            &["config.json", "gone"],
            &["m/a.gguf", "m/config.json", "config.json"],
        );
        assert_eq!(file.name, "a.gguf");
        assert_eq!(file.hashes[0].hex, hex("m/a.gguf"));
        assert_eq!(file.files[0].sha256, Some(hex("m/config.json")));
        assert_eq!(file.files[1].sha256, None);

        let folder = list(Location::file("m"), &["a.gguf"], &["m/a.gguf", "a.gguf"]);
        assert_eq!((folder.name.as_str(), folder.hashes.len()), ("m", 0));
        assert_eq!(folder.files[0].sha256, Some(hex("m/a.gguf")));

        let mut inside = Location::file("x.zip");
        inside.inside.push("m/a.gguf".to_owned());
        let inside = list(inside, &["b"], &["x.zip", "b"]);
        assert_eq!((inside.name.as_str(), inside.hashes.len()), ("a.gguf", 0));
        assert_eq!(inside.files[0].sha256, None);
    }
}
