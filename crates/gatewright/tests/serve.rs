//! The control plane as a newcomer meets it: one command, a link, a token, a scan from a pipeline; an
//! advisory that closes the gate again; and a kill that loses nothing.

// These are tests, though not marked as such function by function.
#![allow(clippy::unwrap_used)]

mod common;

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use common::{Machine, NOW, advisory, cargo_lock};
use reqwest::{Certificate, Client, redirect};
use serde_json::Value;

/// A running `gatewright serve`.
struct Serving {
    child: Child,
    base: String,
    client: Client,
    link: Option<String>,
}

impl Serving {
    /// Starts one on a data folder, on any free port.
    fn start(data: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_gatewright"))
            .args(["--at", NOW, "--data"])
            .arg(data)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let (mut base, mut link) = (String::new(), None);
        for line in lines.by_ref() {
            let line = line.unwrap();
            if let Some((_, address)) = line.split_once("serves ") {
                base = address.trim_end_matches('/').to_owned();
            }
            if let Some((_, secret)) = line.split_once("/link/") {
                link = Some(secret.to_owned());
            }
            if line.contains("Ctrl-C") {
                break;
            }
        }
        // What follows must be read, or the server would wait for us.
        std::thread::spawn(move || lines.for_each(drop));
        let root = std::fs::read(data.join("tls/root.pem")).unwrap();
        let client = Client::builder()
            .tls_certs_only([Certificate::from_pem(&root).unwrap()])
            .redirect(redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        Self {
            child,
            base,
            client,
            link,
        }
    }

    /// Sends a form as a page would, and returns the cookie that was set and the answer's text.
    async fn form(&self, path: &str, cookie: &str, body: &str) -> (String, String) {
        let answer = self
            .client
            .post(format!("{}{path}", self.base))
            .header("origin", &self.base)
            .header("cookie", cookie)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.to_owned())
            .send()
            .await
            .unwrap();
        let set = answer.headers().get("set-cookie");
        let set = set.map_or("", |value| value.to_str().unwrap());
        let cookie = set.split(';').next().unwrap().to_owned();
        (cookie, answer.text().await.unwrap())
    }

    /// Signs in with the link and makes a token for everything.
    async fn token(&self) -> String {
        let link = self.link.as_ref().unwrap();
        let (cookie, _) = self
            .form("/link", "", &format!("secret={link}&name=Ada"))
            .await;
        let page = self.client.get(format!("{}/tokens", self.base));
        let page = page.header("cookie", &cookie).send().await.unwrap();
        let page = page.text().await.unwrap();
        let (_, rest) = page.split_once("name=\"csrf\" value=\"").unwrap();
        let csrf = rest.split('"').next().unwrap();
        let body = format!("csrf={csrf}&name=ci&assets=*&ingest=on&read=on&days=1");
        let (_, page) = self.form("/tokens", &cookie, &body).await;
        let (_, rest) = page.split_once("gwt_").unwrap();
        format!("gwt_{}", rest.split('<').next().unwrap())
    }

    async fn decisions(&self, token: &str) -> Vec<Value> {
        let ask = self.client.get(format!("{}/api/v1/decisions", self.base));
        let answer = ask.bearer_auth(token).send().await.unwrap();
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }

