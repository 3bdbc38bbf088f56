//! `gate`, `attest`, `accept` and `revoke`: deciding on statements, and making them.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use gw_core::{Asset, Gate, Time};

use super::ReportOptions;

#[derive(Debug, Args)]
pub(crate) struct GateArgs {
    /// Which gate
    #[arg(value_name = "GATE")]
    pub(crate) gate: Gate,
    /// About what
    #[arg(value_name = "ASSET")]
    pub(crate) asset: Asset,
    /// Where, if it is in several places: branch:main, path:/srv/x
    #[arg(long, value_name = "PLACE")]
    pub(crate) place: Option<String>,
    /// Compare the last two decisions: which facts changed, and which statement changed them
    #[arg(long)]
    pub(crate) explain: bool,
    #[command(flatten)]
    pub(crate) report: ReportOptions,
    /// Also write the decision as an attestation that other tools know
    #[arg(long, value_enum, value_name = "TYPE")]
    pub(crate) export: Option<Export>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Export {
    /// A SLSA Verification Summary
    Vsa,
    /// An in-toto vulnerability scan
    Vulns,
}

#[derive(Debug, Args)]
pub(crate) struct AttestArgs {
    /// What it is about: an asset that was scanned, sha256:<digest>, or a file
    #[arg(value_name = "SUBJECT", required_unless_present = "envelope")]
    pub(crate) subject: Option<String>,
    /// What sort of statement: a short name such as approval, provenance, test-result, openvex,
    /// quarantine, or a URI
    #[arg(
        long = "type",
        short = 't',
        value_name = "TYPE",
        required_unless_present = "envelope"
    )]
    pub(crate) predicate_type: Option<String>,
    /// What it says, as JSON; `-` is standard input
    #[arg(long, short, value_name = "FILE", conflicts_with = "envelope")]
    pub(crate) predicate: Option<PathBuf>,
    /// Why, for approvals and quarantines
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    /// Which gate, for approvals
    #[arg(long, value_name = "GATE", default_value = "release")]
    pub(crate) gate: Gate,
    /// The asset that it concerns
    #[arg(long, value_name = "ASSET")]
    pub(crate) asset: Option<Asset>,
    /// Where the asset is, if it is in several places
    #[arg(long, value_name = "PLACE")]
    pub(crate) place: Option<String>,
    /// From when on it must not be relied on
    #[arg(long, value_name = "TIME", value_parser = gw_core::parse_time)]
    pub(crate) expires: Option<Time>,
    /// Sign with this key (PKCS #8 in PEM) instead of the local one
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// Take in a DSSE envelope that somebody else signed
    #[arg(long, value_name = "FILE")]
    pub(crate) envelope: Option<PathBuf>,
    /// Public keys (PEM) that may have signed it
    #[arg(long = "public-key", value_name = "FILE")]
    pub(crate) public_keys: Vec<PathBuf>,
    /// Write the signed envelope to this file; `-` is standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct AcceptArgs {
    /// The finding's id, or an advisory's id
    #[arg(value_name = "FINDING", required_unless_present_any = ["package", "all"])]
    pub(crate) finding: Option<String>,
    /// Accept what a rule finds in this package
    #[arg(long, value_name = "PACKAGE")]
    pub(crate) package: Option<String>,
    /// Only what this rule finds
    #[arg(long, value_name = "RULE", requires = "package")]
    pub(crate) rule: Option<String>,
    /// Accept everything that counts now, to begin with an old project
    #[arg(long, conflicts_with_all = ["finding", "package"])]
    pub(crate) all: bool,
    /// Why it may stay
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// Who answers for it, instead of you
    #[arg(long, value_name = "NAME")]
    pub(crate) owner: Option<String>,
    /// Until when; at most a year, 90 days if not given
    #[arg(long, value_name = "TIME", value_parser = gw_core::parse_time)]
    pub(crate) expires: Option<Time>,
    /// The project
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) project: PathBuf,
    /// The asset, instead of the project's
    #[arg(long, value_name = "ASSET")]
    pub(crate) asset: Option<Asset>,
    /// Write it into the project's gatewright.toml, where it holds for everybody, instead of this
    /// machine's store
    #[arg(long)]
    pub(crate) write: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RevokeArgs {
    /// A statement (sha256:<digest>) or a key (64 hexadecimal digits)
    #[arg(value_name = "ID", required = true)]
    pub(crate) ids: Vec<String>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
}
