use gw_core::{Asset, Gate, Principal};
use gw_finding::Tolerated;
use rustc_hash::FxHashMap;

use crate::{FindingFacts, Policies, context};

/// How many different sets of attributes are remembered.
const MAX_MEMO: usize = 65_536;

/// Answers that were given already, for one principal and asset at a time: a scan asks for
/// thousands of findings on behalf of one.
#[derive(Debug, Default)]
pub(crate) struct Memo {
    about: Option<(Asset, Principal)>,
    answers: FxHashMap<FindingFacts, Option<Tolerated>>,
}

impl Memo {
    fn get(
        &self,
        facts: &FindingFacts,
        asset: &Asset,
        by: &Principal,
    ) -> Option<Option<Tolerated>> {
        let (known_asset, known_principal) = self.about.as_ref()?;
        (known_asset == asset && known_principal == by)
            .then(|| self.answers.get(facts).copied())
            .flatten()
    }

    fn put(
        &mut self,
        facts: &FindingFacts,
        asset: &Asset,
        by: &Principal,
        answer: Option<Tolerated>,
    ) {
        let same = self
            .about
            .as_ref()
            .is_some_and(|(a, p)| a == asset && p == by);
        if !same || self.answers.len() >= MAX_MEMO {
            self.answers.clear();
            self.about = Some((asset.clone(), by.clone()));
        }
        self.answers.insert(facts.clone(), answer);
    }
}

impl Policies {
    /// Whether a finding is left out of a gate's judgement, and why. Findings that are alike in their
    /// [`FindingFacts`] are judged once.
    #[must_use]
    pub fn tolerate(
        &self,
        gate: Gate,
        facts: &FindingFacts,
        asset: &Asset,
        principal: &Principal,
    ) -> Option<Tolerated> {
        let slice = self.gates.get(gate)?;
        if let Ok(memo) = slice.memo.read()
            && let Some(answer) = memo.get(facts, asset, principal)
        {
            return answer;
        }
        let answer = context::cedar(&context::finding(facts), None)
            .ok()
            .and_then(|context| self.tolerating(gate, context, principal, asset))
            .and_then(|id| named(&id));
        if let Ok(mut memo) = slice.memo.write() {
            memo.put(facts, asset, principal, answer);
        }
        answer
    }
}

/// What a built-in policy's id says.
fn named(id: &str) -> Option<Tolerated> {
    Some(match id {
        "accepted" => Tolerated::Accepted,
        "not-new" => Tolerated::NotNew,
        "not-affected" => Tolerated::NotAffected,
        "low-severity" => Tolerated::LowSeverity,
        "development" => Tolerated::Development,
        _ => return None,
    })
}
