//! What the program is asked to do.

mod model;
mod record;
mod sign;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use gw_core::{Asset, Gate, Time};

pub(crate) use model::{
    AdmitArgs, AdmitOptions, Environment, InspectArgs, InspectFormat, LineageArgs, ModelArgs,
    ModelCommand, PromoteArgs, RetireArgs, ServeCheckArgs,
};
pub(crate) use record::{RecordArgs, TracedArgs};
pub(crate) use sign::{ContentArgs, HashArg, MethodArg, SignArgs, VerifyArgs};

/// Secures the pipelines of software, models and automation: nothing passes a gate unverified, and
/// nothing stays through a gate once the facts change.
#[derive(Debug, Parser)]
#[command(name = "gatewright", version, max_term_width = 100, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 passed, 1 failed, 2 could not be done or not completely, \
    3 needs approval. The last line on standard error says why.";

/// Options of every command.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// The data folder, instead of the one of this user
    #[arg(
        long,
        global = true,
        env = "GATEWRIGHT_DATA",
        value_name = "DIR",
        hide_env = true
    )]
    pub(crate) data: Option<PathBuf>,
    /// Judge as of this time (RFC 3339, or a date)
    #[arg(long, global = true, value_name = "TIME", value_parser = gw_core::parse_time)]
    pub(crate) at: Option<Time>,
    /// Say less: no progress, no notes
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub(crate) color: Color,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Scan a folder, git repository, archive, file or bill of materials, and say whether it may be
    /// released
    Scan(ScanArgs),
    /// Write a bill of materials
    Sbom(SbomArgs),
    /// Run a step and state its lineage: inputs, outputs, command, environment
    Record(RecordArgs),
    /// Become a command that is watched
    #[command(hide = true)]
    TracedExec(TracedArgs),
    /// A model's contents, lineage and state
    Model(ModelArgs),
    /// Advisory data: show, import, update
    Db(DbArgs),
    /// Decide at a gate from the statements there are
    Gate(GateArgs),
    /// Make a signed statement
    Attest(AttestArgs),
    /// Accept a finding for a while
    Accept(AcceptArgs),
    /// Withdraw a statement or a key
    Revoke(RevokeArgs),
    /// Check, test and show gate policies
    Policy(PolicyArgs),
    /// Prove and verify what was recorded
    Ledger(LedgerArgs),
    /// Sign a model or file, as OpenSSF Model Signing defines it
    Sign(Box<SignArgs>),
    /// Verify the signature of a model, or an attestation about a file
    Verify(Box<VerifyArgs>),
    /// Make a signing key
    Keygen(KeygenArgs),
    /// Show the version, or compare two versions as an ecosystem does
    Version(VersionArgs),
    /// Explain a rule, a finding or a reason
    Explain(ExplainArgs),
    /// Begin a gatewright.toml
    Init(InitArgs),
    /// Check that everything works on this machine
    Doctor,
    /// Print completions for a shell
    Completions(CompletionsArgs),
    /// Print the manual page
    Man(ManArgs),
}

/// The form of a report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people at a terminal
    #[default]
    Terminal,
    /// The stable contract for programs
    Json,
    /// SARIF 2.1.0
    Sarif,
    /// For a pull request's comment
    Markdown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ModeArg {
    /// Record the answer, refuse nothing
    Observe,
    /// Show the answer, refuse nothing
    Warn,
    /// Refuse what does not pass
    Enforce,
}

