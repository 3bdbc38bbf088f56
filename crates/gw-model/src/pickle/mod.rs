//! The pickle machine: what a pickle would do if it were loaded.
//!
//! A pickle is a program for a machine with a stack and a memo, and some of its instructions
//! import and call what they name. [`read`] executes it with values as far as they are known, and
//! calls nothing. Whatever it would import is judged by what honest files need: what is on no list
//! is suspicious, what is known to run commands, read files or reach the interpreter is critical.

mod allow;
mod arrays;
mod bomb;
mod call;
mod change;
mod codecs;
mod contents;
mod dill;
mod drive;
mod effect;
mod findings;
mod follow;
mod hunt;
mod judge;
mod machine;
mod names;
mod nested;
mod opcode;
mod opening;
mod plausible;
mod pure;
mod python2;
mod reader;
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
pub(crate) use reader::Pickle;
#[allow(unused_imports, reason = "containers describe what they hold by it")]
pub(crate) use show::Object;
pub(crate) use show::Shown;

use arrays::Ahead;
use drive::Source;
use machine::Machine;
use names::Name;
use plausible::{Guess, guess};
use value::Value;

/// How deep what a pickle holds is described.
const DEPTH: u32 = 12;
/// How many streams' contents are described.
const MAX_ROOTS: usize = 16;
/// How deep pickles are looked for in pickles.
const MAX_NESTING: u8 = 4;
/// How many bytes are enough to guess by.
const HEAD: usize = 512;

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
    /// The highest protocol that was stated.
    pub(crate) protocol: Option<u8>,
    /// How many arrays' bytes were passed over.
    pub(crate) arrays: u64,
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
    /// How often it is called.
    pub(crate) calls: u64,
}

/// Reads the pickle at the place where the content stands, and reports what it would do.
pub(crate) fn read(
    content: &mut Content<'_>,
    options: &PickleOptions,
    report: &mut Report<'_>,
) -> PickleOutcome {
    let reading = Reading::new(content, options);
    reading.report(report, options);
    reading.outcome
}

/// Pickles that were executed, and nothing reported of them yet.
struct Reading {
    machine: Machine,
    outcome: PickleOutcome,
    /// Pickles inside it, with where they are.
    nested: Vec<(String, Self)>,
}

impl Reading {
    fn new(content: &mut Content<'_>, options: &PickleOptions) -> Self {
        Self::at_depth(content, options, 0)
    }

    fn at_depth(content: &mut Content<'_>, options: &PickleOptions, depth: u8) -> Self {
        let mut machine = Machine::new();
        machine.resolves_ids = options.persistent_ids;
        let start = content.position().unwrap_or(0);
        let mut run = Run {
            options,
            budget: options.described,
            roots: Vec::new(),
            streams: 0,
            nesting: 0,
            protocol: None,
            arrays: 0,
        };
        let (end, position) = match Source::new(content) {
            Ok(mut source) => run.streams(&mut machine, &mut source),
            Err(error) => (End::Unreadable(error.to_string()), start),
        };
        // A stream cannot go back; its place is as it is.
        let _ = content.go_to(position);
        let nested = nested_readings(&mut machine, options, depth);
        let mut budget = options.described;
        let persistent_ids = machine
            .persistent
            .iter()
            .map(|id| machine.describe(*id, DEPTH, &mut budget))
            .collect();
        Self {
            outcome: PickleOutcome {
                consumed: position.saturating_sub(start),
                protocol: run.protocol,
                arrays: run.arrays,
                callables: callables(&machine),
                persistent_ids,
                end,
                roots: run.roots,
            },
            machine,
            nested,
        }
    }

    /// What is worst of what it does, nested pickles included.
    fn worst(&self) -> Verdict {
        let own = self.outcome.callables.iter().map(|used| used.verdict);
        let uses = &self.machine.uses;
        let others = [
            (!uses.unnamed.is_empty()).then_some(Verdict::Unknown),
            (!uses.overrides.is_empty()).then_some(Verdict::Dangerous("")),
        ];
        let nested = self.nested.iter().map(|(_, reading)| reading.worst());
        own.chain(others.into_iter().flatten())
            .chain(nested)
            .max()
            .unwrap_or(Verdict::Safe)
    }

    fn report(&self, report: &mut Report<'_>, options: &PickleOptions) {
        let layer = options
            .part
            .map(|part| format!("in {part}"))
            .unwrap_or_default();
        findings::report(&self.machine, &self.outcome.end, &layer, report);
        self.report_nested(&layer, report);
    }

    /// Reports what it would do, and not how it ends: it lies between other data.
    fn report_at(&self, layer: &str, report: &mut Report<'_>) {
        findings::report_deeds(&self.machine, layer, report);
        self.report_nested(layer, report);
    }

