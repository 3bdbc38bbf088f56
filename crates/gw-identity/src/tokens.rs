//! Service tokens in the store: who made them, for what, and until when.

use std::collections::BTreeSet;

use gw_core::{Digest, Principal, PrincipalKind, Realm, Time};
use gw_store::{Database, Row, Transaction};
use serde::Serialize;

use crate::access::{Caller, Grant, Scope};
use crate::change;
use crate::error::IdentityError;
use crate::pattern::Pattern;
use crate::people::PersonState;
use crate::random::random_id;
use crate::record::{Act, Recorded, shown};
use crate::service_token::{ServiceToken, TokenError};

/// The longest life of a token, in days.
pub const MAX_DAYS: i64 = 366;

/// A new token.
#[derive(Debug, Clone)]
pub struct NewToken<'t> {
    /// What it is for, 1 to 100 characters.
    pub name: &'t str,
    /// The person who answers for it. When they are suspended or erased, it is void.
    pub owner: &'t str,
    /// The assets, as patterns.
    pub assets: Vec<Pattern>,
    /// What it may do.
    pub scopes: BTreeSet<Scope>,
    /// When it ends.
    pub expires_at: Time,
}

/// A token, without itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TokenInfo {
    /// `t-` and 32 hexadecimal digits.
    pub id: String,
    /// The realm.
    pub realm: Realm,
    /// What it is for.
    pub name: String,
    /// The person who answers for it.
    pub owner: String,
    /// The assets.
    pub assets: Vec<Pattern>,
    /// What it may do.
    pub scopes: BTreeSet<Scope>,
    /// Since when.
    pub created_at: Time,
    /// Until when.
    pub expires_at: Time,
    /// When it was last used, give or take a minute.
    pub last_used_at: Option<Time>,
    /// Since when it is void.
    pub revoked_at: Option<Time>,
    /// Whether its owner may sign in.
    pub owner_active: bool,
}

impl TokenInfo {
    /// Whether it is good.
    #[must_use]
    pub fn is_live(&self, now: Time) -> bool {
        now < self.expires_at && self.revoked_at.is_none() && self.owner_active
    }

    /// The machine that has it, as a caller.
    ///
    /// # Errors
    /// [`IdentityError::Caller`].
    pub fn caller(&self) -> Result<Caller, IdentityError> {
        let principal = Principal::new(PrincipalKind::Machine, format!("token/{}", self.id));
        let grant = Grant {
            scopes: self.scopes.clone(),
            assets: self.assets.clone(),
        };
        Ok(Caller::granted(
            principal,
            self.realm.clone(),
            [].into(),
            grant,
        )?)
    }
}

/// Makes a token. It is returned once, and only its digest is kept.
///
/// # Errors
/// [`IdentityError::Token`] without scopes, assets or an end within a year; [`IdentityError::Malformed`].
pub async fn create(
    transaction: &mut Transaction,
    realm: &Realm,
    new: NewToken<'_>,
    act: Act<'_>,
) -> Result<Recorded<(ServiceToken, TokenInfo)>, IdentityError> {
    let name = new.name.trim();
    if !matches!(name.chars().count(), 1..=100) || name.chars().any(char::is_control) {
        return Err(IdentityError::Malformed("a name of 1 to 100 characters"));
    }
    if new.scopes.is_empty() || !matches!(new.assets.len(), 1..=64) {
        return Err(TokenError::Nothing.into());
    }
    let seconds = new
        .expires_at
        .as_second()
        .saturating_sub(act.now.as_second());
    if !(1..=MAX_DAYS * 86_400).contains(&seconds) {
        return Err(TokenError::Expiry(MAX_DAYS).into());
    }
    crate::people::locked(transaction, realm, new.owner).await?;
    let token = ServiceToken::generate()?;
    let info = TokenInfo {
        id: random_id("t-")?,
        realm: realm.clone(),
        name: name.to_owned(),
        owner: new.owner.to_owned(),
        assets: new.assets,
        scopes: new.scopes,
        created_at: act.now,
        expires_at: new.expires_at,
        last_used_at: None,
        revoked_at: None,
        owner_active: true,
    };
    let insert = "INSERT INTO service_token (id, digest, realm, name, owner, assets, scopes, \
                  created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let json = |value: Option<serde_json::Value>| value.unwrap_or_default().to_string();
    let query = transaction
        .query(insert)
        .bind(&info.id)
        .bind(token.digest());
    let query = query
        .bind(realm.as_str())
        .bind(&info.name)
        .bind(&info.owner);
    let query = query
        .bind(json(shown(&info.assets)))
        .bind(json(shown(&info.scopes)));
    query
        .bind(info.created_at)
        .bind(info.expires_at)
        .run()
        .await?;
    let record = act.record("token:create", target(&info.id), None, shown(&info));
    Ok(Recorded {
        value: (token, info),
        record,
    })
}

