//! What people see at a terminal.

mod support;

use gw_report::{Report, TerminalOptions, terminal};
use support::{clean, failing, lock_text};

fn plain(report: &Report, width: usize) -> String {
    shown(report, width, false, false)
}

fn shown(report: &Report, width: usize, color: bool, verbose: bool) -> String {
    let options = TerminalOptions {
        width,
        color,
        links: color,
        verbose,
    };
    let source = |path: &str| (path == "services/payments/Cargo.lock").then(lock_text);
    terminal(report, &options, &source)
}

#[test]
fn samples() {
    for width in [40, 60, 80, 100, 160] {
        insta::assert_snapshot!(format!("failing_{width}"), plain(&failing(), width));
    }
    insta::assert_snapshot!("failing_60_color", shown(&failing(), 60, true, false));
    insta::assert_snapshot!("failing_100_verbose", shown(&failing(), 100, false, true));
    insta::assert_snapshot!("clean_80", plain(&clean(), 80));
}
