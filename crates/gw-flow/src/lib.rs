//! The one path from a scan through statements and facts to a decision and the ledger.

pub mod store;
