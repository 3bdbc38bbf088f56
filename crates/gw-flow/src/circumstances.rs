//! The circumstances under which a decision is made, and made again.

use gw_core::{Asset, Digest, Gate, Mode, Principal, Time};
use gw_policy::{Policies, PolicyErrors, PolicyFile};
use serde::{Deserialize, Serialize};

use crate::config::{CONFIG_FILE, Config, ConfigError, Signer, SignerError};

/// Everything a decision rests on that is no statement: configuration, policies, and what the
/// judgement starts from. It is kept with the decision, so that the decision can be made again
/// when the project's folder is long gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Circumstances {
    /// What the configuration is called in messages.
    pub config_path: String,
    /// The text of the configuration; none means the built-in one.
    pub config_text: Option<String>,
    /// Where configuration and policies came from, in words.
    pub from: String,
    /// What the change under test would change of them, unused, in words.
    pub unused: Vec<String>,
    /// The project's policies.
    pub policies: Vec<File>,
    /// The files with keys and certificates that the configuration's signers name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<File>,
    /// The subject whose findings are not counted, because they are not new.
    pub since: Option<Digest>,
    /// What the answer does, if the caller overrides the configuration.
    pub mode: Option<Mode>,
    /// Who asks.
    pub principal: Principal,
    /// The model that this one is compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub champion: Option<Champion>,
}

/// A file of the project by its path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// The path, as messages show it.
    pub path: String,
    /// The text.
    pub text: String,
}

/// Configuration or policies that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CircumstancesError {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A signer of the configuration.
    #[error("{path}: {error}")]
    Signer {
        /// The configuration.
        path: String,
        /// What is wrong.
        error: SignerError,
    },
    /// The policies.
    #[error(transparent)]
    Policies(#[from] PolicyErrors),
}

/// Circumstances, read.
#[derive(Debug)]
pub struct Rules {
    /// The configuration.
    pub config: Config,
    /// The policies.
    pub policies: Policies,
    /// The signers that the configuration knows.
    pub signers: Vec<Signer>,
    /// What the answer does, if the caller overrides the configuration.
    mode: Option<Mode>,
}

impl Rules {
    /// What a gate's answer does.
    #[must_use]
    pub fn mode(&self, gate: Gate) -> Mode {
        self.mode.unwrap_or_else(|| self.config.mode(gate))
    }
}

/// The model that another one would take the place of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Champion {
    /// What it is called.
    pub asset: Asset,
    /// Its content. Later decisions compare with the same one, whatever has its place then.
    pub subject: Digest,
    /// The metric, instead of what the configuration says.
    #[serde(default)]
    pub metric: Option<String>,
}

impl Circumstances {
    /// The circumstances of whoever configured nothing.
    #[must_use]
    pub fn built_in(principal: Principal) -> Self {
        Self {
            config_path: CONFIG_FILE.to_owned(),
            config_text: None,
            from: "built in".to_owned(),
            unused: Vec::new(),
            policies: Vec::new(),
            keys: Vec::new(),
            since: None,
            mode: None,
            principal,
            champion: None,
        }
    }

    /// Reads configuration and policies.
    ///
    /// # Errors
    /// [`CircumstancesError`] with file and line.
    pub fn read(&self, now: Time) -> Result<Rules, CircumstancesError> {
        let mut config = match &self.config_text {
            Some(text) => Config::parse(&self.config_path, text, now)?,
            None => Config::default(),
        };
        let files: Vec<_> = self
            .policies
            .iter()
            .map(|file| PolicyFile {
                path: file.path.clone(),
                text: file.text.clone(),
            })
            .collect();
        let signers = config
            .resolve(&self.keys)
            .map_err(|error| CircumstancesError::Signer {
                path: self.config_path.clone(),
                error,
            })?;
        Ok(Rules {
            signers,
            policies: Policies::load(true, &files)?,
            mode: self.mode,
            config,
        })
    }

    /// The circumstances as they are kept, with their digest.
    ///
    /// # Errors
    /// If they cannot be written as JSON.
    pub fn to_blob(&self) -> Result<(Digest, Vec<u8>), serde_json::Error> {
        let bytes = serde_json::to_vec(self)?;
        Ok((Digest::of(&bytes), bytes))
    }
}
