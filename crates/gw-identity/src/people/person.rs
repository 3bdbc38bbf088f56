use std::collections::BTreeSet;

use gw_core::{Realm, Time};
use gw_store::{Database, Row, Transaction};
use serde::Serialize;

use crate::access::{Caller, Role};
use crate::change;
use crate::error::IdentityError;
use crate::oidc::Federated;
use crate::random::{random, random_id};
use crate::record::{Act, Recorded, shown};

/// Somebody who may sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Person {
    /// `p-` and 32 hexadecimal digits; it is never given to another.
    pub id: String,
    /// The realm.
    pub realm: Realm,
    /// A name to show.
    pub name: String,
    /// An e-mail address, in lower case.
    pub email: Option<String>,
    /// Whether they may sign in.
    pub state: PersonState,
    /// What they are in the realm.
    pub roles: BTreeSet<Role>,
    /// What authenticators know them by: 32 random bytes.
    #[serde(skip)]
    pub handle: Vec<u8>,
    /// Since when.
    pub created_at: Time,
}

/// Whether somebody may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PersonState {
    /// They may.
    Active,
    /// Not for now.
    Suspended,
    /// Never again; name and address are gone.
    Erased,
}

impl PersonState {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Erased => "erased",
        }
    }

    fn by_name(name: &str) -> Self {
        match name {
            "active" => Self::Active,
            "suspended" => Self::Suspended,
            // What a newer program wrote lets nobody in.
            _ => Self::Erased,
        }
    }
}

/// Somebody new.
#[derive(Debug, Clone, Copy)]
pub struct NewPerson<'p> {
    /// A name to show, 1 to 200 characters.
    pub name: &'p str,
    /// An e-mail address.
    pub email: Option<&'p str>,
    /// What they are.
    pub roles: &'p BTreeSet<Role>,
}

impl Person {
    /// The person as a caller, in their own session.
    ///
    /// # Errors
    /// [`IdentityError::Caller`].
    pub fn caller(&self) -> Result<Caller, IdentityError> {
        let realm = self.realm.clone();
        Ok(Caller::person(&self.id, realm, self.roles.clone())?)
    }
}

/// The columns that [`read`] reads. Roles come as one text, since both databases can make that.
macro_rules! select {
    ($condition:literal) => {
        select!($condition, "")
    };
    ($condition:literal, $lock:literal) => {
        gw_store::db::Both {
            sqlite: concat!(
                "SELECT p.id, p.realm, p.name, p.email, p.state, p.handle, p.created_at, ",
                "(SELECT group_concat(r.role, ',') FROM person_role r ",
                "WHERE r.realm = p.realm AND r.person = p.id) FROM person p WHERE ",
                $condition
            ),
            postgres: concat!(
                "SELECT p.id, p.realm, p.name, p.email, p.state, p.handle, p.created_at, ",
                "(SELECT string_agg(r.role, ',') FROM person_role r ",
                "WHERE r.realm = p.realm AND r.person = p.id) FROM person p WHERE ",
                $condition,
                $lock
            ),
        }
    };
}

/// The person of an id.
///
/// # Errors
/// [`IdentityError::Store`].
pub async fn find(
    database: &Database,
    realm: &Realm,
    id: &str,
) -> Result<Option<Person>, IdentityError> {
    let query = database.query(select!("p.realm = ? AND p.id = ?"));
    let row = query.bind(realm.as_str()).bind(id).one().await?;
    row.as_ref().map(read).transpose()
}

/// The person of an e-mail address.
///
/// # Errors
/// [`IdentityError::Store`].
pub async fn by_address(
    database: &Database,
    realm: &Realm,
    email: &str,
) -> Result<Option<Person>, IdentityError> {
    let Some(email) = address(email) else {
        return Ok(None);
    };
    let query = database.query(select!("p.realm = ? AND p.email = ?"));
    let row = query.bind(realm.as_str()).bind(email).one().await?;
    row.as_ref().map(read).transpose()
}

