//! Events that OpenLineage's own client writes to a file are read.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy does not know that helpers of tests are tests"
)]

use std::path::PathBuf;
use std::process::Command;

use gw_flow::claims;

/// Three runs, of which the second takes what the first put out; each tells its inputs when it
/// starts and its outputs when it is complete.
const SCRIPT: &str = r#"
import sys
from datetime import datetime, timezone
from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.facet_v2 import (
    datasource_dataset, dataset_version_dataset, source_code_location_job)
from openlineage.client.transport.file import FileConfig, FileTransport
from openlineage.client.uuid import generate_new_uuid

client = OpenLineageClient(transport=FileTransport(FileConfig(log_file_path=sys.argv[1], append=True)))

def step(job, takes, makes, end=RunState.COMPLETE):
    run = Run(runId=str(generate_new_uuid()))
    code = source_code_location_job.SourceCodeLocationJobFacet(
        type="git", url="https://example.org/team/app",
        repoUrl="https://example.org/team/app.git", version="b" * 40)
    job = Job(namespace="etl", name=job, facets={"sourceCodeLocation": code})
    source = lambda name: {
        "dataSource": datasource_dataset.DatasourceDatasetFacet(name="s3", uri="s3://bucket/" + name),
        "version": dataset_version_dataset.DatasetVersionDatasetFacet(datasetVersion="c" * 64)}
    takes = [InputDataset(namespace="s3://bucket", name=n, facets=source(n)) for n in takes]
    makes = [OutputDataset(namespace="s3://bucket", name=n) for n in makes]
    now = lambda: datetime.now(timezone.utc).isoformat()
    emit = lambda state, takes, makes: client.emit(RunEvent(
        eventType=state, eventTime=now(), run=run, job=job, producer="https://example.org",
        inputs=takes, outputs=makes))
    emit(RunState.START, takes, [])
    emit(end, [], makes)

step("clean", ["raw"], ["clean"])
step("train", ["clean"], ["model/fraud"])
step("broken", ["poison"], ["model/fraud"], RunState.FAIL)
step("report", ["unrelated"], ["report"])
"#;

#[test]
fn what_the_client_writes_is_read() {
    let environment = std::env::var_os("GW_TEST_ENV")
        .unwrap_or_else(|| panic!("GW_TEST_ENV is not set: `cargo xtask test` sets it"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.ndjson");
    let status = Command::new(PathBuf::from(environment).join("python/bin/python"))
        .args(["-c", SCRIPT])
        .arg(&file)
        .status()
        .unwrap();
    assert!(status.success(), "{status}");
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(text.lines().count(), 8);
    let lineage = claims::read(&text, Some("model/fraud")).unwrap();
    let rows: Vec<_> = lineage
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
    let commit = format!("git+https://example.org/team/app.git@{}", "b".repeat(40));
    let expected = [
        ("dataset", "clean", Some("s3://bucket/clean"), true),
        ("dataset", "raw", Some("s3://bucket/raw"), true),
        (
            "code",
            "https://example.org/team/app.git",
            Some(commit.as_str()),
            false,
        ),
    ];
    assert_eq!(rows, expected);
}
