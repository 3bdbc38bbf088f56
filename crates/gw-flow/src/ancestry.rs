//! What something was made from, as far as admitted statements say.

use std::collections::{BTreeMap, BTreeSet};

use gw_attest::predicate::{self, LineageInput, Quarantine, inputs_of};
use gw_core::{Asset, Digest, Time};
use gw_policy::authority::StatementView;

use crate::state::name_digest;
use crate::store::Store;
use crate::{Flow, FlowError};

/// Longer chains are cut, and say so.
const MOST_DEPTH: usize = 32;
/// Larger families are cut, and say so.
const MOST_ANCESTORS: usize = 10_000;

/// One thing that went into another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ancestor {
    /// How many steps it is away: 1 for what went into the thing itself.
    pub depth: usize,
    /// What it is.
    pub input: LineageInput,
    /// Which content it is taken for: the one that was stated, else the one that its asset has now.
    pub subject: Option<Digest>,
    /// What is known of it.
    pub standing: Standing,
    /// Whose word it is: `provenance`, or the source of a lineage statement.
    pub source: String,
    /// Whether its own ancestors are shown elsewhere already.
    pub repeated: bool,
}

/// What is known of an ancestor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Its content is known, and statements about it are.
    Known,
    /// It is not: nobody said which content it was, or nothing is stated about that.
    Unknown(&'static str),
    /// It must not be used, for a reason.
    Quarantined(String),
}

/// A thing and what it was made from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ancestry {
    /// Why it must not be used itself, if that is so.
    pub quarantine: Option<String>,
    /// Whether anything is stated about what it was made from.
    pub is_stated: bool,
    /// The ancestors, each behind what it went into.
    pub ancestors: Vec<Ancestor>,
    /// Whether some were left out, because there are too many or the chain is too long.
    pub is_cut: bool,
}

/// What admitted statements say, by their subject.
#[derive(Default)]
struct Said {
    about: BTreeSet<Digest>,
    quarantines: BTreeMap<Digest, String>,
    inputs: BTreeMap<Digest, Vec<(LineageInput, String)>>,
    bound: BTreeMap<Asset, Digest>,
}

impl<S: Store> Flow<S> {
    /// What a subject was made from. Statements that no authority rule admits say nothing.
    ///
    /// # Errors
    /// [`FlowError`] if the store cannot be read, or an admitted statement cannot.
    pub async fn ancestry(
        &self,
        subject: Digest,
        asset: Option<&Asset>,
        now: Time,
    ) -> Result<Ancestry, FlowError> {
        let said = self.said(asset, now).await?;
        let mut ancestry = Ancestry {
            quarantine: [Some(subject), asset.map(name_digest)]
                .into_iter()
                .flatten()
                .find_map(|digest| said.quarantines.get(&digest).cloned()),
            is_stated: said.inputs.contains_key(&subject),
            ..Ancestry::default()
        };
        let mut walked = BTreeSet::from([subject]);
        let mut todo = said.below(&subject, 1);
        while let Some((depth, input, source)) = todo.pop() {
            if ancestry.ancestors.len() >= MOST_ANCESTORS {
                ancestry.is_cut = true;
                break;
            }
            let content = input.digest.or_else(|| {
                let asset = input.asset()?;
                said.bound.get(&asset).copied()
            });
            let has_more = content.is_some_and(|content| said.inputs.contains_key(&content));
            let repeated = content.is_some_and(|content| !walked.insert(content)) && has_more;
            ancestry.ancestors.push(Ancestor {
                depth,
                subject: content,
                standing: said.standing(content, input.asset()),
                source: source.clone(),
                repeated,
                input: input.clone(),
            });
            match content {
                Some(content) if !repeated && has_more && depth < MOST_DEPTH => {
                    todo.extend(said.below(&content, depth + 1));
                }
                Some(_) if !repeated && has_more => ancestry.is_cut = true,
                _ => {}
            }
        }
        Ok(ancestry)
    }

    async fn said(&self, asset: Option<&Asset>, now: Time) -> Result<Said, FlowError> {
        let stored = self.store.list_statements(&self.realm, None).await?;
        let mut views: Vec<StatementView> = Vec::with_capacity(stored.len());
        for statement in &stored {
            views.push(self.view(statement).await?);
        }
        let authority = self.authority_of(asset).await?;
        let admission = authority.admit(&views, asset, now);
        let mut said = Said::default();
        for binding in self.store.bindings(&self.realm, None).await? {
            said.bound.insert(binding.asset, binding.subject);
        }
        for admitted in &admission.admitted {
            let statement = &admitted.view.statement;
            let subjects: Vec<_> = statement
                .subject
                .iter()
                .filter_map(|s| s.sha256())
                .collect();
            said.about.extend(&subjects);
            if statement.predicate_type == predicate::QUARANTINE {
                let quarantine: Quarantine = statement.predicate_as()?;
                for subject in &subjects {
                    said.quarantines.insert(*subject, quarantine.reason.clone());
                }
                continue;
            }
            let inputs = inputs_of(statement).map_err(FlowError::Invalid)?;
            let Some(inputs) = inputs else { continue };
            let source = if statement.predicate_type == predicate::LINEAGE {
                statement.predicate_as::<predicate::Lineage>()?.source
            } else {
                "provenance".to_owned()
            };
            for subject in subjects {
                let list = said.inputs.entry(subject).or_default();
                list.extend(inputs.iter().map(|input| (input.clone(), source.clone())));
            }
        }
        for list in said.inputs.values_mut() {
            list.sort();
            list.dedup_by(|a, b| a.0 == b.0);
        }
        Ok(said)
    }
}

impl Said {
    /// What went into a content, so that the first is popped first.
    fn below(&self, content: &Digest, depth: usize) -> Vec<(usize, &LineageInput, &String)> {
        let list = self.inputs.get(content).into_iter().flatten();
        list.rev()
            .map(|(input, source)| (depth, input, source))
            .collect()
    }

    fn standing(&self, content: Option<Digest>, asset: Option<Asset>) -> Standing {
        let by_name = asset.and_then(|asset| self.quarantines.get(&name_digest(&asset)));
        if let Some(reason) = by_name {
            return Standing::Quarantined(reason.clone());
        }
        let Some(content) = content else {
            return Standing::Unknown("nobody said which content it was");
        };
        if let Some(reason) = self.quarantines.get(&content) {
            return Standing::Quarantined(reason.clone());
        }
        if self.about.contains(&content) {
            Standing::Known
        } else {
            Standing::Unknown("nothing is stated about its content")
        }
    }
}
