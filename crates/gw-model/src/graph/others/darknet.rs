//! Darknet: a network as sections of a configuration.

use crate::graph::operators::Operators;
use crate::reader::Reader;
use crate::report::Report;
use crate::{Content, Model};

pub(crate) struct Darknet;

impl Reader for Darknet {
    fn claims(&self, path: &str, head: &[u8]) -> bool {
        let head = head.trim_ascii_start();
        path.ends_with(".cfg") && (head.starts_with(b"[net]") || head.starts_with(b"[network]"))
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        let Some(text) = super::text(&mut content, "Darknet", report) else {
            return;
        };
        let mut model = Model::new("darknet", report.location().clone());
        let mut operators = Operators::default();
        let sections = text
            .lines()
            .filter_map(|line| line.trim().strip_prefix('[')?.split(']').next());
        for section in sections.skip(1) {
            operators.add(section);
        }
        operators.describe(&mut model);
        report.describe(model);
    }
}