/// The person whom a provider knows by this name.
///
/// # Errors
/// [`IdentityError::Store`].
pub async fn by_federation(
    database: &Database,
    realm: &Realm,
    issuer: &str,
    subject: &str,
) -> Result<Option<Person>, IdentityError> {
    let query = database.query(select!(
        "p.realm = ? AND p.id = (SELECT f.person FROM person_federated f \
         WHERE f.realm = p.realm AND f.issuer = ? AND f.subject = ?)"
    ));
    let query = query.bind(realm.as_str()).bind(issuer).bind(subject);
    query.one().await?.as_ref().map(read).transpose()
}

/// People of a realm by name, from one on: `after` is the name and id of the last one that was seen.
///
/// # Errors
/// [`IdentityError::Store`].
pub async fn list(
    database: &Database,
    realm: &Realm,
    after: Option<(&str, &str)>,
    limit: u32,
) -> Result<Vec<Person>, IdentityError> {
    let (name, id) = after.unwrap_or_default();
    let query = database.query(select!(
        "p.realm = ? AND (p.name > ? OR (p.name = ? AND p.id > ?)) ORDER BY p.name, p.id LIMIT ?"
    ));
    let query = query.bind(realm.as_str()).bind(name).bind(name);
    let rows = query.bind(id).bind(limit).all().await?;
    rows.iter().map(read).collect()
}

/// Makes a person.
///
/// # Errors
/// [`IdentityError::AddressTaken`], [`IdentityError::Malformed`], [`IdentityError::Store`].
pub async fn create(
    transaction: &mut Transaction,
    realm: &Realm,
    new: NewPerson<'_>,
    act: Act<'_>,
) -> Result<Recorded<Person>, IdentityError> {
    let person = insert(transaction, realm, new, act.now).await?;
    let record = act.record("people:create", target(&person.id), None, shown(&person));
    Ok(Recorded {
        value: person,
        record,
    })
}

pub(super) async fn insert(
    transaction: &mut Transaction,
    realm: &Realm,
    new: NewPerson<'_>,
    now: Time,
) -> Result<Person, IdentityError> {
    let name = new.name.trim();
    if !matches!(name.chars().count(), 1..=200) || name.chars().any(char::is_control) {
        return Err(IdentityError::Malformed("a name of 1 to 200 characters"));
    }
    let email = match new.email {
        Some(email) => Some(address(email).ok_or(IdentityError::Malformed("an e-mail address"))?),
        None => None,
    };
    let person = Person {
        id: random_id("p-")?,
        realm: realm.clone(),
        name: name.to_owned(),
        email,
        state: PersonState::Active,
        roles: new.roles.clone(),
        handle: random()?.to_vec(),
        created_at: now,
    };
    let insert = "INSERT INTO person (realm, id, name, email, state, handle, created_at) \
                  VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
    let query = transaction.query(insert).bind(realm.as_str());
    let query = query.bind(&person.id).bind(&person.name);
    let query = query
        .bind(person.email.clone())
        .bind(person.state.as_str())
        .bind(&person.handle)
        .bind(now);
    if query.run().await? == 0 {
        return Err(IdentityError::AddressTaken);
    }
    super::roles::replace(transaction, realm, &person.id, &person.roles).await?;
    Ok(person)
}

