//! `record`: what is stated about a step, with and without watching it.

#![cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy does not know that helpers of tests are tests"
)]

mod common;

use common::Machine;
use gw_attest::predicate::{InputKind, inputs_of};
use gw_attest::{Envelope, Statement};
use gw_core::Digest;
use serde_json::Value;

/// The statements that a run wrote to `statements`.
fn statements(machine: &Machine) -> Vec<Statement> {
    let text = std::fs::read_to_string(machine.path("project/../statements")).unwrap();
    let read = |line: &str| Envelope::parse(line.as_bytes()).unwrap();
    text.lines()
        .map(|line| read(line).unverified_statement().unwrap())
        .collect()
}

fn predicate(statement: &Statement) -> Value {
    statement.predicate_as().unwrap()
}

/// What the provenance says went in: kind, name and whether the content is known.
fn inputs(statement: &Statement) -> Vec<(InputKind, String, Option<Digest>)> {
    let inputs = inputs_of(statement).unwrap().unwrap();
    let one = |input: gw_attest::predicate::LineageInput| (input.kind, input.name, input.digest);
    inputs.into_iter().map(one).collect()
}

fn digest(text: &str) -> Option<Digest> {
    Some(Digest::of(text.as_bytes()))
}

/// A step that reads, writes, moves, removes and starts others.
const STEP: &str = "\
set -e
read -r first < data/in.csv
mkdir -p scratch out
cat data/more.csv > scratch/part
sh -c 'cat scratch/part data/again.csv > out/model.tmp'
mv out/model.tmp out/model.bin
mv scratch/part scratch/other
cp out/model.bin report.txt
rm -r scratch
echo changed > data/in.csv
echo \"$first\"
";

fn machine() -> Machine {
    let machine = Machine::new();
    machine.write("project/train.sh", STEP);
    machine.write("project/data/in.csv", "first line\n");
    machine.write("project/data/more.csv", "more\n");
    machine.write("project/data/again.csv", "again\n");
    machine.write("project/unused.csv", "unused\n");
    machine
}

#[test]
fn what_a_step_does_is_seen() {
    let machine = machine();
    let done = machine.run(&[
        "record",
        "--output",
        "model:fraud=out",
        "--bundle",
        "../statements",
        "--",
        "sh",
        "train.sh",
        "--token",
        "abcdef",
    ]);
    assert_eq!(done.code, 0, "{}{}", done.out, done.err);
    assert_eq!(done.out, "first line\n", "the step's output is its own");
    let statements = statements(&machine);
    let [statement] = statements.as_slice() else {
        panic!("one statement is expected");
    };
    // The content before the step changed it.
    use InputKind::{Code, Dataset};
    let expected = [
        (Dataset, "data/again.csv".to_owned(), digest("again\n")),
        (Dataset, "data/in.csv".to_owned(), digest("first line\n")),
        (Dataset, "data/more.csv".to_owned(), digest("more\n")),
        (Code, "train.sh".to_owned(), digest(STEP)),
    ];
    assert_eq!(inputs(statement), expected);
    let predicate = predicate(statement);
    let byproducts = &predicate["runDetails"]["byproducts"];
    let names: Vec<_> = byproducts
        .as_array()
        .unwrap()
        .iter()
        .map(|b| &b["name"])
        .collect();
    assert_eq!(names, ["data/in.csv", "report.txt"]);
    let definition = &predicate["buildDefinition"];
    let command = &definition["externalParameters"]["command"];
    assert_eq!(
        command,
        &serde_json::json!(["sh", "train.sh", "--token", "[redacted]"])
    );
    let internal = &definition["internalParameters"];
    assert_eq!(internal["files"]["observed"], true, "{internal}");
    assert_eq!(internal["files"]["notes"], serde_json::json!([]));
    let variables = internal["environmentVariables"].as_array().unwrap();
    assert!(
        variables.contains(&"PATH".into())
            && !variables.iter().any(|v| v.as_str().unwrap().contains('='))
    );
    let programs = definition["resolvedDependencies"].to_string();
    assert!(programs.contains("/cat\""), "{programs}");

    // The subject is what a scan of the same folder calls it, and is bound as a scan would.
    let scan = machine.run(&["scan", "out", "--asset", "model:fraud", "--format", "json"]);
    let report: Value = serde_json::from_str(&scan.out).unwrap();
    let subject = serde_json::to_value(&statement.subject).unwrap();
    assert_eq!(
        subject[0]["digest"]["sha256"],
        report["subject"]["digest"]["sha256"]
    );
    assert_eq!(statement.asset().unwrap().as_str(), "model:fraud");
    let proved = machine.run(&["ledger", "prove", "model:fraud"]);
    assert_eq!(proved.code, 0, "{}", proved.err);
}

