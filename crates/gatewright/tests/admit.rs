//! The admit gate from the shell: what a model was made from, how it was measured and what has become
//! of it decide whether it may be served, and go on deciding.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests stop at what they do not expect"
)]

mod common;

use common::{Machine, advisory, cargo_lock};
use serde_json::{Value, json};

/// A day later than [`common::NOW`].
const LATER: &str = "2026-08-22T12:00:00Z";

/// A model of one number in safetensors' format.
fn safetensors(number: u8) -> String {
    let header = r#"{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#;
    let length = u8::try_from(header.len()).unwrap();
    format!(
        "{}\0\0\0\0\0\0\0{header}{}\0\0\0",
        char::from(length),
        char::from(number)
    )
}

/// A machine with a dataset and a model.
fn machine() -> Machine {
    let machine = Machine::new();
    machine.write("project/README.md", "a project\n");
    machine.write("claims/claims.csv", "id,amount\n1,2\n");
    model(&machine, "fraud", 1);
    machine
}

fn model(machine: &Machine, name: &str, number: u8) {
    machine.write(
        &format!("models/{name}/model.safetensors"),
        &safetensors(number),
    );
}

fn admit(machine: &Machine, name: &str) -> common::Done {
    machine.run(&["model", "admit", &format!("../models/{name}")])
}

/// The digest of what was scanned, from a report in JSON.
fn digest(report: &Value) -> String {
    let hex = report["subject"]["digest"]["sha256"].as_str().unwrap();
    format!("sha256:{hex}")
}

fn admitted_digest(machine: &Machine, name: &str) -> String {
    let target = format!("../models/{name}");
    let args = ["model", "admit", &target, "--format", "json"];
    digest(&machine.run(&args).json())
}

fn dataset(machine: &Machine) -> String {
    let args = [
        "scan",
        "../claims",
        "--asset",
        "dataset:claims",
        "--format",
        "json",
    ];
    digest(&machine.run(&args).exits(0).json())
}

/// States something about an asset, and gives the statement's id.
fn state(machine: &Machine, time: &str, asset: &str, kind: &str, predicate: &Value) -> String {
    machine.write("predicate.json", &predicate.to_string());
    let args = [
        "attest",
        asset,
        "--type",
        kind,
        "--predicate",
        "../predicate.json",
    ];
    machine.run_at(time, &args).exits(0).out.trim().to_owned()
}

fn lineage(machine: &Machine, asset: &str, inputs: &Value) -> String {
    let predicate = json!({ "source": "model-card", "inputs": inputs });
    state(machine, common::NOW, asset, "lineage", &predicate)
}

fn accuracy(machine: &Machine, time: &str, subject: &str, value: f64) -> String {
    let predicate = json!({
        "result": "PASSED",
        "configuration": [{ "name": "holdout" }],
        "https://gatewright.dev/test-metrics/v1": {
            "dataset": { "name": "dataset:holdout" },
            "metrics": [{ "name": "accuracy", "value": value }],
        },
    });
    state(machine, time, subject, "test-result", &predicate)
}

#[test]
fn a_quarantined_dataset_closes_the_gate_for_what_was_trained_on_it() {
    let machine = machine();
    let claims = dataset(&machine);
    admit(&machine, "fraud")
        .exits(0)
        .says("May be admitted: yes");
    let inputs = json!([{ "kind": "dataset", "name": "dataset:claims", "digest": claims }]);
    lineage(&machine, "model:fraud", &inputs);
    machine.run(&["gate", "admit", "model:fraud"]).exits(0);

    let quarantine = [
        "attest",
        "dataset:claims",
        "--type",
        "quarantine",
        "--reason",
        "poisoned",
    ];
    let done = machine
        .run(&quarantine)
        .exits(0)
        .says("model:fraud")
        .says("passes -> does not pass");
    machine
        .run(&["gate", "admit", "model:fraud"])
        .exits(1)
        .says("quarantined (dataset:claims)");
    machine
        .run(&["gate", "admit", "model:fraud", "--explain"])
        .exits(0)
        .says("because");
    admit(&machine, "fraud").exits(1).says("dataset:claims");

    let id = done.out.trim().to_owned();
    machine
        .run(&["revoke", &id, "--reason", "a false alarm"])
        .exits(0)
        .says("does not pass -> passes");
    machine.run(&["gate", "admit", "model:fraud"]).exits(0);
    machine.run(&["ledger", "verify"]).exits(0);
}

