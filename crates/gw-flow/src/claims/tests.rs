use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

/// Kind, name, address, and whether the content is known.
type Row<'r> = (&'r str, &'r str, Option<&'r str>, bool);

#[track_caller]
fn check(found: Result<Lineage, ClaimError>, source: &str, expected: &[Row<'_>]) {
    let found = found.unwrap();
    let rows: Vec<_> = found
        .inputs
        .iter()
        .map(|input| {
            (
                input.kind.as_str(),
                input.name.as_str(),
                input.uri.as_deref(),
                input.digest.is_some(),
            )
        })
        .collect();
    assert_eq!(rows, expected);
    assert_eq!(found.source, source);
}

const RUN: &str = r#"{
  "info": {"run_id": "94dd", "status": "FINISHED"},
  "data": {"params": {"model_name_or_path": "acme/base", "lr": "0.1"},
           "tags": {"mlflow.source.git.commit": "aaaa",
                    "mlflow.source.git.repoURL": "https://example.org/app.git"}},
  "inputs": {"model_inputs": [{"model_id": "m-1"}], "dataset_inputs": [
    {"dataset": {"name": "claims", "digest": "abcd1234",
                 "source": "{\"url\": \"https://example.com/claims.csv\"}"},
     "tags": {"mlflow.data.context": "training"}},
    {"dataset": {"name": "claims-test", "source": "{}"},
     "tags": {"mlflow.data.context": "Evaluation"}},
    {"dataset": {"name": "plain", "source": "no json"}}]}}"#;

const OF_RUN: &[Row<'_>] = &[
    (
        "dataset",
        "claims",
        Some("https://example.com/claims.csv"),
        false,
    ),
    ("dataset", "plain", None, false),
    ("model", "acme/base", None, false),
    ("model", "m-1", None, false),
    (
        "code",
        "https://example.org/app.git",
        Some("git+https://example.org/app.git@aaaa"),
        false,
    ),
];

#[test]
fn runs_of_mlflow_in_both_forms_of_json() {
    check(read(RUN, None), "mlflow", OF_RUN);
    let listed = |object: &str, key: &str, value: &str| {
        object.replace(
            &format!("{{\"{key}\": \"{value}\"}}"),
            &format!("[{{\"key\": \"{key}\", \"value\": \"{value}\"}}]"),
        )
    };
    let rest = listed(RUN, "mlflow.data.context", "training");
    let rest = format!(
        "{{\"run\": {}}}",
        listed(&rest, "mlflow.data.context", "Evaluation")
    );
    check(read(&rest, None), "mlflow", OF_RUN);
}

#[test]
fn runs_of_mlflow_as_folders() {
    let files = [
        ("meta.yaml", "run_id: 94dd\nstatus: 3\n"),
        ("params/base_model", "acme/base\n"),
        ("tags/mlflow.source.name", "train.py"),
        (
            "inputs/1/meta.yaml",
            "source_type: DATASET\nsource_id: d1\ntags:\n  mlflow.data.context: training\n",
        ),
        (
            "inputs/2/meta.yaml",
            "source_type: DATASET\nsource_id: d2\ntags:\n  mlflow.data.context: test\n",
        ),
        (
            "inputs/3/meta.yaml",
            "source_type: DATASET\nsource_id: d3\n",
        ),
        (
            "../datasets/d1/meta.yaml",
            "name: claims\nsource: '{\"uri\": \"s3://b/claims\"}'\n",
        ),
        ("../datasets/d2/meta.yaml", "name: claims-test\n"),
    ];
    let files: BTreeMap<_, _> = files
        .iter()
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
        .collect();
    check(
        mlflow::folder(&files),
        "mlflow",
        &[
            ("dataset", "claims", Some("s3://b/claims"), false),
            ("dataset", "d3", None, false),
            ("model", "acme/base", None, false),
            ("code", "train.py", None, false),
        ],
    );
    assert_eq!(mlflow::folder(&BTreeMap::new()), Err(ClaimError::Unknown));
}

fn event(run: &str, kind: &str, inputs: &str, outputs: &str) -> String {
    format!(
        r#"{{"eventType":"{kind}","run":{{"runId":"{run}"}},"job":{{"namespace":"j","name":"{run}"}},"inputs":[{inputs}],"outputs":[{outputs}]}}"#
    )
}

