//! Statements, keys, the ledger's notes and bundles, policies and configuration.

use gw_attest::predicate::{self, inputs_of, metrics_of};
use gw_attest::{Envelope, PublicKey, SigningKey, Statement};
use gw_core::parse_time;
use gw_flow::config::Config;
use gw_ledger::{
    Bundle, Checkpoint, Content, Leaf, LeafKind, Log, MemoryTiles, Note, NoteSigner, Salt, Scope,
    Tile, VerifierKey, WitnessRequest, parse_entries, parse_hashes, push_entry, verify,
};
use gw_policy::{Policies, PolicyFile, keys_of, run_tests};

fn text(data: &[u8], run: impl Fn(&str)) {
    if let Ok(text) = std::str::from_utf8(data) {
        run(text);
    }
}

fn key() -> SigningKey {
    SigningKey::from_seed(&[1; 32])
}

fn signer() -> NoteSigner {
    NoteSigner::log("gatewright.example/log", key()).expect("the name is valid")
}

/// A DSSE envelope and the statement in it; both round.
pub fn envelope(data: &[u8]) {
    if let Ok(envelope) = Envelope::parse(data) {
        let bytes = envelope.to_json().expect("what was read can be written");
        assert!(
            Envelope::parse(&bytes).is_ok(),
            "what was written can be read"
        );
        let _ = (
            envelope.unverified_statement(),
            envelope.verify(&[key().public()]),
        );
    }
    if let Ok(statement) = Statement::parse(data) {
        let bytes = statement.to_json().expect("what was read can be written");
        assert!(
            Statement::parse(&bytes).is_ok(),
            "what was written can be read"
        );
        let _ = (statement.asset(), statement.claim_digest());
        facts(&statement);
    }
}

/// What a statement amounts to: the facts that it touches, what it says went into its subject, and
/// what it measured.
fn facts(statement: &Statement) {
    let keys = keys_of(statement);
    assert!(keys.is_sorted(), "keys are in order");
    if let Ok(Some(inputs)) = inputs_of(statement) {
        assert!(inputs.is_sorted(), "inputs are in order");
        for input in inputs {
            let _ = input.asset();
        }
    }
    if let Ok(Some(measured)) = metrics_of(statement) {
        for metric in measured.metrics {
            let _ = metric.is_within();
        }
    }
}

/// The predicate of a statement about a model, of each type that is read.
pub fn model_statement(data: &[u8]) {
    text(data, |predicate| {
        for kind in [
            predicate::LINEAGE,
            predicate::PROVENANCE,
            predicate::TEST_RESULT,
            predicate::MODEL_STAGE,
            predicate::DRIFT,
            predicate::SIGNATURE,
        ] {
            let json = format!(
                r#"{{"_type":"https://in-toto.io/Statement/v1","subject":[{{"digest":{{"sha256":"{}"}}}}],"predicateType":"{kind}","predicate":{predicate}}}"#,
                "0".repeat(64)
            );
            if let Ok(statement) = Statement::parse(json.as_bytes()) {
                facts(&statement);
            }
        }
    });
}