/// Makes a token void, everywhere within a second.
///
/// # Errors
/// [`IdentityError::NoSuch`] if there is none, or it is void already.
pub async fn revoke(
    transaction: &mut Transaction,
    realm: &Realm,
    id: &str,
    act: Act<'_>,
) -> Result<Recorded<()>, IdentityError> {
    change::bump(transaction).await?;
    let update = "UPDATE service_token SET revoked_at = ? \
                  WHERE realm = ? AND id = ? AND revoked_at IS NULL";
    let query = transaction.query(update).bind(act.now);
    if query.bind(realm.as_str()).bind(id).run().await? == 0 {
        return Err(IdentityError::NoSuch("token"));
    }
    let record = act.record("token:revoke", target(id), None, None);
    Ok(Recorded { value: (), record })
}

/// The tokens of a realm, or of one owner in it, the newest first.
///
/// # Errors
/// [`IdentityError::Store`].
pub async fn list(
    database: &Database,
    realm: &Realm,
    owner: Option<&str>,
) -> Result<Vec<TokenInfo>, IdentityError> {
    let sql = gw_store::db::Sql::new(concat!(
        "SELECT t.id, t.realm, t.name, t.owner, t.assets, t.scopes, t.created_at, t.expires_at, ",
        "t.last_used_at, t.revoked_at, p.state FROM service_token t ",
        "JOIN person p ON p.realm = t.realm AND p.id = t.owner WHERE t.realm = ?"
    ));
    let sql = sql.bind(realm.as_str()).maybe("AND t.owner = ?", owner);
    let sql = sql.part("ORDER BY t.created_at DESC, t.id");
    let rows = database.query(sql).all().await?;
    rows.iter().map(read).collect()
}

pub(crate) async fn by_digest(
    database: &Database,
    digest: &Digest,
) -> Result<Option<TokenInfo>, IdentityError> {
    let query = database.query(concat!(
        "SELECT t.id, t.realm, t.name, t.owner, t.assets, t.scopes, t.created_at, t.expires_at, ",
        "t.last_used_at, t.revoked_at, p.state FROM service_token t ",
        "JOIN person p ON p.realm = t.realm AND p.id = t.owner WHERE t.digest = ?"
    ));
    let row = query.bind(digest).one().await?;
    row.as_ref().map(read).transpose()
}

pub(crate) async fn touch(database: &Database, id: &str, now: Time) -> Result<(), IdentityError> {
    let update = "UPDATE service_token SET last_used_at = ? WHERE id = ?";
    database.query(update).bind(now).bind(id).run().await?;
    Ok(())
}

fn target(id: &str) -> String {
    format!("token:{id}")
}

fn read(row: &Row) -> Result<TokenInfo, IdentityError> {
    let corrupt = |error: &dyn std::fmt::Display| {
        gw_flow::store::StoreError::Corrupt(format!("a service token: {error}"))
    };
    let (realm, assets, scopes): (String, String, String) = (row.get(1)?, row.get(4)?, row.get(5)?);
    let state: String = row.get(10)?;
    Ok(TokenInfo {
        id: row.get(0)?,
        realm: realm.parse().map_err(|error| corrupt(&error))?,
        name: row.get(2)?,
        owner: row.get(3)?,
        assets: serde_json::from_str(&assets).map_err(|error| corrupt(&error))?,
        scopes: serde_json::from_str(&scopes).map_err(|error| corrupt(&error))?,
        created_at: row.get(6)?,
        expires_at: row.get(7)?,
        last_used_at: row.get(8)?,
        revoked_at: row.get(9)?,
        owner_active: state == PersonState::Active.as_str(),
    })
}
