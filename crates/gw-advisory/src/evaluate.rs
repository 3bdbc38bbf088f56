//! Whether a version is affected, as the OSV schema's "Evaluation" section defines it.

use std::cmp::Ordering;

use gw_package::Ecosystem;
use gw_package::version::{VersionError, VersionKey};

use crate::record::{Event, EventKind, Range, RangeType};

/// The key of a version in ranges of a kind.
///
/// A SEMVER range of an ecosystem whose own order is not known is ordered by Semantic Versioning.
pub(crate) fn key(
    ecosystem: &Ecosystem,
    kind: RangeType,
    version: &str,
) -> Result<VersionKey, VersionError> {
    if kind == RangeType::Semver && !VersionKey::supports(ecosystem) {
        return VersionKey::parse(&Ecosystem::CRATES_IO, version);
    }
    VersionKey::parse(ecosystem, version)
}

/// A package's version in the form in which advisories write versions: Python's without the local
/// part, since `+cu118` is a build of the same release, and others as they are.
pub(crate) fn plain<'v>(ecosystem: &Ecosystem, version: &'v str) -> &'v str {
    let version = version.trim();
    if *ecosystem == Ecosystem::PYPI {
        version
            .split_once('+')
            .map_or(version, |(public, _)| public)
    } else {
        version
    }
}

/// Whether an event's version stands before all versions (`introduced: "0"`).
fn is_start(kind: EventKind, version: &str) -> bool {
    kind == EventKind::Introduced && version == "0"
}

/// Whether an event's version stands after all versions (`limit: "*"`).
fn is_end(kind: EventKind, version: &str) -> bool {
    kind == EventKind::Limit && version == "*"
}

/// Sorts a range's events, if all of them can be compared, and marks it as sorted.
pub(crate) fn sort(ecosystem: &Ecosystem, range: &mut Range) {
    let mut events: Vec<(EventKind, &str)> = range
        .events
        .iter()
        .map(|event| (event.kind, event.version.as_str()))
        .collect();
    if sort_events(ecosystem, range.order, &mut events).is_err() {
        range.sorted = false;
        return;
    }
    range.events = events
        .into_iter()
        .map(|(kind, version)| Event {
            kind,
            version: version.to_owned(),
        })
        .collect();
    range.sorted = true;
}

/// Sorts events by version. Of equal versions `last_affected` comes last, since it still includes
/// its version; the others keep the record's order.
///
/// # Errors
/// [`VersionError`] if an event's version cannot be compared.
pub(crate) fn sort_events(
    ecosystem: &Ecosystem,
    kind: RangeType,
    events: &mut Vec<(EventKind, &str)>,
) -> Result<(), VersionError> {
    let mut keyed = Vec::with_capacity(events.len());
    for &(event, version) in events.iter() {
        keyed.push((place(ecosystem, kind, event, version)?, (event, version)));
    }
    let last = |event| event == EventKind::LastAffected;
    keyed.sort_by(|(a, (a_event, _)), (b, (b_event, _))| {
        a.cmp(b).then_with(|| last(*a_event).cmp(&last(*b_event)))
    });
    *events = keyed.into_iter().map(|(_, event)| event).collect();
    Ok(())
}

/// Where an event is among the versions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// Before all of them.
    Start,
    /// At one of them.
    At(VersionKey),
    /// After all of them.
    End,
}

impl Place {
    /// The place of a version relative to this one.
    pub(crate) fn order(&self, version: &VersionKey) -> Ordering {
        match self {
            Self::Start => Ordering::Greater,
            Self::At(at) => version.cmp(at),
            Self::End => Ordering::Less,
        }
    }
}

/// The place of an event.
///
/// # Errors
/// [`VersionError`] if its version cannot be compared.
pub(crate) fn place(
    ecosystem: &Ecosystem,
    kind: RangeType,
    event: EventKind,
    version: &str,
) -> Result<Place, VersionError> {
    if is_start(event, version) {
        Ok(Place::Start)
    } else if is_end(event, version) {
        Ok(Place::End)
    } else {
        key(ecosystem, kind, version).map(Place::At)
    }
}

/// Whether `version` is between the events, which must be sorted.
///
/// # Errors
/// [`VersionError`] if an event's version cannot be compared.
pub(crate) fn contains(
    ecosystem: &Ecosystem,
    kind: RangeType,
    events: &[(EventKind, &str)],
    version: &VersionKey,
) -> Result<bool, VersionError> {
    contains_by(events, |event, at| {
        place(ecosystem, kind, event, at).map(|place| place.order(version))
    })
}

/// Whether a version is between sorted events, given its order relative to each.
pub(crate) fn contains_by<T, E>(
    events: &[(EventKind, T)],
    order: impl Fn(EventKind, &T) -> Result<Ordering, E>,
) -> Result<bool, E> {
    let limits = || {
        events
            .iter()
            .filter(|(event, _)| *event == EventKind::Limit)
    };
    let mut before_limits = limits().next().is_none();
    for (event, limit) in limits() {
        before_limits = before_limits || order(*event, limit)?.is_lt();
    }
    if !before_limits {
        return Ok(false);
    }
    let mut affected = false;
    for (event, at) in events
        .iter()
        .filter(|(event, _)| *event != EventKind::Limit)
    {
        match (event, order(*event, at)?) {
            // Later events are at later versions, so they change nothing either.
            (_, Ordering::Less) => break,
            (EventKind::Introduced, _) => affected = true,
            (EventKind::Fixed, _) | (EventKind::LastAffected, Ordering::Greater) => {
                affected = false
            }
            _ => {}
        }
    }
    Ok(affected)
}