/// One predicate of each type.
pub fn model_statements() -> Vec<Vec<u8>> {
    [
        r#"{"source":"mlflow","inputs":[{"kind":"dataset","name":"claims","digest":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}]}"#,
        r#"{"buildDefinition":{"resolvedDependencies":[{"name":"x","digest":{"sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},"annotations":{"https://gatewright.dev/lineage/kind":"model"}}]},"runDetails":{"builder":{"id":"b"}}}"#,
        r#"{"result":"PASSED","configuration":[{"name":"s"}],"https://gatewright.dev/test-metrics/v1":{"dataset":{"name":"d"},"metrics":[{"name":"auc","value":0.9,"min":0.5}]}}"#,
        r#"{"from":"candidate","to":"retired","reason":"r","by":"b"}"#,
        r#"{"alarm":true,"monitor":"psi"}"#,
        r#"{"form":"oms","signer":{"certificate":{"identity":"a","issuer":"b"}},"root":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","bundle":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}"#,
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}

/// An envelope as it is, and the statement in it.
pub fn envelopes() -> Vec<Vec<u8>> {
    let json = br#"{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"a","digest":{"sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}}],"predicateType":"https://example.com/p/v1","predicate":{}}"#;
    let payload = "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEifQ==";
    let envelope = format!(
        r#"{{"payloadType":"application/vnd.in-toto+json","payload":"{payload}","signatures":[{{"keyid":"x","sig":"AAAA"}}]}}"#
    );
    vec![json.to_vec(), envelope.into_bytes()]
}

/// A public key in PEM, and a private one without a passphrase.
pub fn public_key(data: &[u8]) {
    text(data, |pem| {
        if let Ok(key) = PublicKey::from_pem(pem) {
            assert!(PublicKey::from_pem(&key.to_pem()).is_ok_and(|again| again.id() == key.id()));
        }
        let _ = SigningKey::from_pem(pem, None);
        let _ = pem.parse::<VerifierKey>();
    });
}

/// Keys in each form.
pub fn public_keys() -> Vec<Vec<u8>> {
    let private = key().to_pem(None).expect("it can be written");
    vec![
        key().public().to_pem().into_bytes(),
        private.as_bytes().to_vec(),
        signer().verifier().to_string().into_bytes(),
    ]
}

/// A signed note, a checkpoint; the note rounds.
pub fn note(data: &[u8]) {
    text(data, |text| {
        if let Ok(note) = Note::parse(text) {
            assert_eq!(note.to_string(), text);
            let _ = note.verified(&[signer().verifier().clone()]);
        }
        let _ = Checkpoint::open(text, signer().verifier());
        let _ = Tile::parse(text);
    });
}

fn log(size: u64) -> Log<MemoryTiles> {
    let mut log = Log::open(MemoryTiles::default(), signer().verifier()).expect("it is empty");
    let leaves: Vec<Leaf> = (0..size)
        .map(|index| Leaf::commit(LeafKind::STATEMENT, &salt(), &record(index)))
        .collect();
    log.append(&leaves, &signer()).expect("memory takes it");
    log
}

fn salt() -> Salt {
    Salt::from_bytes([7; 32])
}

fn record(index: u64) -> Vec<u8> {
    format!("record {index}").into_bytes()
}

/// A checkpoint.
pub fn notes() -> Vec<Vec<u8>> {
    let log = log(3);
    let checkpoint = log.checkpoint().expect("there is one");
    vec![
        checkpoint.to_string().into_bytes(),
        b"tile/0/x001/067.p/3".to_vec(),
    ]
}

/// What a log asks of a witness.
pub fn witness_request(data: &[u8]) {
    text(data, |body| {
        if let Ok(request) = WitnessRequest::parse(body) {
            assert!(WitnessRequest::parse(&request.body()).is_ok());
        }
    });
}

/// A request with a proof.
pub fn witness_requests() -> Vec<Vec<u8>> {
    let log = log(3);
    let checkpoint = log.checkpoint().expect("there is one");
    let proof = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    vec![format!("old 2\n{proof}\n\n{checkpoint}").into_bytes()]
}

/// A proof bundle, verified.
pub fn bundle(data: &[u8]) {
    if let Ok(bundle) = Bundle::parse(data) {
        let again = Bundle::parse(bundle.to_json().as_bytes());
        assert_eq!(again.as_ref(), Ok(&bundle), "a bundle reads back the same");
        let _ = verify(&bundle, signer().verifier(), None, &[], 0);
        let _ = verify(
            &bundle,
            signer().verifier(),
            Some(&bundle.checkpoint),
            &[],
            1,
        );
    }
}

/// The bundle of a whole log.
pub fn bundles() -> Vec<Vec<u8>> {
    let log = log(5);
    let content = |index| {
        Some(Content {
            salt: salt(),
            record: record(index),
        })
    };
    let bundle = Bundle::prove(&log, Scope::Log, &[], content, None);
    vec![bundle.expect("the log is whole").to_json().into_bytes()]
}

/// A tile of entries or hashes, and the leaves in it.
pub fn tile(data: &[u8]) {
    let Some((width, rest)) = data.split_first() else {
        return;
    };
    let width = u16::from(*width);
    if let Ok(entries) = parse_entries(rest, width) {
        let mut again = Vec::new();
        for entry in &entries {
            assert!(push_entry(&mut again, entry));
            if let Ok(leaf) = Leaf::decode(entry) {
                assert_eq!(&leaf.encode()[..], *entry);
            }
        }
        assert_eq!(again, rest);
    }
    let _ = parse_hashes(rest, width);
}

/// An entry bundle of two leaves, and a tile of two hashes.
pub fn tiles() -> Vec<Vec<u8>> {
    let mut entries = vec![2];
    for index in 0..2 {
        let leaf = Leaf::commit(LeafKind::DECISION, &salt(), &record(index));
        assert!(push_entry(&mut entries, &leaf.encode()));
    }
    vec![entries, [vec![2], vec![9; 64]].concat()]
}

fn file(text: &str) -> PolicyFile {
    PolicyFile {
        path: "fuzz".to_owned(),
        text: text.to_owned(),
    }
}

/// Policies in Cedar.
pub fn policy(data: &[u8]) {
    text(data, |text| {
        let _ = Policies::load(true, &[file(text)]);
    });
}

/// A table of tests for the built-in policies.
pub fn policy_table(data: &[u8]) {
    static POLICIES: std::sync::LazyLock<Policies> = std::sync::LazyLock::new(|| {
        Policies::load(true, &[]).expect("the built-in policies are valid")
    });
    text(data, |text| {
        let _ = run_tests(&POLICIES, &file(text));
    });
}

/// A project's configuration.
pub fn config(data: &[u8]) {
    let now = parse_time("2024-01-01T00:00:00Z").expect("this is a time");
    text(data, |text| {
        let _ = Config::parse("gatewright.toml", text, now);
    });
}

/// What others' records say that something was made from.
pub fn claims(data: &[u8]) {
    text(data, |text| {
        for of in [None, Some("y")] {
            if let Ok(lineage) = gw_flow::claims::read(text, of) {
                assert!(lineage.inputs.is_sorted(), "inputs are in order");
            }
        }
        let files = [("meta.yaml".to_owned(), text.to_owned())].into();
        let _ = gw_flow::claims::mlflow::folder(&files);
    });
}
