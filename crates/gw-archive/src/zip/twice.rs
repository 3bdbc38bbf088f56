use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::field::read_at;
use super::{Found, Walk, names};
use crate::{DisagreementKind, Reading};

/// How much is compared at once, in bytes.
const CHUNK: usize = 64 << 10;

impl Walk<'_, '_> {
    /// Finds members of one name with different content, of which some loaders take the first and
    /// some the last. Two that are the same do no harm, and merged archives are full of them.
    pub(super) fn twice(&mut self, found: &BTreeSet<Found>) -> io::Result<()> {
        let listed = found
            .iter()
            .filter(|one| one.reading != Reading::Local && !one.is_folder());
        let mut by_path: BTreeMap<String, &Found> = BTreeMap::new();
        let mut said = BTreeSet::new();
        for one in listed {
            let (path, _) = names::path(&one.name);
            let Some(first) = by_path.get(&path).copied() else {
                by_path.insert(path, one);
                continue;
            };
            if first.start == one.start || said.contains(&path) {
                continue;
            }
            if !self.are_same(first, one)? {
                let detail = "two members have this name and different content".to_owned();
                self.disagree(Some(path.clone()), DisagreementKind::Duplicate, detail);
                said.insert(path);
            }
        }
        Ok(())
    }

    /// Whether two members have the same content, as far as that can be told without expanding
    /// it. A checksum can be made to fit, so the bytes are compared too.
    fn are_same(&mut self, a: &Found, b: &Found) -> io::Result<bool> {
        if (a.size, a.crc, a.method, a.compressed) != (b.size, b.crc, b.method, b.compressed) {
            return Ok(a.size == Some(0) && b.size == Some(0));
        }
        let mut at = 0_u64;
        while at < a.compressed && self.meter.stopped().is_none() {
            let left = usize::try_from(a.compressed - at)
                .unwrap_or(CHUNK)
                .min(CHUNK);
            let first = read_at(self.input, a.start.saturating_add(at), left)?;
            let second = read_at(self.input, b.start.saturating_add(at), left)?;
            self.meter.work(first.len() as u64);
            if first != second {
                return Ok(false);
            }
            if first.len() < left {
                break;
            }
            at = at.saturating_add(left as u64);
        }
        Ok(true)
    }
}
