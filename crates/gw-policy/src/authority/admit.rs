use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use gw_attest::{KeyId, Statement, predicate};
use gw_core::{Asset, Digest, Hasher, Time};

use super::AuthorityRules;
use super::revoke::Revocations;

/// Clocks of different machines may differ by this many seconds.
const SKEW: i64 = 300;

/// Who signed a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// The key whose signature was verified.
    pub key: KeyId,
    /// The name under which the realm knows the key's owner, if it does. Two keys of one name are
    /// one issuer.
    pub name: Option<String>,
}

impl Signer {
    /// Whom a threshold counts.
    #[must_use]
    pub fn identity(&self) -> &str {
        self.name.as_deref().unwrap_or_else(|| self.key.as_str())
    }
}

/// A statement whose signatures have been verified, as admission sees it.
#[derive(Debug, Clone)]
pub struct StatementView {
    /// Its id.
    pub id: Digest,
    /// What it says.
    pub statement: Statement,
    /// Who signed it.
    pub signers: Vec<Signer>,
    /// When it was stored here. A statement counts as issued no later than this.
    pub received_at: Time,
}

impl StatementView {
    /// When it was issued: what its header says, if it has one and was not received before that.
    #[must_use]
    pub fn issued_at(&self) -> Time {
        let claim = self.statement.claim.as_ref();
        claim.map_or(self.received_at, |claim| claim.issued_at)
    }
}

/// How much an issuer's word counts against another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Admitted by a rule.
    Issuer,
    /// Admitted by a rule whose issuers may revoke.
    Revoker,
    /// Signed by the local key.
    Local,
}

/// A statement that counts, or would if it were not too old.
#[derive(Debug, Clone)]
pub struct Admitted<'a> {
    /// The statement.
    pub view: &'a StatementView,
    /// How much it counts against others.
    pub level: Level,
    /// Those of its issuers whom the rules allow, in order.
    pub issuers: BTreeSet<String>,
    /// Those of its keys whom the rules allow.
    pub keys: BTreeSet<KeyId>,
    /// From when on it does not count any more.
    pub deadline: Option<Time>,
}

/// Why a statement does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It was made for another realm.
    Realm(String),
    /// No rule allows any of its signers to make it.
    NoRule,
    /// Fewer different issuers than the threshold make this claim.
    Threshold {
        /// How many do.
        given: usize,
        /// How many it takes.
        needed: u32,
    },
    /// It says that it was issued later than now.
    Future(Time),
    /// Another statement of the same issuer took its place.
    Superseded(Digest),
    /// It was revoked.
    Revoked(Digest),
    /// All the keys that signed it were revoked.
    KeyRevoked(Digest),
    /// It revokes something that its issuers may not revoke.
    MayNotRevoke,
    /// Its predicate is not what its type requires.
    Malformed(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Realm(realm) => write!(f, "it was made for the realm {realm}"),
            Self::NoRule => f.write_str("no authority rule admits its signers for this"),
            Self::Threshold { given, needed } => {
                write!(
                    f,
                    "{given} of the {needed} issuers that it takes make this claim"
                )
            }
            Self::Future(time) => write!(
                f,
                "it says that it was issued at {time}, which is later than now"
            ),
            Self::Superseded(by) => write!(f, "{} of the same issuer took its place", by.short()),
            Self::Revoked(by) => write!(f, "it was revoked by {}", by.short()),
            Self::KeyRevoked(by) => write!(f, "its key was revoked by {}", by.short()),
            Self::MayNotRevoke => f.write_str("its issuers may not revoke what it revokes"),
            Self::Malformed(detail) => f.write_str(detail),
        }
    }
}

/// A statement that does not count.
#[derive(Debug, Clone)]
pub struct Refused<'a> {
    /// The statement.
    pub view: &'a StatementView,
    /// Why.
    pub why: Refusal,
}

/// What the authority rules make of statements.
#[derive(Debug, Clone, Default)]
pub struct Admission<'a> {
    /// Those that count.
    pub admitted: Vec<Admitted<'a>>,
    /// Those that would count if they were not expired or older than their rule allows.
    pub stale: Vec<Admitted<'a>>,
    /// Those that are stored and shown, and decide nothing.
    pub refused: Vec<Refused<'a>>,
    /// Keys that are revoked, and by which statement.
    pub revoked_keys: BTreeMap<KeyId, Digest>,
}

/// Who of a statement's signers may make it, and how much that counts.
struct Candidate<'a> {
    view: &'a StatementView,
    /// By rule (none is the local one): the issuers whom it allows.
    allowed: Vec<(Option<usize>, BTreeSet<String>, BTreeSet<KeyId>)>,
}

