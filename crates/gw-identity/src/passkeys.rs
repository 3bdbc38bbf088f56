//! Passkeys in the store: whose they are, and how they were last used.

use gw_core::{Digest, Realm, Time};
use gw_store::{Database, Row, Transaction};
use serde_json::{Value, json};

use crate::challenges::{self, Challenged, Purpose};
use crate::encoding;
use crate::error::IdentityError;
use crate::people::{self, Person, PersonState};
use crate::record::{Act, Recorded};
use crate::webauthn::{
    Approval, ApprovalProof, Asserted, Assertion, CoseAlgorithm, Credential, Policy, Registration,
    RelyingParty, WebauthnError, verify_assertion, verify_registration,
};

/// More passkeys than this one person does not need.
const MAX_PASSKEYS: i64 = 20;

/// A passkey, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// The credential.
    pub credential: Credential,
    /// Its owner.
    pub person: String,
    /// What its owner calls it.
    pub name: String,
    /// Since when.
    pub created_at: Time,
    /// When it was last used.
    pub last_used_at: Option<Time>,
    /// Its count once did not rise: another authenticator may have the same key.
    pub suspect: bool,
}

/// What a page gives to `navigator.credentials.create`, as `PublicKeyCredentialCreationOptionsJSON`.
#[must_use]
pub fn creation_options(
    party: &RelyingParty,
    person: &Person,
    known: &[Passkey],
    challenge: &[u8],
) -> Value {
    let algorithms = CoseAlgorithm::ALL
        .map(|algorithm| json!({"type": "public-key", "alg": algorithm.number()}));
    json!({
        "rp": {"id": party.id, "name": party.name},
        "user": {
            "id": encoding::encode(&person.handle),
            "name": person.email.as_ref().unwrap_or(&person.name),
            "displayName": person.name,
        },
        "challenge": encoding::encode(challenge),
        "pubKeyCredParams": algorithms,
        "timeout": challenges::CHALLENGE_SECONDS * 1000,
        "excludeCredentials": descriptors(known),
        "authenticatorSelection": {
            "residentKey": "required",
            "requireResidentKey": true,
            "userVerification": "required",
        },
        "attestation": "none",
    })
}

/// What a page gives to `navigator.credentials.get`. Without `known`, any passkey of this site will
/// do, and it says whose it is.
#[must_use]
pub fn request_options(party: &RelyingParty, known: &[Passkey], challenge: &[u8]) -> Value {
    json!({
        "rpId": party.id,
        "challenge": encoding::encode(challenge),
        "timeout": challenges::CHALLENGE_SECONDS * 1000,
        "allowCredentials": descriptors(known),
        "userVerification": "required",
    })
}

fn descriptors(known: &[Passkey]) -> Vec<Value> {
    let one = |passkey: &Passkey| {
        let id = encoding::encode(&passkey.credential.id);
        json!({"type": "public-key", "id": id})
    };
    known.iter().map(one).collect()
}

