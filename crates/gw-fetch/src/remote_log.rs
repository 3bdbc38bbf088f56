//! A log's files over HTTP, as C2SP tlog-tiles has them.

use std::io;

use gw_ledger::{Durability, Resource, StoreError, Tile, TileStore};
use reqwest::{Client, StatusCode};
use tokio::runtime::Handle;
use url::Url;

use crate::client::{NetworkOptions, builder, reason, redirects, trusting};

/// The files of a log that a server serves. It is read from a thread of its own, beside the runtime
/// that does the work: `spawn_blocking`.
#[derive(Debug)]
pub struct RemoteLog {
    client: Client,
    base: Url,
    runtime: Handle,
}

/// A log that cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum RemoteLogError {
    /// The address is none.
    #[error("`{0}` is not the address of a log: expected https://HOST or http://HOST")]
    Address(String),
    /// The certificate to trust, or the proxy.
    #[error("the connection cannot be set up: {0}")]
    Connection(String),
    /// The server could not be reached.
    #[error(transparent)]
    Read(#[from] StoreError),
    /// There is no checkpoint.
    #[error("there is no log at {0}: neither `checkpoint` nor `ledger/checkpoint` is there")]
    NoLog(Url),
}

impl RemoteLog {
    /// The log at an address, or below `ledger/` there, as a control plane has it. `root` is a
    /// certificate in PEM to trust beside the system's. All that is read is signed by the log, so
    /// that plain HTTP will do as well.
    ///
    /// # Errors
    /// [`RemoteLogError`].
    pub async fn find(
        address: &str,
        root: Option<&[u8]>,
        network: &NetworkOptions,
    ) -> Result<Self, RemoteLogError> {
        let unusable = || RemoteLogError::Address(address.to_owned());
        let mut base = Url::parse(address).map_err(|_| unusable())?;
        if !matches!(base.scheme(), "https" | "http") || base.cannot_be_a_base() {
            return Err(unusable());
        }
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        let failed = |error: reqwest::Error| RemoteLogError::Connection(reason(&base, &error));
        let client = trusting(builder(network).map_err(failed)?, root, &base)
            .map_err(RemoteLogError::Connection)?
            .redirect(redirects())
            .build()
            .map_err(failed)?;
        let below = base.join("ledger/").map_err(|_| unusable())?;
        for base in [base.clone(), below] {
            let log = Self {
                client: client.clone(),
                base,
                runtime: Handle::current(),
            };
            if log.get(&Resource::Checkpoint).await?.is_some() {
                return Ok(log);
            }
        }
        Err(RemoteLogError::NoLog(base))
    }

    async fn get(&self, resource: &Resource) -> Result<Option<Vec<u8>>, StoreError> {
        let failed = |what: String| StoreError::Io {
            path: format!("{}{resource}", self.base),
            source: io::Error::other(what),
        };
        let url = self.base.join(&resource.path());
        let url = url.map_err(|error| failed(error.to_string()))?;
        let network = |error: reqwest::Error| failed(reason(&url, &error));
        let mut response = self.client.get(url.clone()).send().await.map_err(network)?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Ok(None),
            status => return Err(failed(format!("the server answered {status}"))),
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(network)? {
            let found = (bytes.len() + chunk.len()) as u64;
            let limit = resource.max_len();
            if found > limit {
                let path = resource.path();
                return Err(StoreError::TooLong { path, found, limit });
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Some(bytes))
    }
}

impl TileStore for RemoteLog {
    fn read(&self, resource: &Resource) -> Result<Option<Vec<u8>>, StoreError> {
        self.runtime.block_on(self.get(resource))
    }

    fn write(&mut self, resource: &Resource, _: &[u8], _: Durability) -> Result<(), StoreError> {
        let path = resource.path();
        Err(StoreError::ReadOnly { path })
    }

    fn remove(&mut self, resource: &Resource) -> Result<(), StoreError> {
        let path = resource.path();
        Err(StoreError::ReadOnly { path })
    }

    fn remove_partials(&mut self, full: &Tile) -> Result<(), StoreError> {
        let path = full.path();
        Err(StoreError::ReadOnly { path })
    }
}
