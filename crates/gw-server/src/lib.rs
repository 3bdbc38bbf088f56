//! The control plane: one place that remembers statements and decisions, decides again when facts
//! change, and shows people what to do next.
//!
//! [`serve`] answers requests until it is told to stop. Time is passed in; everything that is
//! remembered is in the store, so that any number of processes can share one database.

mod api;
mod app;
mod audit;
mod auth;
mod http;
mod ingest;
mod ledger;
pub mod maintenance;
mod metrics;
mod net;
mod pages;
mod routes;
mod rules;
mod work;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use gw_advisory::IndexError;
use gw_advisory::store::Advisories;
use gw_flow::store::{Store as _, StoreError};
use gw_flow::{FlowError, Home, HomeError};
use gw_identity::access::{AccessPolicies, PolicyError};
use gw_identity::{IdentityError, people};
use gw_store::SqlStore;
use tokio::sync::watch;
use url::Url;

pub use app::Clock;
pub use net::{Authority, AuthorityError, ListenError};

use app::{App, Parts};
use net::{Listener, Security};

/// The name under which the store remembers whose key it is.
const SERVER_KEY: &str = "server.key";

/// How often it is seen to that the certificate lasts.
const RENEWAL: std::time::Duration = std::time::Duration::from_secs(600);

/// How the server is to run.
pub struct Options {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The address that people type, if it is another one than `https://localhost:PORT`.
    pub origin: Option<Url>,
    /// A proxy in front does TLS; only it can reach the address.
    pub behind_proxy: bool,
    /// The data folder: key, advisories, ledger tiles, certificates.
    pub home: Home,
    /// The store.
    pub store: SqlStore,
    /// Tells the time of evaluation.
    pub clock: Clock,
    /// Tells the time that others go by, for certificates.
    pub wall: Clock,
}

/// A server that listens.
pub struct Server {
    listener: Listener,
    app: Arc<App>,
    authority: Option<Arc<Authority>>,
    wall: Clock,
}

/// A server that cannot run.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The data folder.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The path from statements to decisions.
    #[error(transparent)]
    Flow(#[from] FlowError),
    /// The address.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The certificate.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// The advisories in the data folder.
    #[error("the advisory data cannot be used: {0}")]
    Advisories(#[from] IndexError),
    /// The built-in policies of access.
    #[error("the policies of access cannot be loaded: {0}")]
    Access(#[from] PolicyError),
    /// People and their links.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The keys of forms.
    #[error("{}: {source}", path.display())]
    Ring {
        /// The file.
        path: std::path::PathBuf,
        /// Why it cannot be used.
        source: std::io::Error,
    },
    /// The public address.
    #[error("{0} is no address that a server can have")]
    Origin(String),
    /// Another key than the store's.
    #[error(
        "the database belongs to the server key {expected}, and the data folder has {found}: \
         processes that share a database need the same key; copy keys/local.key from the first one"
    )]
    OtherKey {
        /// The store's key.
        expected: String,
        /// The data folder's key.
        found: String,
    },
}

impl Server {
    /// Opens everything and begins to listen. Nothing is answered before [`Server::run`].
    ///
    /// # Errors
    /// [`ServerError`].
    pub async fn open(options: Options) -> Result<Self, ServerError> {
        let Options {
            listen,
            origin,
            behind_proxy,
            home,
            store,
            clock,
            wall,
        } = options;
        home.create()?;
        let key = home.local_key()?;
        claim_store(&store, &key.public().id().to_string()).await?;
        let index = load_advisories(&home.advisories())?;
        let now = wall();
        let authority = if behind_proxy {
            None
        } else {
            let mut names = vec![
                "localhost".to_owned(),
                "127.0.0.1".to_owned(),
                "::1".to_owned(),
            ];
            names.extend(origin.as_ref().and_then(Url::host_str).map(host_name));
            let folder = home.root().join("tls");
            Some(Arc::new(Authority::open(&folder, &names, now)?))
        };
        let security = match &authority {
            Some(authority) => Security::Tls(Arc::clone(authority)),
            None => Security::BehindProxy,
        };
        let listener = Listener::bind(listen, security).await?;
        let origin = match origin {
            Some(origin) => origin,
            None => default_origin(listener.address.port(), behind_proxy)?,
        };
        let access = AccessPolicies::load(&[])?;
        let ring = auth::open_ring(&home.root().join("keys"), now)?;
        let app = App::new(Parts {
            store,
            home,
            key,
            origin,
            access,
            ring,
            clock,
            wall: Arc::clone(&wall),
            index,
        });
        Ok(Self {
            listener,
            app: Arc::new(app),
            authority,
            wall,
        })
    }

