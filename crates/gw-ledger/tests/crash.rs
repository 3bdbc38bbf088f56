//! A log recovers from a crash at any byte of any write, and from a power failure that loses or
//! tears what was not made durable.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod common;

use std::cell::Cell;
use std::fs;
use std::io;
use std::path::PathBuf;

use common::{leaf, leaves, signer};
use gw_ledger::{
    Checkpoint, Durability, FsTiles, Leaf, Log, LogError, MemoryTiles, Resource, StoreError, Tile,
    TileStore, consistency_proof, inclusion_proof, verify_consistency, verify_inclusion,
    verify_log,
};

/// Where a write is cut: at which operation, after how many bytes.
#[derive(Debug, Clone, Copy)]
struct Cut {
    operation: usize,
    byte: usize,
}

fn cut_off() -> StoreError {
    StoreError::Io {
        path: String::new(),
        source: io::Error::other("cut off"),
    }
}

/// A disk with a cache: what is durable, and what a running process sees.
#[derive(Debug, Clone, Default)]
struct Disk {
    durable: MemoryTiles,
    seen: MemoryTiles,
    /// Lengths of the writes so far; a removal has length 0.
    operations: Vec<usize>,
    cut: Option<Cut>,
    down: bool,
    /// Relaxed writes that a power failure may lose or tear.
    relaxed: Vec<(Resource, Vec<u8>)>,
}

impl Disk {
    /// Counts an operation; says whether it happens.
    fn begin(&mut self, length: usize) -> Result<(), StoreError> {
        let operation = self.operations.len();
        self.operations.push(length);
        if self.down || self.cut.is_some_and(|cut| cut.operation == operation) {
            self.down = true;
            return Err(cut_off());
        }
        Ok(())
    }

    /// What the next process finds after the process died.
    fn after_kill(&self) -> Self {
        Self {
            durable: self.durable.clone(),
            seen: self.seen.clone(),
            ..Self::default()
        }
    }

    /// What the next process finds after a power failure in which each relaxed write got as far
    /// as `kept` says: not at all, to that byte, or (too large) whole.
    fn after_power_failure(&self, kept: &[Option<usize>]) -> Self {
        let mut durable = self.durable.clone();
        for ((resource, content), kept) in self.relaxed.iter().zip(kept.iter().cycle()) {
            if let Some(kept) = kept {
                let torn = content[..content.len().min(*kept)].to_vec();
                durable.tamper(*resource, Some(torn));
            }
        }
        Self {
            seen: durable.clone(),
            durable,
            ..Self::default()
        }
    }
}

impl TileStore for Disk {
    fn read(&self, resource: &Resource) -> Result<Option<Vec<u8>>, StoreError> {
        self.seen.read(resource)
    }

    fn write(
        &mut self,
        resource: &Resource,
        content: &[u8],
        durability: Durability,
    ) -> Result<(), StoreError> {
        if let Err(error) = self.begin(content.len()) {
            // Until the rename only a temporary file is torn. But where nothing orders data and
            // rename, a power failure leaves a relaxed file torn under its own name.
            if durability == Durability::Relaxed
                && let Some(cut) = self.cut
            {
                let torn = content[..content.len().min(cut.byte)].to_vec();
                self.relaxed.push((*resource, torn));
            }
            return Err(error);
        }
        self.seen.write(resource, content, durability)?;
        match durability {
            Durability::Durable => self.durable.write(resource, content, durability)?,
            Durability::Relaxed => self.relaxed.push((*resource, content.to_vec())),
        }
        Ok(())
    }

    fn remove(&mut self, resource: &Resource) -> Result<(), StoreError> {
        self.begin(0)?;
        self.seen.remove(resource)?;
        self.durable.remove(resource)
    }

    fn remove_partials(&mut self, full: &Tile) -> Result<(), StoreError> {
        self.begin(0)?;
        self.relaxed
            .retain(|(resource, _)| !matches!(resource, Resource::Tile(t) if t.full() == *full && t != full));
        self.seen.remove_partials(full)?;
        self.durable.remove_partials(full)
    }
}

