//! The whole story from the shell: a scan passes, an advisory arrives, exactly the decisions that
//! depended on it are made again and fail, and an outsider can verify all of it.

mod common;

use common::{Machine, advisory, cargo_lock};

/// Two projects, of which one has the crate that an advisory will be about.
fn two_projects() -> Machine {
    let machine = Machine::new();
    machine.write(
        "project/Cargo.lock",
        &cargo_lock(&[("zz-affected", "1.0.0")]),
    );
    machine.write(
        "other/Cargo.lock",
        &cargo_lock(&[("zz-bystander", "1.0.0")]),
    );
    machine
}

#[test]
fn an_advisory_closes_exactly_the_gates_that_depended_on_it() {
    let machine = two_projects();
    machine.run(&["scan"]).exits(0).says("May be released: yes");
    machine.run(&["scan", "../other"]).exits(0);
    machine.run(&["gate", "release", "repo:project"]).exits(0);

    let record = advisory("TEST-2026-1", "zz-affected", "1.2.3");
    machine.write("record.json", &record);
    machine
        .run(&["db", "import", "../record.json"])
        .exits(0)
        .says("repo:project")
        .says("passes -> does not pass")
        .says_not("repo:other")
        .says("1 decision made again, 1 with another answer");

    machine
        .run(&["gate", "release", "repo:project"])
        .exits(1)
        .says("TEST-2026-1")
        .says("1.2.3");
    machine.run(&["gate", "release", "repo:other"]).exits(0);
    machine
        .run(&["scan", "--format", "json"])
        .exits(1)
        .says("TEST-2026-1");
    // Nothing changed since, so nothing is decided again.
    machine
        .run(&["db", "import", "../record.json"])
        .exits(0)
        .says_not("->");
}

#[test]
fn an_explanation_names_the_fact_and_the_statement() {
    let machine = two_projects();
    machine.run(&["scan"]).exits(0);
    machine.write(
        "record.json",
        &advisory("TEST-2026-1", "zz-affected", "1.2.3"),
    );
    machine.run(&["db", "import", "../record.json"]).exits(0);
    machine
        .run(&["gate", "release", "repo:project", "--explain"])
        .exits(0)
        .says("advisory#crates.io/zz-affected: absent -> ")
        .says("advisories statement sha256:")
        .says_not("zz-bystander");
}

#[test]
fn a_deadline_is_enough_to_decide_again() {
    let machine = two_projects();
    machine.run(&["scan"]).exits(0);
    // Ninety-one days later the data that it rested on is too old.
    machine
        .run_at("2026-11-20T12:00:00Z", &["gate", "release", "repo:project"])
        .exits(2)
        .says("passes -> does not pass")
        .says("what it rested on has expired");
}

#[test]
fn statements_can_be_made_and_withdrawn() {
    let machine = two_projects();
    machine.run(&["scan"]).exits(0);
    let quarantine = [
        "attest",
        "repo:project",
        "--type",
        "quarantine",
        "--reason",
        "odd traffic",
    ];
    let done = machine
        .run(&quarantine)
        .exits(0)
        .says("passes -> does not pass");
    let id = done.out.trim().to_owned();
    assert!(id.starts_with("sha256:"), "{id}");
    machine
        .run(&["gate", "release", "repo:project"])
        .exits(1)
        .says("odd traffic");
    machine
        .run(&["revoke", &id, "--reason", "it was the load test"])
        .exits(0)
        .says("does not pass -> passes");
    machine.run(&["gate", "release", "repo:project"]).exits(0);
}

#[test]
fn an_acceptance_opens_the_gate_until_it_ends() {
    let machine = two_projects();
    machine.write(
        "record.json",
        &advisory("TEST-2026-1", "zz-affected", "1.2.3"),
    );
    machine.run(&["db", "import", "../record.json"]).exits(0);
    let report = machine.run(&["scan", "--format", "json"]).exits(1).json();
    let id = report["findings"][0]["id"].as_str().unwrap().to_owned();
    machine
        .run(&["accept", "0".repeat(20).as_str(), "--reason", "a slip"])
        .exits(2)
        .says("has no finding");
    machine
        .run(&[
            "accept",
            &id,
            "--reason",
            "not reachable",
            "--expires",
            "2026-09-01",
        ])
        .exits(0)
        .says("does not pass -> passes");
    let report = machine.run(&["scan", "--format", "json"]).exits(0).json();
    assert_eq!(report["findings"][0]["accepted"]["reason"], "not reachable");
    machine
        .run_at("2026-09-02", &["gate", "release", "repo:project"])
        .exits(1)
        .says("passes -> does not pass");
}

