//! Proof bundles prove what they should, and every change to one is named.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod common;

use common::{content, leaf, leaves, signer, witness};
use gw_attest::SigningKey;
use gw_ledger::{
    BUNDLE_JSON_SCHEMA, Bundle, Failure, HistoryFailure, Log, MemoryTiles, NoteSigner, Salt, Scope,
    VerifierKey, verify,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn log_of(count: u64) -> Log<MemoryTiles> {
    let mut log = Log::open(MemoryTiles::default(), signer().verifier()).unwrap();
    log.append(&leaves(count), &signer()).unwrap();
    log
}

fn prove(log: &Log<MemoryTiles>, scope: Scope, indexes: &[u64], earlier: Option<u64>) -> Bundle {
    let bundle = Bundle::prove(log, scope, indexes, |i| Some(content(i)), earlier).unwrap();
    let json: Value = serde_json::from_str(&bundle.to_json()).unwrap();
    let schema = serde_json::from_str(BUNDLE_JSON_SCHEMA).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    validator.validate(&json).unwrap();
    let back = Bundle::parse(bundle.to_json().as_bytes()).unwrap();
    assert_eq!(back, bundle);
    back
}

fn key() -> VerifierKey {
    signer().verifier().clone()
}

fn check(bundle: &Bundle) -> Result<String, Failure> {
    verify(bundle, &key(), None, &[], 0).map(|verified| verified.to_string())
}

#[test]
fn whole_logs_ranges_and_selections_verify() {
    let log = log_of(300);
    for (scope, indexes, count) in [
        (Scope::Log, &[][..], 300),
        (
            Scope::Range {
                start: 250,
                end: 260,
            },
            &[],
            10,
        ),
        (Scope::Range { start: 7, end: 7 }, &[], 0),
        (Scope::Selection, &[299, 0, 256, 0], 3),
    ] {
        let bundle = prove(&log, scope, indexes, None);
        let verified = verify(&bundle, &key(), None, &[], 0).unwrap();
        assert_eq!(verified.records.len(), count);
        for record in &verified.records {
            let expected = content(record.index).record;
            assert_eq!(record.record.as_deref(), Some(&*expected));
            assert_eq!(record.kind, leaf(record.index).kind);
        }
    }
    let outside = Scope::Range { start: 0, end: 301 };
    assert!(Bundle::prove(&log, outside, &[], |_| None, None).is_err());
    assert!(Bundle::prove(&log, Scope::Selection, &[300], |_| None, None).is_err());
    assert!(Bundle::prove(&log, Scope::Selection, &[u64::MAX], |_| None, None).is_err());
    let other = |_| Some(content(5));
    assert!(Bundle::prove(&log, Scope::Selection, &[4], other, None).is_err());
}

#[test]
fn the_words_say_what_was_not_checked() {
    let log = log_of(5);
    let alone = check(&prove(&log, Scope::Log, &[], None)).unwrap();
    assert!(
        alone.contains("Truncation and forks were NOT checked"),
        "{alone}"
    );
    let first = log_of(2).checkpoint().unwrap().to_string();
    let bundle = prove(&log, Scope::Log, &[], None);
    let verified = verify(&bundle, &key(), Some(&first), &[], 0).unwrap();
    assert!(verified.history.was_checked());
    let text = verified.to_string();
    assert!(!text.contains("NOT"), "{text}");
    assert!(text.contains("earlier checkpoint of 2 records"), "{text}");

    let erased = Bundle::prove(
        &log,
        Scope::Log,
        &[],
        |i| (i != 3).then(|| content(i)),
        None,
    );
    let text = check(&erased.unwrap()).unwrap();
    assert!(text.contains("1 were erased"), "{text}");
}

#[test]
fn every_change_is_named() {
    let log = log_of(11);
    let bundle = prove(&log, Scope::Log, &[], None);
    let changed = |change: &dyn Fn(&mut Bundle)| {
        let mut changed = bundle.clone();
        change(&mut changed);
        check(&changed).unwrap_err()
    };
    let failure = changed(&|b| b.records[4].content.as_mut().unwrap().record[0] ^= 1);
    assert_eq!(failure, Failure::Changed { index: 4 });
    let failure = changed(&|b| {
        b.records[4].content.as_mut().unwrap().salt = Salt::from_bytes([0; 32]);
    });
    assert_eq!(failure, Failure::Changed { index: 4 });
    let failure = changed(&|b| {
        // The forger makes the commitment fit.
        b.records[4].commitment = leaf(99).commitment;
        b.records[4].content = Some(content(99));
    });
    assert!(matches!(failure, Failure::NotIncluded { index: 4, .. }));
    let failure = changed(&|b| b.records[4].kind = b.records[3].kind);
    assert!(matches!(failure, Failure::NotIncluded { index: 4, .. }));
    let failure = changed(&|b| b.records[4].inclusion[0][0] ^= 1);
    assert!(matches!(failure, Failure::NotIncluded { index: 4, .. }));

    for index in 0..11 {
        let failure = changed(&|b| drop(b.records.remove(index as usize)));
        assert_eq!(
            failure,
            Failure::Missing {
                index,
                start: 0,
                end: 11
            }
        );
    }
    let failure = changed(&|b| {
        // The forger closes the gap.
        b.records.remove(4);
        (0..)
            .zip(&mut b.records)
            .for_each(|(i, record)| record.index = i);
        b.scope = Scope::Range { start: 0, end: 10 };
    });
    assert!(matches!(failure, Failure::NotIncluded { index: 4, .. }));
    let failure = changed(&|b| b.records.swap(1, 2));
    assert_eq!(failure, Failure::Unexpected { index: 1 });
    let failure = changed(&|b| b.records.push(b.records[10].clone()));
    assert_eq!(failure, Failure::Unexpected { index: 10 });
    let failure = changed(&|b| b.scope = Scope::Range { start: 1, end: 11 });
    assert_eq!(failure, Failure::Unexpected { index: 0 });
    let failure = changed(&|b| {
        b.scope = Scope::Range {
            start: 0,
            end: u64::MAX,
        }
    });
    assert!(matches!(failure, Failure::Range { size: 11, .. }));
    let failure = changed(&|b| b.scope = Scope::Range { start: 0, end: 10 });
    assert_eq!(failure, Failure::Unexpected { index: 10 });
    let failure = changed(&|b| b.checkpoint = b.checkpoint.replacen("\n11\n", "\n12\n", 1));
    assert!(
        failure.to_string().starts_with("wrong signature"),
        "{failure}"
    );

    let stranger = NoteSigner::log(common::ORIGIN, SigningKey::from_seed(&[9; 32])).unwrap();
    let refused = verify(&bundle, stranger.verifier(), None, &[], 0);
    assert!(matches!(refused, Err(Failure::Checkpoint(_))));
}

#[test]
fn truncation_and_forks_are_found_against_an_earlier_checkpoint() {
    let (log, before) = (log_of(20), log_of(13));
    let earlier = before.checkpoint().unwrap().to_string();
    let against = |bundle: &Bundle, earlier: &str| verify(bundle, &key(), Some(earlier), &[], 0);
    let selection = prove(&log, Scope::Selection, &[2], Some(13));
    assert_eq!(
        against(&selection, &earlier).unwrap().history.earlier,
        Some(13)
    );
    for (bundle, expected) in [
        (prove(&log, Scope::Selection, &[2], None), 13),
        (prove(&log, Scope::Selection, &[2], Some(12)), 13),
    ] {
        let refused = against(&bundle, &earlier);
        let history = HistoryFailure::NoProof { earlier: expected };
        assert_eq!(refused, Err(Failure::History(history)));
    }
    let mut broken = selection.clone();
    broken.consistency.as_mut().unwrap().proof[0][0] ^= 1;
    assert!(matches!(
        against(&broken, &earlier),
        Err(Failure::History(HistoryFailure::Proof { .. }))
    ));

    let now = log.checkpoint().unwrap().to_string();
    let truncated = against(&prove(&before, Scope::Log, &[], None), &now).unwrap_err();
    assert_eq!(
        truncated.to_string(),
        "truncated log: it has 13 records, and the earlier checkpoint has 20; the last 7 were cut off"
    );

    let mut fork = Log::open(MemoryTiles::default(), &key()).unwrap();
    let others: Vec<_> = (1..14).map(leaf).collect();
    fork.append(&others, &signer()).unwrap();
    let prove_fork = |fork: &Log<MemoryTiles>, scope, earlier| {
        Bundle::prove(fork, scope, &[2], |_| None, earlier).unwrap()
    };
    let same_size = prove_fork(&fork, Scope::Selection, None);
    assert!(matches!(
        against(&same_size, &earlier),
        Err(Failure::History(HistoryFailure::Fork {
            earlier: 13,
            size: 13,
            ..
        }))
    ));
    fork.append(&[leaf(50)], &signer()).unwrap();
    assert!(matches!(
        against(&prove_fork(&fork, Scope::Log, None), &earlier),
        Err(Failure::History(HistoryFailure::Fork {
            earlier: 13,
            size: 14,
            ..
        }))
    ));
    assert!(matches!(
        against(&prove_fork(&fork, Scope::Selection, Some(13)), &earlier),
        Err(Failure::History(HistoryFailure::Proof {
            earlier: 13,
            size: 14,
            ..
        }))
    ));
    assert!(matches!(
        against(&selection, "nonsense"),
        Err(Failure::History(HistoryFailure::Earlier(_)))
    ));
}

#[test]
fn witnesses_are_counted_by_key() {
    let mut log = log_of(4);
    for (seed, time) in [(7, 70), (8, 80)] {
        let cosignature = witness(seed).sign(log.checkpoint().unwrap().text(), time);
        log.add_cosignature(witness(seed).verifier(), cosignature)
            .unwrap();
    }
    let bundle = prove(&log, Scope::Log, &[], None);
    let keys: Vec<VerifierKey> = [7, 8, 9, 7].map(|s| witness(s).verifier().clone()).into();
    let verified = verify(&bundle, &key(), None, &keys, 2).unwrap();
    assert_eq!(verified.history.witnesses.len(), 2);
    let text = verified.to_string();
    assert!(
        text.contains("Witness witness.example/7 cosigned this checkpoint at 70"),
        "{text}"
    );
    assert!(
        text.contains("NOT compared with an earlier checkpoint"),
        "{text}"
    );
    assert_eq!(
        verify(&bundle, &key(), None, &keys, 3),
        Err(Failure::History(HistoryFailure::Witnesses {
            found: 2,
            threshold: 3
        }))
    );
    // The same key under two names is one witness, and the log's own key is none.
    let renamed = NoteSigner::witness("alias", SigningKey::from_seed(&[7; 32])).unwrap();
    let cosignature = renamed.sign(log.checkpoint().unwrap().text(), 71);
    log.add_cosignature(renamed.verifier(), cosignature)
        .unwrap();
    let keys = [
        witness(7).verifier().clone(),
        renamed.verifier().clone(),
        key(),
    ];
    let bundle = prove(&log, Scope::Log, &[], None);
    assert_eq!(
        verify(&bundle, &key(), None, &keys, 2),
        Err(Failure::History(HistoryFailure::Witnesses {
            found: 1,
            threshold: 2
        }))
    );
    let mut forged = bundle;
    let mut note = gw_ledger::Note::parse(&forged.checkpoint).unwrap();
    let mut signature = witness(7).sign(note.text(), 5);
    signature.bytes[7] ^= 1;
    note.add(signature);
    forged.checkpoint = note.to_string();
    let refused = verify(&forged, &key(), None, &keys, 0);
    assert!(matches!(
        refused,
        Err(Failure::History(HistoryFailure::Cosignature(_)))
    ));
}

#[test]
fn other_json_is_refused_by_reader_and_schema() {
    let schema = serde_json::from_str(BUNDLE_JSON_SCHEMA).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let bundle = prove(&log_of(3), Scope::Selection, &[1], Some(2));
    let good: Value = serde_json::from_str(&bundle.to_json()).unwrap();
    for (pointer, value) in [
        ("/schema", json!("gatewright.proof/2")),
        ("/scope", json!({"kind": "some"})),
        ("/scope", json!({"kind": "range", "start": 1})),
        ("/scope", json!({"kind": "range", "start": -1, "end": 2})),
        ("/records/0/kind", json!("Statement")),
        ("/records/0/index", json!(1.5)),
        ("/records/0/commitment", json!("sha256:00")),
        ("/records/0/inclusion/0", json!("AAAA")),
        ("/records/0/content", json!({"salt": "AAAA", "record": ""})),
        ("/records/0", json!({})),
        ("/consistency/proof", json!(["x"])),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap() = value;
        assert!(
            Bundle::parse(bad.to_string().as_bytes()).is_err(),
            "{pointer}"
        );
        assert!(!validator.is_valid(&bad), "{pointer}");
    }
    let mut more = good;
    more["more"] = json!(1);
    assert!(Bundle::parse(more.to_string().as_bytes()).is_err());
    assert!(!validator.is_valid(&more));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn no_changed_byte_goes_unnoticed(at: prop::sample::Index, byte: u8) {
        let log = log_of(4);
        let bundle = Bundle::prove(&log, Scope::Log, &[], |i| Some(content(i)), None).unwrap();
        let mut json = bundle.to_json().into_bytes();
        let at = at.index(json.len());
        json[at] = byte;
        // White space may change; the meaning may not.
        if let Ok(read) = Bundle::parse(&json)
            && let Ok(verified) = verify(&read, &key(), None, &[], 0)
        {
            let same = verify(&bundle, &key(), None, &[], 0).unwrap();
            prop_assert_eq!(verified, same);
        }
    }
}
