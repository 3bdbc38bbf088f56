//! What a command works with: the data folder, the store, the key, the advisories and the time.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use gw_advisory::store::{self, Advisories};
use gw_attest::SigningKey;
use gw_core::{FactKey, Outcome, Realm, Time};
use gw_flow::{Flow, Home, Judgement, Redecided};
use gw_report::Record;
use gw_store::SqlStore;

use crate::cli::Global;

/// The program, as statements and reports name it.
pub(crate) const PROGRAM: &str = concat!("gatewright ", env!("CARGO_PKG_VERSION"));

/// An open data folder.
pub(crate) struct Session {
    pub(crate) flow: Flow<SqlStore>,
    pub(crate) home: Home,
    pub(crate) now: Time,
    /// Why nothing is recorded, if nothing is.
    pub(crate) unrecorded: Option<String>,
    quiet: bool,
}

impl Session {
    /// Opens the data folder, and decides again what is due. Where the folder cannot be written the
    /// session works in memory and nothing is recorded.
    pub(crate) async fn open(global: &Global) -> anyhow::Result<Self> {
        let session = Self::open_as_it_is(global).await?;
        session.catch_up("advisory data of this machine").await?;
        Ok(session)
    }

    /// Opens the data folder without deciding anything.
    pub(crate) async fn open_as_it_is(global: &Global) -> anyhow::Result<Self> {
        let now = now(global);
        let home = Home::new(data_folder(global)?);
        let index = Arc::new(load_index(&home)?);
        let opened = match home.create() {
            Ok(()) => None,
            Err(error) => Some(error.to_string()),
        };
        let (store, key) = match &opened {
            None => (SqlStore::open(&home.store()).await?, home.local_key()?),
            Some(_) => (SqlStore::in_memory().await?, SigningKey::generate()?),
        };
        Ok(Self {
            flow: Flow {
                store,
                realm: Realm::local(),
                key,
                index,
            },
            home,
            now,
            unrecorded: opened,
            quiet: global.quiet,
        })
    }

    /// Opens the data folder of a command that cannot do without it.
    pub(crate) async fn open_recorded(global: &Global) -> anyhow::Result<Self> {
        let session = Self::open(global).await?;
        match &session.unrecorded {
            Some(why) => anyhow::bail!("the data folder cannot be used: {why}"),
            None => Ok(session),
        }
    }

    /// Decides again what a new advisory index or a passed deadline concerns, and says so.
    pub(crate) async fn catch_up(&self, source: &str) -> anyhow::Result<Vec<Redecided>> {
        let again = self.flow.refresh(source, self.now).await?;
        self.tell(&again);
        Ok(again)
    }

    /// Says something that nobody needs to know.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            eprintln!("note: {text}");
        }
    }

    /// Says what was decided again, where the answer changed.
    pub(crate) fn tell(&self, again: &[Redecided]) {
        if self.quiet {
            return;
        }
        for one in again {
            let decision = &one.judgement.decision;
            if decision.outcome == one.before {
                continue;
            }
            let why = match (one.changed.first(), one.expired) {
                (Some(key), _) if one.changed.len() == 1 => format!("{} changed", key.name()),
                (Some(key), _) => {
                    format!("{} and {} more changed", key.name(), one.changed.len() - 1)
                }
                (None, true) => "what it rested on has expired".to_owned(),
                (None, false) => "what it rested on changed".to_owned(),
            };
            eprintln!(
                "note: {} ({}) was decided again, because {why}: {} -> {}",
                decision.asset,
                decision.place,
                words(one.before),
                words(decision.outcome),
            );
        }
    }

    /// Decides again what read another answer than this one, and says so.
    pub(crate) async fn follow(&self, judgement: &Judgement) -> anyhow::Result<()> {
        let decision = &judgement.decision;
        let name = format!("gate/{}", decision.gate);
        let keys = [
            FactKey::asset(&decision.asset, &name),
            FactKey::subject(&decision.subject.digest, &name),
        ];
        self.tell(&self.flow.follow(&keys, self.now).await?);
        Ok(())
    }

    /// Takes everything up into the ledger. `decision` is what the record is about.
    pub(crate) async fn seal(
        &self,
        decision: Option<gw_core::Digest>,
    ) -> anyhow::Result<Option<Record>> {
        if self.unrecorded.is_some() {
            return Ok(None);
        }
        let flow = &self.flow;
        let size = gw_flow::ledger::take_up(&flow.store, &self.home.ledger(), &flow.key).await?;
        let Some(decision) = decision else {
            return Ok(None);
        };
        use gw_flow::store::Store as _;
        let leaf = flow.store.leaf_of(&decision).await?;
        Ok(leaf.map(|leaf| Record {
            decision,
            leaf,
            size,
        }))
    }
}

/// The answer in a person's words.
pub(crate) const fn words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "passes",
        Outcome::NeedsApproval => "needs approval",
        Outcome::Fail => "does not pass",
    }
}

/// The time of evaluation.
pub(crate) fn now(global: &Global) -> Time {
    let time = global.at.unwrap_or_else(Time::now);
    // The store keeps microseconds; nothing may look changed by having been stored.
    Time::from_microsecond(time.as_microsecond()).unwrap_or(time)
}

/// The data folder: the one given, else `$XDG_DATA_HOME/gatewright`, else the platform's.
pub(crate) fn data_folder(global: &Global) -> anyhow::Result<PathBuf> {
    if let Some(folder) = &global.data {
        return Ok(folder.clone());
    }
    let variable = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    if let Some(data) = variable("XDG_DATA_HOME") {
        return Ok(data.join("gatewright"));
    }
    if cfg!(windows)
        && let Some(data) = variable("LOCALAPPDATA")
    {
        return Ok(data.join("gatewright"));
    }
    let home = variable("HOME").context(
        "there is no home folder to keep data in: set HOME or XDG_DATA_HOME, or give --data DIR",
    )?;
    Ok(home.join(".local/share/gatewright"))
}

/// The advisories in use: the data folder's, else those in the program.
///
/// A damaged index is an error, not a reason to fall back to older data unseen.
pub(crate) fn load_index(home: &Home) -> anyhow::Result<Advisories> {
    let folder = home.advisories();
    let mut advisories = store::load(&folder);
    match advisories.problem.take() {
        None => Ok(advisories),
        Some(problem) => Err(problem).with_context(|| {
            format!(
                "the advisory data in {} cannot be used; remove that folder to go back to the \
                 data in the program",
                folder.display()
            )
        }),
    }
}

/// A path as messages show it.
pub(crate) fn show(path: &Path) -> String {
    path.display().to_string()
}
