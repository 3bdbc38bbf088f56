//! `sign` and `verify`. Options are named as the reference implementation of model signing names
//! them; its older spellings with underscores work too.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Which files belong to a model, for `sign` and `verify` alike.
#[derive(Debug, Args)]
pub(crate) struct SignedFilesArgs {
    /// Leave this path out, with everything below it
    #[arg(long, alias = "ignore_paths", value_name = "PATH")]
    pub(crate) ignore_paths: Vec<PathBuf>,
    /// Leave out .git, .gitattributes, .github and .gitignore (as without this option)
    #[arg(
        long,
        alias = "ignore_git_paths",
        overrides_with = "no_ignore_git_paths"
    )]
    pub(crate) ignore_git_paths: bool,
    /// Do not leave out what belongs to git
    #[arg(
        long,
        alias = "no-ignore_git_paths",
        overrides_with = "ignore_git_paths"
    )]
    pub(crate) no_ignore_git_paths: bool,
    /// Follow symbolic links to files, instead of refusing them
    #[arg(long, alias = "allow_symlinks")]
    pub(crate) allow_symlinks: bool,
    /// Take the digests of files from this list (as sha256sum writes it) instead of reading the
    /// files; whoever made it is believed
    #[arg(long, value_name = "FILE")]
    pub(crate) digests: Option<PathBuf>,
    /// Keep digests in this file, and do not read files again whose path, size, times and inode are
    /// as they were; whoever can write it is believed
    #[arg(long, value_name = "FILE")]
    pub(crate) cache: Option<PathBuf>,
    /// How many files to hash at a time
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,
}

#[derive(Debug, Args)]
pub(crate) struct SignArgs {
    /// The model: a folder or a file; before it there may be how to sign, `key` or `certificate`
    #[arg(value_name = "MODEL", required = true, num_args = 1..=2)]
    pub(crate) target: Vec<PathBuf>,
    /// Write the signature to this file
    #[arg(long, value_name = "FILE", default_value = "model.sig")]
    pub(crate) signature: PathBuf,
    /// The private key in PEM: ECDSA P-256, P-384 or P-521
    #[arg(long, alias = "private_key", value_name = "FILE")]
    pub(crate) private_key: Option<PathBuf>,
    /// The passphrase of the private key; better in GATEWRIGHT_PASSPHRASE, or asked for
    #[arg(long, value_name = "TEXT", hide = true)]
    pub(crate) password: Option<String>,
    /// The certificate of the key, in PEM
    #[arg(long, alias = "signing_certificate", value_name = "FILE")]
    pub(crate) signing_certificate: Option<PathBuf>,
    /// Certificates of its issuers, in PEM, which go into the signature
    #[arg(
        long,
        alias = "certificate_chain",
        value_name = "FILE",
        requires = "signing_certificate"
    )]
    pub(crate) certificate_chain: Vec<PathBuf>,
    /// What each digest is made over
    #[arg(long, value_enum, default_value_t, value_name = "METHOD")]
    pub(crate) method: MethodArg,
    /// How it is made
    #[arg(long, value_enum, default_value_t, value_name = "HASH")]
    pub(crate) hash: HashArg,
    /// How many bytes a shard has
    #[arg(
        long,
        alias = "shard_size",
        value_name = "BYTES",
        default_value = "1000000000"
    )]
    pub(crate) shard_size: std::num::NonZeroU64,
    /// Let an Ed25519 key sign, which no other implementation of model signing verifies
    #[arg(long)]
    pub(crate) ed25519_extension: bool,
    #[command(flatten)]
    pub(crate) files: SignedFilesArgs,
    #[command(flatten)]
    pub(crate) elsewhere: SignElsewhereArgs,
}

/// Options of the reference implementation for what is not done here. They are known, so that who
/// uses them is told what to do instead.
#[derive(Debug, Args)]
pub(crate) struct SignElsewhereArgs {
    #[arg(long, alias = "pkcs11_uri", hide = true)]
    pub(crate) pkcs11_uri: Option<String>,
    #[arg(long, alias = "use_staging", hide = true)]
    pub(crate) use_staging: bool,
    #[arg(long, alias = "trust_config", hide = true)]
    pub(crate) trust_config: Option<PathBuf>,
    #[arg(long, alias = "use_ambient_credentials", hide = true)]
    pub(crate) use_ambient_credentials: bool,
    #[arg(long, alias = "identity_token", hide = true)]
    pub(crate) identity_token: Option<String>,
    #[arg(long, alias = "oauth_force_oob", hide = true)]
    pub(crate) oauth_force_oob: bool,
    #[arg(long, alias = "client_id", hide = true)]
    pub(crate) client_id: Option<String>,
    #[arg(long, alias = "client_secret", hide = true)]
    pub(crate) client_secret: Option<String>,
}

