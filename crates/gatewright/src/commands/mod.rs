//! The commands, one file each.

pub(crate) mod accept;
pub(crate) mod attest;
pub(crate) mod completions;
pub(crate) mod db;
pub(crate) mod doctor;
pub(crate) mod explain;
pub(crate) mod gate;
pub(crate) mod init;
pub(crate) mod keygen;
pub(crate) mod ledger;
pub(crate) mod man;
pub(crate) mod model;
pub(crate) mod policy;
pub(crate) mod record;
pub(crate) mod revoke;
pub(crate) mod sbom;
pub(crate) mod scan;
pub(crate) mod serve;
pub(crate) mod sign;
pub(crate) mod verify;
pub(crate) mod version;
