use gw_analysis::{Analyzer, Entry, EntryKind, Output, Part};

use crate::merge::merge;
use crate::reader::{FAMILIES, Family, FileReading, Joined, Reader};

/// Reads dependency files; produces one [`crate::Inventory`].
#[derive(Debug, Default)]
pub struct PackageAnalyzer;

/// What is kept of a file for the cross-file phase.
struct Kept {
    /// The position in [`FAMILIES`].
    family: usize,
    reading: FileReading,
}

impl Analyzer for PackageAnalyzer {
    fn name(&self) -> &'static str {
        "package"
    }

    fn wants(&self, path: &str, kind: EntryKind, head: &[u8]) -> bool {
        kind != EntryKind::Link && readers_of(FAMILIES, path, head).next().is_some()
    }

    fn visit(&self, entry: &Entry, out: &mut Output) {
        read(FAMILIES, entry, out);
    }

    fn finish(&self, parts: Vec<Part>, out: &mut Output) {
        join(FAMILIES, parts, out);
    }
}

/// The readers that a file may be for, with their family's position. A file that two formats claim
/// is read as both: names may be lies, and neither reading takes anything from the other.
fn readers_of<'f>(
    families: &'f [Family],
    path: &'f str,
    head: &'f [u8],
) -> impl Iterator<Item = (usize, &'f dyn Reader)> {
    families
        .iter()
        .enumerate()
        .flat_map(move |(family, readers)| {
            readers
                .readers
                .iter()
                .filter(move |reader| reader.matches(path, head))
                .map(move |reader| (family, *reader))
        })
}

fn read(families: &[Family], entry: &Entry, out: &mut Output) {
    const HEAD: usize = 512;
    let bytes = entry.bytes();
    let head = bytes.get(..HEAD).unwrap_or(bytes);
    let path = entry
        .location()
        .inside
        .last()
        .unwrap_or(&entry.location().path);
    for (family, reader) in readers_of(families, path, head) {
        let mut reading = reader.read(entry);
        reading.location = entry.location().clone();
        reading.reader = reader.id();
        out.keep(entry, Kept { family, reading });
    }
}

fn join(families: &[Family], parts: Vec<Part>, out: &mut Output) {
    let mut readings: Vec<Vec<FileReading>> = families.iter().map(|_| Vec::new()).collect();
    for part in parts {
        if let Ok(kept) = part.value.downcast::<Kept>()
            && let Some(family) = readings.get_mut(kept.family)
        {
            family.push(kept.reading);
        }
    }
    let mut joined = Joined::default();
    for (family, mut readings) in families.iter().zip(readings) {
        readings.sort_by(|a, b| (&a.location, a.reader).cmp(&(&b.location, b.reader)));
        (family.join)(readings, &mut joined);
    }
    joined.incomplete.sort();
    joined.incomplete.dedup();
    out.incomplete.append(&mut joined.incomplete);
    let mut inventory = merge(joined.locks);
    inventory.add_models(joined.models, joined.datasets);
    out.produce(inventory);
}

#[cfg(test)]
mod tests {
    use gw_finding::{Incomplete, Location, ReasonCode};

    use super::*;
    use crate::reader::{Lock, Locked};
    use crate::{Ecosystem, Inventory, Scope};

    /// Each line is a package; `bad` is none.
    struct Lines(&'static str);

    impl Reader for Lines {
        fn id(&self) -> &'static str {
            self.0
        }

        fn matches(&self, path: &str, _head: &[u8]) -> bool {
            path.ends_with(self.0)
        }

        fn read(&self, entry: &Entry) -> FileReading {
            let mut reading = FileReading::default();
            let mut lock = Lock::default();
            for name in entry.text().unwrap().lines() {
                if name == "bad" {
                    reading.incomplete.push(Incomplete {
                        location: entry.location().clone(),
                        analyzer: "package".to_owned(),
                        reason: ReasonCode::Malformed,
                        detail: String::new(),
                    });
                } else {
                    lock.packages.push(Locked {
                        ecosystem: Ecosystem::PYPI,
                        name: name.to_owned(),
                        version: "1".to_owned(),
                        purl: crate::Purl::pypi(name, "1").unwrap().to_string(),
                        location: entry.location().clone(),
                        scope: Scope::Runtime,
                        direct: None,
                        dependencies: Vec::new(),
                        license: None,
                        hashes: Vec::new(),
                    });
                }
            }
            reading.lock = Some(lock);
            reading
        }
    }

    fn take_all(readings: Vec<FileReading>, joined: &mut Joined) {
        assert!(readings.is_sorted_by_key(|reading| reading.location.clone()));
        for reading in readings {
            joined.locks.extend(reading.lock);
            joined.incomplete.extend(reading.incomplete);
        }
    }

    const TEST_FAMILIES: &[Family] = &[
        Family {
            name: "a",
            readers: &[&Lines(".a"), &Lines(".b.a")],
            join: take_all,
        },
        Family {
            name: "b",
            readers: &[&Lines(".b")],
            join: take_all,
        },
    ];

    fn run(files: &[(&str, &str)]) -> (Inventory, Vec<Incomplete>) {
        let mut out = Output::default();
        for (path, text) in files {
            let entry = Entry::new(
                Location::file(*path),
                EntryKind::File,
                text.as_bytes().to_vec(),
            );
            read(TEST_FAMILIES, &entry, &mut out);
        }
        let parts = std::mem::take(&mut out.parts);
        join(TEST_FAMILIES, parts, &mut out);
        let product = out.products.pop().unwrap();
        (*product.downcast::<Inventory>().unwrap(), out.incomplete)
    }

    #[test]
    fn files_become_one_inventory() {
        let (inventory, incomplete) =
            run(&[("z.a", "x\ny_1\nbad"), ("a.b", "Y.1"), ("c.txt", "q")]);
        let names: Vec<_> = inventory.packages.iter().map(|p| p.name.as_str()).collect();
        assert_eq!(names, ["x", "y-1"]);
        let places: Vec<_> = inventory.packages[1]
            .occurrences
            .iter()
            .map(|o| o.location.path.as_str())
            .collect();
        assert_eq!(places, ["a.b", "z.a"]);
        assert_eq!(incomplete.len(), 1);
    }

    #[test]
    fn a_file_of_two_formats_is_read_as_both() {
        let (inventory, incomplete) = run(&[("z.b.a", "x\nbad")]);
        assert_eq!(inventory.packages.len(), 1);
        assert_eq!(incomplete.len(), 1, "said twice, reported once");
    }

    #[test]
    fn nothing_yields_an_empty_inventory() {
        assert_eq!(run(&[]).0, Inventory::default());
    }
}
