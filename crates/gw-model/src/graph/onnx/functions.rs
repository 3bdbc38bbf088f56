use std::collections::BTreeSet;

use gw_finding::ReasonCode;

use super::model::{State, import, operator};
use super::{domain, node};
use crate::graph::cycle::{self, Calls};
use crate::graph::wire::Wire;
use crate::report::{Evidence, Report, quote};
use crate::rules;
use crate::tensor::input::{Reading, Trouble};

/// How many uses of operators in functions are kept.
pub(super) const MAX_CALLS: usize = 1 << 18;

/// The model's own functions.
#[derive(Default)]
pub(super) struct Functions {
    /// Domain and name of each, as [`operator`] writes them, with the operators it uses.
    calls: Calls,
    shadows: BTreeSet<String>,
    /// How many uses are kept.
    kept: usize,
    twice: BTreeSet<String>,
}

impl Functions {
    /// Whether the model defines an operator itself.
    pub(super) fn defines(&self, operator: &str) -> bool {
        self.calls.contains_key(operator)
    }

    /// Whether it defines none.
    pub(super) fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    pub(super) fn judge(&self, report: &mut Report<'_>) {
        for name in &self.shadows {
            let message = format!(
                "The model has a function of its own for the standard operator `{}`.",
                quote(name)
            );
            report.find(
                &rules::SHADOWED_OPERATOR,
                Evidence::new(name.as_str(), message),
            );
        }
        for name in &self.twice {
            let message = format!("The function `{}` is defined twice.", quote(name));
            report.find(&rules::DUPLICATE_KEY, Evidence::new(name.as_str(), message));
        }
        if let Some(name) = cycle::find(&self.calls) {
            let message = format!(
                "The function `{}` calls itself, directly or through others.",
                quote(name)
            );
            report.find(&rules::RECURSIVE_GRAPH, Evidence::new(name, message));
        }
    }
}

/// Reads a `FunctionProto`. Its name may come after its body.
pub(super) fn read(
    wire: &mut Wire<'_, '_, '_>,
    size: u64,
    state: &mut State,
    report: &mut Report<'_>,
) -> Reading<()> {
    let (mut name, mut of, mut overload) = (String::new(), String::new(), String::new());
    let mut calls = BTreeSet::new();
    wire.message(size, |wire, field| {
        match field.number {
            1 => name = wire.text(field, 256)?,
            7 => node::read(
                wire,
                field.size().unwrap_or(0),
                Some(&mut calls),
                state,
                report,
            )?,
            9 => drop(import(wire, field)?),
            10 => of = wire.text(field, 256)?,
            13 => overload = wire.text(field, 256)?,
            _ => {}
        }
        Ok(())
    })?;
    let full = operator(&of, &name);
    if domain::is_standard(&of) {
        state.functions.shadows.insert(full.clone());
    }
    let kept = state
        .functions
        .kept
        .saturating_add(calls.len())
        .saturating_add(1);
    if kept > MAX_CALLS {
        let detail = format!("functions use more than {MAX_CALLS} operators");
        return Err(Trouble::Limit(ReasonCode::TooMany, detail));
    }
    state.functions.kept = kept;
    let known = state.functions.calls.contains_key(&full);
    if known && overload.is_empty() {
        state.functions.twice.insert(full.clone());
    }
    state.functions.calls.entry(full).or_default().extend(calls);
    Ok(())
}
