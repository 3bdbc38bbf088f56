use std::path::{Path, PathBuf};

use gw_advisory::store::{Change, Store, StoreError};
use gw_advisory::{CompileOptions, Compiler, Index, Provenance};
use gw_core::Time;
use url::Url;

use crate::client::{NetworkOptions, client, reason};
use crate::download::{Answer, Download, fetch};
use crate::state::{State, Validators};

/// What to update, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateOptions {
    /// The address under which `<ecosystem>/all.zip` are.
    pub base: String,
    /// The ecosystems, in OSV's spelling.
    pub ecosystems: Vec<String>,
    /// How to reach it.
    pub network: NetworkOptions,
}

impl UpdateOptions {
    /// Where osv.dev publishes.
    pub const OSV: &str = "https://osv-vulnerabilities.storage.googleapis.com";
}

/// How far an update is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress<'a> {
    /// The ecosystem that is being fetched.
    pub ecosystem: &'a str,
    /// Bytes of it so far.
    pub received: u64,
    /// Bytes of it in all, if the server says so.
    pub total: Option<u64>,
}

/// What an update brought.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateReport {
    /// Ecosystems that were fetched, with the number of bytes.
    pub fetched: Vec<(String, u64)>,
    /// Ecosystems that are as they were.
    pub unchanged: Vec<String>,
    /// What changed; nothing if every ecosystem is as it was.
    pub change: Option<Change>,
}

/// Why an update failed. The advisories in use are those from before.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The address is none.
    #[error("`{given}` is not an address: expected http:// or https://")]
    Address {
        /// What was given.
        given: String,
    },
    /// An ecosystem's name cannot be one.
    #[error("`{given}` is not the name of an ecosystem: expected OSV's spelling, such as npm")]
    Ecosystem {
        /// What was given.
        given: String,
    },
    /// The server could not be reached, or the answer ended early.
    #[error("cannot fetch {url}: {reason}")]
    Network {
        /// What was asked for.
        url: String,
        /// What went wrong, with its causes.
        reason: String,
    },
    /// The server answered something else than the file.
    #[error("cannot fetch {url}: the server answered with status {status}")]
    Status {
        /// What was asked for.
        url: String,
        /// The HTTP status.
        status: u16,
    },
    /// The file is larger than the limit.
    #[error("{url} is larger than {limit} bytes")]
    TooLarge {
        /// What was asked for.
        url: String,
        /// The limit.
        limit: u64,
    },
    /// A local file could not be written.
    #[error("{path}: {error}")]
    Local {
        /// Which.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// What was fetched cannot be used, or the index cannot be replaced.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl FetchError {
    pub(crate) fn network(url: &Url, error: &reqwest::Error) -> Self {
        Self::Network {
            url: url.to_string(),
            reason: reason(url, error),
        }
    }
}

/// Fetches the feeds of ecosystems that have changed, and puts them into the data folder's index.
///
/// Either all of them are taken over or none. Records that were imported by themselves stay.
/// `now` is the time of the update; a feed's data is as of when the server says that it was last
/// modified, and never later than `now`.
///
/// # Errors
/// [`FetchError`]; the advisories in use are then those from before.
pub async fn update(
    options: &UpdateOptions,
    data: &Path,
    now: Time,
    mut progress: impl FnMut(Progress<'_>),
) -> Result<UpdateReport, FetchError> {
    let base = base(&options.base)?;
    let store = Store::lock(data)?;
    let client = client(&options.network).map_err(|error| FetchError::network(&base, &error))?;
    let mut state = State::read(store.folder());
    let mut report = UpdateReport {
        fetched: Vec::new(),
        unchanged: Vec::new(),
        change: None,
    };
    let mut feeds: Vec<(&str, Url, Download)> = Vec::new();
    for ecosystem in &options.ecosystems {
        let url = address(&base, ecosystem)?;
        // What was imported from elsewhere since then is not what the server knows.
        let known = state.files.get(url.as_str());
        let known = known.filter(|_| is_from(store.before(), ecosystem, &url));
        let tell = |received, total| {
            progress(Progress {
                ecosystem,
                received,
                total,
            });
        };
        match fetch(
            &client,
            &url,
            known,
            store.folder(),
            options.network.largest,
            tell,
        )
        .await?
        {
            Answer::Unchanged => report.unchanged.push(ecosystem.clone()),
            Answer::New(download) => {
                report.fetched.push((ecosystem.clone(), download.length));
                feeds.push((ecosystem, url, download));
            }
        }
    }
    if feeds.is_empty() {
        return Ok(report);
    }
    let mut compiler = Compiler::new(CompileOptions {
        keep_singles: true,
        ..CompileOptions::default()
    });
    for (ecosystem, url, download) in &feeds {
        let provenance = Provenance {
            as_of: Some(as_of(&download.validators, now)),
            source: url.to_string(),
            licence: String::new(),
        };
        compiler
            .add_feed(ecosystem, download.file.path(), provenance)
            .map_err(StoreError::from)?;
    }
    report.change = Some(store.replace(compiler)?);
    for (_, url, download) in feeds {
        state.files.insert(url.to_string(), download.validators);
    }
    // The index is in place already; without the state the next update fetches everything.
    let _ = state.write(store.folder());
    Ok(report)
}

/// Whether the index has an ecosystem from an address.
fn is_from(index: &Index, ecosystem: &str, url: &Url) -> bool {
    let mut infos = index.ecosystems().iter();
    infos.any(|info| info.name == ecosystem && info.source == url.as_str())
}

/// As of when a feed is.
fn as_of(validators: &Validators, now: Time) -> Time {
    let said = validators.last_modified.as_deref();
    let parsed = said.and_then(|time| jiff::fmt::rfc2822::parse(time).ok());
    parsed.map_or(now, |time| time.timestamp().min(now))
}

fn base(given: &str) -> Result<Url, FetchError> {
    let url = Url::parse(given.trim()).ok();
    let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    url.ok_or_else(|| FetchError::Address {
        given: given.chars().take(200).collect(),
    })
}

fn address(base: &Url, ecosystem: &str) -> Result<Url, FetchError> {
    let bad = || FetchError::Ecosystem {
        given: ecosystem
            .chars()
            .filter(|c| !c.is_control())
            .take(64)
            .collect(),
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ' | ':');
    if ecosystem.is_empty() || !ecosystem.chars().all(plain) || ecosystem.starts_with('.') {
        return Err(bad());
    }
    let mut url = base.clone();
    url.path_segments_mut()
        .map_err(|()| bad())?
        .pop_if_empty()
        .extend([ecosystem, "all.zip"]);
    Ok(url)
}