#[test]
fn what_is_declared_keeps_its_name() {
    let machine = machine();
    let done = machine.run(&[
        "record",
        "--input",
        "dataset:claims=data",
        "--input",
        "idle=unused.csv",
        "--input",
        "model:base=hf://me:pw@acme/base",
        "--output",
        "model:fraud=out",
        "--output",
        "report=report.txt",
        "--bundle",
        "../statements",
        "--",
        "sh",
        "train.sh",
    ]);
    assert_eq!(done.code, 0, "{}{}", done.out, done.err);
    let statements = statements(&machine);
    assert_eq!(statements.len(), 2, "one for each output");
    let inputs = inputs(&statements[0]);
    let names: Vec<_> = inputs
        .iter()
        .map(|(_, name, digest)| (name.as_str(), digest.is_some()))
        .collect();
    let expected = [
        ("dataset:claims", true),
        ("dataset:idle", true),
        ("model:base", false),
        ("train.sh", true),
    ];
    assert_eq!(names, expected);
    let dependencies = predicate(&statements[0])["buildDefinition"]["resolvedDependencies"].clone();
    let annotation = |at: usize, name: &str| {
        dependencies[at]["annotations"][format!("https://gatewright.dev/lineage/{name}")].clone()
    };
    assert_eq!(annotation(0, "read"), true);
    assert_eq!(annotation(0, "changed"), true);
    assert_eq!(annotation(1, "read"), false);
    assert_eq!(dependencies[2]["uri"], "hf://[redacted]@acme/base");
    let everything = predicate(&statements[0]).to_string();
    assert!(!everything.contains("me:pw"), "{everything}");
    assert_eq!(statements[1].asset().unwrap().as_str(), "model:report");
}

#[test]
fn failure_is_passed_on_and_not_stated() {
    let machine = machine();
    let check = |script: &str, more: &[&str], code: i32, word: &str| {
        let mut args = vec!["record", "--bundle", "../statements"];
        args.extend(more);
        args.extend(["--", "sh", "-c", script]);
        let done = machine.run(&args);
        assert_eq!(done.code, code, "{script}: {}", done.err);
        assert!(done.err.contains(word), "{script}: {}", done.err);
        let stated = machine.path("statements").exists();
        let _ = std::fs::remove_file(machine.path("statements"));
        stated
    };
    for observe in [&[][..], &["--no-observe"]] {
        assert!(!check("echo x > y; exit 7", observe, 7, "exit code 7"));
        assert!(!check("kill -TERM $$", observe, 143, "signal 15"));
    }
    let out = &["--output", "out"];
    assert!(!check("true", out, 2, "not there"));
    machine.write("project/out/model.bin", "old");
    assert!(!check("cat out/model.bin", out, 2, "wrote nothing to out"));
    assert!(!check("true", &[], 2, "--output"));
    let always = &["--always", "--output", "y"];
    assert!(check("echo x > y; exit 7", always, 7, "stated"));
    let done = machine.run(&["record", "--input", "gone.csv", "--", "touch", "ran"]);
    assert_eq!(done.code, 2);
    assert!(
        !machine.path("project/ran").exists(),
        "fails before the step"
    );
    let done = machine.run(&["record", "--", "no-such-command-here"]);
    assert_eq!(done.code, 127, "{}", done.err);
}

