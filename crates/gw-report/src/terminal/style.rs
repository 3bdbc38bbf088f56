use anstyle::{AnsiColor, Color, Style};
use gw_core::Outcome;
use gw_finding::Severity;

/// Headings.
pub(crate) const BOLD: Style = Style::new().bold();
/// What is there for those who look for it.
pub(crate) const DIM: Style = Style::new().dimmed();
/// What has to be typed or pasted.
pub(crate) const CODE: Style = AnsiColor::Cyan.on_default();
/// What cannot wait.
pub(crate) const ALARM: Style = Style::new()
    .fg_color(Some(Color::Ansi(AnsiColor::BrightWhite)))
    .bg_color(Some(Color::Ansi(AnsiColor::Red)))
    .bold();
/// What deserves a second look.
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default();
/// What leads to an advisory.
pub(crate) const LINK: Style = Style::new().underline();

pub(crate) const fn severity(severity: Severity) -> Style {
    match severity {
        Severity::Critical => AnsiColor::BrightRed.on_default().bold(),
        Severity::High => AnsiColor::Red.on_default().bold(),
        Severity::Medium => AnsiColor::Yellow.on_default().bold(),
        Severity::Low => AnsiColor::Blue.on_default().bold(),
        Severity::Info => AnsiColor::Cyan.on_default(),
    }
}

pub(crate) const fn outcome(outcome: Outcome) -> Style {
    match outcome {
        Outcome::Pass => AnsiColor::Green.on_default().bold(),
        Outcome::NeedsApproval => AnsiColor::Yellow.on_default().bold(),
        Outcome::Fail => AnsiColor::Red.on_default().bold(),
    }
}