#[cfg(test)]
mod tests {
    use EventKind::{Fixed, Introduced, LastAffected, Limit};

    use super::*;

    fn check(ecosystem: &Ecosystem, events: &[(EventKind, &str)], yes: &[&str], no: &[&str]) {
        let mut sorted = events.to_vec();
        sorted.reverse();
        for kind in [RangeType::Semver, RangeType::Ecosystem] {
            for mut events in [events.to_vec(), sorted.clone()] {
                sort_events(ecosystem, kind, &mut events).unwrap();
                for (versions, expected) in [(yes, true), (no, false)] {
                    for version in versions {
                        let key = key(ecosystem, kind, version).unwrap();
                        let found = contains(ecosystem, kind, &events, &key);
                        assert_eq!(found, Ok(expected), "{version} in {events:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn follows_the_events() {
        let cargo = &Ecosystem::CRATES_IO;
        let all = [(Introduced, "0")];
        check(cargo, &all, &["0.0.0-0", "0.0.0", "9.9.9"], &[]);
        let fixed = [(Introduced, "0"), (Fixed, "1.2.3")];
        check(
            cargo,
            &fixed,
            &["0.0.1", "1.2.3-rc.1"],
            &["1.2.3", "1.2.3+b", "2.0.0"],
        );
        let two = [
            (Introduced, "1.0.0"),
            (Fixed, "1.0.5"),
            (Introduced, "2.0.0"),
            (Fixed, "2.0.1"),
        ];
        let (yes, no) = (
            ["1.0.0", "1.0.4", "2.0.0"],
            ["0.9.9", "1.0.5", "1.9.0", "2.0.1", "3.0.0"],
        );
        check(cargo, &two, &yes, &no);
        let last = [(Introduced, "1.0.0"), (LastAffected, "1.4.0")];
        check(
            cargo,
            &last,
            &["1.0.0", "1.4.0", "1.4.0-rc.1"],
            &["0.9.0", "1.4.1", "1.4.1-0"],
        );
        let only = [(Introduced, "1.0.0"), (LastAffected, "1.0.0")];
        check(cargo, &only, &["1.0.0"], &["0.9.0", "1.0.1"]);
        let limited = [(Introduced, "1.0.0"), (Limit, "2.0.0"), (Limit, "3.0.0")];
        check(cargo, &limited, &["1.0.0", "2.5.0"], &["3.0.0", "0.1.0"]);
        let unlimited = [(Introduced, "1.0.0"), (Limit, "*")];
        check(cargo, &unlimited, &["1.0.0", "7.0.0"], &["0.9.0"]);
        let open = [(Introduced, "1.0.0-alpha")];
        check(
            cargo,
            &open,
            &["1.0.0-alpha", "1.0.0"],
            &["1.0.0-0", "0.9.0"],
        );
    }

    #[test]
    fn orders_as_the_ecosystem_does() {
        let python = [(Introduced, "0"), (Fixed, "1.10")];
        check(
            &Ecosystem::PYPI,
            &python,
            &["1.9", "1.10rc1", "1.10.dev1"],
            &["1.10.0", "1.10.post1"],
        );
        let go = [(Introduced, "1.21.0-0"), (Fixed, "1.21.3")];
        check(
            &Ecosystem::GO,
            &go,
            &["go1.21rc1", "1.21", "v1.21.2"],
            &["go1.20.9", "go1.21.3"],
        );
        let swift = [(Introduced, "0"), (Fixed, "1.2.0")];
        let mut events = swift.to_vec();
        let other = Ecosystem::new("SwiftURL");
        sort_events(&other, RangeType::Semver, &mut events).unwrap();
        let version = key(&other, RangeType::Semver, "1.1.9").unwrap();
        assert_eq!(
            contains(&other, RangeType::Semver, &events, &version),
            Ok(true)
        );
        assert!(key(&other, RangeType::Ecosystem, "1.1.9").is_err());
    }

    #[test]
    fn of_a_fix_and_an_introduction_at_one_version_the_record_tells_the_order() {
        let again = [
            (Introduced, "0"),
            (Fixed, "1.0.0"),
            (Introduced, "1.0.0"),
            (Fixed, "2.0.0"),
        ];
        let version = key(&Ecosystem::NPM, RangeType::Semver, "1.5.0").unwrap();
        let mut events = again.to_vec();
        sort_events(&Ecosystem::NPM, RangeType::Semver, &mut events).unwrap();
        let found = contains(&Ecosystem::NPM, RangeType::Semver, &events, &version);
        assert_eq!(found, Ok(true));
    }
}
