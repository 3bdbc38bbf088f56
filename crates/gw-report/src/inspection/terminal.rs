//! An inspection for people: a block for each model, then what is wrong and what was not seen.

use gw_finding::{Finding, Severity};

use super::{InspectedFile, InspectedModel, Inspection};
use crate::TerminalOptions;
use crate::terminal::style;
use crate::text::{Paper, Prose, clip, columns, shorten_path};
use crate::words;

/// Lines of prose longer than this are hard to read.
const MOST_COLUMNS: usize = 100;
/// So many files, libraries and values of metadata are shown unless everything is asked for.
const MOST_SHOWN: usize = 8;
/// The column in which values begin.
const LABEL: usize = 16;

/// The inspection for a terminal. With `digests` each file is shown with its own.
///
/// Text from the models is shown as [`crate::terminal`] shows it.
#[must_use]
pub fn inspection_terminal(
    inspection: &Inspection,
    options: &TerminalOptions,
    digests: bool,
) -> String {
    let page = Page {
        paper: Paper {
            width: options.width.clamp(30, MOST_COLUMNS),
            color: options.color,
            links: options.links,
        },
        most: if options.verbose {
            usize::MAX
        } else {
            MOST_SHOWN
        },
        digests,
    };
    let mut out = String::new();
    if inspection.models.is_empty() {
        Prose::new("No model was found here.").write(&mut out, &page.paper, "");
    }
    for (at, model) in inspection.models.iter().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        page.model(&mut out, model, inspection);
    }
    page.others(&mut out, inspection);
    page.gaps(&mut out, inspection);
    out
}

struct Page {
    paper: Paper,
    most: usize,
    digests: bool,
}

impl Page {
    fn model(&self, out: &mut String, model: &InspectedModel, inspection: &Inspection) {
        let mut head = Prose::default().styled(&clip(&model.name, 200), style::BOLD);
        if !model.path.ends_with(&model.name) {
            head = head.styled(&format!("({})", clip(&model.path, 300)), style::DIM);
        }
        head.write(out, &self.paper, "");
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let format = match (&model.format, &model.format_version) {
            (Some(format), Some(version)) => format!("{format} {version}"),
            (format, _) => text(format),
        };
        self.line(out, "Format", &format);
        self.line(out, "Made by", &text(&model.producer));
        self.line(out, "Architecture", &text(&model.architecture));
        self.line(out, "Task", &text(&model.task));
        self.line(
            out,
            "Parameters",
            &model.parameters.map(in_words).unwrap_or_default(),
        );
        self.line(out, "Tensors", &tensors(model));
        self.line(out, "Quantisation", &text(&model.quantization));
        self.line(out, "Tokenizer", &text(&model.tokenizer));
        let context = model.context_length;
        let context = context.map(|n| words::count(n, "token", "tokens"));
        self.line(out, "Context", &context.unwrap_or_default());
        self.line(out, "Licence", &model.licenses.join(", "));
        self.line(out, "Made from", &model.base_models.join(", "));
        self.line(out, "Trained on", &model.datasets.join(", "));
        let libraries: Vec<_> = model
            .libraries
            .iter()
            .map(|(name, version)| format!("{name} {version}").trim_end().to_owned())
            .collect();
        self.list(out, "Libraries", &libraries);
        let metadata: Vec<_> = model
            .metadata
            .iter()
            .map(|(name, value)| format!("{name} = {}", clip(value, 120)))
            .collect();
        self.rows(out, "Says", &metadata);
        self.files(out, &model.files);
        let about = |finding: &&Finding| {
            model
                .findings
                .iter()
                .any(|id| *id == finding.id.to_string())
        };
        let findings: Vec<_> = inspection.findings.iter().filter(about).collect();
        if findings.is_empty() {
            let mut nothing = "nothing that runs code was found".to_owned();
            if !inspection.incomplete.is_empty() {
                nothing.push_str(" in what could be looked at");
            }
            self.line(out, "Loading it", &nothing);
        } else {
            self.findings(out, &findings);
        }
    }

    /// Findings that are about no model, such as files that cannot be told.
    fn others(&self, out: &mut String, inspection: &Inspection) {
        let of_models: Vec<&String> = inspection
            .models
            .iter()
            .flat_map(|model| &model.findings)
            .collect();
        let others: Vec<_> = inspection
            .findings
            .iter()
            .filter(|finding| !of_models.contains(&&finding.id.to_string()))
            .collect();
        if !others.is_empty() {
            out.push('\n');
            self.findings(out, &others);
        }
    }

    fn findings(&self, out: &mut String, findings: &[&Finding]) {
        Prose::default()
            .styled("Problems", style::BOLD)
            .write(out, &self.paper, "  ");
        for finding in findings.iter().take(self.most) {
            Prose::default()
                .styled(finding.severity.as_str(), style::severity(finding.severity))
                .glue(":")
                .say(&clip(&finding.message, 600))
                .styled(&format!("[{}]", finding.rule), style::DIM)
                .write(out, &self.paper, "  - ");
        }
        self.more(out, findings.len(), "    ");
    }