#[test]
fn an_explanation_names_the_quarantine() {
    let machine = machine();
    let claims = dataset(&machine);
    admit(&machine, "fraud").exits(0);
    let inputs = json!([{ "kind": "dataset", "name": "claims", "digest": claims }]);
    lineage(&machine, "model:fraud", &inputs);
    machine
        .run(&[
            "attest",
            "dataset:claims",
            "--type",
            "quarantine",
            "--reason",
            "poisoned",
        ])
        .exits(0);
    machine
        .run(&["gate", "admit", "model:fraud", "--explain"])
        .exits(0)
        .says(&format!("{claims}#quarantine: absent -> "))
        .says("quarantine statement sha256:");
}

#[test]
fn a_quarantined_name_closes_the_gate_whatever_content_was_meant() {
    let machine = machine();
    admit(&machine, "fraud").exits(0);
    let digest = format!("sha256:{}", "7".repeat(64));
    lineage(
        &machine,
        "model:fraud",
        &json!([{ "kind": "dataset", "name": "dataset:claims", "digest": digest }]),
    );
    let quarantine = |name: &str| {
        let given = ["attest", name, "--type", "quarantine", "--reason", "stolen"];
        machine.run(&given).exits(0)
    };
    quarantine("dataset:claims")
        .says("model:fraud")
        .says("passes -> does not pass");
    machine
        .run(&["gate", "admit", "model:fraud"])
        .exits(1)
        .says("quarantined (dataset:claims)");
    machine
        .run(&["model", "lineage", "model:fraud"])
        .says("quarantined");
    // The name of a model that comes later, too.
    model(&machine, "later", 9);
    quarantine("model:later");
    admit(&machine, "later").exits(1).says("quarantined");
}

#[test]
fn data_that_was_never_scanned_can_be_quarantined_by_name() {
    let machine = machine();
    admit(&machine, "fraud").exits(0);
    lineage(
        &machine,
        "model:fraud",
        &json!([{ "kind": "dataset", "name": "acme/claims" }]),
    );
    let name = "dataset:acme/claims";
    machine
        .run(&["attest", name, "--type", "quarantine", "--reason", "stolen"])
        .exits(0)
        .says("model:fraud");
    machine
        .run(&["gate", "admit", "model:fraud"])
        .exits(1)
        .says(name);
    // What nobody made it from does not matter.
    machine
        .run(&[
            "attest",
            "dataset:other",
            "--type",
            "quarantine",
            "--reason",
            "r",
        ])
        .exits(0)
        .says_not("model:fraud");
}

#[test]
fn a_chain_of_models_falls_and_rises_together() {
    let machine = machine();
    let claims = dataset(&machine);
    model(&machine, "root", 2);
    model(&machine, "base", 3);
    let root = admitted_digest(&machine, "root");
    let base = admitted_digest(&machine, "base");
    admit(&machine, "fraud").exits(0);
    lineage(
        &machine,
        "model:root",
        &json!([{ "kind": "dataset", "name": "claims", "digest": claims }]),
    );
    let from_root = json!({ "kind": "model", "name": "root", "digest": root });
    lineage(&machine, "model:base", &json!([from_root]));
    // Two ways lead to the root.
    lineage(
        &machine,
        "model:fraud",
        &json!([{ "kind": "model", "name": "base", "digest": base }, from_root]),
    );
    machine.run(&["gate", "admit", "model:fraud"]).exits(0);
    let quarantine = [
        "attest",
        "dataset:claims",
        "--type",
        "quarantine",
        "--reason",
        "poisoned",
    ];
    let done = machine.run(&quarantine).exits(0);
    for name in ["model:root", "model:base", "model:fraud"] {
        assert!(done.err.contains(name), "{name}: {}", done.err);
        machine.run(&["gate", "admit", name]).exits(1);
    }
    let id = done.out.trim().to_owned();
    machine
        .run(&["revoke", &id, "--reason", "a false alarm"])
        .exits(0);
    for name in ["model:root", "model:base", "model:fraud"] {
        machine.run(&["gate", "admit", name]).exits(0);
    }
}

