//! What the flow asks of a store. The command line and the control plane keep the same tables;
//! `gw-store` implements them in SQL.

use std::future::Future;

use gw_attest::KeyId;
use gw_core::{
    Asset, Binding, Decision, Digest, FactKey, Gate, Outcome, Place, Realm, Time, Version,
};

/// A store that could not answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database could not be opened, read or written.
    #[error("the store {place} could not be used: {detail}")]
    Unavailable {
        /// Which store.
        place: String,
        /// What went wrong.
        detail: String,
    },
    /// The database was written by a newer program.
    #[error("the store has schema version {found}, newer than {known}, which this program knows")]
    TooNew {
        /// Its version.
        found: i64,
        /// The newest version known here.
        known: i64,
    },
    /// Another process was first, and nothing was written.
    #[error("another process was first")]
    Overtaken,
    /// A row is not what it should be.
    #[error("the store holds a row that cannot be read: {0}")]
    Corrupt(String),
}

/// A signed statement as it is kept.
#[derive(Debug, Clone)]
pub struct StoredStatement {
    /// Its id: the digest of the envelope.
    pub id: Digest,
    /// The DSSE envelope's bytes.
    pub envelope: Vec<u8>,
    /// The salt of its ledger leaf.
    pub salt: [u8; 32],
    /// The predicate type.
    pub predicate_type: String,
    /// The asset it concerns.
    pub asset: Option<Asset>,
    /// The known keys that signed it.
    pub signers: Vec<KeyId>,
    /// When it was made, by its own word; when it was received, if it does not say.
    pub issued_at: Time,
    /// From when on it must not be relied on.
    pub expires_at: Option<Time>,
    /// When it arrived here.
    pub received_at: Time,
}

/// Everything that is written in one transaction: statements with the new versions of the facts
/// that they change, so that no reader ever sees one without the other.
#[derive(Debug, Default)]
pub struct Batch {
    /// New statements; one that is already there is left as it is.
    pub statements: Vec<NewStatement>,
    /// Facts that have a new version.
    pub facts: Vec<(FactKey, Version)>,
    /// Bindings; one for the same asset and place ends the one before it.
    pub bindings: Vec<Binding>,
    /// Decisions, each made by a statement of this batch; one for the same gate, asset and place
    /// takes the place of the one before it.
    pub decisions: Vec<NewDecision>,
    /// Contents that decisions refer to by digest, such as the configuration they were made under.
    pub blobs: Vec<(Digest, Vec<u8>)>,
    /// Small values by name.
    pub meta: Vec<(String, String)>,
}

/// A statement with the facts it speaks of.
#[derive(Debug, Clone)]
pub struct NewStatement {
    /// The statement.
    pub statement: StoredStatement,
    /// The keys of the facts that it contributes to.
    pub keys: Vec<FactKey>,
}

/// A decision with what it takes to make it again.
#[derive(Debug, Clone)]
pub struct NewDecision {
    /// The statement that holds it.
    pub id: Digest,
    /// The decision.
    pub decision: Decision,
    /// The blob with the circumstances under which it is made again.
    pub context: Digest,
}

/// A decision as it is kept.
#[derive(Debug, Clone)]
pub struct DecisionRow {
    /// The statement that holds it.
    pub id: Digest,
    /// Which question.
    pub gate: Gate,
    /// About which asset.
    pub asset: Asset,
    /// Where.
    pub place: Place,
    /// About which content.
    pub subject: Digest,
    /// The answer.
    pub outcome: Outcome,
    /// When it was made.
    pub time: Time,
    /// From when on it must not be relied on.
    pub not_after: Option<Time>,
    /// The blob with the circumstances under which it is made again.
    pub context: Digest,
}

/// A statement that the ledger has not taken up yet.
#[derive(Debug, Clone)]
pub struct Pending {
    /// Its place in the outbox.
    pub sequence: i64,
    /// The statement.
    pub statement: StoredStatement,
}

/// A ledger leaf and the statement it commits to.
#[derive(Debug, Clone)]
pub struct LeafRow {
    /// Its index in the log.
    pub index: u64,
    /// The statement.
    pub statement: StoredStatement,
}

/// Statements, facts, bindings, decisions and the ledger's outbox, apart by realm.
///
/// The ledger is one for the whole store: its leaves say nothing about realms.
pub trait Store: Send + Sync {
    /// Writes a batch in one transaction and returns the new change number.
    fn commit(
        &self,
        realm: &Realm,
        batch: Batch,
    ) -> impl Future<Output = Result<i64, StoreError>> + Send;