impl SignElsewhereArgs {
    /// Whether an option of keyless signing is there.
    pub(crate) fn is_keyless(&self) -> bool {
        self.use_staging
            || self.use_ambient_credentials
            || self.oauth_force_oob
            || self.trust_config.is_some()
            || self.identity_token.is_some()
            || self.client_id.is_some()
            || self.client_secret.is_some()
    }
}

/// What each digest is made over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum MethodArg {
    /// A whole file
    #[default]
    #[value(alias = "files")]
    File,
    /// A piece of a file
    #[value(alias = "shards")]
    Shard,
}

/// How a digest is made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum HashArg {
    /// SHA-256
    #[default]
    Sha256,
    /// BLAKE2b
    #[value(alias = "blake2")]
    Blake2b,
    /// BLAKE3
    Blake3,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// The model, a folder or a file; with --statement any file. Before it there may be how it was
    /// signed: `key`, `certificate` or `sigstore`
    #[arg(value_name = "MODEL", required = true, num_args = 1..=2)]
    pub(crate) target: Vec<PathBuf>,
    /// The signature of a model, or of a file as `cosign sign-blob` makes it: a sigstore bundle
    #[arg(
        long,
        value_name = "FILE",
        required_unless_present = "statement",
        conflicts_with = "statement"
    )]
    pub(crate) signature: Option<PathBuf>,
    /// An attestation about the file, instead of a model's signature: a DSSE envelope or a sigstore
    /// bundle
    #[arg(long, alias = "attestation", value_name = "FILE")]
    pub(crate) statement: Option<PathBuf>,
    /// The public key in PEM
    #[arg(long, alias = "public_key", value_name = "FILE", group = "trust")]
    pub(crate) public_key: Vec<PathBuf>,
    /// Certificates that are trusted, in PEM: a self-signed one at least
    #[arg(
        long,
        alias = "certificate_chain",
        value_name = "FILE",
        group = "trust"
    )]
    pub(crate) certificate_chain: Vec<PathBuf>,
    /// The sigstore trust root of keyless signatures: a trusted_root.json or a client trust
    /// configuration
    #[arg(
        long,
        aliases = ["trust-config", "trust_config", "trust_root"],
        value_name = "FILE",
        group = "trust",
        requires = "identity",
        requires = "identity_provider"
    )]
    pub(crate) trust_root: Option<PathBuf>,
    /// Who must have signed, for keyless signatures: an e-mail address or a URI
    #[arg(long, value_name = "IDENTITY")]
    pub(crate) identity: Option<String>,
    /// Who must have vouched for the identity: the URL of an OpenID Connect issuer
    #[arg(long, alias = "identity_provider", value_name = "URL")]
    pub(crate) identity_provider: Option<String>,
    /// Accept signatures over the encoding of model-signing releases before 1.0
    #[arg(long, conflicts_with = "strict")]
    pub(crate) compat: bool,
    /// Accept only what the published format has: no Ed25519, no older forms
    #[arg(long)]
    pub(crate) strict: bool,
    /// Pass over files that were not signed
    #[arg(
        long,
        alias = "ignore_unsigned_files",
        overrides_with = "no_ignore_unsigned_files"
    )]
    pub(crate) ignore_unsigned_files: bool,
    /// Refuse files that were not signed (as without this option)
    #[arg(
        long,
        alias = "no-ignore_unsigned_files",
        overrides_with = "ignore_unsigned_files"
    )]
    pub(crate) no_ignore_unsigned_files: bool,
    /// Print the SHA-256 fingerprints of all certificates, those of the signature and the trusted
    /// ones
    #[arg(long, alias = "log_fingerprints")]
    pub(crate) log_fingerprints: bool,
    /// Sigstore's staging instance, whose trust root has to be given instead
    #[arg(long, alias = "use_staging", hide = true)]
    pub(crate) use_staging: bool,
    /// Verify only these files, or what is below these folders; paths are inside the model
    #[arg(long = "files", value_name = "PATH", num_args = 1..)]
    pub(crate) only: Vec<String>,
    /// Which sort of statement is expected: a short name such as provenance, or a URI
    #[arg(long, value_name = "TYPE", requires = "statement")]
    pub(crate) predicate_type: Option<String>,
    /// Who must have built it (SLSA provenance)
    #[arg(long, value_name = "URI", requires = "statement")]
    pub(crate) builder_id: Option<String>,
    /// What it must have been built from: a repository (SLSA provenance)
    #[arg(long, value_name = "URI", requires = "statement")]
    pub(crate) source_uri: Option<String>,
    /// Which branch or tag it must have been built from
    #[arg(long, value_name = "REF", requires = "source_uri")]
    pub(crate) source_ref: Option<String>,
    /// Which commit it must have been built from
    #[arg(long, value_name = "DIGEST", requires = "source_uri")]
    pub(crate) source_commit: Option<String>,
    /// The type of build (SLSA provenance)
    #[arg(long, value_name = "URI", requires = "statement")]
    pub(crate) build_type: Option<String>,
    /// Print the result as JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) files: SignedFilesArgs,
}