#[test]
fn a_base_model_known_by_name_takes_what_was_made_from_it_along() {
    let machine = machine();
    model(&machine, "base", 3);
    admit(&machine, "base").exits(0);
    admit(&machine, "fraud").exits(0);
    lineage(
        &machine,
        "model:fraud",
        &json!([{ "kind": "model", "name": "base" }]),
    );
    machine.run(&["gate", "admit", "model:fraud"]).exits(0);
    machine
        .run(&[
            "model",
            "retire",
            "model:base",
            "--reason",
            "its licence ended",
        ])
        .exits(0)
        .says("model:base")
        .says("model:fraud");
    machine
        .run(&["gate", "admit", "model:fraud"])
        .exits(1)
        .says("does not pass this gate itself (model:base)");
}

#[test]
fn models_that_were_made_from_each_other_are_contradictory() {
    let machine = machine();
    model(&machine, "base", 3);
    admit(&machine, "base").exits(0);
    admit(&machine, "fraud").exits(0);
    let by_name = |name: &str| json!([{ "kind": "model", "name": name }]);
    lineage(&machine, "model:fraud", &by_name("base"));
    let id = lineage(&machine, "model:base", &by_name("fraud"));
    for name in ["model:base", "model:fraud"] {
        machine
            .run(&["gate", "admit", name])
            .exits(1)
            .says("contradictory");
    }
    machine
        .run(&["revoke", &id, "--reason", "a mistake"])
        .exits(0);
    for name in ["model:base", "model:fraud"] {
        machine.run(&["gate", "admit", name]).exits(0);
    }
    // By their contents it is no different.
    let base = admitted_digest(&machine, "base");
    let fraud = admitted_digest(&machine, "fraud");
    let by_digest =
        |name: &str, digest: &str| json!([{ "kind": "model", "name": name, "digest": digest }]);
    lineage(&machine, "model:fraud", &by_digest("base", &base));
    lineage(&machine, "model:base", &by_digest("fraud", &fraud));
    for name in ["model:base", "model:fraud"] {
        machine
            .run(&["gate", "admit", name])
            .exits(1)
            .says("contradictory");
    }
}

#[test]
fn a_configuration_demands_measurements() {
    let machine = machine();
    machine.write(
        "models/gatewright.toml",
        "[admit]\nrequire = [\"validation\", \"lineage\"]\n\n[[admit.validation]]\n\
         metric = \"accuracy\"\ndataset = \"dataset:holdout\"\nmin = 0.9\n",
    );
    admit(&machine, "fraud")
        .exits(1)
        .says("was not made on this content (accuracy)")
        .says("the configuration demands that");
    let claims = dataset(&machine);
    lineage(
        &machine,
        "model:fraud",
        &json!([{ "kind": "dataset", "name": "claims", "digest": claims }]),
    );
    accuracy(&machine, common::NOW, "model:fraud", 0.93);
    machine.run(&["gate", "admit", "model:fraud"]).exits(0);
    accuracy(&machine, LATER, "model:fraud", 0.89);
    machine
        .run_at(LATER, &["gate", "admit", "model:fraud"])
        .exits(1)
        .says("accuracy is 0.89, below 0.9");
}

#[test]
fn a_challenger_has_to_beat_the_champion() {
    let machine = machine();
    let first = admitted_digest(&machine, "fraud");
    let promote = ["model", "promote", "model:fraud", "--to", "production"];
    accuracy(&machine, common::NOW, &first, 0.90);
    machine.run(&promote).exits(0).says("is production now");

    model(&machine, "second", 9);
    let args = [
        "model",
        "admit",
        "../models/second",
        "--asset",
        "model:fraud",
    ];
    machine.run(&args).exits(0);
    let args = [args.as_slice(), &["--format", "json"]].concat();
    let second = digest(&machine.run(&args).json());
    accuracy(&machine, common::NOW, &second, 0.88);
    let place = machine.path("models/second").canonicalize().unwrap();
    let place = format!("path:{}", place.display());
    let challenge = [
        promote.as_slice(),
        &["--from", &place, "--against", "champion"],
    ]
    .concat();
    machine.run(&challenge).exits(2).says("by which metric");
    let challenge = [challenge.as_slice(), &["--metric", "accuracy"]].concat();
    machine
        .run(&challenge)
        .exits(1)
        .says("accuracy is 0.88 against 0.9");
    // The champion stays where it is.
    let serve = |name: &str| {
        let target = format!("../models/{name}");
        let args = [
            "--asset",
            "model:fraud",
            "--place",
            "environment:production",
        ];
        let args = [&["model", "serve-check", &target], args.as_slice()].concat();
        machine.run_at(
            LATER,
            &[&args, ["--", "echo", "serving"].as_slice()].concat(),
        )
    };
    serve("fraud").exits(0).says("serving");
    serve("second").exits(1).says_not("serving\n");

    accuracy(&machine, LATER, &second, 0.95);
    machine
        .run_at(LATER, &challenge)
        .exits(0)
        .says("production");
    serve("second").exits(0).says("serving");
    serve("fraud").exits(1).says("is not what model:fraud has");
    // What it has beaten does not come back through its own victory.
    let again = [
        "gate",
        "admit",
        "model:fraud",
        "--place",
        "environment:production",
    ];
    machine.run_at(LATER, &again).exits(0);
    machine.run(&["ledger", "verify"]).exits(0);
}