    async fn get(&self, path: &str, token: &str) -> String {
        let ask = self.client.get(format!("{}{path}", self.base));
        let answer = ask.bearer_auth(token).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.text().await.unwrap()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A pipeline's machine: it has a project and a token, and knows where the control plane is.
fn pipeline(token: &str) -> Machine {
    let machine = Machine::new();
    machine.write(
        "project/Cargo.lock",
        &cargo_lock(&[("zz-affected", "1.0.0")]),
    );
    machine.write("token", token);
    machine
}

fn push(machine: &Machine, server: &Serving, root: &Path, asset: &str) -> common::Done {
    let root = root.display().to_string();
    machine.run(&[
        "scan",
        "--server",
        &server.base,
        "--server-ca",
        &root,
        "--token-file",
        "../token",
        "--asset",
        asset,
    ])
}

#[tokio::test]
async fn a_scan_is_decided_there_and_again_when_an_advisory_arrives() {
    let control = Machine::new();
    std::fs::create_dir_all(control.project()).unwrap();
    let server = Serving::start(&control.path("data"));
    let token = server.token().await;
    let machine = pipeline(&token);
    let root = control.path("data/tls/root.pem");

    push(&machine, &server, &root, "repo:shop")
        .exits(0)
        .says("May be released: yes")
        .says("control plane");
    let decisions = server.decisions(&token).await;
    assert_eq!(decisions.len(), 1);
    assert_eq!(decisions[0]["outcome"], "pass");

    // The project's own word about itself counts for nothing there.
    machine.write(
        "project/gatewright.toml",
        "asset = \"repo:shop\"\nmode = \"observe\"\n",
    );

    control.write(
        "record.json",
        &advisory("TEST-2026-1", "zz-affected", "1.2.3"),
    );
    control.run(&["db", "import", "../record.json"]).exits(0);
    let begun = Instant::now();
    loop {
        let decisions = server.decisions(&token).await;
        if decisions
            .iter()
            .any(|decision| decision["outcome"] == "fail")
        {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{decisions:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    push(&machine, &server, &root, "repo:shop")
        .exits(1)
        .says("TEST-2026-1");

    // An auditor has the proof and the log's key, and nothing else.
    let id = server.decisions(&token).await[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!(
        "/api/v1/decisions/{}/bundle",
        id.trim_start_matches("sha256:")
    );
    let auditor = Machine::new();
    auditor.write("project/key", &server.get("/ledger/key", &token).await);
    let begun = Instant::now();
    loop {
        // The ledger takes a decision up within a second.
        auditor.write("project/proof.json", &server.get(&path, &token).await);
        let done = auditor.run(&["ledger", "verify", "proof.json", "--key", "key"]);
        if done.out.contains("repo:shop release: fail") {
            done.exits(0).says("verified");
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{}", done.out);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn what_is_not_new_does_not_count_if_the_server_knows_it() {
    let control = Machine::new();
    let server = Serving::start(&control.path("data"));
    let machine = pipeline(&server.token().await);
    let root = control.path("data/tls/root.pem").display().to_string();
    let old = advisory("TEST-2026-2", "zz-affected", "1.2.3");
    control.write("record.json", &old);
    std::fs::create_dir_all(control.project()).unwrap();
    control.run(&["db", "import", "../record.json"]).exits(0);

    machine.git(&["init", "-q"]);
    machine.git(&["add", "Cargo.lock"]);
    machine.git(&["commit", "-qm", "old"]);
    let scan = |extra: &[&str]| {
        let mut args = vec!["scan", "--server", &server.base, "--server-ca", &root];
        args.extend(["--token-file", "../token", "--asset", "repo:shop"]);
        args.extend(extra);
        machine.run(&args)
    };
    machine.git(&["checkout", "-q", "-b", "change"]);
    machine.write("project/README", "new");
    machine.git(&["add", "README"]);
    machine.git(&["commit", "-qm", "new"]);
    // The server has never seen main, and so everything counts.
    scan(&["--since", "main"])
        .exits(1)
        .says("TEST-2026-2")
        .says("no such content at another place");
    machine.git(&["checkout", "-q", "main"]);
    scan(&[]).exits(1);
    machine.git(&["checkout", "-q", "change"]);
    scan(&["--since", "main"]).exits(0);
}

#[tokio::test]
async fn a_stranger_gets_nothing() {
    let control = Machine::new();
    let server = Serving::start(&control.path("data"));
    let token = server.token().await;
    let machine = pipeline(&format!("{token}x"));
    let root = control.path("data/tls/root.pem");
    push(&machine, &server, &root, "repo:shop")
        .exits(2)
        .says("status 401");
    // Without the root, the server is not believed to be who it is.
    machine
        .run(&["scan", "--server", &server.base, "--token-file", "../token"])
        .exits(2)
        .says("certificate");
    machine
        .run(&[
            "scan",
            "--server",
            "http://gate.example",
            "--token-file",
            "../token",
        ])
        .exits(2)
        .says("not https");
    assert!(server.decisions(&token).await.is_empty());
}

#[tokio::test]
async fn nothing_that_was_acknowledged_is_lost_by_a_kill() {
    let control = Machine::new();
    let data = control.path("data");
    let root = control.path("data/tls/root.pem");
    let mut server = Serving::start(&data);
    let token = server.token().await;
    let machine = pipeline(&token);
    let mut acknowledged = Vec::new();
    for round in 0..3_u32 {
        for number in 0..3 {
            let asset = format!("repo:r{round}-{number}");
            push(&machine, &server, &root, &asset).exits(0);
            acknowledged.push(asset);
        }
        // While the next one is under way.
        let machine = pipeline(&token);
        let base = server.base.clone();
        let root = root.display().to_string();
        let pushing = std::thread::spawn(move || {
            machine.run(&[
                "scan",
                "--server",
                &base,
                "--server-ca",
                &root,
                "--token-file",
                "../token",
                "--asset",
                "repo:unlucky",
            ]);
        });
        std::thread::sleep(Duration::from_millis(u64::from(40 + 60 * round)));
        server.child.kill().unwrap();
        server.child.wait().unwrap();
        pushing.join().unwrap();
        server = Serving::start(&data);
        let decisions = server.decisions(&token).await;
        for asset in &acknowledged {
            let known = decisions
                .iter()
                .any(|decision| decision["asset"] == **asset);
            assert!(known, "{asset} is lost");
        }
    }
    // And the ledger is whole.
    drop(server);
    std::fs::create_dir_all(control.project()).unwrap();
    control.run(&["ledger", "verify"]).exits(0).says("verified");
}

#[tokio::test]
async fn a_backup_becomes_the_same_control_plane_elsewhere() {
    let control = Machine::new();
    std::fs::create_dir_all(control.project()).unwrap();
    let data = control.path("data");
    let server = Serving::start(&data);
    let token = server.token().await;
    let machine = pipeline(&token);
    let root = control.path("data/tls/root.pem");
    push(&machine, &server, &root, "repo:shop").exits(0);
    let key = server.get("/ledger/key", &token).await;
    let checkpoint = server.get("/ledger/checkpoint", &token).await;

    // While it serves.
    control.run(&["serve", "backup", "../b"]).exits(0);
    control
        .run(&["serve", "backup", "../b"])
        .exits(2)
        .says("the backup ../b could not be used: it exists already");
    // Options of serving mean nothing here, and are not taken in silence.
    control
        .run(&["serve", "--behind-proxy", "backup", "../c"])
        .exits(2)
        .says("cannot be used with");
    let auditor = Machine::new();
    auditor.write("project/key", &key);
    let follow = |server: &Serving, root: &Path| {
        let root = root.display().to_string();
        let key = ["--key", "key", "--state", "seen", "--server-ca", &root];
        auditor.run(&[&["ledger", "verify", &server.base][..], &key].concat())
    };
    follow(&server, &root)
        .exits(0)
        .says("forks were NOT checked");
    push(&machine, &server, &root, "repo:after").exits(0);
    follow(&server, &root)
        .exits(0)
        .says("continues your earlier checkpoint");
    drop(server);

    // Without the keys nobody can go on in its name.
    let other = Machine::new();
    std::fs::create_dir_all(other.project()).unwrap();
    std::fs::copy(control.path("b"), other.path("b")).unwrap();
    other
        .run(&["serve", "restore", "../b"])
        .exits(2)
        .says("does not have the server's key");
    other
        .run(&["serve", "restore", "../b"])
        .exits(2)
        .says("not empty")
        .says("move");

    let other = Machine::new();
    std::fs::create_dir_all(other.path("data/keys")).unwrap();
    std::fs::create_dir_all(other.project()).unwrap();
    for name in ["local.key", "ring.json"] {
        let from = data.join("keys").join(name);
        std::fs::copy(from, other.path("data/keys").join(name)).unwrap();
    }
    let file = control.path("b").display().to_string();
    other
        .run(&["serve", "restore", &file])
        .exits(0)
        .says("records are in place");
    let server = Serving::start(&other.path("data"));
    assert!(server.link.is_none(), "it has its administrator");
    let assets = server.decisions(&token).await;
    let assets: Vec<_> = assets.iter().map(|one| &one["asset"]).collect();
    assert_eq!(assets, ["repo:shop"]);
    // Whoever followed the log sees that it was set back, and has the log's own word for it.
    let root = other.path("data/tls/root.pem");
    follow(&server, &root).exits(1).says("truncated log");
    push(
        &machine,
        &server,
        &other.path("data/tls/root.pem"),
        "repo:new",
    )
    .exits(0);
    drop(server);
    // The log is the one that others know.
    other.write("project/key", &key);
    other.write("project/earlier", &checkpoint);
    let log = other.path("data/ledger").display().to_string();
    other
        .run(&[
            "ledger",
            "verify",
            &log,
            "--key",
            "key",
            "--earlier",
            "earlier",
        ])
        .exits(0)
        .says("continues your earlier checkpoint");

    // Where the log is ahead of the backup, that is told, and nothing is cut off.
    for name in ["store.db", "store.db-wal", "store.db-shm"] {
        let _ = std::fs::remove_file(data.join(name));
    }
    control
        .run(&["serve", "restore", "../b"])
        .exits(2)
        .says("set back to an earlier state");
}
