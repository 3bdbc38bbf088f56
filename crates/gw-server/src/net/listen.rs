//! Accepting connections, with every limit that a slow or greedy client could strain.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

use super::Authority;
use super::peer::Connected;

/// Connections at once; more wait in the kernel's queue.
const MAX_CONNECTIONS: usize = 4096;
/// How long the handshake and the head of a request may take.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes of a request's head.
const MAX_HEAD: usize = 32 << 10;
/// Headers of a request.
const MAX_HEADERS: usize = 64;
/// Requests at once on one HTTP/2 connection.
const MAX_STREAMS: u32 = 64;
/// Streams that an HTTP/2 client may open and reset before it is sent away (CVE-2023-44487).
const MAX_RESETS: usize = 20;
/// How long requests under way may take to finish when the server stops.
const GRACE: Duration = Duration::from_secs(20);

/// A server that could not begin.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The address.
    #[error("cannot listen on {address}: {source}")]
    Bind {
        /// Where.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The protocol's settings.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
}

/// How connections are secured.
#[derive(Clone)]
pub(crate) enum Security {
    /// By us.
    Tls(Arc<Authority>),
    /// By a proxy in front, which alone can reach this address.
    BehindProxy,
}

/// A socket that accepts.
pub(crate) struct Listener {
    socket: TcpListener,
    tls: Option<TlsAcceptor>,
    /// Where it listens: the port is known now if it was 0.
    pub(crate) address: SocketAddr,
}

impl Listener {
    pub(crate) async fn bind(address: SocketAddr, security: Security) -> Result<Self, ListenError> {
        let bind = async {
            let socket = TcpListener::bind(address).await?;
            let address = socket.local_addr()?;
            Ok((socket, address))
        };
        let (socket, address) = bind
            .await
            .map_err(|source| ListenError::Bind { address, source })?;
        let tls = match security {
            Security::Tls(authority) => Some(acceptor(authority)?),
            Security::BehindProxy => None,
        };
        Ok(Self {
            socket,
            tls,
            address,
        })
    }

    /// Serves until `stop` says so, then lets what is under way finish.
    pub(crate) async fn serve(self, router: Router, mut stop: watch::Receiver<bool>) {
        let builder = Arc::new(builder());
        let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        let graceful = GracefulShutdown::new();
        loop {
            let Ok(slot) = Arc::clone(&slots).acquire_owned().await else {
                break;
            };
            let accepted = tokio::select! {
                accepted = self.socket.accept() => accepted,
                _ = stop.wait_for(|stop| *stop) => break,
            };
            let Ok((stream, remote)) = accepted else {
                // Out of descriptors, most likely: others end in a moment.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let proxied = self.tls.is_none();
            let peer = Connected::new(remote.ip(), proxied);
            let (builder, tls, router) = (Arc::clone(&builder), self.tls.clone(), router.clone());
            let watcher = graceful.watcher();
            tokio::spawn(async move {
                let _slot = slot;
                let _ = stream.set_nodelay(true);
                match tls {
                    None => connection(&builder, stream, router, peer, watcher).await,
                    Some(tls) => {
                        let handshake = tokio::time::timeout(HEAD_TIMEOUT, tls.accept(stream));
                        if let Ok(Ok(stream)) = handshake.await {
                            connection(&builder, stream, router, peer, watcher).await;
                        }
                    }
                }
            });
        }
        drop(self.socket);
        let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
    }
}

async fn connection<S>(
    builder: &Builder<TokioExecutor>,
    stream: S,
    router: Router,
    peer: Connected,
    watcher: hyper_util::server::graceful::Watcher,
) where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let service = router.map_request(move |mut request: Request<Incoming>| {
        let peer = peer.of(request.headers());
        request.extensions_mut().insert(peer);
        request.map(Body::new)
    });
    let service = TowerToHyperService::new(service);
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    // An error here is the client's, who has gone or broke the protocol.
    let _ = watcher.watch(connection).await;
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(MAX_HEAD)
        .max_headers(MAX_HEADERS);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(Duration::from_secs(30))
        .keep_alive_timeout(Duration::from_secs(20))
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(MAX_HEAD as u32)
        .max_pending_accept_reset_streams(MAX_RESETS)
        .max_local_error_reset_streams(MAX_RESETS);
    builder
}

fn acceptor(authority: Arc<Authority>) -> Result<TlsAcceptor, rustls::Error> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_no_client_auth()
        .with_cert_resolver(authority);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
