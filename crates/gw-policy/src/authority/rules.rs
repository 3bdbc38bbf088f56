use globset::{GlobBuilder, GlobMatcher};
use gw_attest::{KeyId, predicate};
use gw_core::{Asset, Digest, Hasher, Realm};
use serde::{Deserialize, Serialize};

use super::Age;

/// One `[[authority]]` table: who may make which claims about what.
///
/// ```toml
/// [[authority]]
/// predicate = "approval"            # a short name, a predicate type's URI, or "*"
/// assets = ["repo:payments*"]       # patterns over kind:name; `*` matches anything
/// issuers = ["ann", "0123…"]        # names of signers, or key ids
/// threshold = 2                     # how many different issuers must make the same claim
/// max_age = "30d"                   # after that the claim is stale
/// may_revoke = false                # whether these issuers may revoke such claims of others
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthorityRule {
    /// The predicate type: a short name, a URI, or `*` for all.
    pub predicate: String,
    /// Patterns over `kind:name`, in which `*` stands for any text.
    pub assets: Vec<String>,
    /// Names of signers, or key ids.
    pub issuers: Vec<String>,
    /// How many different issuers must make the same claim.
    #[serde(default = "one")]
    pub threshold: u32,
    /// How old a claim may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<Age>,
    /// Whether these issuers may revoke such claims that others made.
    #[serde(default)]
    pub may_revoke: bool,
}

const fn one() -> u32 {
    1
}

impl AuthorityRule {
    /// Whether the rule can hold: a known predicate type, patterns that can be read, and issuers
    /// enough for its threshold.
    ///
    /// # Errors
    /// What is wrong, and what was expected.
    pub fn check(&self) -> Result<(), String> {
        Compiled::new(self.clone()).map(drop)
    }
}

/// A rule that cannot hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("authority rule {number}: {problem}")]
pub struct AuthorityError {
    /// Which rule, from 1.
    pub number: usize,
    /// What is wrong, and what was expected.
    pub problem: String,
}

/// The authority rules of a realm.
#[derive(Debug, Clone)]
pub struct AuthorityRules {
    pub(super) realm: Realm,
    pub(super) rules: Vec<Compiled>,
    /// The key that is admitted for everything.
    pub(super) local: Option<KeyId>,
    digest: Digest,
}

#[derive(Debug, Clone)]
pub(super) struct Compiled {
    pub(super) rule: AuthorityRule,
    /// The predicate type's URI; none for all.
    predicate: Option<String>,
    assets: Vec<GlobMatcher>,
    /// Whether a pattern covers what concerns no asset.
    everything: bool,
}

impl AuthorityRules {
    /// Rules of a realm. `local` is the key of this machine, which is admitted for everything in its
    /// own realm and may revoke anything there; it is part of no file.
    ///
    /// # Errors
    /// [`AuthorityError`] for the first rule that cannot hold.
    pub fn new(
        realm: Realm,
        rules: Vec<AuthorityRule>,
        local: Option<KeyId>,
    ) -> Result<Self, AuthorityError> {
        let mut hasher = Hasher::new("authority");
        hasher.field(realm.as_str().as_bytes());
        hasher.field(local.as_ref().map_or("", KeyId::as_str).as_bytes());
        let mut compiled = Vec::new();
        for (rule, number) in rules.into_iter().zip(1..) {
            let rule = Compiled::new(rule).map_err(|problem| AuthorityError { number, problem })?;
            rule.hash(&mut hasher);
            compiled.push(rule);
        }
        Ok(Self {
            realm,
            rules: compiled,
            local,
            digest: hasher.finish(),
        })
    }

    /// The digest of all that the rules say.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// The rules, without the implicit one for the local key.
    pub fn rules(&self) -> impl Iterator<Item = &AuthorityRule> {
        self.rules.iter().map(|compiled| &compiled.rule)
    }
}

impl Compiled {
    fn new(rule: AuthorityRule) -> Result<Self, String> {
        let predicate = match rule.predicate.as_str() {
            "*" => None,
            name => Some(predicate::by_name(name).map(str::to_owned).ok_or_else(|| {
                let names: Vec<_> = predicate::NAMES.iter().map(|(name, _)| *name).collect();
                let known = names.join(", ");
                format!("`{name}` is no predicate type: expected a URI, `*` or one of {known}")
            })?),
        };
        if rule.assets.is_empty() {
            return Err("`assets` is empty: expected patterns such as repo:*".to_owned());
        }
        let assets = rule
            .assets
            .iter()
            .map(|pattern| {
                let glob = GlobBuilder::new(pattern).literal_separator(false).build();
                glob.map(|glob| glob.compile_matcher())
                    .map_err(|error| format!("`{pattern}` is no pattern: {}", error.kind()))
            })
            .collect::<Result<_, _>>()?;
        let mut issuers = rule.issuers.clone();
        issuers.sort_unstable();
        issuers.dedup();
        if issuers.len() != rule.issuers.len() || issuers.is_empty() {
            return Err("`issuers` must name at least one, and each once".to_owned());
        }
        // A name is one issuer whatever keys it has, so more than the list can never be reached.
        if rule.threshold == 0 || rule.threshold as usize > issuers.len() {
            return Err(format!(
                "`threshold` is {}: expected 1 to {}, the number of issuers",
                rule.threshold,
                issuers.len()
            ));
        }
        let everything = rule
            .assets
            .iter()
            .any(|pattern| pattern == "*" || pattern == "**");
        Ok(Self {
            rule,
            predicate,
            assets,
            everything,
        })
    }

    pub(super) fn covers_predicate(&self, uri: &str) -> bool {
        self.predicate
            .as_deref()
            .is_none_or(|predicate| predicate == uri)
    }

    /// Whether it covers an asset; what concerns no asset is covered by `*` only.
    pub(super) fn covers_asset(&self, asset: Option<&Asset>) -> bool {
        match asset {
            Some(asset) => self
                .assets
                .iter()
                .any(|pattern| pattern.is_match(asset.as_str())),
            None => self.everything,
        }
    }

    fn hash(&self, hasher: &mut Hasher) {
        let rule = &self.rule;
        hasher.field(self.predicate.as_deref().unwrap_or("*").as_bytes());
        for list in [&rule.assets, &rule.issuers] {
            let mut list: Vec<_> = list.iter().collect();
            list.sort_unstable();
            hasher.field(&(list.len() as u64).to_le_bytes());
            for text in list {
                hasher.field(text.as_bytes());
            }
        }
        let max_age = rule.max_age.map_or_else(String::new, |age| age.to_string());
        hasher.field(&rule.threshold.to_le_bytes());
        hasher.field(max_age.as_bytes());
        hasher.field(&[u8::from(rule.may_revoke)]);
    }
}

/// Rules of a lower version than those already seen, or other rules of the same version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("version {offered} of the rules is refused: version {seen} was seen already")]
pub struct LowerVersion {
    /// The version that is in force.
    pub seen: u64,
    /// The one that was offered.
    pub offered: u64,
}

/// Whether rules may take the place of those in force: their version must be higher, or they must
/// be the same rules.
///
/// # Errors
/// [`LowerVersion`] if not.
pub fn check_version(
    seen: Option<&predicate::Rules>,
    offered: &predicate::Rules,
) -> Result<(), LowerVersion> {
    match seen {
        Some(seen)
            if offered.version < seen.version
                || (offered.version == seen.version && offered.digest != seen.digest) =>
        {
            Err(LowerVersion {
                seen: seen.version,
                offered: offered.version,
            })
        }
        _ => Ok(()),
    }
}
