use gw_core::Time;
use serde::{Deserialize, Serialize};

/// What an index has of one ecosystem.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EcosystemInfo {
    /// The ecosystem in OSV's spelling.
    pub name: String,
    /// Records that affect it.
    pub records: u64,
    /// Its packages that a record affects.
    pub packages: u64,
    /// As of when the data is.
    pub as_of: Time,
    /// Where the data is from.
    pub source: String,
    /// Under which licence it is.
    pub licence: String,
    /// Whether the data is the ecosystem's whole feed. Single records that were added do not make
    /// an ecosystem covered.
    pub complete: bool,
    /// Whether the data is that of the snapshot in the program.
    pub embedded: bool,
}

/// What an index has of a catalogue of known exploited vulnerabilities.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KevInfo {
    /// How many vulnerabilities it lists.
    pub records: u64,
    /// When it was released.
    pub as_of: Time,
    /// Where it is from.
    pub source: String,
    /// Under which licence it is.
    pub licence: String,
    /// Whether it is that of the snapshot in the program.
    pub embedded: bool,
}

/// The index's description of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Meta {
    pub(crate) records: u64,
    pub(crate) ecosystems: Vec<EcosystemInfo>,
    pub(crate) kev: Option<KevInfo>,
}
