use std::collections::BTreeMap;

use gw_attest::{KeyId, predicate};
use gw_core::{Digest, Time};

use super::rules::Compiled;
use super::{AuthorityRules, Refusal, Signer, StatementView};

/// What is revoked, and by which statement. Only the issuer or a higher authority revokes.
#[derive(Debug, Default)]
pub(super) struct Revocations {
    pub(super) statements: BTreeMap<Digest, Digest>,
    pub(super) keys: BTreeMap<KeyId, Digest>,
    /// Revocations without any effect, and why.
    pub(super) refused: BTreeMap<Digest, Refusal>,
}

impl Revocations {
    /// Takes revocations in the order in which they were received, which unlike the time of issue
    /// no holder of a stolen key can choose: a key that is revoked already revokes nothing.
    pub(super) fn of(rules: &AuthorityRules, statements: &[StatementView], now: Time) -> Self {
        let by_id: BTreeMap<_, _> = statements.iter().map(|view| (view.id, view)).collect();
        let mut all: Vec<_> = statements
            .iter()
            .filter(|view| view.statement.predicate_type == predicate::REVOCATION)
            .filter(|view| rules.check_header(view, now).is_ok())
            .collect();
        all.sort_by_key(|view| (view.received_at, view.id));
        let mut revocations = Self::default();
        for view in all {
            match view.statement.predicate_as::<predicate::Revocation>() {
                Ok(revocation) => revocations.apply(rules, view, &revocation, &by_id),
                Err(error) => {
                    let why = Refusal::Malformed(error.to_string());
                    revocations.refused.insert(view.id, why);
                }
            }
        }
        revocations
    }

    fn apply(
        &mut self,
        rules: &AuthorityRules,
        view: &StatementView,
        revocation: &predicate::Revocation,
        by_id: &BTreeMap<Digest, &StatementView>,
    ) {
        // Who revokes a statement that is itself revoked, or signs with such a key, revokes nothing.
        let live = |signer: &&Signer| !self.keys.contains_key(&signer.key);
        let signers: Vec<_> = view.signers.iter().filter(live).cloned().collect();
        if self.statements.contains_key(&view.id) {
            return;
        }
        let mut effect = false;
        for key in &revocation.keys {
            let own = signers.iter().any(|signer| signer.key == *key);
            let local = rules.local.as_ref() == Some(key);
            let higher = rules.may(&signers, |rule| {
                rule.covers_predicate(predicate::REVOCATION) && rule.covers_asset(None)
            });
            if own || rules.signed_locally(&signers) || (higher && !local) {
                self.keys.entry(key.clone()).or_insert(view.id);
                effect = true;
            }
        }
        for id in &revocation.statements {
            // A statement that is not here cannot be judged, and cannot decide anything either.
            let Some(target) = by_id.get(id) else {
                continue;
            };
            let own = target.signers.iter().any(|issuer| {
                signers
                    .iter()
                    .any(|signer| signer.identity() == issuer.identity())
            });
            let local = rules.signed_locally(&target.signers);
            let higher = rules.may(&signers, |rule| {
                rule.covers_predicate(&target.statement.predicate_type)
                    && rule.covers_asset(target.statement.asset())
            });
            if own || rules.signed_locally(&signers) || (higher && !local) {
                self.statements.entry(*id).or_insert(view.id);
                effect = true;
            }
        }
        if !effect {
            self.refused.insert(view.id, Refusal::MayNotRevoke);
        }
    }
}

impl AuthorityRules {
    fn signed_locally(&self, signers: &[Signer]) -> bool {
        self.local
            .as_ref()
            .is_some_and(|local| signers.iter().any(|signer| signer.key == *local))
    }

    /// Whether enough of the signers are issuers of a rule that may revoke and covers the target.
    fn may(&self, signers: &[Signer], covers: impl Fn(&Compiled) -> bool) -> bool {
        self.rules
            .iter()
            .filter(|rule| rule.rule.may_revoke && covers(rule))
            .any(|rule| {
                let named = signers.iter().filter(|signer| rule.names(signer));
                let issuers: std::collections::BTreeSet<_> = named.map(Signer::identity).collect();
                issuers.len() >= rule.rule.threshold as usize
            })
    }
}

impl Compiled {
    /// Whether a signer is one of the rule's issuers, by name or by key.
    pub(super) fn names(&self, signer: &Signer) -> bool {
        self.rule.issuers.iter().any(|issuer| {
            signer.name.as_deref() == Some(issuer)
                || signer.key.as_str().eq_ignore_ascii_case(issuer)
        })
    }
}