#[test]
fn what_was_not_watched_is_said() {
    let machine = machine();
    let done = machine.run(&[
        "record",
        "--no-observe",
        "--output",
        "model:fraud=out",
        "--bundle",
        "../statements",
        "--",
        "sh",
        "train.sh",
    ]);
    assert_eq!(done.code, 0, "{}", done.err);
    let predicate = predicate(&statements(&machine)[0]);
    let files = &predicate["buildDefinition"]["internalParameters"]["files"];
    assert_eq!(files["observed"], false);
    assert_eq!(files["because"], "it was not asked for");
}

#[test]
fn the_work_tree_is_named_by_its_commit() {
    let machine = machine();
    machine.git(&["init", "-q"]);
    machine.git(&[
        "remote",
        "add",
        "origin",
        "https://example.org/team/app.git",
    ]);
    machine.git(&["add", "."]);
    machine.git(&["commit", "-qm", "all"]);
    for clean in [true, false] {
        let done = machine.run(&[
            "record",
            "--output",
            "model:fraud=out",
            "--bundle",
            "../statements",
            "--",
            "sh",
            "train.sh",
        ]);
        assert_eq!(done.code, 0, "{}", done.err);
        let predicate = predicate(&statements(&machine)[0]);
        let dependencies = predicate["buildDefinition"]["resolvedDependencies"]
            .as_array()
            .unwrap()
            .clone();
        let code = dependencies
            .iter()
            .find(|d| d["uri"] == "git+https://example.org/team/app")
            .unwrap();
        assert_eq!(code["digest"]["gitCommit"].as_str().unwrap().len(), 40);
        // The first run changes a file that the commit has.
        assert_eq!(
            code["annotations"]["https://gatewright.dev/lineage/clean"],
            clean
        );
    }
}

#[test]
fn threads_and_folders_that_move_are_followed() {
    let machine = machine();
    machine.write(
        "project/train.sh",
        "mkdir -p tmp/deep && for i in 1 2 3 4 5 6 7 8; do (cat data/in.csv > tmp/deep/$i) & done; \
         wait; mv tmp final; ln final/deep/1 final/linked; ln -s deep final/link; \
         cat final/link/2 > final/three",
    );
    let done = machine.run(&[
        "record",
        "--bundle",
        "../statements",
        "--",
        "sh",
        "train.sh",
    ]);
    assert_eq!(done.code, 0, "{}", done.err);
    let statement = &statements(&machine)[0];
    let names: Vec<_> = statement
        .subject
        .iter()
        .filter_map(|s| s.name.clone())
        .collect();
    let mut expected: Vec<_> = (1..=8).map(|n| format!("final/deep/{n}")).collect();
    expected.extend(["final/linked", "final/three"].map(str::to_owned));
    assert_eq!(names, expected);
    let names: Vec<_> = inputs(statement)
        .into_iter()
        .map(|(_, name, _)| name)
        .collect();
    assert_eq!(names, ["data/in.csv", "train.sh"]);
}

#[test]
fn signals_reach_the_command() {
    use std::io::Read as _;
    use std::process::{Command, Stdio};

    let machine = machine();
    for observe in [true, false] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gatewright"));
        command
            .arg("--data")
            .arg(machine.path("data"))
            .arg("record");
        if !observe {
            command.arg("--no-observe");
        }
        let script = "trap 'echo caught; exit 9' TERM; echo ready; while :; do sleep 0.05; done";
        let mut child = command
            .args(["--", "sh", "-c", script])
            .current_dir(machine.project())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut out = child.stdout.take().unwrap();
        let mut ready = [0; 6];
        out.read_exact(&mut ready).unwrap();
        let kill = Command::new("kill")
            .args(["-TERM", &child.id().to_string()])
            .status()
            .unwrap();
        assert!(kill.success());
        let mut rest = String::new();
        out.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "caught\n");
        assert_eq!(child.wait().unwrap().code(), Some(9));
    }
}
