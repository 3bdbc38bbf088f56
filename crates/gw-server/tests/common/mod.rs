//! A control plane on this machine, over TLS, and somebody who speaks with it.
// These are tests, though not marked as such function by function.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

use std::sync::Arc;
use std::sync::Mutex;

use gw_core::parse_time;
use gw_flow::Home;
use gw_server::{Options, Server};
use gw_store::testing::TestDatabase;
use gw_store::{Database, SqlStore};
use reqwest::{Certificate, Client, RequestBuilder, Response, redirect};
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A running server.
pub(crate) struct Running {
    pub(crate) folder: TempDir,
    pub(crate) base: String,
    pub(crate) client: Client,
    pub(crate) link: Option<String>,
    pub(crate) database: Database,
    cookie: Mutex<String>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// The time at which decisions are made.
pub(crate) const DAY: &str = "2026-08-22T00:00:00Z";

impl Running {
    /// Starts one on a database.
    pub(crate) async fn start(made: &TestDatabase) -> Self {
        Self::with(made, tempfile::tempdir().unwrap(), 0).await
    }

    /// Starts one with this data folder.
    pub(crate) async fn with(made: &TestDatabase, folder: TempDir, port: u16) -> Self {
        let database = made.open().await;
        let day = parse_time(DAY).unwrap();
        let server = Server::open(Options {
            listen: format!("127.0.0.1:{port}").parse().unwrap(),
            origin: None,
            behind_proxy: false,
            home: Home::new(folder.path()),
            store: SqlStore::on(database.clone()).await.unwrap(),
            clock: Arc::new(move || day),
            wall: Arc::new(gw_core::Time::now),
        })
        .await
        .unwrap();
        let root = std::fs::read(server.root_certificate().unwrap()).unwrap();
        let base = server.origin().as_str().trim_end_matches('/').to_owned();
        let link = server.first_link().await.unwrap();
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(server.run(stopped));
        let client = client(&root);
        Self {
            folder,
            base,
            client,
            link,
            database,
            cookie: Mutex::default(),
            stop,
            task,
        }
    }

    /// Somebody else, without a session.
    pub(crate) fn stranger(&self) -> Client {
        client(&std::fs::read(self.folder.path().join("tls/root.pem")).unwrap())
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.with_cookie(self.client.get(format!("{}{path}", self.base)))
    }

    fn with_cookie(&self, request: RequestBuilder) -> RequestBuilder {
        match self.cookie.lock().unwrap().as_str() {
            "" => request,
            cookie => request.header("cookie", cookie),
        }
    }

    /// Takes the cookie of an answer over, as a browser does.
    pub(crate) fn keep_cookie(&self, answer: &Response) {
        if let Some(set) = answer.headers().get("set-cookie") {
            let (pair, _) = set.to_str().unwrap().split_once(';').unwrap();
            *self.cookie.lock().unwrap() = pair.to_owned();
        }
    }

    /// A form, as a page of the server would send it.
    pub(crate) fn form(&self, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.with_cookie(self.client.post(format!("{}{path}", self.base)))
            .header("origin", &self.base)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body)
    }

    /// Signs in as the first administrator.
    pub(crate) async fn sign_in(&self) {
        let link = self.link.as_ref().unwrap();
        let (_, secret) = link.rsplit_once('/').unwrap();
        let fields = [("secret", secret), ("name", "Ada")];
        let answer = self.form("/link", &fields).send().await.unwrap();
        self.keep_cookie(&answer);
        assert_eq!(answer.status(), 303, "{}", answer.text().await.unwrap());
    }

    /// The token against forged requests of a page.
    pub(crate) async fn csrf(&self) -> String {
        let page = text(self.get("/tokens")).await;
        between(&page, "name=\"csrf\" value=\"", "\"").to_owned()
    }

    /// Makes a token for machines.
    pub(crate) async fn token(&self, assets: &str, scopes: &[&str]) -> String {
        let csrf = self.csrf().await;
        let mut fields = vec![
            ("csrf", csrf.as_str()),
            ("name", "ci"),
            ("assets", assets),
            ("days", "1"),
        ];
        fields.extend(scopes.iter().map(|scope| (*scope, "on")));
        let page = text(self.form("/tokens", &fields)).await;
        format!("gwt_{}", between(&page, "gwt_", "<"))
    }

    /// Stops it as a signal would, and gives the folder back.
    pub(crate) async fn stop(self) -> TempDir {
        self.stop.send(true).unwrap();
        self.task.await.unwrap();
        self.folder
    }
}

fn client(root: &[u8]) -> Client {
    Client::builder()
        .tls_certs_only([Certificate::from_pem(root).unwrap()])
        .redirect(redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap()
}

/// The text of an answer that must be a good one.
pub(crate) async fn text(request: RequestBuilder) -> String {
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let text = answer.text().await.unwrap();
    assert!(status.is_success(), "{status}: {text}");
    text
}

/// The status and the problem of an answer.
pub(crate) async fn problem(answer: Response) -> (u16, serde_json::Value) {
    let status = answer.status().as_u16();
    let kind = answer.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    assert_eq!(kind, "application/problem+json");
    let id = answer.headers()["x-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    let problem: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!(problem["request_id"], id);
    (status, problem)
}

pub(crate) fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let (_, rest) = text
        .split_once(before)
        .unwrap_or_else(|| panic!("no {before} in {text}"));
    rest.split_once(after).unwrap().0
}
