use std::collections::HashSet;

use gw_analysis::parse;
use gw_finding::ReasonCode;

use crate::reader::Reader;
use crate::report::{Evidence, Report, quote};
use crate::tensor::files::References;
use crate::tensor::pointer;
use crate::{Content, rules};

/// The largest index that is read, in bytes: some 100 bytes for each of hundreds of thousands of
/// tensors.
const MAX_INDEX: u64 = 16 << 20;

/// Which shard has which tensor, `model.safetensors.index.json`: an object with a `weight_map`.
pub(crate) struct IndexReader;

impl Reader for IndexReader {
    fn claims(&self, path: &str, _: &[u8]) -> bool {
        path.ends_with(".index.json")
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        let bytes = match content.take_up_to(MAX_INDEX.saturating_add(1)) {
            Ok(bytes) if bytes.len() as u64 > MAX_INDEX => {
                let detail = format!("an index of shards of more than {MAX_INDEX} bytes");
                return report.incomplete(ReasonCode::TooLarge, detail);
            }
            Ok(bytes) => bytes,
            Err(error) => return report.incomplete(ReasonCode::Unreadable, error.to_string()),
        };
        if pointer::is_pointer(&bytes) {
            return pointer::report(report);
        }
        let Ok(text) = std::str::from_utf8(&bytes) else {
            return report.incomplete(ReasonCode::Encoding, "an index of shards must be UTF-8");
        };
        match parse::json(text) {
            Ok(index) => read(&index, report),
            Err(error) => report.incomplete(error.reason, format!("index of shards: {error}")),
        }
    }
}

fn read(index: &gw_analysis::Node, report: &mut Report<'_>) {
    let Some(map) = index.get("weight_map") else {
        // Other files have this name, too.
        return;
    };
    let only_data = report.path().ends_with(".safetensors.index.json");
    let mut references = References::default();
    let mut names = HashSet::new();
    let mut shards = HashSet::new();
    for (name, shard) in map.map() {
        let name = name.as_str().unwrap_or_default();
        if !names.insert(name) {
            let message = format!("The tensor `{}` is given twice.", quote(name));
            report.find(&rules::DUPLICATE_KEY, Evidence::new(name, message));
        }
        let Some(shard) = shard.as_str() else {
            let detail = format!(
                "the shard of `{}` is {} and must be a name",
                quote(name),
                shard.kind()
            );
            report.incomplete(ReasonCode::Malformed, detail);
            continue;
        };
        if !shards.insert(shard) {
            continue;
        }
        references.add("The index of shards", shard, 0, report);
        if only_data && !shard.ends_with(".safetensors") {
            let message = format!(
                "The index of safetensors has the shard \"{}\", which is none.",
                quote(shard)
            );
            report.find(&rules::WRONG_FORMAT, Evidence::new(shard, message));
        }
    }
    references.keep(report);
}