/// Runs appends of these sizes until one is cut off; returns the acknowledged checkpoints.
fn run<S: TileStore>(log: &mut Log<S>, all: &[Leaf], batches: &[usize]) -> Vec<Checkpoint> {
    let mut acknowledged = Vec::new();
    let mut at = 0;
    for batch in batches {
        let batch = &all[at..at + batch];
        at += batch.len();
        match log.append(batch, &signer()) {
            Ok(note) => acknowledged.push(note.text().parse().unwrap()),
            Err(_) => {
                let again = log.append(batch, &signer());
                assert!(matches!(again, Err(LogError::Poisoned)));
                break;
            }
        }
    }
    acknowledged
}

/// Opens what a crash left, appends the rest, and compares with the log that was not interrupted.
fn recover<S: TileStore>(
    store: S,
    all: &[Leaf],
    batches: &[usize],
    acknowledged: &[Checkpoint],
    expected: &Log<MemoryTiles>,
    thorough: bool,
) {
    let key = signer().verifier().clone();
    let mut log = Log::open(store, &key).unwrap();
    let size = log.size() as usize;
    let last = acknowledged.last().map_or(0, |c| c.size as usize);
    let sizes = batches.iter().scan(0, |sum, batch| {
        *sum += batch;
        Some(*sum)
    });
    let next = sizes.into_iter().find(|size| *size > last);
    assert!(size == last || Some(size) == next, "{size} is no append's");
    if size > 0 {
        // Before anything is appended it is already whole.
        verify_log(log.store(), &key, None, &[], 0).unwrap();
    }
    log.append(&all[size..], &signer()).unwrap();
    assert_eq!(log.size(), expected.size());
    assert_eq!(log.root(), expected.root());
    verify_log(log.store(), &key, None, &[], 0).unwrap();
    for (resource, bytes) in expected.store().files() {
        let last = match resource {
            Resource::Tile(tile) => tile.is_full(),
            _ => true,
        };
        if last {
            let found = log.store().read(resource).unwrap();
            assert_eq!(found.as_deref(), Some(bytes), "{resource}");
        }
    }
    let reader = log.reader();
    for earlier in acknowledged {
        let proof = consistency_proof(&reader, earlier.size, log.size()).unwrap();
        verify_consistency(earlier.size, &earlier.root, log.size(), &log.root(), &proof).unwrap();
    }
    if thorough {
        for (index, leaf) in (0..).zip(all) {
            let proof = inclusion_proof(&reader, index, log.size()).unwrap();
            verify_inclusion(&leaf.hash(), index, log.size(), &proof, &log.root()).unwrap();
        }
    }
}

fn uninterrupted(all: &[Leaf], batches: &[usize]) -> (Log<MemoryTiles>, Vec<usize>) {
    let key = signer().verifier().clone();
    let mut log = Log::open(Disk::default(), &key).unwrap();
    assert_eq!(run(&mut log, all, batches).len(), batches.len());
    let operations = log.into_store().operations;
    let mut log = Log::open(MemoryTiles::default(), &key).unwrap();
    assert_eq!(run(&mut log, all, batches).len(), batches.len());
    (log, operations)
}

/// Cuts off at every operation, at the bytes that `bytes` chooses of a write's length.
fn cut_everywhere(batches: &[usize], bytes: impl Fn(usize) -> Vec<usize>) {
    let all = leaves(batches.iter().sum::<usize>() as u64);
    let key = signer().verifier().clone();
    let (expected, operations) = uninterrupted(&all, batches);
    let cuts = Cell::new(0);
    for (operation, length) in operations.iter().enumerate() {
        for byte in bytes(*length) {
            let disk = Disk {
                cut: Some(Cut { operation, byte }),
                ..Disk::default()
            };
            let mut log = Log::open(disk, &key).unwrap();
            let acknowledged = run(&mut log, &all, batches);
            let disk = log.into_store();
            let check = |found: Disk| {
                recover(found, &all, batches, &acknowledged, &expected, byte == 0);
                cuts.set(cuts.get() + 1);
            };
            check(disk.after_power_failure(&[Some(usize::MAX)]));
            if byte == 0 {
                check(disk.after_kill());
                check(disk.after_power_failure(&[None]));
                check(disk.after_power_failure(&[Some(0)]));
                check(disk.after_power_failure(&[None, Some(7), Some(usize::MAX)]));
                check(disk.after_power_failure(&[Some(usize::MAX), Some(33), None, Some(1)]));
            }
        }
    }
    assert!(cuts.get() > 6 * batches.len());
}

