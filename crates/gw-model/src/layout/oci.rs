//! Models in OCI images: manifests and configurations among the blobs of an image's layout. The
//! layers are files, tars or compressed tars, which are opened by their content.
//!
//! Source: OCI Image Specification, "Image Manifest"; CNCF ModelPack's `config.md` and
//! `annotations.md`; Docker's model specification; KitOps' `ModelKit`.

use gw_analysis::{Node, parse};

use super::{name, text, texts};
use crate::keras::take_text;
use crate::reader::Reader;
use crate::report::{Report, quote};
use crate::{Content, Model};

/// What media types of models' manifests and configurations begin with.
const MEDIA_TYPES: &[&str] = &[
    "application/vnd.cncf.model.",
    "application/vnd.cnai.model.",
    "application/vnd.docker.ai.",
    "application/vnd.kitops.modelkit.",
];

/// The key under which a manifest's description has the digest of its configuration, until both
/// are joined.
pub(crate) const CONFIG_DIGEST: &str = "oci-config";

/// The format of what this reader describes.
pub(crate) const FORMAT: &str = "oci-model";

/// Reads manifests and configurations of models in OCI images.
pub(crate) struct Oci;

impl Reader for Oci {
    fn claims(&self, path: &str, head: &[u8]) -> bool {
        // Blobs have digests for names.
        let file = name(path);
        let digest = file.len() >= 32 && file.bytes().all(|byte| byte.is_ascii_hexdigit());
        (digest || file == "manifest.json") && head.trim_ascii_start().starts_with(b"{")
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        let Some(text) = take_text(&mut content, report) else {
            return;
        };
        let of_model = MEDIA_TYPES.iter().any(|kind| text.contains(kind));
        match parse::json(&text) {
            Ok(root) => {
                if let Some(model) = manifest(&root, report).or_else(|| config(&root, report)) {
                    report.describe(model);
                }
            }
            Err(error) if of_model => report.incomplete(error.reason, error.message),
            Err(_) => {}
        }
    }
}

fn is_media_type(node: Option<&Node>) -> bool {
    let kind = node.and_then(Node::as_str).unwrap_or_default();
    MEDIA_TYPES.iter().any(|known| kind.starts_with(known))
}

/// A manifest: annotations, the configuration's digest, and the files of its layers.
fn manifest(root: &Node, report: &Report<'_>) -> Option<Model> {
    let layers = root.get("layers")?;
    let of_model = is_media_type(root.get("artifactType"))
        || is_media_type(root.at(&["config", "mediaType"]))
        || layers
            .list()
            .iter()
            .any(|layer| is_media_type(layer.get("mediaType")));
    if !of_model {
        return None;
    }
    let mut model = Model::new(FORMAT, report.location().clone());
    if let Some(digest) = text(root, &["config", "digest"]) {
        model.metadata.insert(CONFIG_DIGEST.to_owned(), digest);
    }
    let annotations = root.get("annotations").map(Node::map).into_iter().flatten();
    for (key, value) in annotations.take(100) {
        let (Some(key), Some(value)) = (key.as_str(), value.scalar()) else {
            continue;
        };
        match key {
            "org.opencontainers.image.title" => model.name = Some(quote(value)),
            "org.opencontainers.image.licenses" => model.licenses = vec![quote(value)],
            _ => {
                model.metadata.insert(quote(key), quote(value));
            }
        }
    }
    let paths = [
        "org.cncf.model.filepath",
        "org.cnai.model.filepath",
        "org.opencontainers.image.title",
    ];
    for layer in layers.list().iter().take(10_000) {
        let path = paths
            .iter()
            .find_map(|key| text(layer, &["annotations", key]));
        model.files.extend(path);
    }
    Some(model)
}

/// A configuration: of ModelPack, of Docker, or of KitOps.
fn config(root: &Node, report: &Report<'_>) -> Option<Model> {
    let pack = root.get("modelfs").is_some();
    let docker = root.at(&["config", "format"]).is_some() && root.get("files").is_some()
        || root.at(&["config", "gguf"]).is_some();
    if !pack && !docker {
        return None;
    }
    let mut model = Model::new(FORMAT, report.location().clone());
    model.name =
        text(root, &["descriptor", "name"]).or_else(|| text(root, &["descriptor", "title"]));
    model.architecture = text(root, &["config", "architecture"]);
    model.quantization = text(root, &["config", "quantization"]);
    if let Some(descriptor) = root.get("descriptor") {
        model.licenses = texts(descriptor, "licenses");
    }
    for (key, path) in [
        ("weights", ["config", "format"]),
        ("precision", ["config", "precision"]),
        ("size", ["config", "paramSize"]),
        ("size", ["config", "parameters"]),
        ("family", ["descriptor", "family"]),
        ("version", ["descriptor", "version"]),
        ("revision", ["descriptor", "revision"]),
    ] {
        if let Some(value) = text(root, &path) {
            model.metadata.insert(key.to_owned(), value);
        }
    }
    Some(model)
}
