use gw_finding::{ReasonCode, Severity};

use crate::report::{Evidence, Report, quote};
use crate::rules::{
    pickle_bomb, pickle_broken, pickle_code, pickle_executes, pickle_override, pickle_suspicious,
};

use super::drive::End;
use super::judge::Verdict;
use super::machine::Machine;
use super::names::Name;
use super::uses::Use;

/// How many findings of one file are made.
const MAX_FINDINGS: usize = 256;

/// Reports what a machine has seen. `layer` says where, if it is not the file itself: `in the
/// pickle inside the bytes at 120`.
pub(super) fn report(machine: &Machine, end: &End, layer: &str, report: &mut Report<'_>) {
    let worst = report_deeds(machine, layer, report);
    broken(machine, end, worst, layer, report);
}

/// Reports what is imported, called and changed; returns what is thought of the worst of it.
pub(super) fn report_deeds(machine: &Machine, layer: &str, report: &mut Report<'_>) -> Verdict {
    let mut worst = Verdict::Safe;
    let mut count = 0_usize;
    for (place, used) in machine.uses.in_order() {
        let Some(name) = machine.names.get(place) else {
            continue;
        };
        let verdict = machine.names.judge(place, used);
        worst = worst.max(verdict);
        let (rule, why) = match verdict {
            Verdict::Safe => continue,
            Verdict::Unknown => (
                &pickle_suspicious::DOC,
                "which is on no list of what honest files need".to_owned(),
            ),
            Verdict::Code => (
                &pickle_code::DOC,
                "which makes code out of the file's data".to_owned(),
            ),
            Verdict::Dangerous(does) => (&pickle_executes::DOC, format!("which {does}")),
        };
        count = count.saturating_add(1);
        if count > MAX_FINDINGS {
            continue;
        }
        let does = deed(name, used);
        let mut message = format!(
            "The pickle {does}, {why} (at byte {}{}).",
            used.at,
            within(layer)
        );
        if verdict == Verdict::Unknown {
            message.push_str(&origin(name));
        }
        let reaches: Vec<String> = used.reaches.iter().map(|name| quote(name)).collect();
        if !reaches.is_empty() {
            message.push_str(&format!(" The code reaches for {}.", reaches.join(", ")));
        }
        let mut evidence = Evidence::new(context(layer, &name.full()), message);
        if !reaches.is_empty() {
            evidence.severity = Some(Severity::Critical);
        }
        report.find(rule, evidence);
    }
    for (at, what) in &machine.uses.unnamed {
        worst = worst.max(Verdict::Unknown);
        let message = format!("The pickle {what} (at byte {at}{}).", within(layer));
        report.find(
            &pickle_suspicious::DOC,
            Evidence::new(context(layer, what), message),
        );
    }
    for (at, what) in &machine.uses.overrides {
        worst = worst.max(Verdict::Dangerous(""));
        let message = format!("The pickle {what} (at byte {at}{}).", within(layer));
        report.find(
            &pickle_override::DOC,
            Evidence::new(context(layer, what), message),
        );
    }
    if let Some(size) = machine.bomb {
        let size = if size == u64::MAX {
            "more than 10^19".to_owned()
        } else {
            size.to_string()
        };
        let message = format!(
            "Whatever walks through what the pickle holds finds {size} values{}: it puts the same \
             ones into others, layer by layer.",
            within(layer)
        );
        report.find(
            &pickle_bomb::DOC,
            Evidence::new(context(layer, "bomb"), message),
        );
    }
    if machine.left_out > 0 {
        let detail = format!(
            "{} values that may be pickles themselves were not looked into as a whole{}",
            machine.left_out,
            within(layer)
        );
        report.incomplete(ReasonCode::TooMany, detail);
    }
    if count > MAX_FINDINGS {
        let detail = format!("{count} different globals are not known; {MAX_FINDINGS} are listed");
        report.incomplete(ReasonCode::TooMany, detail);
    }
    worst
}

/// Reports only what is known to be dangerous.
pub(super) fn report_dangerous(machine: &Machine, layer: &str, report: &mut Report<'_>) {
    for (place, used) in machine.uses.in_order().into_iter().take(MAX_FINDINGS) {
        if let Some(name) = machine.names.get(place)
            && let Verdict::Dangerous(does) = machine.names.judge(place, used)
        {
            let message = format!(
                "The pickle {}, which {does} (at byte {}{}).",
                deed(name, used),
                used.at,
                within(layer)
            );
            // Both readings may find the same: the finding is the same, too.
            let evidence = Evidence::new(context("", &name.full()), message);
            report.find(&pickle_executes::DOC, evidence);
        }
    }
}

/// Reports that a pickle breaks.
fn broken(machine: &Machine, end: &End, worst: Verdict, layer: &str, report: &mut Report<'_>) {
    let (reason, at, what) = match (end, &machine.broken) {
        (End::Unreadable(error), _) => {
            return report.incomplete(ReasonCode::Unreadable, error.clone());
        }
        (End::Limit(of), _) => (
            ReasonCode::TooMany,
            machine.at,
            format!("there are too many {of}"),
        ),
        (_, Some((at, what))) => (ReasonCode::Malformed, *at, what.clone()),
        (End::Truncated(at), None) => (
            ReasonCode::Malformed,
            *at,
            "it ends without a STOP".to_owned(),
        ),
        (End::UnknownOpcode(at, byte), None) => (
            ReasonCode::Malformed,
            *at,
            format!("byte {byte:#04x} is no instruction"),
        ),
        (End::Stopped, None) => return,
    };
    let where_ = within(layer);
    report.incomplete(
        reason,
        format!("the pickle breaks at byte {at}{where_}: {what}"),
    );
    if machine.uses.in_order().is_empty() {
        return;
    }
    let mut evidence = Evidence::new(
        context(layer, "broken"),
        format!(
            "The pickle imports or calls something before it breaks at byte {at}{where_}: {}.",
            quote(&what)
        ),
    );
    if worst == Verdict::Safe {
        evidence.severity = Some(Severity::High);
    }
    report.find(&pickle_broken::DOC, evidence);
}

/// What is done with a global: `calls posix.system with 'id'`.
fn deed(name: &Name, used: &Use) -> String {
    let full = quote(&name.full());
    match (used.calls, &*used.shown) {
        (0, _) => format!("imports {full}"),
        (_, []) => format!("calls {full}"),
        (calls, shown) => {
            let shown: Vec<&str> = shown
                .iter()
                .map(|args| {
                    if args.is_empty() {
                        "no arguments"
                    } else {
                        args
                    }
                })
                .collect();
            let times = match calls {
                0 | 1 => String::new(),
                _ => format!(" ({calls} times)"),
            };
            format!("calls {full} with {}{times}", shown.join("; with "))
        }
    }
}

/// Where an unknown global would come from.
fn origin(name: &Name) -> String {
    match &*name.module {
        "" => String::new(),
        "__main__" => " It would be taken from the program that loads the file: it was defined in \
                       the script or notebook that saved it."
            .to_owned(),
        module => format!(" It would be imported from the module {}.", quote(module)),
    }
}

fn within(layer: &str) -> String {
    if layer.is_empty() {
        String::new()
    } else {
        format!(" {layer}")
    }
}

/// A finding's context: the same thing in another layer is another finding.
fn context(layer: &str, what: &str) -> String {
    if layer.is_empty() {
        what.to_owned()
    } else {
        format!("nested: {what}")
    }
}
