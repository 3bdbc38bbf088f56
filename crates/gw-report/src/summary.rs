//! A report in one line.

use gw_core::{Gate, Mode, Outcome};

use crate::text::clip;
use crate::{Report, words};

impl Report {
    /// Why the program ends as it does, in one line. Safe to show.
    #[must_use]
    pub fn last_line(&self) -> String {
        let asset = clip(self.asset.as_str(), 120);
        let done = match self.gate.name {
            Gate::Release => "be released",
            Gate::Admit => "be admitted",
            Gate::Access => "be accessed",
            Gate::Act => "be done",
        };
        let mode = match self.gate.mode {
            Mode::Enforce => String::new(),
            mode => format!(" (mode {}: nothing is refused)", mode.as_str()),
        };
        let because = self.because();
        let line = match (self.exit_code(), self.gate.decision) {
            (2, _) => format!(
                "{asset} is not completely checked: {} not be looked at",
                words::len(self.gaps().count(), "thing could", "things could")
            ),
            (_, Outcome::Pass) => format!("{asset} may {done}"),
            (_, Outcome::NeedsApproval) => {
                format!("{asset} needs an approval to {done}{because}{mode}")
            }
            (_, Outcome::Fail) => format!("{asset} may not {done}{because}{mode}"),
        };
        clip(&line, 800)
    }

    /// The first reason, incompleteness last, and how many more there are.
    fn because(&self) -> String {
        let reasons = words::reasons(self);
        let found = self.gate.reasons.iter().find(|r| r.policy != "incomplete");
        match found
            .map(|r| r.message.as_str())
            .or(reasons.first().copied())
        {
            None => String::new(),
            Some(first) if reasons.len() == 1 => format!(": {first}"),
            Some(first) => format!(": {first} (and {} more)", reasons.len() - 1),
        }
    }
}
