//! `model lineage`: from records and recorded steps to what is known of a model's ancestors.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "clippy does not know that helpers of tests are tests"
)]

mod common;

use common::Machine;

fn machine() -> Machine {
    let machine = Machine::new();
    machine.write("project/data/in.csv", "first line\n");
    machine.write("project/base.gguf", "base");
    machine
}

#[test]
fn ancestors_are_followed_through_steps() {
    let machine = machine();
    let record = |inputs: &[&str], output: &str, script: &str| {
        let mut args = vec!["record"];
        args.extend(inputs.iter().flat_map(|input| ["--input", input]));
        args.extend(["--output", output, "--", "sh", "-c", script]);
        machine.run(&args).exits(0);
    };
    record(
        &["dataset:raw=data"],
        "dataset:clean=clean",
        "mkdir -p clean; cat data/in.csv > clean/x",
    );
    record(
        &["dataset:clean=clean", "model:base=base.gguf"],
        "model:fraud=out",
        "mkdir -p out; cat clean/x base.gguf > out/model",
    );
    let shown = machine.run(&["model", "lineage", "model:fraud"]).exits(0);
    let lines: Vec<_> = shown.out.lines().collect();
    assert_eq!(lines[0], "model:fraud");
    assert!(lines[1].starts_with("  <- dataset:clean "), "{}", shown.out);
    assert!(lines[1].contains("  known  [provenance]"), "{}", shown.out);
    assert!(lines[2].starts_with("    <- dataset:raw "), "{}", shown.out);
    assert!(
        lines[2].contains("unknown: nothing is stated"),
        "{}",
        shown.out
    );
    assert!(lines[3].starts_with("  <- model:base"), "{}", shown.out);
    let json = machine
        .run(&["model", "lineage", "out", "--json"])
        .exits(0)
        .json();
    let raw = json["ancestors"][1]["subject"].as_str().unwrap().to_owned();
    machine
        .run(&[
            "attest",
            &raw,
            "--type",
            "quarantine",
            "--reason",
            "poisoned",
        ])
        .exits(0);
    machine
        .run(&["model", "lineage", "model:fraud"])
        .exits(0)
        .says("QUARANTINED: poisoned")
        .says("3 ancestors, 1 unknown, 1 quarantined");
}

#[test]
fn records_become_claims_marked_with_their_source() {
    let machine = machine();
    machine.write("project/model.gguf", "weights");
    machine
        .run(&["model", "lineage", "model.gguf"])
        .exits(2)
        .says("nothing is stated");
    let lock = machine.write(
        "project/dvc.lock",
        "schema: '2.0'\nstages:\n  train:\n    deps:\n    - path: data/raw\n    outs:\n    - path: m.pkl\n",
    );
    let lock = lock.to_str().unwrap();
    machine
        .run(&["model", "lineage", "model.gguf", "--import", lock])
        .exits(0)
        .says("1 input by the word of dvc")
        .says("<- dataset:data/raw  unknown: nobody said which content it was  [dvc]");
    machine
        .run(&[
            "model",
            "lineage",
            "model.gguf",
            "--import",
            lock,
            "--of",
            "gone",
        ])
        .exits(2)
        .says("no stage makes gone");
    let run = "run/meta.yaml";
    machine.write(&format!("project/exp/{run}"), "run_id: '1'\n");
    machine.write("project/exp/run/params/base_model", "acme/base");
    machine.write(
        "project/exp/run/inputs/1/meta.yaml",
        "source_type: DATASET\nsource_id: d1\n",
    );
    machine.write("project/exp/datasets/d1/meta.yaml", "name: claims\n");
    machine
        .run(&["model", "lineage", "model.gguf", "--import", "exp/run"])
        .exits(0)
        .says("<- dataset:claims")
        .says("<- model:acme/base");
    machine
        .run(&["model", "lineage", "model.gguf", "--import", "exp"])
        .exits(2)
        .says("neither an MLflow run");
    machine.run(&["model", "lineage", "model:nobody"]).exits(2);
}
