//! `keygen`: a signing key.

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use gw_attest::SigningKey;
use zeroize::Zeroizing;

use crate::cli::{Global, KeygenArgs};
use crate::output::{self, Ending};
use crate::session::show;

pub(crate) fn run(_global: &Global, args: &KeygenArgs) -> anyhow::Result<Ending> {
    let passphrase = if args.no_passphrase {
        None
    } else {
        let first = passphrase("Passphrase for the new key: ")?;
        if first.is_empty() {
            bail!("an empty passphrase protects nothing: give one, or --no-passphrase");
        }
        if std::env::var_os(PASSPHRASE).is_none() && *passphrase("Once more: ")? != *first {
            bail!("the two passphrases differ");
        }
        Some(first)
    };
    let key = SigningKey::generate()?;
    let pem = key.to_pem(passphrase.as_deref().map(String::as_str))?;
    write_private(&args.file, pem.as_bytes())?;
    let mut public: PathBuf = args.file.clone();
    let name = public.file_name().unwrap_or_default().to_owned();
    let mut with_end = name;
    with_end.push(".pub");
    public.set_file_name(with_end);
    output::write_file(&public, key.public().to_pem().as_bytes())?;
    output::write(None, format!("{}\n", key.public().id()).as_bytes())?;
    Ok(Ending::new(
        0,
        format!(
            "private key in {}, public key in {}",
            show(&args.file),
            show(&public)
        ),
    ))
}

/// Where a passphrase may come from if nobody is at a terminal.
const PASSPHRASE: &str = "GATEWRIGHT_PASSPHRASE";

/// A passphrase: from the environment, else asked for on the terminal without showing it.
pub(crate) fn passphrase(prompt: &str) -> anyhow::Result<Zeroizing<String>> {
    if let Ok(passphrase) = std::env::var(PASSPHRASE) {
        return Ok(Zeroizing::new(passphrase));
    }
    if !std::io::stdin().is_terminal() {
        bail!("there is no terminal to ask for the passphrase: set {PASSPHRASE}");
    }
    let mut tty = std::io::stderr();
    write!(tty, "{prompt}")?;
    tty.flush()?;
    rpassword::read_password()
        .map(Zeroizing::new)
        .context("cannot read the passphrase")
}

/// Writes a new file that only its owner can read. One that is there is never replaced.
fn write_private(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options
        .open(path)
        .with_context(|| format!("cannot make {}", show(path)))?;
    file.write_all(content)?;
    file.sync_all()?;
    Ok(())
}
