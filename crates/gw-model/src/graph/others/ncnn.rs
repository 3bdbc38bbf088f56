//! ncnn and MNN, whose files say little: the first has its graph as lines of text.

use crate::graph::operators::Operators;
use crate::reader::Reader;
use crate::report::{Evidence, Report};
use crate::tensor::describe;
use crate::{Content, Model, rules};

/// A graph of ncnn, `model.param`.
pub(crate) struct Ncnn;

/// What the first line of every graph is.
const MAGIC: &str = "7767517";

impl Reader for Ncnn {
    fn claims(&self, _: &str, head: &[u8]) -> bool {
        head.trim_ascii_start().starts_with(MAGIC.as_bytes())
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        let Some(text) = super::text(&mut content, "ncnn", report) else {
            return;
        };
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        if lines.next() != Some(MAGIC) {
            return;
        }
        let mut model = Model::new("ncnn", report.location().clone());
        let counts = lines.next().unwrap_or_default();
        let promised: Option<u64> = counts
            .split_whitespace()
            .next()
            .and_then(|count| count.parse().ok());
        let mut operators = Operators::default();
        let mut found = 0_u64;
        for line in lines {
            found = found.saturating_add(1);
            operators.add(line.split_whitespace().next().unwrap_or_default());
        }
        if promised != Some(found) {
            let message = format!(
                "The graph is said to have \"{}\" layers and blobs, and has {found} layers.",
                crate::report::quote(counts)
            );
            report.find(&rules::IMPOSSIBLE_SIZE, Evidence::new("layers", message));
        }
        operators.describe(&mut model);
        report.describe(model);
    }
}

/// A model of MNN. Its FlatBuffer has no identifier, and nothing in it runs code or names files.
pub(crate) struct Mnn;

impl Reader for Mnn {
    fn claims(&self, path: &str, _: &[u8]) -> bool {
        path.ends_with(".mnn")
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        let mut model = Model::new("mnn", report.location().clone());
        if let Ok(Some(size)) = content.size() {
            describe::keep(&mut model, "bytes", &size.to_string());
        }
        report.describe(model);
    }
}
