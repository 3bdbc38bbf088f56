//! Damage to a log's files is found, and rebuilding from the records repairs it.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod common;

use common::{leaf, leaves, signer, witness};
use gw_attest::SigningKey;
use gw_ledger::{
    Durability, FsTiles, HistoryFailure, Leaf, Log, LogError, LogFailure, MemoryTiles, NoteSigner,
    Refusal, Resource, StoreError, Tile, TileStore, WitnessRequest, WitnessState,
    consistency_proof, read_cosignature, verify_directory, verify_log,
};
use proptest::prelude::*;

fn log_of(count: u64) -> Log<MemoryTiles> {
    let mut log = Log::open(MemoryTiles::default(), signer().verifier()).unwrap();
    log.append(&leaves(count), &signer()).unwrap();
    log
}

#[test]
fn every_changed_or_missing_file_is_found_and_rebuilt() {
    let whole = log_of(600).into_store();
    let key = signer().verifier().clone();
    let names: Vec<Resource> = whole.files().map(|(name, _)| *name).collect();
    assert!(names.len() >= 9);
    for name in names {
        let bytes = whole.read(&name).unwrap().unwrap();
        let mut flipped = bytes.clone();
        flipped[bytes.len() / 2] ^= 1;
        for content in [None, Some(flipped), Some(bytes[1..].to_vec())] {
            let mut store = whole.clone();
            store.tamper(name, content);
            // The commit file is the writer's own and no part of the published log.
            let verified = verify_log(&store, &key, None, &[], 0);
            assert_eq!(verified.is_ok(), name == Resource::Commit, "{name}");
            let log = Log::rebuild(store, &signer(), &leaves(600)).unwrap();
            verify_log(log.store(), &key, None, &[], 0).unwrap();
            assert_eq!(log.store(), &whole, "{name}");
        }
    }
}

#[test]
fn entries_changed_together_with_their_tiles_are_found_by_the_root() {
    let mut others = leaves(300);
    others[7] = leaf(1007);
    let mut forged = Log::open(MemoryTiles::default(), signer().verifier()).unwrap();
    forged.append(&others, &signer()).unwrap();
    let mut store = forged.into_store();
    let honest = log_of(300).into_store();
    store.tamper(
        Resource::Checkpoint,
        honest.read(&Resource::Checkpoint).unwrap(),
    );
    let refused = verify_log(&store, signer().verifier(), None, &[], 0);
    assert!(
        matches!(refused, Err(LogFailure::Root { size: 300 })),
        "{refused:?}"
    );
}

#[test]
fn records_removed_or_changed_are_not_rebuilt_from() {
    let whole = log_of(20).into_store();
    let mut changed = leaves(20);
    changed[3] = leaf(99);
    for records in [&leaves(20)[1..], &leaves(19), &changed] {
        let refused = Log::rebuild(whole.clone(), &signer(), records);
        assert!(matches!(refused, Err(LogError::NotAContinuation { .. })));
    }
    let longer = Log::rebuild(whole.clone(), &signer(), &leaves(21)).unwrap();
    assert_eq!(longer.size(), 21);
    let stranger = NoteSigner::log("other", SigningKey::from_seed(&[9; 32])).unwrap();
    let refused = Log::rebuild(whole, &stranger, &leaves(20));
    assert!(matches!(refused, Err(LogError::Checkpoint(_))));
}

#[test]
fn files_that_were_set_back_do_not_sign_a_second_history() {
    let mut log = log_of(5);
    let old = log.store().read(&Resource::Commit).unwrap();
    log.append(&[leaf(5)], &signer()).unwrap();
    let mut store = log.into_store();
    store.tamper(Resource::Commit, old);
    let refused = Log::open(store.clone(), signer().verifier());
    assert!(matches!(
        refused,
        Err(LogError::SetBack {
            published: 6,
            committed: 5
        })
    ));
    store.tamper(Resource::Commit, None);
    let refused = Log::open(store.clone(), signer().verifier());
    assert!(matches!(
        refused,
        Err(LogError::SetBack {
            published: 6,
            committed: 0
        })
    ));
    assert_eq!(
        Log::rebuild(store, &signer(), &leaves(6)).unwrap().size(),
        6
    );
}

