//! What administrators do is stated in the ledger, in the transaction that does it.

use gw_attest::predicate::Administration;
use gw_core::Realm;
use gw_store::Transaction;

use crate::app::App;
use crate::http::Problem;

/// Writes the record of an act into the transaction of the act.
///
/// # Errors
/// A problem if it cannot be written; the act is then not done either.
pub(crate) async fn state(
    app: &App,
    transaction: &mut Transaction,
    realm: &Realm,
    record: &Administration,
) -> Result<(), Problem> {
    let statement =
        gw_identity::statement(realm, record).map_err(|error| Problem::internal(&error))?;
    let batch = app.flow(realm).prepare(&statement, record.time).await?;
    app.store.write(transaction, realm, batch).await?;
    Ok(())
}