    /// The number of the latest change; readers that follow it miss nothing.
    fn change_seq(&self) -> impl Future<Output = Result<i64, StoreError>> + Send;

    /// A statement by its id.
    fn statement(
        &self,
        realm: &Realm,
        id: &Digest,
    ) -> impl Future<Output = Result<Option<StoredStatement>, StoreError>> + Send;

    /// The statements that contribute to any of these facts, in order of arrival, each once.
    fn statements(
        &self,
        realm: &Realm,
        keys: &[FactKey],
    ) -> impl Future<Output = Result<Vec<StoredStatement>, StoreError>> + Send;

    /// All statements, in order of arrival; of one predicate type if it is given.
    fn list_statements(
        &self,
        realm: &Realm,
        predicate_type: Option<&str>,
    ) -> impl Future<Output = Result<Vec<StoredStatement>, StoreError>> + Send;

    /// The keys of the facts that a statement contributes to.
    fn keys_of(
        &self,
        realm: &Realm,
        id: &Digest,
    ) -> impl Future<Output = Result<Vec<FactKey>, StoreError>> + Send;

    /// Of these facts those that have a version.
    fn versions(
        &self,
        realm: &Realm,
        keys: &[FactKey],
    ) -> impl Future<Output = Result<Vec<(FactKey, Version)>, StoreError>> + Send;

    /// The current bindings, of one asset if it is given.
    fn bindings(
        &self,
        realm: &Realm,
        asset: Option<&Asset>,
    ) -> impl Future<Output = Result<Vec<Binding>, StoreError>> + Send;

    /// The decisions of a gate about an asset at a place, the latest first.
    fn decisions(
        &self,
        realm: &Realm,
        gate: Gate,
        asset: &Asset,
        place: &Place,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<DecisionRow>, StoreError>> + Send;

    /// Every current decision.
    fn current_decisions(
        &self,
        realm: &Realm,
    ) -> impl Future<Output = Result<Vec<DecisionRow>, StoreError>> + Send;

    /// The current decisions that read any of these facts at another version.
    fn dependents(
        &self,
        realm: &Realm,
        facts: &[(FactKey, Version)],
    ) -> impl Future<Output = Result<Vec<DecisionRow>, StoreError>> + Send;

    /// The facts of a scope (`advisory`) that current decisions read, each with every version read.
    fn reads(
        &self,
        realm: &Realm,
        scope: &str,
    ) -> impl Future<Output = Result<Vec<(FactKey, Version)>, StoreError>> + Send;

    /// The current decisions that must not be relied on any more.
    fn due(
        &self,
        realm: &Realm,
        now: Time,
    ) -> impl Future<Output = Result<Vec<DecisionRow>, StoreError>> + Send;

    /// A content by its digest.
    fn blob(
        &self,
        realm: &Realm,
        digest: &Digest,
    ) -> impl Future<Output = Result<Option<Vec<u8>>, StoreError>> + Send;

    /// A small value by its name.
    fn meta(
        &self,
        realm: &Realm,
        name: &str,
    ) -> impl Future<Output = Result<Option<String>, StoreError>> + Send;

    /// Every realm that has anything.
    fn realms(&self) -> impl Future<Output = Result<Vec<Realm>, StoreError>> + Send;

    /// The facts that changed after a change number, in order of change, each with its number; at
    /// most `limit` changes, each of them whole.
    fn changed_facts(
        &self,
        realm: &Realm,
        after: i64,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<(FactKey, i64)>, StoreError>> + Send;

    /// Sets a small value, without that being a change.
    fn set_meta(
        &self,
        realm: &Realm,
        name: &str,
        value: &str,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Takes the lease `name` for `holder` until `until`; false if another holds it.
    fn lease(
        &self,
        name: &str,
        holder: &str,
        now: Time,
        until: Time,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Gives a lease back.
    fn release(
        &self,
        name: &str,
        holder: &str,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Statements that the ledger has not taken up, in order, at most `limit`.
    fn pending(&self, limit: u32) -> impl Future<Output = Result<Vec<Pending>, StoreError>> + Send;

    /// Gives the next leaf indexes to these outbox entries, in order; the first must be `first`.
    fn sequence(
        &self,
        first: u64,
        entries: &[i64],
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// How many leaves have an index.
    fn leaf_count(&self) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// The leaves from `start` up to but not including `end`.
    fn leaves(
        &self,
        start: u64,
        end: u64,
    ) -> impl Future<Output = Result<Vec<LeafRow>, StoreError>> + Send;

    /// The leaf index of a statement, once it has one.
    fn leaf_of(&self, id: &Digest) -> impl Future<Output = Result<Option<u64>, StoreError>> + Send;
}