#[test]
fn a_folder_holds_a_log_and_directories_are_verified() {
    let dir = tempfile::tempdir().unwrap();
    let key = signer().verifier().clone();
    let mut earlier = Vec::new();
    for end in [0, 1, 2, 255, 256, 257, 700] {
        let mut log = Log::open(FsTiles::writer(dir.path()).unwrap(), &key).unwrap();
        let from = log.size() as usize;
        log.append(&leaves(end)[from..], &signer()).unwrap();
        earlier.push(log.checkpoint().unwrap().to_string());
        for earlier in &earlier {
            verify_directory(dir.path(), &key, Some(earlier)).unwrap();
        }
        // What is left on disk is what was appended at once.
        assert_eq!(log.root(), log_of(end).root());
        assert_eq!(log.reader().leaves(0, end).unwrap(), leaves(end));
    }
    assert!(!dir.path().join("tile/0/000.p").exists());

    let shorter = log_of(300).into_store();
    let refused = verify_log(&shorter, &key, earlier.last().map(|e| &**e), &[], 0);
    let failure = refused.unwrap_err();
    assert!(matches!(
        failure,
        LogFailure::History(HistoryFailure::Truncated {
            earlier: 700,
            size: 300
        })
    ));
    assert!(
        failure.to_string().contains("the last 400 were cut off"),
        "{failure}"
    );

    let mut forked = Log::open(MemoryTiles::default(), &key).unwrap();
    let others: Vec<Leaf> = (1..801).map(leaf).collect();
    forked.append(&others, &signer()).unwrap();
    for earlier in &earlier[1..] {
        let refused = verify_log(forked.store(), &key, Some(earlier), &[], 0);
        assert!(matches!(
            refused,
            Err(LogFailure::History(HistoryFailure::Fork { .. }))
        ));
    }
}

#[test]
fn a_witness_cosigns_growth_and_nothing_else() {
    let mut log = log_of(3);
    let key = signer().verifier().clone();
    let witness_key = witness(7);
    let request = |log: &Log<MemoryTiles>, old_size| WitnessRequest {
        old_size,
        proof: consistency_proof(&log.reader(), old_size, log.size()).unwrap(),
        checkpoint: log.checkpoint().unwrap().to_string(),
    };
    let ask = |state: &WitnessState, request: &WitnessRequest, time| {
        assert_eq!(WitnessRequest::parse(&request.body()).as_ref(), Ok(request));
        gw_ledger::witness(&witness_key, state, &key, request, time)
    };
    let first = request(&log, 0);
    let (state, cosignature) = ask(&WitnessState::default(), &first, 1000).unwrap();
    let note = log.checkpoint().unwrap();
    let answer = format!("{cosignature}\n");
    let read = read_cosignature(note, witness_key.verifier(), &answer).unwrap();
    assert!(read_cosignature(note, witness(8).verifier(), &answer).is_err());
    let note = log.add_cosignature(witness_key.verifier(), read).unwrap();
    let known = [
        witness_key.verifier().clone(),
        witness(8).verifier().clone(),
    ];
    let verified = verify_log(log.store(), &key, None, &known, 1).unwrap();
    let name = witness_key.verifier().name().to_owned();
    assert_eq!(verified.history.witnesses, [(name, 1000)]);
    assert!(matches!(
        verify_log(log.store(), &key, None, &known, 2),
        Err(LogFailure::History(HistoryFailure::Witnesses {
            found: 1,
            threshold: 2
        }))
    ));
    // Somebody else's cosignature is not taken for the witness's.
    let forged = witness(9).sign(note.text(), 1);
    assert!(
        log.add_cosignature(witness_key.verifier(), forged)
            .is_ok_and(|n| n.signatures().len() == 3)
    );

    log.append(&leaves(9)[3..], &signer()).unwrap();
    let (later, _) = ask(&state, &request(&log, 3), 2000).unwrap();
    assert_eq!(later.size, 9);

    let refused = ask(&later, &first, 3000).unwrap_err();
    assert_eq!(
        refused,
        Refusal::OtherSize {
            cosigned: 9,
            asked: 0
        }
    );
    let mut rollback = first.clone();
    rollback.old_size = 9;
    assert_eq!(ask(&later, &rollback, 3000).unwrap_err().status(), 400);

    let mut fork = Log::open(MemoryTiles::default(), &key).unwrap();
    let others: Vec<Leaf> = (1..10).map(leaf).collect();
    fork.append(&others, &signer()).unwrap();
    assert_eq!(
        ask(&later, &request(&fork, 9), 1).unwrap_err(),
        Refusal::Fork { size: 9 }
    );
    fork.append(&[leaf(77)], &signer()).unwrap();
    let refused = ask(&later, &request(&fork, 9), 1).unwrap_err();
    assert_eq!(refused.status(), 422);
    let stranger = NoteSigner::log(common::ORIGIN, SigningKey::from_seed(&[3; 32])).unwrap();
    let refused = gw_ledger::witness(&witness_key, &state, stranger.verifier(), &first, 1);
    assert_eq!(refused.unwrap_err().status(), 403);
}