/// The person whom a provider signed in: made at the first time, and given the roles that the
/// provider's groups are at each time. Somebody who was suspended stays so.
///
/// Nobody is found by an address: who controls a provider would control everybody's account. The last
/// administrator of a realm can lose the role this way; [`super::first_administrator`] makes a new one.
///
/// The record is to be stated if it has an `after`, which is when something changed.
///
/// # Errors
/// [`IdentityError`].
pub async fn federate(
    database: &Database,
    realm: &Realm,
    who: &Federated,
    act: Act<'_>,
) -> Result<(Transaction, Recorded<Person>), IdentityError> {
    let mut transaction = database.begin().await?;
    let query = transaction.query(select!(
        "p.realm = ? AND p.id = (SELECT f.person FROM person_federated f \
         WHERE f.realm = p.realm AND f.issuer = ? AND f.subject = ?)"
    ));
    let query = query
        .bind(realm.as_str())
        .bind(&who.issuer)
        .bind(&who.subject);
    let known = query.one().await?.as_ref().map(read).transpose()?;
    let Some(mut person) = known else {
        let new = NewPerson {
            name: who.name.as_deref().unwrap_or(&who.subject),
            email: None,
            roles: &who.roles,
        };
        let made = create(&mut transaction, realm, new, act).await?;
        let insert = "INSERT INTO person_federated (realm, issuer, subject, person) \
                      VALUES (?, ?, ?, ?)";
        let query = transaction.query(insert).bind(realm.as_str());
        let query = query.bind(&who.issuer).bind(&who.subject);
        query.bind(&made.value.id).run().await?;
        return Ok((transaction, made));
    };
    let before = shown(&person.roles);
    let mut after = None;
    if person.roles != who.roles {
        change::bump(&mut transaction).await?;
        super::roles::replace(&mut transaction, realm, &person.id, &who.roles).await?;
        person.roles.clone_from(&who.roles);
        after = shown(&person.roles);
    }
    let record = act.record("people:federate", target(&person.id), before, after);
    Ok((
        transaction,
        Recorded {
            value: person,
            record,
        },
    ))
}

pub(crate) fn read(row: &Row) -> Result<Person, IdentityError> {
    let realm: String = row.get(1)?;
    let state: String = row.get(4)?;
    let roles: Option<String> = row.get(7)?;
    let corrupt = |error: String| gw_flow::store::StoreError::Corrupt(error);
    Ok(Person {
        id: row.get(0)?,
        realm: realm.parse().map_err(|_| corrupt(realm))?,
        name: row.get(2)?,
        email: row.get(3)?,
        state: PersonState::by_name(&state),
        // A role that a newer program made is none that this one could grant.
        roles: roles
            .iter()
            .flat_map(|roles| roles.split(','))
            .filter_map(|role| role.parse().ok())
            .collect(),
        handle: row.get(5)?,
        created_at: row.get(6)?,
    })
}

/// A person's name in records.
pub(crate) fn target(id: &str) -> String {
    format!("person:{id}")
}

/// An e-mail address in the form that it is compared in. Whether somebody reads there is not known;
/// it only must not be able to be mistaken for another.
pub(super) fn address(text: &str) -> Option<String> {
    let lower = text.trim().to_lowercase();
    let (local, domain) = lower.rsplit_once('@')?;
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>,;\"\\".contains(c);
    let good = lower.len() <= 254
        && !local.is_empty()
        && !domain.is_empty()
        && lower.chars().all(plain)
        && !local.contains('@');
    good.then_some(lower)
}

/// A person in a transaction, whom no other one changes until it ends.
pub(crate) async fn locked(
    transaction: &mut Transaction,
    realm: &Realm,
    id: &str,
) -> Result<Person, IdentityError> {
    // SQLite has one writer anyway.
    let query = transaction.query(select!("p.realm = ? AND p.id = ?", " FOR UPDATE OF p"));
    let row = query.bind(realm.as_str()).bind(id).one().await?;
    row.as_ref()
        .map(read)
        .transpose()?
        .filter(|person| person.state != PersonState::Erased)
        .ok_or(IdentityError::NoSuchPerson)
}

/// The same for a change that takes something away, which counts everywhere within a second.
pub(super) async fn changing(
    transaction: &mut Transaction,
    realm: &Realm,
    id: &str,
) -> Result<Person, IdentityError> {
    change::bump(transaction).await?;
    locked(transaction, realm, id).await
}