impl AuthorityRules {
    /// Which statements count for a decision about `about` at the time `now`.
    ///
    /// The rule that admits a statement must cover the asset that the statement names, if it names
    /// one, and the asset that is judged, if there is one: otherwise whoever may speak of one asset
    /// could vouch for content that is then released as another.
    ///
    /// A revoked key's statements do not count any more, whenever they were made: nobody can tell
    /// which of them were made after the key was stolen.
    #[must_use]
    pub fn admit<'a>(
        &self,
        statements: &'a [StatementView],
        about: Option<&Asset>,
        now: Time,
    ) -> Admission<'a> {
        let mut admission = Admission::default();
        let revocations = Revocations::of(self, statements, now);
        let mut candidates = Vec::new();
        for view in statements {
            match self.candidate(view, about, now, &revocations) {
                Ok(Some(candidate)) => candidates.push(candidate),
                Ok(None) => {}
                Err(why) => admission.refused.push(Refused { view, why }),
            }
        }
        // The same claim made in several statements counts for a threshold together.
        let mut together: BTreeMap<(Digest, Option<usize>), BTreeSet<String>> = BTreeMap::new();
        for candidate in &candidates {
            for (rule, issuers, _) in &candidate.allowed {
                if self
                    .deadline(candidate.view, *rule)
                    .is_none_or(|deadline| now < deadline)
                {
                    let claim = same_claim(&candidate.view.statement);
                    together
                        .entry((claim, *rule))
                        .or_default()
                        .extend(issuers.iter().cloned());
                }
            }
        }
        for candidate in candidates {
            self.judge(&candidate, &together, now, &mut admission);
        }
        supersede(&mut admission);
        admission.revoked_keys = revocations.keys;
        admission
    }

    /// Finds the rules that allow a statement's signers to make it. Revocations are admitted here if
    /// they have any effect.
    fn candidate<'a>(
        &self,
        view: &'a StatementView,
        about: Option<&Asset>,
        now: Time,
        revocations: &Revocations,
    ) -> Result<Option<Candidate<'a>>, Refusal> {
        self.check_header(view, now)?;
        if let Some(by) = revocations.statements.get(&view.id) {
            return Err(Refusal::Revoked(*by));
        }
        let live = |signer: &&Signer| !revocations.keys.contains_key(&signer.key);
        let signers: Vec<_> = view.signers.iter().filter(live).collect();
        if let (Some(signer), true) = (view.signers.first(), signers.is_empty())
            && let Some(by) = revocations.keys.get(&signer.key)
        {
            return Err(Refusal::KeyRevoked(*by));
        }
        if view.statement.predicate_type == predicate::REVOCATION {
            return match revocations.refused.get(&view.id) {
                Some(why) => Err(why.clone()),
                None => Ok(None),
            };
        }
        let own = view.statement.asset();
        let mut allowed = Vec::new();
        if let Some(local) = signers
            .iter()
            .find(|signer| Some(&signer.key) == self.local.as_ref())
        {
            let issuer = local.identity().to_owned();
            allowed.push((None, [issuer].into(), [local.key.clone()].into()));
        }
        for (number, rule) in self.rules.iter().enumerate() {
            let covers = rule.covers_predicate(&view.statement.predicate_type)
                && (own.is_none() && about.is_some() || rule.covers_asset(own))
                && (about.is_none() || rule.covers_asset(about));
            if !covers {
                continue;
            }
            let named = signers.iter().filter(|signer| rule.names(signer));
            let (issuers, keys): (BTreeSet<_>, BTreeSet<_>) = named
                .map(|signer| (signer.identity().to_owned(), signer.key.clone()))
                .unzip();
            if !issuers.is_empty() {
                allowed.push((Some(number), issuers, keys));
            }
        }
        if allowed.is_empty() {
            return Err(Refusal::NoRule);
        }
        Ok(Some(Candidate { view, allowed }))
    }

    pub(super) fn check_header(&self, view: &StatementView, now: Time) -> Result<(), Refusal> {
        if let Some(claim) = &view.statement.claim
            && claim.realm != self.realm
        {
            return Err(Refusal::Realm(claim.realm.to_string()));
        }
        let issued = view.issued_at();
        let limit = now
            .checked_add(jiff::SignedDuration::from_secs(SKEW))
            .unwrap_or(Time::MAX);
        if issued > limit {
            return Err(Refusal::Future(issued));
        }
        Ok(())
    }

    /// Until when a statement counts under a rule.
    fn deadline(&self, view: &StatementView, rule: Option<usize>) -> Option<Time> {
        let expires = view
            .statement
            .claim
            .as_ref()
            .and_then(|claim| claim.expires_at);
        let rule = rule.and_then(|number| self.rules.get(number));
        // A date in the future must not make a statement younger than it is.
        let issued = view.issued_at().min(view.received_at);
        let too_old = rule
            .and_then(|rule| rule.rule.max_age)
            .map(|age| age.after(issued));
        let own = accepted_until(&view.statement);
        [expires, too_old, own].into_iter().flatten().min()
    }

    fn level(&self, rule: Option<usize>) -> Level {
        match rule.and_then(|number| self.rules.get(number)) {
            None => Level::Local,
            Some(rule) if rule.rule.may_revoke => Level::Revoker,
            Some(_) => Level::Issuer,
        }
    }

    fn judge<'a>(
        &self,
        candidate: &Candidate<'a>,
        together: &BTreeMap<(Digest, Option<usize>), BTreeSet<String>>,
        now: Time,
        admission: &mut Admission<'a>,
    ) {
        let view = candidate.view;
        let claim = same_claim(&view.statement);
        let mut current: Option<Admitted<'a>> = None;
        let mut stale: Option<Admitted<'a>> = None;
        let mut short = Refusal::NoRule;
        for (rule, issuers, keys) in &candidate.allowed {
            let deadline = self.deadline(view, *rule);
            let admitted = Admitted {
                view,
                level: self.level(*rule),
                issuers: issuers.clone(),
                keys: keys.clone(),
                deadline,
            };
            if deadline.is_some_and(|deadline| deadline <= now) {
                merge(&mut stale, admitted);
                continue;
            }
            let given = together.get(&(claim, *rule)).map_or(0, BTreeSet::len);
            let needed = rule
                .and_then(|number| self.rules.get(number))
                .map_or(1, |rule| rule.rule.threshold);
            if given >= needed as usize {
                merge(&mut current, admitted);
            } else {
                short = Refusal::Threshold { given, needed };
            }
        }
        match (current, stale) {
            (Some(admitted), _) => admission.admitted.push(admitted),
            (None, Some(stale)) => admission.stale.push(stale),
            (None, None) => admission.refused.push(Refused { view, why: short }),
        }
    }
}

