use gw_analysis::{Node, parse};
use gw_finding::ReasonCode;

use crate::reader::Reader;
use crate::report::Report;
use crate::tensor::files::References;
use crate::{Content, Model};

/// The largest manifest that is read, in bytes; real ones have a few hundred.
const MAX_MANIFEST: u64 = 1 << 20;

/// A package's `Manifest.json`: which files it has, by paths relative to its folder `Data`.
pub(crate) struct Package;

impl Reader for Package {
    fn claims(&self, path: &str, _: &[u8]) -> bool {
        path.ends_with(".mlpackage/Manifest.json")
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        let bytes = match content.take_up_to(MAX_MANIFEST) {
            Ok(bytes) => bytes,
            Err(error) => return report.incomplete(ReasonCode::Unreadable, error.to_string()),
        };
        match parse::json(&String::from_utf8_lossy(&bytes)) {
            Ok(manifest) => read(&manifest, report),
            Err(error) => {
                report.incomplete(error.reason, format!("Core ML: the manifest: {error}"))
            }
        }
    }
}

fn read(manifest: &Node, report: &mut Report<'_>) {
    let mut model = Model::new("mlpackage", report.location().clone());
    model.format_version = manifest
        .get("fileFormatVersion")
        .and_then(Node::as_str)
        .map(str::to_owned);
    let items = manifest
        .get("itemInfoEntries")
        .map(Node::map)
        .into_iter()
        .flatten();
    for (_, item) in items {
        let Some(path) = item.get("path").and_then(Node::as_str) else {
            continue;
        };
        // Whether a path leads out is told by what it is relative to, not by the manifest's place.
        let mut references = References::default();
        references.add("The package", path, 0, report);
        if !references.is_empty() {
            crate::tensor::describe::add(&mut model.files, format!("Data/{path}"));
        }
    }
    report.describe(model);
}