#[test]
fn an_old_project_can_begin_today() {
    let machine = two_projects();
    machine.write(
        "record.json",
        &advisory("TEST-2026-1", "zz-affected", "1.2.3"),
    );
    machine.run(&["db", "import", "../record.json"]).exits(0);
    machine.run(&["scan"]).exits(1);
    machine
        .run(&[
            "accept",
            "--all",
            "--write",
            "--reason",
            "the backlog",
            "--owner",
            "ann",
        ])
        .exits(0)
        .says("gatewright.toml");
    machine.run(&["scan"]).exits(0);
    // What comes new counts.
    machine.write("new.json", &advisory("TEST-2026-2", "zz-affected", "1.2.4"));
    machine.run(&["db", "import", "../new.json"]).exits(0);
    machine.run(&["scan"]).exits(1).says("TEST-2026-2");
}

#[test]
fn a_verifier_needs_nothing_but_the_key() {
    let machine = two_projects();
    machine.run(&["scan"]).exits(0);
    let first = machine.run(&["ledger", "checkpoint"]).exits(0).out;
    machine.write("first.checkpoint", &first);
    machine.write(
        "record.json",
        &advisory("TEST-2026-1", "zz-affected", "1.2.3"),
    );
    machine.run(&["db", "import", "../record.json"]).exits(0);
    let key = machine
        .run(&["ledger", "key"])
        .exits(0)
        .out
        .trim()
        .to_owned();
    machine
        .run(&[
            "ledger",
            "prove",
            "--earlier",
            "../first.checkpoint",
            "-o",
            "../proof.json",
        ])
        .exits(0);
    std::fs::rename(machine.path("data"), machine.path("gone")).unwrap();

    let verify = |file: &str, more: &[&str]| {
        let mut args = vec!["ledger", "verify", file, "--key", &key];
        args.extend(more);
        machine.run(&args)
    };
    verify("../proof.json", &[])
        .exits(0)
        .says("decision")
        .says("release: fail")
        .says("NOT checked");
    verify("../proof.json", &["--earlier", "../first.checkpoint"])
        .exits(0)
        .says("verified");
    assert!(
        !machine.path("data").exists(),
        "verifying left something behind"
    );

    let proof = std::fs::read_to_string(machine.path("proof.json")).unwrap();
    let mut bundle: serde_json::Value = serde_json::from_str(&proof).unwrap();

    let mut changed = bundle.clone();
    let record = changed["records"][1]["content"]["record"]
        .as_str()
        .unwrap()
        .to_owned();
    let flipped = if record.starts_with('e') { "f" } else { "e" };
    let record = format!("{flipped}{}", &record[1..]);
    changed["records"][1]["content"]["record"] = record.into();
    machine.write("changed.json", &changed.to_string());
    verify("../changed.json", &[])
        .exits(1)
        .says("changed record");

    bundle["records"].as_array_mut().unwrap().remove(2);
    machine.write("removed.json", &bundle.to_string());
    verify("../removed.json", &[]).exits(1).says("not verified");
}

#[test]
fn a_truncated_log_is_seen_against_an_earlier_checkpoint() {
    let machine = two_projects();
    machine.run(&["scan"]).exits(0);
    machine
        .run(&["ledger", "prove", "-o", "../short.json"])
        .exits(0);
    machine.run(&["scan", "../other"]).exits(0);
    let later = machine.run(&["ledger", "checkpoint"]).exits(0).out;
    machine.write("later.checkpoint", &later);
    let key = machine
        .run(&["ledger", "key"])
        .exits(0)
        .out
        .trim()
        .to_owned();
    // The shorter history is sound in itself; only who knows the longer one can tell.
    let base = ["ledger", "verify", "../short.json", "--key", &key];
    machine.run(&base).exits(0).says("NOT checked");
    let mut args = base.to_vec();
    args.extend(["--earlier", "../later.checkpoint"]);
    machine.run(&args).exits(1).says("truncated");
}

#[test]
fn rows_that_were_changed_in_the_database_are_seen() {
    let machine = two_projects();
    machine.run(&["scan"]).exits(0);
    machine.run(&["ledger", "verify"]).exits(0);
    let database = machine.path("data/store.db");
    // Closed in order, the database is one file.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        gw_store::SqlStore::open(&database)
            .await
            .unwrap()
            .close()
            .await;
    });
    let bytes = std::fs::read(&database).unwrap();
    // A byte of every signed payload, wherever the pages of the database have it.
    let needle = b"\"payload\":\"";
    let mut changed = bytes.clone();
    for (at, window) in bytes.windows(needle.len()).enumerate() {
        if window == needle {
            let byte = &mut changed[at + needle.len() + 40];
            *byte = if *byte == b'A' { b'B' } else { b'A' };
        }
    }
    assert!(changed != bytes);
    std::fs::write(&database, &changed).unwrap();
    machine
        .run(&["ledger", "verify"])
        .exits(1)
        .says("changed in the store");
}
