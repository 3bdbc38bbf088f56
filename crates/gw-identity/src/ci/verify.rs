use std::collections::BTreeMap;

use gw_core::{Principal, PrincipalKind, Time};

use super::rule::{CiRule, CiRuleError};
use crate::access::{Caller, CallerError, Grant};
use crate::fetch::Fetch;
use crate::jose::{Algorithm, ClaimError, Claims, Expected, Jws, JwsError};
use crate::oidc::{Issuer, IssuerError};

/// A job's token is older than this only if it was kept, in seconds.
const MAX_AGE: i64 = 3600;

/// Claims that are kept with what a job did.
const KEPT: [&str; 14] = [
    "repository",
    "repository_id",
    "ref",
    "ref_type",
    "ref_protected",
    "sha",
    "environment",
    "workflow_ref",
    "job_workflow_ref",
    "event_name",
    "run_id",
    "project_path",
    "project_id",
    "pipeline_id",
];

/// The issuers that rules name, with the rules.
#[derive(Debug)]
pub struct CiIssuers {
    issuers: BTreeMap<String, (Issuer, Vec<CiRule>)>,
}

/// A job that proved who it is.
#[derive(Debug, Clone)]
pub struct CiWorkload {
    /// The caller: a machine with the rule's scopes and assets.
    pub caller: Caller,
    /// What the token says of the job.
    pub claims: BTreeMap<String, String>,
    /// Until when the token is good.
    pub expires_at: Time,
}

/// Why a job's token does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CiError {
    /// A rule that cannot be used.
    #[error(transparent)]
    Rule(#[from] CiRuleError),
    /// No rule names its issuer.
    #[error("no rule names the token's issuer")]
    UnknownIssuer,
    /// The issuer cannot be used, or the signature does not verify.
    #[error(transparent)]
    Issuer(#[from] IssuerError),
    /// The token.
    #[error(transparent)]
    Token(#[from] JwsError),
    /// What it says.
    #[error(transparent)]
    Claims(#[from] ClaimError),
    /// No rule lets such a job in.
    #[error("no rule lets this job in")]
    NoRule,
    /// The caller.
    #[error(transparent)]
    Caller(#[from] CallerError),
}

impl CiIssuers {
    /// The issuers of some rules. `loopback` allows `http` on loopback addresses.
    ///
    /// # Errors
    /// [`CiError::Rule`], [`CiError::Issuer`].
    pub fn new(rules: Vec<CiRule>, loopback: bool) -> Result<Self, CiError> {
        let mut issuers = BTreeMap::new();
        for rule in rules {
            rule.check()?;
            let issuer = Issuer::new(&rule.issuer, loopback)?;
            let (_, of_issuer) = issuers
                .entry(rule.issuer.clone())
                .or_insert_with(|| (issuer, Vec::new()));
            of_issuer.push(rule);
        }
        Ok(Self { issuers })
    }

    /// Verifies a job's token. The first rule that lets it in counts.
    ///
    /// # Errors
    /// [`CiError`].
    pub async fn verify(
        &self,
        token: &str,
        fetch: &impl Fetch,
        now: Time,
    ) -> Result<CiWorkload, CiError> {
        let jws = Jws::parse(token, &Algorithm::ALL)?;
        // Which keys are tried is the token's to say; what they prove is not.
        let named = jws.claimed_issuer();
        let (issuer, rules) = named
            .and_then(|name| self.issuers.get(&name))
            .ok_or(CiError::UnknownIssuer)?;
        let payload = issuer.verify(&jws, fetch, now).await?;
        let mut last = CiError::NoRule;
        for rule in rules {
            let expected = Expected {
                issuer: issuer.name(),
                audience: &rule.audience,
                nonce: None,
                max_age: MAX_AGE,
            };
            match Claims::check(&payload, &expected, now) {
                Ok(claims) if rule.matches(&claims) => return workload(rule, &claims, now),
                Ok(_) => last = CiError::NoRule,
                Err(error) if last == CiError::NoRule => last = error.into(),
                Err(_) => {}
            }
        }
        Err(last)
    }
}

fn workload(rule: &CiRule, claims: &Claims, now: Time) -> Result<CiWorkload, CiError> {
    let principal = Principal::new(
        PrincipalKind::Machine,
        format!("{}#{}", claims.iss, claims.sub),
    );
    let grant = Grant {
        scopes: rule.scopes.clone(),
        assets: rule.assets.clone(),
    };
    let caller = Caller::granted(principal, rule.realm.clone(), [].into(), grant)?;
    let kept = KEPT.iter().filter_map(|name| {
        let value = claims.text(name)?;
        Some(((*name).to_owned(), value.chars().take(300).collect()))
    });
    Ok(CiWorkload {
        caller,
        claims: kept.collect(),
        expires_at: Time::from_second(claims.exp).unwrap_or(now),
    })
}
