//! CatBoost: `CBM1`, a length, and a FlatBuffers table.
//!
//! Source: CatBoost's `model.fbs` (`TModelCore`), FlatBuffers' internals.

use gw_finding::ReasonCode;

use crate::keras::take;
use crate::reader::Reader;
use crate::report::{Evidence, Report, quote};
use crate::{Content, Model, rules};

/// How many values of the model's own table of texts are looked at.
const MAX_INFO: u32 = 10_000;

/// Models of CatBoost.
pub(crate) struct CatBoost;

impl Reader for CatBoost {
    fn claims(&self, _path: &str, head: &[u8]) -> bool {
        head.starts_with(b"CBM1")
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        let Some(bytes) = take(&mut content, report) else {
            return;
        };
        let mut model = Model::new("catboost", report.location().clone());
        let size = number(&bytes, 4).unwrap_or(0) as usize;
        let Some(table) = bytes.get(8..8_usize.saturating_add(size)) else {
            let there = bytes.len().saturating_sub(8);
            let message = format!("The model says it has {size} bytes, and {there} are there.");
            report.find(&rules::IMPOSSIBLE_SIZE, Evidence::new("size", message));
            return report.describe(model);
        };
        if describe(table, &mut model).is_none() {
            report.incomplete(ReasonCode::Malformed, "no table of `TModelCore`");
        }
        report.describe(model);
    }
}

/// Format version in field 0, texts by keys in field 2.
fn describe(table: &[u8], model: &mut Model) -> Option<()> {
    let root = indirect(table, 0)?;
    if let Some(at) = field(table, root, 0)? {
        model.format_version = Some(quote(&text(table, indirect(table, at)?)?));
    }
    let Some(at) = field(table, root, 2)? else {
        return Some(());
    };
    let list = indirect(table, at)?;
    let count = number(table, list)?;
    for index in 0..count.min(MAX_INFO) {
        let at = list
            .checked_add(4)?
            .checked_add(usize::try_from(index).ok()?.checked_mul(4)?)?;
        let pair = indirect(table, at)?;
        let key = text(table, indirect(table, field(table, pair, 0)??)?)?;
        let value = match field(table, pair, 1)? {
            Some(at) => text(table, indirect(table, at)?)?,
            None => String::new(),
        };
        match key.as_str() {
            "catboost_version_info" => {
                let line = value.lines().find(|line| !line.trim().is_empty());
                let line = line.unwrap_or_default();
                model
                    .libraries
                    .insert("catboost".to_owned(), quote(line.trim()));
            }
            "model_guid" | "train_finish_time" => {
                model.metadata.insert(key, quote(&value));
            }
            _ => {}
        }
    }
    Some(())
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..)?.first_chunk::<4>()?;
    Some(u32::from_le_bytes(*bytes))
}

/// Where the offset at a place leads.
fn indirect(bytes: &[u8], at: usize) -> Option<usize> {
    at.checked_add(usize::try_from(number(bytes, at)?).ok()?)
}

/// Where a field of a table is: nothing if it is left out, no answer if the table is none.
#[allow(clippy::option_option, reason = "a field may be left out")]
fn field(bytes: &[u8], table: usize, index: usize) -> Option<Option<usize>> {
    let back = i64::from(i32::from_le_bytes(number(bytes, table)?.to_le_bytes()));
    let vtable = i64::try_from(table).ok()?.checked_sub(back)?;
    let vtable = usize::try_from(vtable).ok()?;
    let short = |at: usize| {
        let bytes = bytes.get(at..)?.first_chunk::<2>()?;
        Some(usize::from(u16::from_le_bytes(*bytes)))
    };
    let size = short(vtable)?;
    let slot = index.checked_mul(2)?.checked_add(4)?;
    if slot.checked_add(2)? > size {
        return Some(None);
    }
    match short(vtable.checked_add(slot)?)? {
        0 => Some(None),
        offset => Some(Some(table.checked_add(offset)?)),
    }
}

fn text(bytes: &[u8], at: usize) -> Option<String> {
    let length = usize::try_from(number(bytes, at)?).ok()?;
    let start = at.checked_add(4)?;
    let bytes = bytes.get(start..start.checked_add(length)?)?;
    Some(String::from_utf8_lossy(bytes).into_owned())
}