#[test]
fn a_cut_at_every_byte_of_a_small_log() {
    cut_everywhere(&[1, 2, 1], |length| (0..=length).collect());
}

#[test]
fn a_cut_at_every_operation_while_tiles_fill() {
    cut_everywhere(&[250, 6, 1, 257], |length| vec![0, length / 2]);
}

#[test]
fn recovery_may_itself_be_cut_off() {
    let (all, batches) = (leaves(258), [255, 1, 2]);
    let key = signer().verifier().clone();
    let (expected, operations) = uninterrupted(&all, &batches);
    for operation in 0..operations.len() {
        let disk = Disk {
            cut: Some(Cut { operation, byte: 0 }),
            ..Disk::default()
        };
        let mut log = Log::open(disk, &key).unwrap();
        let acknowledged = run(&mut log, &all, &batches);
        let crashed = log.into_store().after_power_failure(&[Some(3)]);
        for second in 0.. {
            let mut again = crashed.clone();
            again.cut = Some(Cut {
                operation: second,
                byte: 0,
            });
            // An opening that fails gives nothing back, so its effects are cut by the disk's
            // being down and are as if the power failed right after `second` operations.
            match Log::open(again, &key) {
                Err(LogError::Store(_)) => {}
                Err(other) => panic!("{other}"),
                Ok(log) => {
                    let found = log.into_store().after_kill();
                    recover(found, &all, &batches, &acknowledged, &expected, false);
                    break;
                }
            }
        }
    }
}

#[test]
fn what_was_not_committed_may_be_replaced() {
    let all = leaves(300);
    let key = signer().verifier().clone();
    let (_, operations) = uninterrupted(&all, &[200, 100]);
    for operation in 0..operations.len() {
        let disk = Disk {
            cut: Some(Cut { operation, byte: 0 }),
            ..Disk::default()
        };
        let mut log = Log::open(disk, &key).unwrap();
        run(&mut log, &all, &[200, 100]);
        let mut log = Log::open(log.into_store().after_kill(), &key).unwrap();
        let others: Vec<Leaf> = (1000..1600).map(leaf).collect();
        log.append(&others, &signer()).unwrap();
        verify_log(log.store(), &key, None, &[], 0).unwrap();
    }
}

/// A folder in which one write stops after some bytes of the temporary file.
struct CutFolder {
    tiles: FsTiles,
    left: usize,
    part: fn(usize) -> usize,
    temporary: Option<PathBuf>,
}

impl TileStore for CutFolder {
    fn read(&self, resource: &Resource) -> Result<Option<Vec<u8>>, StoreError> {
        self.tiles.read(resource)
    }

    fn write(
        &mut self,
        resource: &Resource,
        content: &[u8],
        durability: Durability,
    ) -> Result<(), StoreError> {
        if self.left == 0 {
            if self.temporary.is_none() {
                let path = self
                    .tiles
                    .root()
                    .join(resource.path())
                    .with_extension("tmp");
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(&path, &content[..(self.part)(content.len())]).unwrap();
                self.temporary = Some(path);
            }
            return Err(cut_off());
        }
        self.left -= 1;
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
fn a_folder_recovers_from_torn_temporary_files_and_missing_renames() {
    let (all, batches) = (leaves(260), [2, 253, 1, 4]);
    let key = signer().verifier().clone();
    let (expected, operations) = uninterrupted(&all, &batches);
    let parts: [fn(usize) -> usize; 3] = [|_| 0, |n| n / 2, |n| n];
    let mut cuts = 0;
    for left in 0..operations.len() {
        for part in parts {
            let dir = tempfile::tempdir().unwrap();
            let store = CutFolder {
                tiles: FsTiles::writer(dir.path()).unwrap(),
                left,
                part,
                temporary: None,
            };
            let mut log = Log::open(store, &key).unwrap();
            let acknowledged = run(&mut log, &all, &batches);
            cuts += usize::from(log.store().temporary.is_some());
            drop(log);
            let found = FsTiles::writer(dir.path()).unwrap();
            recover(found, &all, &batches, &acknowledged, &expected, false);
        }
    }
    assert!(cuts > 3 * batches.len());
}