/// Adds a passkey for somebody who is signed in.
///
/// # Errors
/// [`IdentityError::Challenge`], [`IdentityError::Webauthn`].
pub async fn register(
    transaction: &mut Transaction,
    party: &RelyingParty,
    person: &Person,
    browser: Digest,
    (name, challenge, answer): (&str, &[u8], &Registration),
    act: Act<'_>,
) -> Result<Recorded<Passkey>, IdentityError> {
    let of = Challenged {
        realm: &person.realm,
        purpose: Purpose::Register,
        person: Some(&person.id),
        browser,
    };
    challenges::take(transaction, of, challenge, act.now).await?;
    people::locked(transaction, &person.realm, &person.id).await?;
    let policy = Policy::default();
    let credential = verify_registration(party, policy, challenge, &person.handle, answer)?;
    let count = "SELECT count(*) FROM passkey WHERE realm = ? AND person = ?";
    let query = transaction.query(count).bind(person.realm.as_str());
    let count: Option<i64> = query.bind(&person.id).scalar().await?;
    if count.unwrap_or(0) >= MAX_PASSKEYS {
        return Err(IdentityError::Malformed(
            "possible: a person has at most 20 passkeys",
        ));
    }
    let name: String = name
        .trim()
        .chars()
        .filter(|c| !c.is_control())
        .take(100)
        .collect();
    let insert = "INSERT INTO passkey (id, realm, person, handle, key, sign_count, \
                  backup_eligible, backed_up, aaguid, name, created_at, suspect) \
                  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT DO NOTHING";
    let query = transaction.query(insert).bind(&credential.id);
    let query = query.bind(person.realm.as_str()).bind(&person.id);
    let query = query.bind(&credential.user_handle).bind(&credential.key);
    let query = query.bind(credential.sign_count);
    let query = query
        .bind(credential.backup_eligible)
        .bind(credential.backed_up);
    let query = query
        .bind(credential.aaguid.as_slice())
        .bind(&name)
        .bind(act.now);
    if query.run().await? == 0 {
        // Somebody has a credential of this id already, and whose it is would be unclear.
        return Err(WebauthnError::Credential.into());
    }
    let record = act.record("passkey:create", target(&credential.id), None, None);
    Ok(Recorded {
        value: Passkey {
            credential,
            person: person.id.clone(),
            name,
            created_at: act.now,
            last_used_at: None,
            suspect: false,
        },
        record,
    })
}

/// Signs somebody in with a passkey. The caller then begins a session.
///
/// # Errors
/// [`IdentityError::Challenge`], [`IdentityError::Webauthn`]; [`IdentityError::Credentials`] if the
/// passkey is not known or its owner is suspended.
pub async fn sign_in(
    transaction: &mut Transaction,
    party: &RelyingParty,
    realm: &Realm,
    browser: Digest,
    (challenge, answer): (&[u8], &Assertion),
    now: Time,
) -> Result<(Person, Asserted), IdentityError> {
    let of = Challenged {
        realm,
        purpose: Purpose::SignIn,
        person: None,
        browser,
    };
    challenges::take(transaction, of, challenge, now).await?;
    let passkey = by_id(transaction, realm, &answer.credential_id).await?;
    let passkey = passkey.ok_or(IdentityError::Credentials)?;
    let policy = Policy::default();
    let asserted = verify_assertion(party, policy, challenge, &passkey.credential, answer)?;
    let person = people::locked(transaction, realm, &passkey.person).await?;
    if person.state != PersonState::Active {
        return Err(IdentityError::Credentials);
    }
    note(transaction, &passkey, asserted, now).await?;
    Ok((person, asserted))
}

/// Takes an approval that was signed with a passkey of `person`, and returns the proof of it.
///
/// # Errors
/// [`IdentityError::Challenge`] if it was not asked for in this session, was given before, or comes too
/// late; [`IdentityError::Credentials`] if the passkey is another person's.
pub async fn approve(
    transaction: &mut Transaction,
    party: &RelyingParty,
    person: &Person,
    browser: Digest,
    (approval, answer): (Approval, &Assertion),
    now: Time,
) -> Result<ApprovalProof, IdentityError> {
    let challenge = approval.challenge().map_err(|_| IdentityError::Challenge)?;
    let mine = approval.approver == person.id && approval.realm == person.realm;
    if !mine || approval.expires_at <= now {
        return Err(IdentityError::Challenge);
    }
    let of = Challenged {
        realm: &person.realm,
        purpose: Purpose::Approve,
        person: Some(&person.id),
        browser,
    };
    challenges::take(transaction, of, &challenge, now).await?;
    let passkey = by_id(transaction, &person.realm, &answer.credential_id).await?;
    let passkey = passkey
        .filter(|passkey| passkey.person == person.id)
        .ok_or(IdentityError::Credentials)?;
    let policy = Policy::default();
    let asserted = verify_assertion(party, policy, &challenge, &passkey.credential, answer)?;
    note(transaction, &passkey, asserted, now).await?;
    let origin = crate::webauthn::origin_of(&answer.client_data_json)?;
    Ok(ApprovalProof {
        approval,
        rp_id: party.id.clone(),
        origin,
        key: passkey.credential.key,
        backup_eligible: passkey.credential.backup_eligible,
        assertion: answer.clone(),
    })
}

