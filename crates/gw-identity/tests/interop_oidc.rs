//! Single sign-on against `oidc-provider` of npm: the whole flow over HTTP on a loopback address, a
//! rotation of its keys, and what must not work.
#![cfg(feature = "interop")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod common;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use common::Client;
use gw_core::Time;
use gw_identity::access::Role;
use gw_identity::jose::{Algorithm, ClaimError, JwsError};
use gw_identity::oidc::{
    Attempt, Callback, Federated, IssuerError, Provider, ProviderConfig, RoleMapping, RoleRule,
    SignInError, Started,
};
use gw_identity::{KeyRing, Secret};
use serde_json::json;
use url::Url;

const REDIRECT: &str = "http://127.0.0.1:9/callback";

/// The provider's process.
struct Server {
    child: Child,
    origin: String,
}

impl Server {
    fn start() -> Self {
        let environment = std::env::var_os("GW_TEST_ENV")
            .expect("GW_TEST_ENV is not set: run this test with `cargo xtask test`, which sets it");
        let modules = Path::new(&environment).join("oidc-provider/node_modules");
        let modules = std::path::absolute(modules).unwrap();
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop/provider.mjs");
        let mut child = Command::new("node")
            .arg(script)
            .arg(json!({"modules": modules, "redirect": REDIRECT}).to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node is there");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = loop {
            let line = lines.next().expect("the provider starts").unwrap();
            if let Ok(port) = line.trim().parse::<u16>() {
                break port;
            }
        };
        // It may print more, and must not wait for somebody to read it.
        std::thread::spawn(move || lines.for_each(drop));
        let origin = format!("http://127.0.0.1:{port}");
        Self { child, origin }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Follows redirects with cookies, as a browser does, until it would leave the provider.
async fn browse(client: &Client, start: Url) -> BTreeMap<String, String> {
    let mut url = start;
    let mut cookies = BTreeMap::new();
    for _ in 0..10 {
        if url.as_str().starts_with(REDIRECT) {
            return url.query_pairs().into_owned().collect();
        }
        let header: Vec<_> = cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let request = client
            .0
            .get(url.clone())
            .header("cookie", header.join("; "));
        let answer = request.send().await.unwrap();
        for cookie in answer.headers().get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = cookie.split_once('=').unwrap();
            cookies.insert(name.to_owned(), value.to_owned());
        }
        let Some(next) = answer.headers().get("location") else {
            panic!("{url}: {}", answer.text().await.unwrap());
        };
        url = url.join(next.to_str().unwrap()).unwrap();
    }
    panic!("too many redirects");
}

fn config(server: &Server) -> ProviderConfig {
    ProviderConfig {
        issuer: server.origin.clone(),
        client_id: "gw".to_owned(),
        client_secret: Some("only for tests & loopback".to_owned().into()),
        redirect_uri: REDIRECT.parse().unwrap(),
        scopes: vec!["email".to_owned()],
        algorithms: vec![Algorithm::Es256],
        roles: RoleMapping {
            claim: "groups".to_owned(),
            rules: vec![
                RoleRule {
                    group: "sec-approvers".to_owned(),
                    roles: [Role::Approver].into(),
                },
                RoleRule {
                    group: "admins".to_owned(),
                    roles: [Role::Administrator].into(),
                },
            ],
        },
        loopback: true,
    }
}

/// A sign-in at which somebody came back from the provider.
struct Returned {
    attempt: Attempt,
    state: Secret,
    code: String,
    iss: Option<String>,
}

struct Bench {
    client: Client,
    ring: KeyRing,
    now: Time,
}

impl Bench {
    fn new() -> Self {
        let now = Time::now();
        Self {
            client: Client::new(),
            ring: KeyRing::generate(now).unwrap(),
            now,
        }
    }

    async fn go(&self, provider: &Provider) -> Returned {
        let started: Started = provider
            .start(&self.ring, &self.client, self.now)
            .await
            .unwrap();
        let brought = browse(&self.client, started.url).await;
        assert!(brought.contains_key("code"), "{brought:?}");
        Returned {
            attempt: started.attempt,
            state: Secret::parse(&brought["state"]).unwrap(),
            code: brought["code"].clone(),
            iss: brought.get("iss").cloned(),
        }
    }

