//! Formats of frameworks that few still write. They are recognised and described, and what runs code
//! or reaches files is found.

pub(crate) mod caffe;
pub(crate) mod darknet;
pub(crate) mod mxnet;
pub(crate) mod ncnn;
pub(crate) mod paddle;
#[cfg(test)]
mod tests;

use gw_finding::{ReasonCode, Severity};

use crate::Content;
use crate::report::{Evidence, Report, quote};
use crate::rules;
use crate::tensor::pointer;

/// The largest graph as text that is read, in bytes.
const MAX_TEXT: u64 = 16 << 20;

/// The content as text; none if it cannot be read, which is reported.
fn text(content: &mut Content<'_>, what: &str, report: &mut Report<'_>) -> Option<String> {
    match content.take_up_to(MAX_TEXT.saturating_add(1)) {
        Ok(bytes) if bytes.len() as u64 > MAX_TEXT => {
            let detail = format!("{what}: a graph of more than {MAX_TEXT} bytes");
            report.incomplete(ReasonCode::TooLarge, detail);
            None
        }
        Ok(bytes) if pointer::is_pointer(&bytes) => {
            pointer::report(report);
            None
        }
        Ok(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) => {
            report.incomplete(ReasonCode::Unreadable, error.to_string());
            None
        }
    }
}

/// Reports a node that calls Python code which the application must bring.
fn python(node: &str, what: &str, severity: Severity, report: &mut Report<'_>) {
    let message = format!("The node `{}` {what}.", quote(node));
    let mut evidence = Evidence::new(format!("{node} {what}"), message);
    evidence.severity = Some(severity);
    report.find(&rules::CODE_OPERATOR, evidence);
}