    /// The address that people type.
    #[must_use]
    pub fn origin(&self) -> &Url {
        &self.app.origin
    }

    /// Where it listens: the port is known now if it was 0.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.listener.address
    }

    /// The file with the root certificate that clients are given to trust, unless a proxy does TLS.
    #[must_use]
    pub fn root_certificate(&self) -> Option<std::path::PathBuf> {
        self.authority.as_ref().map(|authority| authority.root())
    }

    /// A link with which the first administrator signs in, if there is none yet. It works once.
    ///
    /// # Errors
    /// [`ServerError`] if the store cannot be written.
    pub async fn first_link(&self) -> Result<Option<String>, ServerError> {
        let app = &self.app;
        let mut transaction = app.store.database().begin().await?;
        let made = people::first_administrator(&mut transaction, &app.realm, app.wall()).await;
        let link = match made {
            Ok(link) => link,
            Err(IdentityError::NotTheFirst) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        transaction.commit().await?;
        let origin = app.origin.as_str().trim_end_matches('/');
        Ok(Some(format!("{origin}/link/{}", link.expose())))
    }

    /// Serves until `stop` becomes true, then lets what is under way finish.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let worker = tokio::spawn(work::run(Arc::clone(&self.app), stop.clone()));
        if let Some(authority) = self.authority {
            tokio::spawn(renew(authority, self.wall, stop.clone()));
        }
        let router = routes::router(Arc::clone(&self.app));
        self.listener.serve(router, stop).await;
        let _ = worker.await;
        self.app.store.close().await;
    }
}

/// Renews the server's certificate in time, until `stop` becomes true.
async fn renew(authority: Arc<Authority>, wall: Clock, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(RENEWAL) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        if let Err(error) = authority.renew(wall()) {
            // There are days left to try again in.
            tracing::error!(%error, "could not renew the server's certificate");
        }
    }
}

/// The store belongs to the key that signs in it: with another one, nothing in it would count.
async fn claim_store(store: &SqlStore, found: &str) -> Result<(), ServerError> {
    let realm = gw_core::Realm::local();
    match store.meta(&realm, SERVER_KEY).await? {
        Some(expected) if expected == found => Ok(()),
        Some(expected) => Err(ServerError::OtherKey {
            expected,
            found: found.to_owned(),
        }),
        None => {
            let batch = gw_flow::store::Batch {
                meta: vec![(SERVER_KEY.to_owned(), found.to_owned())],
                ..Default::default()
            };
            store.commit(&realm, batch).await?;
            Ok(())
        }
    }
}

fn load_advisories(folder: &Path) -> Result<Advisories, IndexError> {
    let mut advisories = gw_advisory::store::load(folder);
    match advisories.problem.take() {
        None => Ok(advisories),
        Some(problem) => Err(problem),
    }
}

fn default_origin(port: u16, behind_proxy: bool) -> Result<Url, ServerError> {
    let scheme = if behind_proxy { "http" } else { "https" };
    let text = format!("{scheme}://localhost:{port}");
    Url::parse(&text).map_err(|_| ServerError::Origin(text))
}

/// An IPv6 address in an address bar has brackets, in a certificate it has none.
fn host_name(host: &str) -> String {
    host.trim_start_matches('[')
        .trim_end_matches(']')
        .to_owned()
}
