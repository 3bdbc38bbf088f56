use gw_flow::store::StoreError;
use gw_store::{Database, Transaction};

/// The number of the last change that takes something away from somebody: a session that was
/// revoked, a person who was suspended, a role, a token.
///
/// # Errors
/// [`StoreError`].
pub async fn last_change(database: &Database) -> Result<i64, StoreError> {
    let number = database.query("SELECT seq FROM identity_change WHERE one = 1");
    Ok(number.scalar().await?.unwrap_or(0))
}

/// Makes every process look again. It also takes the lock that such changes wait for each other
/// with, so it comes first in a transaction.
pub(crate) async fn bump(transaction: &mut Transaction) -> Result<(), StoreError> {
    let bump = "INSERT INTO identity_change (one, seq) VALUES (1, 1) \
                ON CONFLICT (one) DO UPDATE SET seq = identity_change.seq + 1";
    transaction.query(bump).run().await?;
    transaction.notify(CHANNEL).await
}

/// On which hints of such changes are given.
pub const CHANNEL: &str = "gw_identity";