#[test]
fn a_person_has_to_approve_where_that_is_demanded() {
    let machine = machine();
    let key = ["keygen", "../bob.pem", "--no-passphrase"];
    let bob = machine.run(&key).exits(0);
    let id = bob.out.trim().to_owned();
    machine.write(
        "models/gatewright.toml",
        &format!(
            "[[authority]]\npredicate = \"approval\"\nassets = [\"model:*\"]\n\
             issuers = [\"{id}\"]\n\n[admit]\napprovals = 2\n"
        ),
    );
    admit(&machine, "fraud").exits(3).says("approve");
    let approve = [
        "attest",
        "model:fraud",
        "--type",
        "approval",
        "--gate",
        "admit",
        "--reason",
        "looks good",
    ];
    machine.run(&approve).exits(0);
    machine.run(&["gate", "admit", "model:fraud"]).exits(3);
    let other = [approve.as_slice(), &["--key", "../bob.pem"]].concat();
    machine
        .run(&other)
        .exits(0)
        .says("needs approval -> passes");
    machine.run(&["gate", "admit", "model:fraud"]).exits(0);
    // Other content is another question.
    model(&machine, "fraud", 7);
    admit(&machine, "fraud").exits(3);
}

#[test]
fn a_retired_model_serves_nowhere() {
    let machine = machine();
    admit(&machine, "fraud").exits(0);
    let promote = ["model", "promote", "model:fraud", "--to", "production"];
    machine.run(&promote).exits(0);
    machine
        .run(&["model", "retire", "model:fraud", "--reason", "replaced"])
        .exits(0)
        .says("passes -> does not pass");
    admit(&machine, "fraud").exits(1).says("retired");
    machine.run(&promote).exits(1).says("retired");
    machine
        .run(&[
            "model",
            "serve-check",
            "../models/fraud",
            "--",
            "echo",
            "serving",
        ])
        .exits(1)
        .says("nothing was started");
    // Its bytes are what is retired, whatever they are called.
    let renamed = ["model", "admit", "../models/fraud", "--asset", "model:new"];
    machine.run(&renamed).exits(1).says("retired");
}

#[test]
fn a_command_starts_only_if_the_model_may_be_served() {
    let machine = machine();
    let serve = ["model", "serve-check", "../models/fraud", "--", "sh", "-c"];
    let done = |script: &str| machine.run(&[serve.as_slice(), &[script]].concat());
    // Its output and its exit code are the command's.
    let first = done("echo serving; exit 7").exits(7);
    assert_eq!(first.out, "serving\n");
    // Nothing changed, so it is not scanned again: the second start states no more than a decision.
    let leaves = || {
        let checkpoint = machine.run(&["ledger", "checkpoint"]).exits(0).out;
        checkpoint.lines().nth(1).unwrap().parse::<u64>().unwrap()
    };
    let before = leaves();
    done("echo serving").exits(0).says("serving");
    assert_eq!(leaves(), before + 1);
    machine
        .run(&[
            "attest",
            "model:fraud",
            "--type",
            "quarantine",
            "--reason",
            "odd answers",
        ])
        .exits(0);
    let refused = done("echo serving").exits(1).says("odd answers");
    assert!(!refused.out.contains("serving\n"), "{}", refused.out);
    // Other content was not quarantined.
    model(&machine, "fraud", 5);
    done("echo serving").exits(0).says("serving");
    machine
        .run(&[
            "model",
            "serve-check",
            "../models/fraud",
            "--",
            "./no-such-program",
        ])
        .exits(2)
        .says("cannot start");
    machine
        .run(&["model", "serve-check", "../models/fraud"])
        .exits(2);
}

