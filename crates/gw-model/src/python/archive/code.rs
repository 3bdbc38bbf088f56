//! Code in a model's archive.

use gw_analysis::Output;
use gw_finding::{Location, RuleDoc, Severity};

use super::group::{Archive, last};
use super::member::Member;
use super::torch;
use crate::python::source::{SourceSummary, Use};
use crate::python::torchscript::{Deed, Operator};
use crate::report::{Evidence, finding, quote};
use crate::rules;

/// How many findings of one rule are made of one member.
const MOST: usize = 50;

/// Reports the code in an archive that is a model.
pub(super) fn judge(archive: &Archive<'_>, out: &mut Output) {
    let mut sources = Vec::new();
    for (path, member) in &archive.members {
        let place = archive.place(path);
        match member {
            Member::Source(summary, operators) if torch::is_script(archive, path) => {
                judge_operators(&place, operators, out);
                // The language has no modules of Python's: such names are there for a reader that
                // takes the text for Python.
                let harms = |found: &Use| found.severity >= Severity::High;
                if !summary.imports.is_empty() || summary.uses.iter().any(harms) {
                    judge_source(&place, summary, out);
                }
                continue;
            }
            Member::Source(..) | Member::Compiled(_) => sources.push(*path),
            _ => {}
        }
        judge_member(&place, member, out);
    }
    let Some(first) = sources.first() else {
        return;
    };
    let more = match sources.len() {
        0 | 1 => String::new(),
        2 => " and one more file".to_owned(),
        count => format!(" and {} more files", count.saturating_sub(1)),
    };
    let message = format!(
        "The model brings Python code of its own: {}{more}.",
        quote(first)
    );
    let place = &archive.location;
    add(out, place, &rules::SERVING_CODE, "code", message, None);
}

/// Reports what a file that belongs to a model does, if it is code.
pub(crate) fn judge_member(place: &Location, member: &Member, out: &mut Output) {
    let (rule, context, message, severity): (&RuleDoc, _, _, _) = match member {
        Member::Source(summary, _) => return judge_source(place, summary, out),
        Member::Compiled(summary) => {
            let Some(worst) = summary.worst() else {
                return;
            };
            let message = format!("The compiled code uses {}.", summary.uses());
            (&rules::COMPILED_CODE, "code", message, Some(worst))
        }
        Member::Native(what) => {
            let message = format!("The model has {what} in it.");
            (&rules::NATIVE_CODE, "native", message, None)
        }
        Member::NativeSource => {
            let message = "The model has source of machine code in it, which is there to be \
                           compiled where the model is loaded."
                .to_owned();
            let severity = Some(Severity::Medium);
            (&rules::NATIVE_CODE, "source", message, severity)
        }
        Member::Script => {
            let message = "The model has a script in it.".to_owned();
            (&rules::SCRIPT, "script", message, None)
        }
        Member::Word(_) | Member::Storage(_, None) => return,
        Member::Storage(_, Some(what)) => {
            let message = format!("What should be a tensor's numbers begins as {what}.");
            (&rules::EMBEDDED_EXECUTABLE, "storage", message, None)
        }
    };
    add(out, place, rule, context, message, severity);
}

/// Reports what source reaches for.
pub(crate) fn judge_source(place: &Location, summary: &SourceSummary, out: &mut Output) {
    for found in summary.uses.iter().take(MOST) {
        let evidence = source_evidence(place, found);
        out.findings
            .push(finding(place, &rules::PYTHON_CODE, evidence));
    }
}

pub(crate) fn source_evidence(place: &Location, found: &Use) -> Evidence {
    let note = found
        .note
        .map_or_else(String::new, |note| format!("; {note}"));
    let message = format!(
        "The code uses {}, which {}{note}.",
        quote(&found.name),
        found.reach.deed()
    );
    Evidence {
        severity: Some(found.severity),
        location: Some(place.at_line(found.line)),
        ..Evidence::new(&found.name, message)
    }
}

fn judge_operators(place: &Location, operators: &[Operator], out: &mut Output) {
    for operator in operators {
        let (rule, what): (&RuleDoc, _) = match operator.deed() {
            Deed::Computes => continue,
            Deed::Files(what) => (&rules::FILE_OPERATOR, what),
            Deed::Network(what) => (&rules::NETWORK_OPERATOR, what),
            Deed::Custom => (
                &rules::CUSTOM_OPERATOR,
                "is of no library of PyTorch's and needs one that is loaded first",
            ),
        };
        let name = operator.full();
        let message = format!("The model's code uses {}, which {what}.", quote(&name));
        let evidence = Evidence {
            location: Some(place.at_line(operator.line)),
            ..Evidence::new(name, message)
        };
        out.findings.push(finding(place, rule, evidence));
    }
}

pub(super) fn add(
    out: &mut Output,
    place: &Location,
    rule: &RuleDoc,
    context: &str,
    message: String,
    severity: Option<Severity>,
) {
    let evidence = Evidence {
        severity,
        ..Evidence::new(context, message)
    };
    out.findings.push(finding(place, rule, evidence));
}

/// Whether a path ends in a name.
pub(super) fn is_named(path: &str, name: &str) -> bool {
    last(path) == name
}
