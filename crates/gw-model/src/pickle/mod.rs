//! The pickle machine: what a pickle would do if it were loaded.
//!
//! A pickle is a program for a machine with a stack and a memo, and some of its instructions
//! import and call what they name. [`read`] executes it with values as far as they are known, and
//! calls nothing. Whatever it would import is judged by what honest files need: what is on no list
//! is suspicious, what is known to run commands, read files or reach the interpreter is critical.

mod call;
mod drive;
mod findings;
mod judge;
mod machine;
mod names;
mod nested;
mod opcode;
mod show;
mod step;
mod text;
mod uses;
mod value;

#[cfg(test)]
mod tests;

use crate::Content;
use crate::report::Report;

pub(crate) use drive::End;
pub(crate) use judge::Verdict;
#[allow(unused_imports, reason = "containers describe what they hold by it")]
pub(crate) use show::Object;
pub(crate) use show::Shown;

use drive::Source;
use machine::Machine;
use names::Name;
use value::Value;

/// How deep what a pickle holds is described.
const DEPTH: u32 = 12;

/// How a pickle is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PickleOptions {
    /// How messages name what is read, if it is a part of the file: `the object array`.
    pub(crate) part: Option<&'static str>,
    /// Arrays' bytes follow the `BUILD` of their wrapper, as joblib writes them.
    pub(crate) arrays_between: bool,
    /// Go on after `STOP` while another pickle follows.
    pub(crate) several: bool,
    /// What persistent ids are is known: the application resolves them. Otherwise they are an
    /// error.
    pub(crate) persistent_ids: bool,
    /// How many values are described in [`PickleOutcome::roots`].
    pub(crate) described: usize,
}

impl Default for PickleOptions {
    fn default() -> Self {
        Self {
            part: None,
            arrays_between: false,
            several: false,
            persistent_ids: false,
            described: 1 << 14,
        }
    }
}

/// What a pickle is and does.
#[derive(Debug)]
pub(crate) struct PickleOutcome {
    /// How many bytes of the content belong to pickles, from where it stood. Content in memory or
    /// seekable stands behind them afterwards; a stream may have been read further.
    pub(crate) consumed: u64,
    /// How many pickles there were, a broken one included.
    pub(crate) streams: u32,
    /// The highest protocol that was stated.
    pub(crate) protocol: Option<u8>,
    /// Everything that would be imported, in order of appearance.
    pub(crate) callables: Vec<CallableUse>,
    /// Persistent ids, in order of appearance.
    pub(crate) persistent_ids: Vec<Shown>,
    /// How the last stream ended.
    pub(crate) end: End,
    /// What each stream holds, of at most the first 16.
    pub(crate) roots: Vec<Shown>,
}

/// A global that a pickle names.
#[derive(Debug, Clone)]
pub(crate) struct CallableUse {
    /// `module.attribute`.
    pub(crate) name: String,
    pub(crate) verdict: Verdict,
    /// Where it is first named, in bytes from the start of the content.
    pub(crate) at: u64,
    /// How often it is called.
    pub(crate) calls: u64,
    /// The arguments of its first calls, as far as known; only of what is not safe.
    pub(crate) arguments: Vec<String>,
}

/// Reads the pickle at the place where the content stands, and reports what it would do.
pub(crate) fn read(
    content: &mut Content<'_>,
    options: &PickleOptions,
    report: &mut Report<'_>,
) -> PickleOutcome {
    let mut machine = Machine::new();
    let start = content.position().unwrap_or(0);
    let mut roots = Vec::new();
    let (end, streams, position) = match Source::new(content) {
        Ok(mut source) => {
            let (end, streams) = streams(&mut machine, &mut source, options, &mut roots);
            (end, streams, source.position())
        }
        Err(error) => (End::Unreadable(error.to_string()), 0, start),
    };
    // A stream cannot go back; its place is as it is.
    let _ = content.go_to(position);
    let mut budget = options.described;
    let persistent = machine.persistent.clone();
    let outcome = PickleOutcome {
        consumed: position.saturating_sub(start),
        streams,
        protocol: machine.protocol,
        callables: callables(&machine),
        persistent_ids: persistent
            .iter()
            .map(|id| machine.describe(*id, DEPTH, &mut budget))
            .collect(),
        end,
        roots,
    };
    let layer = options
        .part
        .map(|part| format!("in {part}"))
        .unwrap_or_default();
    findings::report(&machine, &outcome.end, &layer, report);
    outcome
}

fn streams(
    machine: &mut Machine,
    source: &mut Source<'_, '_>,
    options: &PickleOptions,
    roots: &mut Vec<Shown>,
) -> (End, u32) {
    let mut budget = options.described;
    let mut count = 0_u32;
    loop {
        machine.restart();
        count = count.saturating_add(1);
        let end = drive::stream(machine, source, &mut |_, _| Ok(()), options.arrays_between);
        let root = machine.stack.last().copied().unwrap_or(Value::UNKNOWN);
        if roots.len() < 16 {
            roots.push(machine.describe(root, DEPTH, &mut budget));
        }
        if end != End::Stopped || !options.several || source.want(2).is_err() {
            return (end, count);
        }
        match source.rest() {
            [0x80, 0..=5, ..] => {}
            _ => return (end, count),
        }
    }
}

fn callables(machine: &Machine) -> Vec<CallableUse> {
    let uses = machine.uses.in_order();
    let uses = uses.into_iter().map(|(place, used)| CallableUse {
        name: machine.names.get(place).map(Name::full).unwrap_or_default(),
        verdict: machine.names.verdict(place),
        at: used.at,
        calls: used.calls,
        arguments: used.shown.clone(),
    });
    uses.collect()
}
