//! Builds with the tokens of their CI systems, from an issuer on a loopback address.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod common;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::Client;
use gw_attest::SigningKey;
use gw_core::{Time, parse_time};
use gw_identity::access::{AccessPolicies, Action, Circumstances, Resource, Scope};
use gw_identity::ci::{CiError, CiIssuers, CiRule, CiRuleError, CiWorkload};
use gw_identity::jose::{ClaimError, JwsError};
use gw_identity::oidc::IssuerError;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// An issuer that publishes one key, and counts how often it is asked for it.
struct Issuer {
    name: String,
    key: Mutex<(String, SigningKey)>,
    asked: AtomicU32,
}

impl Issuer {
    async fn start() -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = Arc::new(Self {
            name: format!("http://{}", listener.local_addr().unwrap()),
            key: Mutex::new(("1".to_owned(), SigningKey::from_seed(&[1; 32]))),
            asked: AtomicU32::new(0),
        });
        let serving = Arc::clone(&issuer);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = vec![0; 4096];
                let length = stream.read(&mut request).await.unwrap();
                let request = String::from_utf8_lossy(&request[..length]).into_owned();
                let body = serving.answer(request.split(' ').nth(1).unwrap());
                let head = format!(
                    "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                    body.len()
                );
                let _ = stream.write_all((head + &body).as_bytes()).await;
            }
        });
        issuer
    }

    fn answer(&self, path: &str) -> String {
        match path {
            "/.well-known/openid-configuration" => {
                let jwks = format!("{}/jwks", self.name);
                json!({"issuer": self.name, "jwks_uri": jwks}).to_string()
            }
            "/jwks" => {
                self.asked.fetch_add(1, Ordering::Relaxed);
                let key = self.key.lock().unwrap();
                let x = URL_SAFE_NO_PAD.encode(key.1.public().ed25519_bytes().unwrap());
                json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": key.0, "x": x}]})
                    .to_string()
            }
            _ => String::new(),
        }
    }

    fn rotate(&self, kid: &str, seed: u8) {
        *self.key.lock().unwrap() = (kid.to_owned(), SigningKey::from_seed(&[seed; 32]));
    }

    /// A token as GitHub Actions makes them, with changes.
    fn token(&self, change: impl FnOnce(&mut Value)) -> String {
        let second = now().as_second();
        let mut claims = json!({
            "iss": self.name, "aud": "https://gw.example", "sub": "repo:acme/pay:ref:refs/heads/main",
            "repository": "acme/pay", "repository_owner": "acme", "ref": "refs/heads/main",
            "sha": "0123", "environment": "production", "run_id": "7", "event_name": "push",
            "iat": second - 5, "nbf": second - 5, "exp": second + 300,
        });
        change(&mut claims);
        let key = self.key.lock().unwrap();
        let header = json!({"alg": "EdDSA", "typ": "JWT", "kid": key.0}).to_string();
        let signed = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header),
            URL_SAFE_NO_PAD.encode(claims.to_string())
        );
        let signature = key.1.sign(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn rules(&self) -> Vec<CiRule> {
        let rule = |claims: Value, scopes: &[Scope]| -> CiRule {
            serde_json::from_value(json!({
                "issuer": self.name, "audience": "https://gw.example", "claims": claims,
                "realm": "local", "assets": ["repo:acme/*"], "scopes": scopes,
            }))
            .unwrap()
        };
        vec![
            rule(
                json!({"repository": "acme/*", "ref": "refs/heads/main", "environment": "production"}),
                &[Scope::Ingest, Scope::Read],
            ),
            rule(json!({"repository": "acme/*"}), &[Scope::Read]),
        ]
    }
}

fn now() -> Time {
    parse_time("2026-11-25T00:00:00Z").unwrap()
}

fn later(seconds: i64) -> Time {
    Time::from_second(now().as_second() + seconds).unwrap()
}

fn may(workload: &CiWorkload, action: Action, asset: &str) -> bool {
    let policies = AccessPolicies::load(&[]).unwrap();
    let asset = asset.parse().unwrap();
    let realm = "local".parse().unwrap();
    let resource = Resource {
        realm: &realm,
        asset: Some(&asset),
        requested_by: None,
    };
    let circumstances = Circumstances {
        passkey: false,
        authenticated_seconds: 0,
    };
    let verdict = policies.decide(&workload.caller, action, &resource, circumstances);
    verdict.is_allowed()
}

