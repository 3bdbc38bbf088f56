//! What the integration tests share.
#![allow(dead_code, unreachable_pub)]

use gw_attest::SigningKey;
use gw_ledger::{Content, Leaf, LeafKind, NoteSigner, Salt};

pub const ORIGIN: &str = "gatewright.example/log";

pub fn signer() -> NoteSigner {
    NoteSigner::log(ORIGIN, SigningKey::from_seed(&[1; 32])).unwrap()
}

pub fn witness(seed: u8) -> NoteSigner {
    let name = format!("witness.example/{seed}");
    NoteSigner::witness(&name, SigningKey::from_seed(&[seed; 32])).unwrap()
}

pub fn content(index: u64) -> Content {
    let mut salt = [0x5a; 32];
    salt[..8].copy_from_slice(&index.to_be_bytes());
    Content {
        salt: Salt::from_bytes(salt),
        record: format!("record {index}").into_bytes(),
    }
}

pub fn leaf(index: u64) -> Leaf {
    let kind = if index.is_multiple_of(3) {
        LeafKind::DECISION
    } else {
        LeafKind::STATEMENT
    };
    let content = content(index);
    Leaf::commit(kind, &content.salt, &content.record)
}

pub fn leaves(count: u64) -> Vec<Leaf> {
    (0..count).map(leaf).collect()
}