fn dataset(name: &str, facets: &str) -> String {
    format!(r#"{{"namespace":"s3://b","name":"{name}","facets":{{{facets}}}}}"#)
}

#[test]
fn events_of_a_run_are_one_and_runs_are_followed() {
    let version = format!(r#""version":{{"datasetVersion":"{}"}}"#, "c".repeat(64));
    let model = r#""datasetType":{"datasetType":"MODEL"}"#;
    let lines = [
        event("clean", "START", &dataset("raw", &version), ""),
        event("clean", "COMPLETE", "", &dataset("clean", "")),
        event(
            "train",
            "START",
            &format!("{},{}", dataset("clean", ""), dataset("base", model)),
            "",
        ),
        event("train", "COMPLETE", "", &dataset("fraud", "")),
        event(
            "broken",
            "START",
            &dataset("poison", ""),
            &dataset("fraud", ""),
        ),
        event("broken", "FAIL", "", ""),
        event(
            "other",
            "COMPLETE",
            &dataset("unrelated", ""),
            &dataset("report", ""),
        ),
    ];
    let expected: &[Row<'_>] = &[
        ("dataset", "clean", Some("s3://b/clean"), false),
        ("dataset", "raw", Some("s3://b/raw"), true),
        ("model", "base", Some("s3://b/base"), false),
    ];
    let ndjson = lines.join("\n\n");
    check(read(&ndjson, Some("fraud")), "openlineage", expected);
    check(read(&ndjson, Some("s3://b/fraud")), "openlineage", expected);
    let list = format!("[{}]", lines.join(","));
    check(read(&list, Some("fraud")), "openlineage", expected);
    assert!(matches!(read(&ndjson, None), Err(ClaimError::Which(text)) if text.contains("report")));
    assert!(matches!(
        read(&ndjson, Some("gone")),
        Err(ClaimError::Which(_))
    ));
    // A circle ends.
    let circle = [
        event("a", "COMPLETE", &dataset("x", ""), &dataset("y", "")),
        event("b", "COMPLETE", &dataset("y", ""), &dataset("x", "")),
    ];
    check(
        read(&circle.join("\n"), Some("x")),
        "openlineage",
        &[("dataset", "y", Some("s3://b/y"), false)],
    );
}

const LOCK: &str = "\
schema: '2.0'
stages:
  prepare:
    cmd: python prepare.py
    deps:
    - path: data/raw
      md5: abc.dir
    - path: prepare.py
      md5: def
    outs:
    - path: data/clean
      md5: aaa.dir
  train:
    cmd: python train.py
    deps:
    - path: base.safetensors
    - path: data/clean/train.csv
    outs:
    - path: model.pkl
      md5: bbb
";

#[test]
fn stages_of_dvc_are_followed() {
    check(
        read(LOCK, None),
        "dvc",
        &[
            ("dataset", "data/clean/train.csv", None, false),
            ("dataset", "data/raw", None, false),
            ("model", "base.safetensors", None, false),
            ("code", "prepare.py", None, false),
        ],
    );
    check(
        read(LOCK, Some("data/clean")),
        "dvc",
        &[
            ("dataset", "data/raw", None, false),
            ("code", "prepare.py", None, false),
        ],
    );
    assert!(matches!(
        read(LOCK, Some("gone")),
        Err(ClaimError::Which(_))
    ));
}

#[test]
fn what_is_no_record_is_refused_with_its_place() {
    for unknown in [
        "",
        "a: b",
        "{}",
        "[]",
        "[1]",
        "{\"a\": 1}\n{\"b\": 2}",
        "plain",
    ] {
        assert_eq!(read(unknown, None), Err(ClaimError::Unknown), "{unknown}");
    }
    let line = |text: &str| match read(text, None) {
        Err(ClaimError::Malformed { line, .. }) => line,
        other => panic!("{text}: {other:?}"),
    };
    assert_eq!(line("{\n\"a\": x}"), 2);
    let good = event("a", "COMPLETE", "", &dataset("x", ""));
    assert_eq!(line(&format!("{good}\n{{broken")), 2);
}

proptest! {
    #[test]
    fn damaged_records_do_no_harm(
        which in 0..3_usize,
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<char>()), 1..6),
    ) {
        let lines = [
            event("a", "START", &dataset("x", ""), ""),
            event("a", "COMPLETE", "", &dataset("y", "")),
        ];
        let mut text: Vec<char> = [RUN, LOCK, &lines.join("\n")][which].chars().collect();
        for (index, c) in edits {
            let at = index.index(text.len());
            text[at] = c;
        }
        let text: String = text.into_iter().collect();
        let _ = read(&text, None);
        let _ = read(&text, Some("y"));
    }
}
