use std::sync::OnceLock;

use crate::index::Index;

/// The snapshot, as `cargo xtask snapshot` made it. `data/SOURCES.md` says of what.
static SNAPSHOT: &[u8] = include_bytes!("../data/snapshot.gwidx");

/// The snapshot of advisories that is part of the program. Nothing is read or copied for it.
///
/// It is empty only if the program was built with a snapshot of another version of the format,
/// which a test prevents.
pub fn embedded() -> &'static Index {
    static INDEX: OnceLock<Index> = OnceLock::new();
    INDEX.get_or_init(|| Index::from_static(SNAPSHOT).unwrap_or_else(|_| Index::empty()))
}
