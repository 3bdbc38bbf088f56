//! The smallest version that clears a package.

use gw_package::version::VersionKey;

use super::Target;
use crate::codec::Corrupt;
use crate::evaluate::{self, Place};
use crate::index::Block;
use crate::index::stored::AffectedRef;
use crate::record::{EventKind, RangeType, RecordKind};

/// Versions that some record affects, parsed once.
struct Affected<'a> {
    ranges: Vec<Vec<(EventKind, Place)>>,
    listed: AffectedRef<'a>,
}

/// The smallest fixed version above the target that no vulnerability or malware report of the
/// package affects. Since it is the smallest, it is of the same major version if any such is.
pub(super) fn smallest(block: &Block<'_>, target: &Target<'_>) -> Result<Option<String>, Corrupt> {
    let Ok(current) = target.key(RangeType::Semver) else {
        return Ok(None);
    };
    let mut all = Vec::new();
    let mut candidates: Vec<(VersionKey, &str)> = Vec::new();
    for posting in block.postings()? {
        let affected = AffectedRef::read(posting?.1)?;
        if matches!(affected.kind, RecordKind::Unmaintained | RecordKind::Notice) {
            continue;
        }
        let mut ranges = Vec::with_capacity(affected.ranges.len());
        for range in &affected.ranges {
            let mut events = range.events.clone();
            if !range.sorted
                && evaluate::sort_events(target.ecosystem, range.order, &mut events).is_err()
            {
                continue;
            }
            let mut places = Vec::with_capacity(events.len());
            for (event, version) in events {
                let Ok(place) = evaluate::place(target.ecosystem, range.order, event, version)
                else {
                    continue;
                };
                if let (EventKind::Fixed, Place::At(key)) = (event, &place)
                    && key > current
                {
                    candidates.push((key.clone(), version));
                }
                places.push((event, place));
            }
            ranges.push(places);
        }
        all.push(Affected {
            ranges,
            listed: affected,
        });
    }
    candidates.sort();
    candidates.dedup();
    for (key, version) in &candidates {
        let mut clear = true;
        for affected in &all {
            if affected.includes(key, version)? {
                clear = false;
                break;
            }
        }
        if clear {
            return Ok(Some((*version).to_owned()));
        }
    }
    Ok(None)
}

impl Affected<'_> {
    fn includes(&self, key: &VersionKey, version: &str) -> Result<bool, Corrupt> {
        for range in &self.ranges {
            let order = |_, place: &Place| Ok::<_, Corrupt>(place.order(key));
            if evaluate::contains_by(range, order)? {
                return Ok(true);
            }
        }
        for listed in self.listed.versions()? {
            if listed? == version {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
