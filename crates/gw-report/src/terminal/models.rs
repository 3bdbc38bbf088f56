//! Which models were seen: how many of which formats, what they are, and whether they are signed.

use std::collections::BTreeMap;

use super::style;
use crate::text::{Paper, Prose, clip, shorten_path};
use crate::{Report, ReportModel, SignatureState, words};

/// So many models have a line of their own.
const MOST_MODELS: usize = 5;

pub(super) fn write(out: &mut String, report: &Report, paper: &Paper, verbose: bool) {
    let models = &report.models;
    if models.is_empty() {
        return;
    }
    out.push('\n');
    Prose::default()
        .styled(&words::len(models.len(), "model", "models"), style::BOLD)
        .glue(":")
        .say(&summary(models))
        .write(out, paper, "");
    let most = if verbose { usize::MAX } else { MOST_MODELS };
    for model in models.iter().take(most) {
        line(out, model, paper);
    }
    if let Some(more) = models.len().checked_sub(most).filter(|&n| n > 0) {
        let more = words::number(more as u64);
        Prose::default()
            .styled(&format!("and {more} more (--verbose)"), style::DIM)
            .write(out, paper, "  ");
    }
}

/// The formats with how many models each has, and how many are signed.
fn summary(models: &[ReportModel]) -> String {
    let mut formats: BTreeMap<&str, u64> = BTreeMap::new();
    for model in models {
        let format = model.format.as_deref().unwrap_or("of an unknown format");
        let count = formats.entry(format).or_default();
        *count = count.saturating_add(1);
    }
    let mut parts: Vec<_> = match formats.first_key_value() {
        Some((only, _)) if formats.len() == 1 => vec![(*only).to_owned()],
        _ => formats
            .iter()
            .map(|(format, count)| format!("{format} {}", words::number(*count)))
            .collect(),
    };
    let states: Vec<_> = models
        .iter()
        .filter_map(|model| Some(model.signature.as_ref()?.state))
        .collect();
    if !states.is_empty() {
        let signed = states.iter().filter(|&&s| s == SignatureState::Verified);
        parts.push(match signed.count() {
            0 if states.iter().all(|&s| s == SignatureState::Unsigned) => "not signed".to_owned(),
            0 => "none signed by anybody who is known".to_owned(),
            all if all == models.len() => "all signed".to_owned(),
            some => format!("{} signed", words::number(some as u64)),
        });
    }
    clip(&parts.join(", "), 300)
}

fn line(out: &mut String, model: &ReportModel, paper: &Paper) {
    let path = if model.path == "." {
        &model.name
    } else {
        &model.path
    };
    let path = shorten_path(path, paper.width.saturating_sub(5));
    let parts: Vec<_> = [&model.format, &model.architecture]
        .into_iter()
        .flatten()
        .map(|text| clip(text, 80))
        .chain(model.parameters.map(|n| match n {
            1 => "1 parameter".to_owned(),
            n => format!("{} parameters", words::short_number(n)),
        }))
        .collect();
    let mut prose = Prose::default()
        .link(&path, style::BOLD, None)
        .glue(":")
        .say(&parts.join(", "));
    if let Some(signature) = &model.signature {
        if !parts.is_empty() {
            prose = prose.glue(",");
        }
        let why = signature.detail.as_deref().unwrap_or_default();
        let by = signature.by.as_deref().unwrap_or_default();
        let (text, shown) = match signature.state {
            SignatureState::Verified => (
                format!("signed by {by}"),
                style::outcome(gw_core::Outcome::Pass),
            ),
            SignatureState::Refused => (format!("not what was signed: {why}"), style::WARNING),
            SignatureState::UnknownSigner => (
                format!("signed by nobody who is known: {why}"),
                style::WARNING,
            ),
            SignatureState::NotVerified => {
                (format!("its signature was not verified: {why}"), style::DIM)
            }
            SignatureState::Unsigned => ("not signed".to_owned(), style::DIM),
        };
        prose = prose.styled(&clip(&text, 300), shown);
    }
    prose.write(out, paper, "  ");
}
