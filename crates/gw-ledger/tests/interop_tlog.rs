//! Tiles, proofs and notes against Go's `golang.org/x/mod/sumdb` and transparency-dev's modules,
//! in both directions.
#![cfg(feature = "interop")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod common;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{ORIGIN, leaf, leaves, signer, witness};
use gw_attest::SigningKey;
use gw_ledger::{
    Checkpoint, FsTiles, Hash, Leaf, Log, NoteSigner, consistency_proof, inclusion_proof, root,
    verify_consistency, verify_inclusion,
};
use serde_json::{Value, json};

fn build() -> PathBuf {
    let folder = std::env::var_os("GW_TEST_ENV")
        .expect("GW_TEST_ENV is not set: run this test with `cargo xtask test`, which sets it");
    let program = Path::new(&folder).join("gw-ledger-interop");
    let built = Command::new("go")
        .args(["build", "-mod=readonly", "-o"])
        .arg(&program)
        .arg(".")
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop"))
        .status()
        .expect("Go is missing: `cargo xtask test` names what it needs");
    assert!(built.success(), "the Go program does not build");
    program
}

fn run(program: &Path, request: &Value) -> Value {
    let mut child = Command::new(program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let input = request.to_string();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "Go does not agree");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn encode(hash: &Hash) -> String {
    STANDARD.encode(hash)
}

fn decode(value: &Value) -> Hash {
    let bytes = STANDARD.decode(value.as_str().unwrap()).unwrap();
    bytes.try_into().unwrap()
}

fn decode_all(value: &Value) -> Vec<Hash> {
    let hashes = value.as_array().map_or(&[][..], |hashes| hashes);
    hashes.iter().map(decode).collect()
}

#[test]
fn go_agrees_in_both_directions() {
    let program = build();
    for size in [1, 2, 5, 255, 256, 257, 700] {
        let dir = tempfile::tempdir().unwrap();
        let mut log = Log::open(FsTiles::writer(dir.path()).unwrap(), signer().verifier()).unwrap();
        // Several appends, so that full tiles are made from partial ones.
        for at in [size / 3, size / 2, size] {
            let from = log.size() as usize;
            let batch: Vec<Leaf> = leaves(at)[from..].to_vec();
            log.append(&batch, &signer()).unwrap();
        }
        let cosignature = witness(7).sign(log.checkpoint().unwrap().text(), 1_700_000_000);
        log.add_cosignature(witness(7).verifier(), cosignature)
            .unwrap();
        let reader = log.reader();
        let now = log.root();
        let mut inclusions = Vec::new();
        let mut consistencies = Vec::new();
        for index in (0..size).filter(|i| size < 300 || i % 5 == 0) {
            let proof = inclusion_proof(&reader, index, size).unwrap();
            inclusions.push(json!({
                "Index": index, "Size": size, "Leaf": encode(&leaf(index).hash()),
                "Root": encode(&now), "Proof": proof.iter().map(encode).collect::<Vec<_>>(),
            }));
            let earlier = index + 1;
            let proof = consistency_proof(&reader, earlier, size).unwrap();
            consistencies.push(json!({
                "Earlier": earlier, "Size": size,
                "EarlierRoot": encode(&root(&reader, earlier).unwrap()),
                "Root": encode(&now), "Proof": proof.iter().map(encode).collect::<Vec<_>>(),
            }));
        }
        let asked = inclusions.len() + consistencies.len();
        let response = run(
            &program,
            &json!({
                "Folder": dir.path(), "Origin": ORIGIN, "Size": size,
                "LogKey": signer().verifier().to_string(),
                "WitnessKey": witness(7).verifier().to_string(),
                "Inclusions": inclusions, "Consistencies": consistencies,
            }),
        );
        assert!(response["Checked"].as_u64().unwrap() > asked as u64);

        let proofs = response["Inclusions"].as_array().unwrap();
        assert_eq!(proofs.len() as u64, size.div_ceil(7));
        for proof in proofs {
            let index = proof["Index"].as_u64().unwrap();
            let hashes = decode_all(&proof["Proof"]);
            assert_eq!(decode(&proof["Leaf"]), leaf(index).hash());
            verify_inclusion(&leaf(index).hash(), index, size, &hashes, &now).unwrap();
        }
        for proof in response["Consistencies"].as_array().unwrap() {
            let earlier = proof["Earlier"].as_u64().unwrap();
            let (old, hashes) = (decode(&proof["EarlierRoot"]), decode_all(&proof["Proof"]));
            verify_consistency(earlier, &old, size, &now, &hashes).unwrap();
        }

        let key = |seed| SigningKey::from_seed(&[seed; 32]);
        let log_key = NoteSigner::log("go.example/log", key(11)).unwrap();
        let witness_key = NoteSigner::witness("go.example/witness", key(12)).unwrap();
        let text = response["Note"].as_str().unwrap();
        let (checkpoint, note) = Checkpoint::open(text, log_key.verifier()).unwrap();
        assert_eq!((checkpoint.size, checkpoint.root), (size, now));
        let keys = [log_key.verifier().clone(), witness_key.verifier().clone()];
        let signed = note.verified(&keys).unwrap();
        assert_eq!(signed.len(), 2);
        assert!(signed[1].time.is_some_and(|time| time > 1_600_000_000));
        assert_eq!(note.to_string(), text);
    }
}
