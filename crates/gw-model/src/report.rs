use std::any::Any;
use std::collections::BTreeMap;

use gw_analysis::{Output, Part};
use gw_finding::{
    Confidence, Finding, FindingId, Incomplete, Location, ReasonCode, RuleDoc, RuleId, Severity,
};

use crate::{ANALYZER, Model};

/// How much of a text from a file goes into a message, in characters.
const SHOWN: usize = 200;

/// How many findings of one rule, and how many gaps, a reader may report of one file. A hostile file
/// can be wrong in millions of places, and the first ones say what sort of file it is.
const MOST: usize = 50;

/// Takes what a reader says about one file.
pub(crate) struct Report<'r> {
    location: &'r Location,
    /// Whether tensors' numbers are to be looked at, too.
    pub(crate) weights: bool,
    out: &'r mut Output,
    /// How many findings of each rule there are.
    found: BTreeMap<RuleId, usize>,
    gaps: usize,
}

/// What a rule found.
pub(crate) struct Evidence {
    /// What was found here, in a sentence or two, with values from the file shortened by [`quote`].
    pub(crate) message: String,
    /// What distinguishes this finding from others of its rule in the same file, whatever moves:
    /// a callable's name, a node's name.
    pub(crate) context: String,
    /// How bad it is, where it is not as bad as the rule says.
    pub(crate) severity: Option<Severity>,
    /// How sure the rule is.
    pub(crate) confidence: Confidence,
    /// Where in the file, if it is a text.
    pub(crate) location: Option<Location>,
}

impl Evidence {
    /// Something established, about the file as a whole.
    pub(crate) fn new(context: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            context: context.into(),
            severity: None,
            confidence: Confidence::High,
            location: None,
        }
    }
}

impl<'r> Report<'r> {
    pub(crate) const fn new(location: &'r Location, weights: bool, out: &'r mut Output) -> Self {
        Self {
            location,
            weights,
            out,
            found: BTreeMap::new(),
            gaps: 0,
        }
    }

    /// The file.
    pub(crate) const fn location(&self) -> &'r Location {
        self.location
    }

    /// The path that names the content: inside an archive the member's, else the file's.
    pub(crate) fn path(&self) -> &'r str {
        let location = self.location;
        location.inside.last().unwrap_or(&location.path)
    }

    /// Reports what `rule` found.
    pub(crate) fn find(&mut self, rule: &RuleDoc, evidence: Evidence) {
        let count = self.found.entry(rule.id.clone()).or_default();
        *count = count.saturating_add(1);
        if *count > MOST {
            if *count == MOST.saturating_add(1) {
                let detail = format!("more than {MOST} findings of {}", rule.id);
                self.incomplete(ReasonCode::TooMany, detail);
            }
            return;
        }
        let finding = finding(self.location, rule, evidence);
        self.out.findings.push(finding);
    }

    /// Reports that something could not be looked at.
    pub(crate) fn incomplete(&mut self, reason: ReasonCode, detail: impl Into<String>) {
        self.gaps = self.gaps.saturating_add(1);
        if self.gaps > MOST {
            return;
        }
        self.out.incomplete.push(Incomplete {
            location: self.location.clone(),
            analyzer: ANALYZER.to_owned(),
            reason,
            detail: detail.into(),
        });
    }

    /// Takes over what another report of the same file said.
    pub(crate) fn append(&mut self, said: Output) {
        self.out.append(said);
    }

    /// Describes the model that the file is, or a part of it.
    pub(crate) fn describe(&mut self, model: Model) {
        self.keep(model);
    }

    /// Keeps something for the cross-file phase.
    pub(crate) fn keep<T: Any + Send>(&mut self, value: T) {
        self.out.parts.push(Part {
            location: self.location.clone(),
            value: Box::new(value),
        });
    }
}

/// A finding of `rule` at a place.
pub(crate) fn finding(location: &Location, rule: &RuleDoc, evidence: Evidence) -> Finding {
    Finding {
        id: FindingId::new(&rule.id, &evidence.context, location),
        rule: rule.id.clone(),
        kind: rule.kind,
        severity: evidence.severity.unwrap_or(rule.severity),
        confidence: evidence.confidence,
        title: rule.title.to_owned(),
        message: evidence.message,
        help: rule.fix.to_owned(),
        location: evidence.location.unwrap_or_else(|| location.clone()),
        package: None,
        advisory: None,
        controls: Vec::new(),
        accepted: None,
        tolerated: None,
        fix: None,
    }
}

/// A text from a file, for a message: shortened, and without what a terminal would obey.
pub(crate) fn quote(text: &str) -> String {
    let mut quoted: String = text
        .chars()
        .take(SHOWN)
        .flat_map(char::escape_debug)
        .collect();
    if text.chars().nth(SHOWN).is_some() {
        quoted.push('…');
    }
    quoted
}