#[test]
fn a_drift_alarm_closes_the_gate_until_it_ends() {
    let machine = machine();
    admit(&machine, "fraud").exits(0);
    let drift = |alarm: bool| json!({ "alarm": alarm, "monitor": "psi" });
    state(&machine, common::NOW, "model:fraud", "drift", &drift(true));
    machine
        .run(&["gate", "admit", "model:fraud"])
        .exits(1)
        .says("(psi)");
    state(&machine, LATER, "model:fraud", "drift", &drift(false));
    machine
        .run_at(LATER, &["gate", "admit", "model:fraud"])
        .exits(0);
}

#[test]
fn a_signature_is_demanded_and_comes() {
    let machine = machine();
    machine.write(
        "models/gatewright.toml",
        "[admit]\nrequire = [\"signature\"]\n",
    );
    admit(&machine, "fraud")
        .exits(1)
        .says("demands a signature");
    let digest = format!("sha256:{}", "0".repeat(64));
    let signer = json!({ "key": "1".repeat(64) });
    let signature = json!({ "form": "oms", "signer": signer, "root": digest, "bundle": digest });
    state(
        &machine,
        common::NOW,
        "model:fraud",
        "signature",
        &signature,
    );
    machine.run(&["gate", "admit", "model:fraud"]).exits(0);
}

#[test]
fn an_advisory_closes_this_gate_as_well() {
    let machine = machine();
    machine.write(
        "models/fraud/Cargo.lock",
        &cargo_lock(&[("zz-affected", "1.0.0")]),
    );
    admit(&machine, "fraud").exits(0);
    machine.write(
        "record.json",
        &advisory("TEST-2026-1", "zz-affected", "1.2.3"),
    );
    machine
        .run(&["db", "import", "../record.json"])
        .exits(0)
        .says("model:fraud");
    machine
        .run(&["gate", "admit", "model:fraud"])
        .exits(1)
        .says("TEST-2026-1");
}

#[test]
fn malformed_statements_about_models_are_refused() {
    let machine = machine();
    admit(&machine, "fraud").exits(0);
    for (kind, predicate) in [
        ("lineage", json!({ "inputs": [] })),
        ("drift", json!({ "alarm": "maybe" })),
        ("model-stage", json!({ "from": "x" })),
        ("signature", json!({ "form": "oms" })),
        (
            "test-result",
            json!({ "result": "PASSED", "https://gatewright.dev/test-metrics/v1": [] }),
        ),
    ] {
        machine.write("predicate.json", &predicate.to_string());
        let args = [
            "attest",
            "model:fraud",
            "--type",
            kind,
            "--predicate",
            "../predicate.json",
        ];
        machine.run(&args).exits(2).says("is not a");
    }
}

#[test]
fn a_signature_is_verified_and_its_signer_is_a_fact() {
    let machine = machine();
    machine
        .run(&["keygen", "../signer.pem", "--no-passphrase"])
        .exits(0);
    machine
        .run(&["keygen", "../other.pem", "--no-passphrase"])
        .exits(0);
    machine.write(
        "models/gatewright.toml",
        "[admit]\nrequire = [\"signature\"]\n",
    );
    machine
        .run(&[
            "sign",
            "../models/fraud",
            "--signature",
            "../model.sig",
            "--private-key",
            "../signer.pem",
            "--ed25519-extension",
        ])
        .exits(0);
    let signed = |more: &[&str]| {
        let args = [
            "model",
            "admit",
            "../models/fraud",
            "--signature",
            "../model.sig",
        ];
        machine.run(&[args.as_slice(), more].concat())
    };
    signed(&[]).exits(2).says("whose signature");
    signed(&["--public-key", "../other.pem.pub"])
        .exits(1)
        .says("the signature is refused");
    machine
        .run(&["model", "admit", "../models/fraud"])
        .exits(1)
        .says("demands a signature");
    signed(&["--public-key", "../signer.pem.pub"]).exits(0);
    machine.run(&["gate", "admit", "model:fraud"]).exits(0);
    machine
        .run(&[
            "model",
            "serve-check",
            "../models/fraud",
            "--signature",
            "../model.sig",
            "--public-key",
            "../signer.pem.pub",
            "--",
            "echo",
            "serving",
        ])
        .exits(0)
        .says("serving");
    // A file more is another content, which nobody signed.
    machine.write("models/fraud/extra.txt", "x");
    signed(&["--public-key", "../signer.pem.pub"])
        .exits(1)
        .says("refused");
}