    fn report_nested(&self, layer: &str, report: &mut Report<'_>) {
        for (place, reading) in &self.nested {
            // Bytes that only look like a pickle are none.
            if reading.worst() == Verdict::Safe {
                continue;
            }
            let layer = format!(
                "in {place}{}{layer}",
                if layer.is_empty() { "" } else { " " }
            );
            findings::report(&reading.machine, &reading.outcome.end, &layer, report);
            reading.report_nested(&layer, report);
        }
    }
}

/// Executes what a pickle holds as constants.
fn nested_readings(
    machine: &mut Machine,
    options: &PickleOptions,
    depth: u8,
) -> Vec<(String, Reading)> {
    let mut readings = Vec::new();
    let payloads = std::mem::take(&mut machine.payloads);
    if depth >= MAX_NESTING {
        return readings;
    }
    let options = PickleOptions {
        several: true,
        arrays_between: false,
        described: 0,
        ..*options
    };
    for payload in payloads {
        let Some((bytes, how)) = nested::unwrap(&payload) else {
            continue;
        };
        let mut content = Content::bytes(&bytes);
        let deeper = depth.saturating_add(1);
        let mut reading = Reading::at_depth(&mut content, &options, deeper);
        reading.outcome.roots.clear();
        if payload.cut && reading.outcome.end != End::Stopped {
            machine.left_out = machine.left_out.saturating_add(1);
        }
        let how = if how.is_empty() {
            how
        } else {
            format!(" ({how})")
        };
        readings.push((
            format!("the pickle inside the value at byte {}{how}", payload.at),
            reading,
        ));
    }
    readings
}

/// One run over the streams of a content.
struct Run<'o> {
    options: &'o PickleOptions,
    budget: usize,
    roots: Vec<Shown>,
    streams: u32,
    /// How deep arrays of objects are inside each other.
    nesting: u8,
    /// The highest protocol that was stated.
    protocol: Option<u8>,
    arrays: u64,
}

impl Run<'_> {
    /// Executes one stream, or all of them; how the last one ended, and where.
    fn streams(&mut self, machine: &mut Machine, source: &mut Source<'_, '_>) -> (End, u64) {
        loop {
            let start = source.position();
            let (worst, broken) = (machine.uses.len(), machine.broken.clone());
            machine.restart();
            self.streams = self.streams.saturating_add(1);
            let end = self.stream(machine, source);
            machine.weigh(source.position().saturating_sub(start));
            self.protocol = self.protocol.max(machine.protocol);
            if end != End::Stopped && self.streams > 1 && machine.uses.len() == worst {
                // Other data behind the last pickle, which looked like one.
                self.streams = self.streams.saturating_sub(1);
                machine.broken = broken;
                return (End::Stopped, start);
            }
            let root = machine.stack.last().copied().unwrap_or(Value::UNKNOWN);
            if self.roots.len() < MAX_ROOTS {
                self.roots
                    .push(machine.describe(root, DEPTH, &mut self.budget));
            }
            let position = source.position();
            if end != End::Stopped || !self.options.several || source.want(HEAD).is_err() {
                return (end, position);
            }
            let head = source.rest();
            if guess(head.get(..HEAD).unwrap_or(head)) == Guess::No {
                return (end, position);
            }
        }
    }

    fn stream(&mut self, machine: &mut Machine, source: &mut Source<'_, '_>) -> End {
        let builds = self.options.arrays_between;
        loop {
            match drive::stream(machine, source, builds) {
                drive::Pause::End(end) => return end,
                drive::Pause::Built => {
                    if let Some(end) = self.array(machine, source) {
                        return end;
                    }
                }
            }
        }
    }

    /// Passes over an array's bytes, if some follow.
    fn array(&mut self, machine: &mut Machine, source: &mut Source<'_, '_>) -> Option<End> {
        let ahead = arrays::ahead(machine);
        if ahead != Ahead::Nothing {
            self.arrays = self.arrays.saturating_add(1);
        }
        match ahead {
            Ahead::Nothing => None,
            Ahead::Bytes { padded, count } => {
                let skipped = source.skip_padded(padded, count);
                match skipped {
                    Ok(true) => None,
                    Ok(false) => Some(End::Truncated(source.position())),
                    Err(error) => Some(End::Unreadable(error.to_string())),
                }
            }
            Ahead::Pickle if self.nesting < MAX_NESTING => {
                machine.suspend();
                self.nesting = self.nesting.saturating_add(1);
                let end = self.stream(machine, source);
                self.nesting = self.nesting.saturating_sub(1);
                machine.resume();
                (end != End::Stopped).then_some(end)
            }
            Ahead::Pickle => Some(End::Limit("arrays of objects inside each other")),
            Ahead::Unknown => {
                machine.break_at(|| "the size of an array cannot be told".to_owned());
                Some(End::Truncated(source.position()))
            }
        }
    }
}

fn callables(machine: &Machine) -> Vec<CallableUse> {
    let uses = machine.uses.in_order();
    let uses = uses.into_iter().map(|(place, used)| CallableUse {
        name: machine.names.get(place).map(Name::full).unwrap_or_default(),
        verdict: machine.names.judge(place, used),
        calls: used.calls,
    });
    uses.collect()
}
