//! Who gets in, and what the server refuses.

mod common;

use common::{Running, between, problem, text};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_link_signs_in_once() {
    for made in gw_store::testing::databases().await {
        let server = Running::start(&made).await;
        let link = server.link.clone().unwrap();
        let path = link.strip_prefix(&server.base).unwrap();
        // Looking at the page uses nothing up.
        for _ in 0..2 {
            assert!(text(server.get(path)).await.contains("signs you in once"));
        }
        let refused = server.get("/").send().await.unwrap();
        assert_eq!(refused.status(), 303);
        assert_eq!(refused.headers()["location"], "/sign-in");

        server.sign_in().await;
        assert!(text(server.get("/")).await.contains("Overview"));
        let secret = path.rsplit_once('/').unwrap().1;
        let again = server.form("/link", &[("secret", secret), ("name", "Eve")]);
        assert_eq!(again.send().await.unwrap().status(), 400);

        // A server that has an administrator prints no other link.
        let folder = server.stop().await;
        let server = Running::with(&made, folder, 0).await;
        assert_eq!(server.link, None);
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_when_its_person_leaves() {
    for made in gw_store::testing::databases().await {
        let server = Running::start(&made).await;
        server.sign_in().await;
        let csrf = server.csrf().await;
        let fields = [
            ("csrf", csrf.as_str()),
            ("email", "ada@example.org"),
            ("password", "correct horse battery staple"),
        ];
        let saved = server.form("/account", &fields).send().await.unwrap();
        assert_eq!(saved.status(), 303);
        let left = server
            .form("/sign-out", &[("csrf", &csrf)])
            .send()
            .await
            .unwrap();
        assert_eq!(left.status(), 303);
        // The cookie that the browser still has is worth nothing, everywhere within a second.
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        assert_eq!(server.get("/").send().await.unwrap().status(), 303);

        let wrong = [("email", "ada@example.org"), ("password", "wrong")];
        let page = text(server.form("/sign-in", &wrong)).await;
        assert!(page.contains("the name or the password is wrong"), "{page}");
        let right = [fields[1], fields[2]];
        let entered = server.form("/sign-in", &right).send().await.unwrap();
        assert_eq!(entered.status(), 303);
        let cookie = entered.headers()["set-cookie"].to_str().unwrap();
        for part in [
            "__Host-",
            "; Path=/",
            "; HttpOnly",
            "; SameSite=Lax",
            "; Secure",
        ] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
        server.keep_cookie(&entered);
        assert!(
            text(server.get("/account"))
                .await
                .contains("ada@example.org")
        );
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_changed_from_elsewhere() {
    let made = gw_store::testing::databases().await.swap_remove(0);
    let server = Running::start(&made).await;
    server.sign_in().await;
    let csrf = server.csrf().await;
    let good = [
        ("csrf", csrf.as_str()),
        ("name", "ci"),
        ("assets", "*"),
        ("read", "on"),
        ("days", "1"),
    ];
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", "none"),
    ] {
        let request = server.form("/tokens", &good).build().unwrap();
        let mut request = request;
        request.headers_mut().insert(name, value.parse().unwrap());
        let (status, problem) = problem(server.client.execute(request).await.unwrap()).await;
        assert_eq!(status, 403, "{name}: {problem}");
    }
    for wrong in ["", "AAAA", &csrf[1..]] {
        let mut fields = good;
        fields[0].1 = wrong;
        let refused = server.form("/tokens", &fields).send().await.unwrap();
        assert_eq!(refused.status(), 403);
    }
    assert!(
        text(server.get("/tokens"))
            .await
            .contains("There is none yet")
    );
    assert!(text(server.form("/tokens", &good)).await.contains("gwt_"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_does_what_it_is_for_until_it_is_revoked() {
    for made in gw_store::testing::databases().await {
        let server = Running::start(&made).await;
        server.sign_in().await;
        let token = server.token("repo:a", &["ingest"]).await;
        let stranger = server.stranger();
        let ask = |path: &str, token: &str| {
            let request = stranger.get(format!("{}{path}", server.base));
            request.bearer_auth(token.to_owned())
        };
        let who: serde_json::Value =
            serde_json::from_str(&text(ask("/api/v1/whoami", &token)).await).unwrap();
        assert_eq!(who, json!({ "realm": "local", "name": "ci" }));
        // It may send, not read; and of another asset it may not even send.
        let answer = ask("/api/v1/decisions", &token).send().await.unwrap();
        assert_eq!(problem(answer).await.0, 403);
        let statements = json!({ "asset": "repo:b", "keys": [], "statements": [] });
        let send = stranger.post(format!("{}/api/v1/ingest/statements", server.base));
        let send = send.bearer_auth(&token).json(&statements);
        assert_eq!(problem(send.send().await.unwrap()).await.0, 403);
        let statements = json!({ "asset": "repo:a", "keys": [], "statements": [] });
        let send = stranger.post(format!("{}/api/v1/ingest/statements", server.base));
        assert_eq!(text(send.bearer_auth(&token).json(&statements)).await, "[]");
        // A page is for people.
        let page = ask("/tokens", &token).send().await.unwrap();
        assert_eq!(page.status(), 403);

        for bad in ["", "gwt_", &token[1..], &format!("{token}x")] {
            let answer = ask("/api/v1/whoami", bad).send().await.unwrap();
            assert_eq!(problem(answer).await.0, 401, "{bad}");
        }

        let page = text(server.get("/tokens")).await;
        let path = between(&page, "action=\"/tokens/", "\"");
        let csrf = server.csrf().await;
        let revoke = server.form(&format!("/tokens/{path}"), &[("csrf", &csrf)]);
        assert_eq!(revoke.send().await.unwrap().status(), 303);
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        let answer = ask("/api/v1/whoami", &token).send().await.unwrap();
        assert_eq!(problem(answer).await.0, 401);

        // What the administrator did stands in the ledger: came, made a token, revoked it.
        let store = gw_store::SqlStore::on(server.database.clone())
            .await
            .unwrap();
        let realm = gw_core::Realm::local();
        let kind = gw_attest::predicate::ADMINISTRATION;
        use gw_flow::store::Store as _;
        let acts = store.list_statements(&realm, Some(kind)).await.unwrap();
        assert_eq!(acts.len(), 3);
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_requests_get_a_problem_and_nothing_else() {
    let made = gw_store::testing::databases().await.swap_remove(0);
    let server = Running::start(&made).await;
    server.sign_in().await;
    let token = server.token("*", &["ingest", "read"]).await;
    let post = |path: &str, body: Vec<u8>| {
        let request = server.stranger().post(format!("{}{path}", server.base));
        let request = request.bearer_auth(&token);
        request
            .header("content-type", "application/json")
            .body(body)
    };
    for (path, body, expected) in [
        ("/api/v1/ingest/scan", b"{".to_vec(), 400),
        ("/api/v1/ingest/scan", b"{}".to_vec(), 422),
        ("/api/v1/ingest/scan", b"\xff\xfe".to_vec(), 400),
        (
            "/api/v1/ingest/statements",
            br#"{"keys":["no key"],"statements":[]}"#.to_vec(),
            400,
        ),
        ("/api/v1/nothing", b"{}".to_vec(), 404),
    ] {
        let answer = post(path, body).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), expected, "{path}");
    }
    let large = "x".repeat(2 << 20);
    let answer = server.form("/account", &[("csrf", &large)]);
    assert_eq!(answer.send().await.unwrap().status(), 413);
    for (path, expected) in [
        ("/decisions/0000", 404),
        ("/api/v1/decisions?outcome=maybe", 400),
        ("/api/v1/decisions?surprise=1", 400),
        ("/assets/%00", 404),
        ("/assets/repo:unknown", 404),
        ("/ledger/tile/0/..%2f..%2fkeys%2flocal.key", 404),
        ("/ledger/tile/0/999", 404),
        ("/files/style.css", 404),
    ] {
        let answer = server.get(path).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), expected, "{path}");
    }
    // The headers that keep a page to itself are on every answer, refusals included.
    let answer = server.get("/nothing").send().await.unwrap();
    for (name, part) in [
        ("content-security-policy", "default-src 'none'"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
        ("strict-transport-security", "max-age"),
    ] {
        let value = answer.headers()[name].to_str().unwrap();
        assert!(value.contains(part), "{name}: {value}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_for_those_who_may_and_name_nothing() {
    for made in gw_store::testing::databases().await {
        let server = Running::start(&made).await;
        let stranger = server.stranger();
        let address = format!("{}/metrics", server.base);
        let refused = stranger.get(&address).send().await.unwrap();
        assert_eq!(problem(refused).await.0, 401);
        server.sign_in().await;
        let token = server.token("*", &["read"]).await;
        let lost = format!("{}/nowhere/repo:secret", server.base);
        stranger.get(&lost).send().await.unwrap();
        let metrics = text(stranger.get(&address).bearer_auth(&token)).await;
        for line in [
            "gatewright_http_requests_total{method=\"GET\",route=\"/metrics\",status=\"401\"} 1\n",
            "gatewright_http_requests_total{method=\"GET\",route=\"none\",status=\"404\"} 1\n",
            "gatewright_http_requests_total{method=\"POST\",route=\"/link\",status=\"303\"} 1\n",
            "gatewright_http_request_duration_seconds_count{route=\"/metrics\"} 1\n",
            "# TYPE gatewright_ledger_records gauge\n",
        ] {
            assert!(metrics.contains(line), "no {line} in {metrics}");
        }
        assert!(!metrics.contains("secret"), "{metrics}");
        assert!(metrics.ends_with("# EOF\n"));
        server.stop().await;
    }
}