/// A statement that several rules admit counts by the highest, for as long as the longest.
fn merge<'a>(into: &mut Option<Admitted<'a>>, admitted: Admitted<'a>) {
    let Some(known) = into else {
        *into = Some(admitted);
        return;
    };
    known.level = known.level.max(admitted.level);
    known.issuers.extend(admitted.issuers);
    known.keys.extend(admitted.keys);
    known.deadline = match (known.deadline, admitted.deadline) {
        (Some(a), Some(b)) => Some(a.max(b)),
        _ => None,
    };
}

/// Takes out what a statement of the same issuer took the place of.
fn supersede(admission: &mut Admission<'_>) {
    let mut replaced: BTreeMap<Digest, Vec<(Digest, BTreeSet<String>)>> = BTreeMap::new();
    for admitted in admission.admitted.iter().chain(&admission.stale) {
        let claim = admitted.view.statement.claim.as_ref();
        for old in claim.map_or(&[][..], |claim| &claim.supersedes) {
            let by = (admitted.view.id, admitted.issuers.clone());
            replaced.entry(*old).or_default().push(by);
        }
    }
    for list in [&mut admission.admitted, &mut admission.stale] {
        list.retain(|admitted| {
            let by = replaced
                .get(&admitted.view.id)
                .into_iter()
                .flatten()
                .find(|(by, issuers)| {
                    *by != admitted.view.id && !issuers.is_disjoint(&admitted.issuers)
                });
            if let Some((by, _)) = by {
                let why = Refusal::Superseded(*by);
                admission.refused.push(Refused {
                    view: admitted.view,
                    why,
                });
            }
            by.is_none()
        });
    }
}

/// What makes two statements the same claim. An approval's words differ from person to person.
fn same_claim(statement: &Statement) -> Digest {
    let mut hasher = Hasher::new("same-claim");
    match statement.predicate_as::<predicate::Approval>() {
        Ok(approval) if statement.predicate_type == predicate::APPROVAL => {
            hasher.field(approval.gate.as_str().as_bytes());
            for subject in statement.digests() {
                hasher.field(subject.as_bytes());
            }
        }
        _ => {
            hasher.field(statement.claim_digest().as_bytes());
        }
    }
    hasher.field(statement.asset().map_or("", Asset::as_str).as_bytes());
    hasher.finish()
}

/// An acceptance says itself until when it holds.
fn accepted_until(statement: &Statement) -> Option<Time> {
    (statement.predicate_type == predicate::ACCEPTANCE)
        .then(|| statement.predicate_as::<predicate::Acceptance>().ok())
        .flatten()
        .map(|acceptance| acceptance.expires)
}