    fn gaps(&self, out: &mut String, inspection: &Inspection) {
        if inspection.incomplete.is_empty() {
            return;
        }
        out.push('\n');
        Prose::default()
            .styled("Not looked at", style::severity(Severity::Medium))
            .write(out, &self.paper, "");
        for gap in inspection.incomplete.iter().take(self.most) {
            let path = shorten_path(&gap.path, self.paper.width.saturating_sub(5));
            Prose::default()
                .link(&path, style::BOLD, None)
                .glue(":")
                .styled(&clip(&gap.detail, 300), style::DIM)
                .write(out, &self.paper, "  ");
        }
        self.more(out, inspection.incomplete.len(), "  ");
    }

    fn files(&self, out: &mut String, files: &[InspectedFile]) {
        let rows: Vec<_> = files
            .iter()
            .map(|file| {
                let mut row = file.path.clone();
                if let Some(size) = file.size {
                    row.push_str(&format!(", {}", bytes(size)));
                }
                if let Some(digest) = file.sha256.as_ref().filter(|_| self.digests) {
                    row.push_str(&format!(", sha256:{digest}"));
                }
                row
            })
            .collect();
        self.rows(out, "Files", &rows);
    }

    /// A label and its value, if there is one.
    fn line(&self, out: &mut String, label: &str, value: &str) {
        if !value.is_empty() {
            let label = format!("  {label:<width$}", width = LABEL - 2);
            Prose::new(&clip(value, 600)).write_behind(
                out,
                &self.paper,
                &self.label(&label),
                columns(&label),
            );
        }
    }

    /// A label and values in one paragraph.
    fn list(&self, out: &mut String, label: &str, values: &[String]) {
        let mut shown: Vec<_> = values.iter().take(self.most).cloned().collect();
        if let Some(more) = values.len().checked_sub(self.most).filter(|&n| n > 0) {
            shown.push(format!("{} more (--verbose)", words::number(more as u64)));
        }
        self.line(out, label, &shown.join(", "));
    }

    /// A label and values, each on a line of its own.
    fn rows(&self, out: &mut String, label: &str, values: &[String]) {
        for (at, value) in values.iter().take(self.most).enumerate() {
            self.line(out, if at == 0 { label } else { "" }, value);
        }
        self.more(out, values.len(), &" ".repeat(LABEL));
    }

    fn more(&self, out: &mut String, count: usize, indent: &str) {
        if let Some(more) = count.checked_sub(self.most).filter(|&n| n > 0) {
            Prose::default()
                .styled(
                    &format!("and {} more (--verbose)", words::number(more as u64)),
                    style::DIM,
                )
                .write(out, &self.paper, indent);
        }
    }

    fn label(&self, label: &str) -> String {
        if self.paper.color {
            format!(
                "{}{label}{}",
                style::DIM.render(),
                style::DIM.render_reset()
            )
        } else {
            label.to_owned()
        }
    }
}

/// How many tensors there are, and how their numbers are divided among types.
fn tensors(model: &InspectedModel) -> String {
    let total = model
        .types
        .iter()
        .fold(0_u64, |sum, kind| sum.saturating_add(kind.numbers));
    let kinds: Vec<_> = model
        .types
        .iter()
        .map(|kind| match share(kind.numbers, total) {
            Some(share) if model.types.len() > 1 => format!("{} {share}", kind.name),
            _ => kind.name.clone(),
        })
        .collect();
    let count = model.tensors.map(words::number).unwrap_or_default();
    match (count.as_str(), kinds.as_slice()) {
        (_, []) => count,
        ("", kinds) => kinds.join(", "),
        (count, kinds) => format!("{count} ({})", kinds.join(", ")),
    }
}

/// A part of a whole in percent.
fn share(part: u64, whole: u64) -> Option<String> {
    let tenths = (u128::from(part) * 1000).checked_div(u128::from(whole))?;
    Some(match tenths {
        0 if part > 0 => "<0.1 %".to_owned(),
        tenths => format!("{}.{} %", tenths / 10, tenths % 10),
    })
}

/// A large number as people say it, and in full: `7.24 B (7,241,732,096)`.
fn in_words(number: u64) -> String {
    let full = words::number(number);
    match words::short_number(number) {
        _ if number < 1000 => full,
        short => format!("{short} ({full})"),
    }
}

/// A size in bytes as people say it: `4.07 GiB`.
fn bytes(number: u64) -> String {
    words::scaled(
        number,
        1024,
        &[" B", " KiB", " MiB", " GiB", " TiB", " PiB", " EiB"],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_said_as_people_say_them() {
        for (number, expected) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1.00 K (1,000)"),
            (124_439_808, "124 M (124,439,808)"),
            (7_241_732_096, "7.24 B (7,241,732,096)"),
            (70_553_706_496, "70.5 B (70,553,706,496)"),
            (u64::MAX, "18.4 Qi (18,446,744,073,709,551,615)"),
        ] {
            assert_eq!(in_words(number), expected);
        }
        for (number, expected) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.00 KiB"),
            (4_370_000_000, "4.06 GiB"),
            (u64::MAX, "15.9 EiB"),
        ] {
            assert_eq!(bytes(number), expected);
        }
        assert_eq!(share(1, 3).as_deref(), Some("33.3 %"));
        assert_eq!(share(1, u64::MAX).as_deref(), Some("<0.1 %"));
        assert_eq!(share(0, 0), None);
    }
}