#[test]
fn the_whole_path_to_production_and_out_of_it() {
    let machine = machine();
    machine.write(
        "models/.gatewright/policies/production.cedar",
        "@id(\"people\")\n@message(\"A person answers for what goes into production\")\n\
         forbid (principal, action == Action::\"admit:pass\", resource)\n\
         when { context.place has value && context.place.value == \"environment:production\" }\n\
         unless { context.approvals has value && context.approvals.value.count > 0 };\n",
    );
    machine.write(
        "models/gatewright.toml",
        "[admit.champion]\nmetric = \"accuracy\"\nmin_gain = 0.01\n",
    );
    let promote = |to: &str| machine.run(&["model", "promote", "model:fraud", "--to", to]);
    let production = [
        "gate",
        "admit",
        "model:fraud",
        "--place",
        "environment:production",
    ];
    promote("staged").exits(2).says("nothing is known");
    admit(&machine, "fraud").exits(0);
    promote("staged").exits(0).says("model:fraud is staged now");
    // The policy is about production, and so is the approval.
    promote("production")
        .exits(3)
        .says("A person answers for what goes into production");
    machine
        .run(&production)
        .exits(2)
        .says("model:fraud has nothing at environment:production; it is at");
    let approve = |content: &str| {
        let args = ["attest", content, "--type", "approval", "--gate", "admit"];
        let args = [args.as_slice(), &["--reason", "reviewed"]].concat();
        machine.run(&args).exits(0)
    };
    approve("model:fraud");
    let first = admitted_digest(&machine, "fraud");
    accuracy(&machine, common::NOW, &first, 0.9);
    promote("production").exits(0).says("is production now");
    machine.run(&production).exits(0);

    // The next content is compared without being asked for, and needs an approval of its own.
    model(&machine, "fraud", 6);
    let second = admitted_digest(&machine, "fraud");
    promote("staged").exits(0);
    accuracy(&machine, common::NOW, &second, 0.905);
    approve(&second);
    promote("production")
        .exits(1)
        .says("accuracy is 0.905 against 0.9");
    accuracy(&machine, LATER, &second, 0.92);
    machine
        .run_at(
            LATER,
            &["model", "promote", "model:fraud", "--to", "production"],
        )
        .exits(0);
    machine.run_at(LATER, &production).exits(0);
    let retire = [
        "model",
        "retire",
        "model:fraud",
        "--place",
        "environment:production",
    ];
    machine
        .run_at(
            LATER,
            &[retire.as_slice(), &["--reason", "replaced"]].concat(),
        )
        .exits(0)
        .says("passes -> does not pass");
    // Nothing is there any more, and nothing of this content comes back.
    machine
        .run_at(LATER, &production)
        .exits(2)
        .says("nothing is known of model:fraud");
    machine
        .run_at(LATER, &["model", "admit", "../models/fraud"])
        .exits(1)
        .says("retired");
    machine.run(&["ledger", "verify"]).exits(0);
}

#[cfg(unix)]
#[test]
fn the_command_takes_the_place_of_the_check() {
    use std::process::{Command, Stdio};

    let machine = machine();
    let start = |script: &str| {
        Command::new(env!("CARGO_BIN_EXE_gatewright"))
            .args(["--at", common::NOW, "--data"])
            .arg(machine.path("data"))
            .args([
                "model",
                "serve-check",
                "../models/fraud",
                "--",
                "sh",
                "-c",
                script,
            ])
            .current_dir(machine.project())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    };
    // The same process: whoever started and watches it watches the command.
    let child = start("echo $$");
    let pid = child.id();
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        String::from_utf8(output.stdout).unwrap().trim(),
        pid.to_string()
    );
    // A signal reaches it, and how it ended is how the check ended.
    let ended = start("kill -TERM $$; sleep 60").wait().unwrap();
    assert_eq!(
        std::os::unix::process::ExitStatusExt::signal(&ended),
        Some(15)
    );
    // What the files are changed to afterwards is for the next start to see.
    let script = "rm ../models/fraud/model.safetensors; exit 5";
    assert_eq!(start(script).wait().unwrap().code(), Some(5));
    assert_eq!(start("exit 0").wait().unwrap().code(), Some(2));
}