    async fn finish(
        &self,
        provider: &Provider,
        returned: &Returned,
    ) -> Result<Federated, SignInError> {
        let callback = Callback {
            state: &returned.state,
            code: &returned.code,
            iss: returned.iss.as_deref(),
        };
        provider
            .finish(
                &returned.attempt,
                &callback,
                &self.ring,
                &self.client,
                self.now,
            )
            .await
    }
}

#[tokio::test]
async fn people_sign_in_and_groups_become_roles() {
    let (server, bench) = (Server::start(), Bench::new());
    let provider = Provider::new(config(&server)).unwrap();
    let returned = bench.go(&provider).await;
    let who = bench.finish(&provider, &returned).await.unwrap();
    assert_eq!(
        (who.issuer.as_str(), who.subject.as_str()),
        (server.origin.as_str(), "ann")
    );
    assert_eq!(who.name.as_deref(), Some("Ann Example"));
    assert_eq!(who.email.as_deref(), Some("ann@corp.example"));
    assert_eq!(who.roles, [Role::Approver].into());

    // The code was good once.
    let again = bench.finish(&provider, &returned).await.unwrap_err();
    assert!(
        matches!(&again, SignInError::Code { status: 400, error } if error == "invalid_grant"),
        "{again}"
    );

    // A public client, with RSA and PKCE alone.
    let public = Provider::new(ProviderConfig {
        client_id: "gw-public".to_owned(),
        client_secret: None,
        algorithms: vec![Algorithm::Rs(gw_attest::Sha2::Sha256)],
        ..config(&server)
    })
    .unwrap();
    let returned = bench.go(&public).await;
    assert_eq!(
        bench.finish(&public, &returned).await.unwrap().subject,
        "ann"
    );
}

#[tokio::test]
async fn keys_that_rotate_are_followed() {
    let (server, bench) = (Server::start(), Bench::new());
    let provider = Provider::new(config(&server)).unwrap();
    let returned = bench.go(&provider).await;
    bench.finish(&provider, &returned).await.unwrap();
    let rotate = format!("{}/test/rotate", server.origin);
    let answer = bench.client.0.post(rotate).send().await.unwrap();
    assert_eq!(answer.text().await.unwrap(), "rotated");
    let returned = bench.go(&provider).await;
    // Just asked: an unknown key does not make us ask again at once.
    let error = bench.finish(&provider, &returned).await.unwrap_err();
    let unknown = IssuerError::Token(JwsError::UnknownKey("second".to_owned()));
    assert_eq!(error, SignInError::Issuer(unknown));
    let later = Bench {
        now: Time::from_second(bench.now.as_second() + 11).unwrap(),
        ..bench
    };
    let returned = later.go(&provider).await;
    later.finish(&provider, &returned).await.unwrap();
}

#[tokio::test]
async fn what_does_not_belong_together_is_refused() {
    let (server, bench) = (Server::start(), Bench::new());
    let provider = Provider::new(config(&server)).unwrap();
    let (mine, other) = (bench.go(&provider).await, bench.go(&provider).await);

    // Another sign-in's code: the verifier is the wrong one.
    let mixed = Returned {
        code: other.code.clone(),
        attempt: mine.attempt.clone(),
        state: mine.state.clone(),
        iss: mine.iss.clone(),
    };
    let error = bench.finish(&provider, &mixed).await.unwrap_err();
    assert!(
        matches!(&error, SignInError::Code { status: 400, .. }),
        "{error}"
    );

    // Another sign-in's state.
    let mixed = Returned {
        state: other.state.clone(),
        attempt: mine.attempt.clone(),
        code: mine.code.clone(),
        iss: mine.iss.clone(),
    };
    let error = bench.finish(&provider, &mixed).await.unwrap_err();
    assert_eq!(error, SignInError::Attempt);

    // Another provider, or none, named in the answer.
    for iss in [Some("https://evil.example".to_owned()), None] {
        let mixed = Returned {
            iss,
            attempt: mine.attempt.clone(),
            state: mine.state.clone(),
            code: mine.code.clone(),
        };
        let error = bench.finish(&provider, &mixed).await.unwrap_err();
        assert_eq!(error, SignInError::MixUp);
    }

    // An algorithm that the provider does not sign with by our configuration.
    let strict = Provider::new(ProviderConfig {
        algorithms: vec![Algorithm::EdDsa],
        ..config(&server)
    })
    .unwrap();
    let returned = bench.go(&strict).await;
    let error = bench.finish(&strict, &returned).await.unwrap_err();
    assert_eq!(
        error,
        SignInError::Token(JwsError::Algorithm("ES256".to_owned()))
    );

    // Too late, and with keys that were rotated twice.
    let returned = bench.go(&provider).await;
    let late = Bench {
        now: Time::from_second(bench.now.as_second() + 600).unwrap(),
        client: bench.client.clone(),
        ring: bench.ring.clone(),
    };
    let error = late.finish(&provider, &returned).await.unwrap_err();
    assert_eq!(error, SignInError::Attempt);
    let once = Bench {
        ring: bench.ring.rotate(bench.now).unwrap(),
        client: bench.client.clone(),
        now: bench.now,
    };
    let twice = Bench {
        ring: once.ring.rotate(bench.now).unwrap(),
        client: bench.client.clone(),
        now: bench.now,
    };
    let error = twice.finish(&provider, &returned).await.unwrap_err();
    assert_eq!(error, SignInError::Attempt);
    once.finish(&provider, &returned).await.unwrap();
}

#[tokio::test]
async fn a_token_with_another_nonce_is_refused() {
    let (server, bench) = (Server::start(), Bench::new());
    let provider = Provider::new(config(&server)).unwrap();
    let started = provider
        .start(&bench.ring, &bench.client, bench.now)
        .await
        .unwrap();
    // Somebody changes the nonce on the way, which the provider then signs.
    let pairs: Vec<(String, String)> = started.url.query_pairs().into_owned().collect();
    let mut url = started.url.clone();
    url.query_pairs_mut().clear().extend_pairs(
        pairs
            .iter()
            .map(|(name, value)| (name, if name == "nonce" { "another" } else { value })),
    );
    let brought = browse(&bench.client, url).await;
    let returned = Returned {
        attempt: started.attempt,
        state: Secret::parse(&brought["state"]).unwrap(),
        code: brought["code"].clone(),
        iss: brought.get("iss").cloned(),
    };
    let error = bench.finish(&provider, &returned).await.unwrap_err();
    assert_eq!(error, SignInError::Claims(ClaimError::Nonce));
}

#[tokio::test]
async fn an_issuer_must_describe_itself() {
    let (server, bench) = (Server::start(), Bench::new());
    // The same server under another name.
    let name = server.origin.replace("127.0.0.1", "localhost");
    let provider = Provider::new(ProviderConfig {
        issuer: name,
        ..config(&server)
    })
    .unwrap();
    let error = provider
        .start(&bench.ring, &bench.client, bench.now)
        .await
        .unwrap_err();
    assert!(
        matches!(&error, SignInError::Issuer(IssuerError::Metadata { .. })),
        "{error}"
    );
}