#[tokio::test]
async fn jobs_may_do_what_the_first_rule_that_fits_says() {
    let (issuer, client) = (Issuer::start().await, Client::new());
    let issuers = CiIssuers::new(issuer.rules(), true).unwrap();
    let job = issuers
        .verify(&issuer.token(|_| ()), &client, now())
        .await
        .unwrap();
    let id = &job.caller.principal().id;
    assert_eq!(
        *id,
        format!("{}#repo:acme/pay:ref:refs/heads/main", issuer.name)
    );
    assert_eq!(job.claims["repository"], "acme/pay");
    assert_eq!(job.claims["run_id"], "7");
    assert!(may(&job, Action::IngestWrite, "repo:acme/pay"));
    assert!(!may(&job, Action::IngestWrite, "repo:other/pay"));
    assert!(!may(&job, Action::ApprovalDecide, "repo:acme/pay"));

    let branch = issuer.token(|claims| claims["ref"] = json!("refs/pull/1/merge"));
    let job = issuers.verify(&branch, &client, now()).await.unwrap();
    assert!(may(&job, Action::FindingRead, "repo:acme/pay"));
    assert!(!may(&job, Action::IngestWrite, "repo:acme/pay"));
    assert_eq!(issuer.asked.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn what_is_not_right_is_refused() {
    let (issuer, client) = (Issuer::start().await, Client::new());
    let issuers = CiIssuers::new(issuer.rules(), true).unwrap();
    let check = async |token: String, expected: CiError| {
        let error = issuers.verify(&token, &client, now()).await.unwrap_err();
        assert_eq!(error, expected);
    };
    let second = now().as_second();
    let with = |name: &str, value: Value| issuer.token(|claims| claims[name] = value);
    check(with("repository", json!("evil/pay")), CiError::NoRule).await;
    check(with("repository", json!("notacme/pay")), CiError::NoRule).await;
    check(
        issuer.token(|claims| drop(claims.as_object_mut().unwrap().remove("repository"))),
        CiError::NoRule,
    )
    .await;
    check(
        with("aud", json!("https://other.example")),
        ClaimError::Audience.into(),
    )
    .await;
    check(with("exp", json!(second - 60)), ClaimError::Expired.into()).await;
    check(
        with("iat", json!(second - 7200)),
        ClaimError::Expired.into(),
    )
    .await;
    check(
        with("iss", json!("https://evil.example")),
        CiError::UnknownIssuer,
    )
    .await;
    let token = issuer.token(|_| ());
    issuer.rotate("1", 9);
    let forged = issuer.token(|_| ());
    issuer.rotate("1", 1);
    let error = IssuerError::Token(JwsError::Signature);
    check(forged, error.into()).await;
    let (_, rest) = token.split_once('.').unwrap();
    let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","kid":"1"}"#);
    check(
        format!("{none}.{rest}"),
        JwsError::Algorithm("none".to_owned()).into(),
    )
    .await;
}

#[tokio::test]
async fn keys_are_asked_for_when_they_change_and_not_by_anybody_who_likes() {
    let (issuer, client) = (Issuer::start().await, Client::new());
    let issuers = CiIssuers::new(issuer.rules(), true).unwrap();
    let verify = async |token: &str, at| issuers.verify(token, &client, at).await.map(drop);
    let old = issuer.token(|_| ());
    verify(&old, now()).await.unwrap();
    issuer.rotate("2", 2);
    let new = issuer.token(|_| ());
    // Ten seconds must have passed since the keys were asked for.
    for _ in 0..5 {
        assert!(verify(&new, later(9)).await.is_err());
    }
    assert_eq!(issuer.asked.load(Ordering::Relaxed), 1);
    verify(&new, later(10)).await.unwrap();
    assert_eq!(issuer.asked.load(Ordering::Relaxed), 2);
    // A key that is no longer published is no longer good.
    let unknown = IssuerError::Token(JwsError::UnknownKey("1".to_owned()));
    assert_eq!(verify(&old, later(20)).await, Err(unknown.into()));
    assert_eq!(issuer.asked.load(Ordering::Relaxed), 3);
}

#[test]
fn rules_that_let_everybody_in_are_refused() {
    let rule = |claims: Value, scopes: Value| -> CiRule {
        serde_json::from_value(json!({
            "issuer": "https://ci.example", "audience": "gw", "claims": claims, "realm": "local",
            "assets": ["*"], "scopes": scopes,
        }))
        .unwrap()
    };
    for (claims, expected) in [
        (json!({}), Err(CiRuleError::Everybody)),
        (
            json!({"ref": "refs/heads/main"}),
            Err(CiRuleError::Everybody),
        ),
        (json!({"repository": "*"}), Err(CiRuleError::Everybody)),
        (json!({"repository": "*/pay"}), Err(CiRuleError::Everybody)),
        (json!({"repository": "acme/*"}), Ok(())),
        (json!({"project_path": "acme/pay"}), Ok(())),
    ] {
        assert_eq!(
            rule(claims.clone(), json!(["read"])).check(),
            expected,
            "{claims}"
        );
    }
    let nothing = rule(json!({"repository": "acme/*"}), json!([]));
    assert_eq!(nothing.check(), Err(CiRuleError::Nothing));
    let text = json!({"issuer": "https://ci.example", "unknown": 1});
    assert!(serde_json::from_value::<CiRule>(text).is_err());
}
