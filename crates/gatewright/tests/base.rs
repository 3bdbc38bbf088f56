//! A change under test may only tighten: what it says about itself is not believed.

mod common;

use common::{Machine, advisory, cargo_lock};

/// A repository with one commit on main, and an advisory about `zz-bad`.
fn repository(lock: &[(&str, &str)]) -> Machine {
    let machine = Machine::new();
    machine.write("project/Cargo.lock", &cargo_lock(lock));
    machine.git(&["init", "-q"]);
    machine.git(&["add", "."]);
    machine.git(&["commit", "-q", "-m", "one"]);
    machine.write("record.json", &advisory("TEST-2026-1", "zz-bad", "2.0.0"));
    machine.run(&["db", "import", "../record.json"]).exits(0);
    machine
}

#[test]
fn a_change_that_accepts_its_own_finding_is_not_believed() {
    let machine = repository(&[("zz-good", "1.0.0")]);
    machine.git(&["checkout", "-q", "-b", "change"]);
    let lock = cargo_lock(&[("zz-good", "1.0.0"), ("zz-bad", "1.0.0")]);
    machine.write("project/Cargo.lock", &lock);
    machine.run(&["scan"]).exits(1);
    machine.write(
        "project/gatewright.toml",
        "[[accept]]\nadvisory = \"TEST-2026-1\"\nreason = \"trust me\"\nowner = \"me\"\n\
         expires = 2026-12-01\n",
    );
    machine.git(&["add", "."]);
    machine.git(&["commit", "-q", "-m", "two"]);
    // Without a base the work tree's own word counts, and the report says so.
    let report = machine.run(&["scan", "--format", "json"]).exits(0).json();
    assert_eq!(
        report["basis"]["config"]["from"],
        "working tree, unprotected"
    );
    let report = machine
        .run(&["scan", "--base", "main", "--format", "json"])
        .exits(1)
        .json();
    assert_eq!(report["basis"]["config"]["from"], "base main");
    assert_eq!(
        report["basis"]["config"]["unused"][0],
        "adds gatewright.toml"
    );
    machine
        .run(&["scan", "--base", "main"])
        .exits(1)
        .says("gatewright.toml");
}

#[test]
fn a_change_cannot_switch_the_gate_off_or_bring_its_own_policy() {
    let machine = repository(&[("zz-bad", "1.0.0")]);
    machine.git(&["checkout", "-q", "-b", "change"]);
    machine.write("project/gatewright.toml", "mode = \"observe\"\n");
    machine.write(
        "project/.gatewright/policies/own.cedar",
        "permit(principal, action, resource);",
    );
    machine.run(&["scan", "--base", "main", "--all"]).exits(1);
    machine.run(&["scan"]).exits(2).says("own.cedar");
}

#[test]
fn what_was_there_before_does_not_count() {
    let machine = repository(&[("zz-bad", "1.0.0")]);
    machine.run(&["scan"]).exits(1);
    machine.run(&["scan", "--since", "main"]).exits(0);
    machine.git(&["checkout", "-q", "-b", "change"]);
    let lock = cargo_lock(&[("zz-bad", "1.0.0"), ("zz-worse", "1.0.0")]);
    machine.write("project/Cargo.lock", &lock);
    machine.run(&["scan", "--base", "main"]).exits(0);
    // An advisory about what the change brought counts, now and when it arrives later.
    machine.write("worse.json", &advisory("TEST-2026-2", "zz-worse", "2.0.0"));
    machine
        .run(&["db", "import", "../worse.json"])
        .exits(0)
        .says("passes -> does not pass");
    machine
        .run(&["scan", "--base", "main"])
        .exits(1)
        .says("TEST-2026-2");
    machine
        .run(&["scan", "--base", "main", "--all"])
        .exits(1)
        .says("TEST-2026-1");
}

#[test]
fn the_base_may_accept_and_allow() {
    let machine = repository(&[("zz-bad", "1.0.0")]);
    machine.write(
        "project/gatewright.toml",
        "asset = \"repo:shop\"\n\n[[accept]]\nadvisory = \"TEST-2026-1\"\nreason = \"r\"\n\
         owner = \"o\"\nexpires = 2026-12-01\n",
    );
    machine.git(&["add", "."]);
    machine.git(&["commit", "-q", "-m", "two"]);
    std::fs::remove_file(machine.path("project/gatewright.toml")).unwrap();
    let done = machine.run(&["scan", "--base", "main", "--all", "--format", "json"]);
    let report = done.exits(0).json();
    assert_eq!(report["asset"], "repo:shop");
    assert_eq!(
        report["basis"]["config"]["unused"][0],
        "removes gatewright.toml"
    );
}

#[test]
fn a_change_cannot_put_a_configuration_between_itself_and_the_root() {
    let machine = repository(&[]);
    machine.write(
        "project/sub/Cargo.lock",
        &cargo_lock(&[("zz-fine", "1.0.0")]),
    );
    machine.write(
        "project/.gatewright/policies/strict.cedar",
        "@id(\"nothing-passes\") @message(\"Nothing passes here\")\n\
         forbid(principal, action in Action::\"release\", resource);",
    );
    machine.git(&["add", "."]);
    machine.git(&["commit", "-q", "-m", "two"]);
    let scan = ["scan", "sub", "--base", "main"];
    machine.run(&scan).exits(1).says("Nothing passes here");
    machine.write("project/sub/gatewright.toml", "mode = \"observe\"\n");
    machine.run(&scan).exits(1).says("Nothing passes here");
}

#[test]
fn a_base_that_is_none_is_an_error() {
    let machine = repository(&[]);
    machine
        .run(&["scan", "--base", "nowhere"])
        .exits(2)
        .says("nowhere");
    std::fs::remove_dir_all(machine.path("project/.git")).unwrap();
    machine
        .run(&["scan", "--base", "main"])
        .exits(2)
        .says("git repository");
}