/// A person's passkeys, the oldest first.
///
/// # Errors
/// [`IdentityError::Store`].
pub async fn list(
    database: &Database,
    realm: &Realm,
    person: &str,
) -> Result<Vec<Passkey>, IdentityError> {
    let query = database.query(concat!(
        "SELECT id, person, handle, key, sign_count, backup_eligible, backed_up, aaguid, name, ",
        "created_at, last_used_at, suspect FROM passkey WHERE realm = ? AND person = ? ",
        "ORDER BY created_at, id"
    ));
    let rows = query.bind(realm.as_str()).bind(person).all().await?;
    rows.iter().map(read).collect()
}

/// Takes a passkey away.
///
/// # Errors
/// [`IdentityError::NoSuch`].
pub async fn remove(
    transaction: &mut Transaction,
    realm: &Realm,
    person: &str,
    id: &[u8],
    act: Act<'_>,
) -> Result<Recorded<()>, IdentityError> {
    let delete = "DELETE FROM passkey WHERE id = ? AND realm = ? AND person = ?";
    let query = transaction.query(delete).bind(id);
    if query.bind(realm.as_str()).bind(person).run().await? == 0 {
        return Err(IdentityError::NoSuch("passkey"));
    }
    let record = act.record("passkey:remove", target(id), None, None);
    Ok(Recorded { value: (), record })
}

async fn by_id(
    transaction: &mut Transaction,
    realm: &Realm,
    id: &[u8],
) -> Result<Option<Passkey>, IdentityError> {
    let query = transaction.query(concat!(
        "SELECT id, person, handle, key, sign_count, backup_eligible, backed_up, aaguid, name, ",
        "created_at, last_used_at, suspect FROM passkey WHERE realm = ? AND id = ?"
    ));
    let row = query.bind(realm.as_str()).bind(id).one().await?;
    row.as_ref().map(read).transpose()
}

/// Keeps the count, and that it did not rise.
async fn note(
    transaction: &mut Transaction,
    passkey: &Passkey,
    asserted: Asserted,
    now: Time,
) -> Result<(), IdentityError> {
    let update = "UPDATE passkey SET sign_count = ?, backed_up = ?, suspect = ?, \
                  last_used_at = ? WHERE id = ?";
    let query = transaction.query(update).bind(asserted.sign_count);
    let query = query.bind(asserted.backed_up);
    let query = query.bind(passkey.suspect || asserted.clone_warning);
    query.bind(now).bind(&passkey.credential.id).run().await?;
    Ok(())
}

/// A passkey's name in records: a digest, since the id itself is long.
fn target(id: &[u8]) -> String {
    format!("passkey:{}", Digest::of(id).short())
}

fn read(row: &Row) -> Result<Passkey, IdentityError> {
    let aaguid: Vec<u8> = row.get(7)?;
    Ok(Passkey {
        credential: Credential {
            id: row.get(0)?,
            user_handle: row.get(2)?,
            key: row.get(3)?,
            sign_count: row.get(4)?,
            backup_eligible: row.get(5)?,
            backed_up: row.get(6)?,
            aaguid: aaguid.try_into().unwrap_or_default(),
        },
        person: row.get(1)?,
        name: row.get(8)?,
        created_at: row.get(9)?,
        last_used_at: row.get(10)?,
        suspect: row.get(11)?,
    })
}

#[cfg(test)]
mod tests;