impl From<ModeArg> for gw_core::Mode {
    fn from(mode: ModeArg) -> Self {
        match mode {
            ModeArg::Observe => Self::Observe,
            ModeArg::Warn => Self::Warn,
            ModeArg::Enforce => Self::Enforce,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct ScanArgs {
    /// What to scan; `-` is standard input
    #[arg(default_value = ".", value_name = "TARGET")]
    pub(crate) targets: Vec<PathBuf>,
    /// Scan the tree of this revision instead of the work tree
    #[arg(long, value_name = "REV")]
    pub(crate) rev: Option<String>,
    /// Take configuration, policies and acceptances from this revision, and judge only what is new
    /// since then
    #[arg(long, value_name = "REV")]
    pub(crate) base: Option<String>,
    /// Judge only what is new since this revision
    #[arg(long, value_name = "REV", conflicts_with = "all")]
    pub(crate) since: Option<String>,
    /// With --base: judge everything, not only what is new
    #[arg(long)]
    pub(crate) all: bool,
    /// What the gate's answer does, instead of what the configuration says
    #[arg(long, value_enum, value_name = "MODE")]
    pub(crate) mode: Option<ModeArg>,
    /// The form of the report
    #[arg(long, short, value_enum, default_value_t, value_name = "FORM")]
    pub(crate) format: Format,
    /// Write the report to this file
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Show every finding, those that do not count included
    #[arg(long, short)]
    pub(crate) verbose: bool,
    /// Also write everything that proves this decision to a file
    #[arg(long, value_name = "FILE")]
    pub(crate) bundle: Option<PathBuf>,
    /// Scan what .gitignore excludes, too
    #[arg(long)]
    pub(crate) no_ignore: bool,
    /// Do not look into archives that lie in a folder
    #[arg(long)]
    pub(crate) no_archives: bool,
    /// What standard input is called: a name such as Cargo.lock says which format to expect
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Stop after so many seconds
    #[arg(long, value_name = "SECONDS")]
    pub(crate) timeout: Option<u64>,
    /// How many threads to use
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<std::num::NonZeroUsize>,
    /// What the target is called, instead of what the configuration or the origin says
    #[arg(long, value_name = "ASSET")]
    pub(crate) asset: Option<Asset>,
}

#[derive(Debug, Args)]
pub(crate) struct SbomArgs {
    /// What to list
    #[arg(default_value = ".", value_name = "TARGET")]
    pub(crate) target: PathBuf,
    /// The tree of this revision instead of the work tree
    #[arg(long, value_name = "REV")]
    pub(crate) rev: Option<String>,
    /// The form of the document
    #[arg(long, short, value_enum, default_value_t, value_name = "FORM")]
    pub(crate) format: SbomFormat,
    /// The version of CycloneDX
    #[arg(long, default_value = "1.6", value_parser = ["1.6", "1.7"], value_name = "VERSION")]
    pub(crate) spec: String,
    /// Write the document to this file
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum SbomFormat {
    /// CycloneDX in JSON
    #[default]
    CyclonedxJson,
    /// CycloneDX in XML
    CyclonedxXml,
}

#[derive(Debug, Args)]
pub(crate) struct DbArgs {
    #[command(subcommand)]
    pub(crate) command: DbCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DbCommand {
    /// Show what advisory data there is, how old it is and where it is from
    Status {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Import OSV records: a folder of <ecosystem>/all.zip, a zip, or a single record
    Import {
        /// What to import
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// Fetch what changed
    Update {
        /// Where the data is published, in the layout of <ecosystem>/all.zip
        #[arg(
            long,
            env = "GATEWRIGHT_ADVISORIES",
            value_name = "URL",
            default_value = gw_fetch::UpdateOptions::OSV
        )]
        from: String,
        /// Only these ecosystems, instead of all there is data for
        #[arg(long = "ecosystem", value_name = "NAME")]
        ecosystems: Vec<String>,
    },
}

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
    /// The form of the report
    #[arg(long, short, value_enum, default_value_t, value_name = "FORM")]
    pub(crate) format: Format,
    /// Write the report to this file
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Show every finding, those that do not count included
    #[arg(long, short)]
    pub(crate) verbose: bool,
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

#[derive(Debug, Args)]
pub(crate) struct PolicyArgs {
    #[command(subcommand)]
    pub(crate) command: PolicyCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Check policies against the schema
    Check {
        /// Files or folders; the project's policies if none is given
        #[arg(value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// Run table tests (*.test.toml)
    Test {
        /// Files or folders; the project's if none is given
        #[arg(value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// Show the policies that are in force
    Show {
        /// Only this one
        #[arg(value_name = "ID")]
        id: Option<String>,
        /// The schema that policies are written against
        #[arg(long)]
        schema: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct LedgerArgs {
    #[command(subcommand)]
    pub(crate) command: LedgerCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LedgerCommand {
    /// Write a bundle with records, salts, proofs and the checkpoint, for somebody who has nothing
    /// else
    Prove {
        /// Statements (sha256:<digest>), or an asset for all about it; everything if none is given
        #[arg(value_name = "WHAT")]
        what: Vec<String>,
        /// Also prove that the log continues this earlier checkpoint
        #[arg(long, value_name = "FILE")]
        earlier: Option<PathBuf>,
        /// Write the bundle to this file
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Verify a bundle or a log's folder, offline
    Verify {
        /// The bundle, or a folder of tiles; this machine's ledger if not given
        #[arg(value_name = "BUNDLE")]
        bundle: Option<PathBuf>,
        /// The log's verifier key, or a file with it; of this machine if not given
        #[arg(long, value_name = "KEY")]
        key: Option<String>,
        /// A checkpoint that you kept earlier, to detect a truncated or forked log
        #[arg(long, value_name = "FILE")]
        earlier: Option<PathBuf>,
        /// Verifier keys of witnesses whose cosignatures count
        #[arg(long = "witness", value_name = "KEY")]
        witnesses: Vec<String>,
        /// How many witnesses must have cosigned
        #[arg(long, value_name = "N")]
        threshold: Option<usize>,
        /// Public keys (PEM) whose statements' signatures are checked too; this machine's if none
        #[arg(long = "public-key", value_name = "FILE")]
        public_keys: Vec<PathBuf>,
    },
    /// Print the current checkpoint
    Checkpoint,
    /// Print the log's verifier key
    Key {
        /// Print this machine's public key in PEM instead, to verify its statements with
        #[arg(long)]
        pem: bool,
    },
    /// Write the log's files to a folder, for any web server
    Export {
        /// The folder
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    /// Make the log's files again from the store
    Rebuild,
    /// Cosign a checkpoint as a witness, if it continues what this witness saw before
    Witness {
        /// A bundle with the checkpoint and a consistency proof
        #[arg(value_name = "BUNDLE")]
        bundle: PathBuf,
        /// The log's verifier key
        #[arg(long, value_name = "KEY")]
        key: String,
        /// The witness's name
        #[arg(long, value_name = "NAME")]
        name: String,
        /// The file in which the witness keeps what it has seen
        #[arg(long, value_name = "FILE")]
        state: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct KeygenArgs {
    /// The file for the private key; the public one gets `.pub` behind it
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Do not ask for a passphrase
    #[arg(long)]
    pub(crate) no_passphrase: bool,
}

#[derive(Debug, Args)]
pub(crate) struct VersionArgs {
    #[command(subcommand)]
    pub(crate) command: Option<VersionCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum VersionCommand {
    /// Print `<`, `=` or `>`
    Compare {
        /// The ecosystem in OSV's spelling: crates.io, npm, PyPI, Go
        #[arg(value_name = "ECOSYSTEM")]
        ecosystem: String,
        /// One version
        #[arg(value_name = "A", allow_hyphen_values = true)]
        a: String,
        /// The other one
        #[arg(value_name = "B", allow_hyphen_values = true)]
        b: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// A rule (area/name), a policy's id, or a reason for incompleteness; all are listed if none
    /// is given
    #[arg(value_name = "RULE")]
    pub(crate) rule: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// The project
    #[arg(default_value = ".", value_name = "DIR")]
    pub(crate) project: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// Write one page for each command into this folder, instead of the main page to standard
    /// output
    #[arg(long, value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
}