#[test]
fn requests_to_witnesses_are_read_strictly() {
    for bad in [
        "",
        "old 1",
        "old 01\n\nx",
        "old 1\nAAAA\n\nx",
        "new 1\n\nx",
        "old -1\n\n",
    ] {
        assert!(WitnessRequest::parse(bad).is_err(), "{bad:?}");
    }
    let many = format!("old 1\n{}\nx", format!("{}=\n", "A".repeat(43)).repeat(64));
    assert!(WitnessRequest::parse(&many).is_err());
}

/// Counts durable writes, of which each is two fsyncs in a folder.
#[derive(Default)]
struct Counting {
    tiles: MemoryTiles,
    durable: usize,
}

impl TileStore for Counting {
    fn read(&self, resource: &Resource) -> Result<Option<Vec<u8>>, StoreError> {
        self.tiles.read(resource)
    }

    fn write(
        &mut self,
        resource: &Resource,
        content: &[u8],
        durability: Durability,
    ) -> Result<(), StoreError> {
        self.durable += usize::from(durability == Durability::Durable);
        self.tiles.write(resource, content, durability)
    }

    fn remove(&mut self, resource: &Resource) -> Result<(), StoreError> {
        self.tiles.remove(resource)
    }

    fn remove_partials(&mut self, full: &Tile) -> Result<(), StoreError> {
        self.tiles.remove_partials(full)
    }
}

#[test]
fn an_append_costs_one_durable_write_unless_a_tile_fills() {
    let mut log = Log::open(Counting::default(), signer().verifier()).unwrap();
    let all = leaves(600);
    let mut before = 0;
    for (index, leaf) in all.iter().enumerate() {
        log.append(std::slice::from_ref(leaf), &signer()).unwrap();
        let cost = log.store().durable - before;
        before = log.store().durable;
        // The bundle, its tile and the partial tile above them.
        let expected = if (index + 1) % 256 == 0 { 4 } else { 1 };
        assert_eq!(cost, expected, "{index}");
    }
    verify_log(log.store(), signer().verifier(), None, &[], 0).unwrap();
}

proptest! {
    #[test]
    fn any_request_to_a_witness_is_survived(
        body in "(old [0-9]{0,21}\n)?([A-Za-z0-9+/]{43}=\n){0,3}\n?(.|\n){0,20}",
    ) {
        if let Ok(read) = WitnessRequest::parse(&body) {
            prop_assert_eq!(read.body(), body);
        }
    }

    #[test]
    fn any_files_are_survived(
        which: prop::sample::Index,
        at: prop::sample::Index,
        cut: prop::sample::Index,
        byte: u8,
    ) {
        let mut store = log_of(5).into_store();
        let names: Vec<Resource> = store.files().map(|(name, _)| *name).collect();
        let name = names[which.index(names.len())];
        let mut bytes = store.read(&name).unwrap().unwrap();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        bytes.truncate(cut.index(bytes.len() + 1));
        let honest = log_of(5);
        store.tamper(name, Some(bytes));
        if let Ok(verified) = verify_log(&store, signer().verifier(), None, &[], 0) {
            prop_assert_eq!(verified.checkpoint.root, honest.root());
        }
        if let Ok(log) = Log::open(store, signer().verifier()) {
            prop_assert_eq!(log.root(), honest.root());
            prop_assert!(verify_log(log.store(), signer().verifier(), None, &[], 0).is_ok());
        }
    }
}
