use super::central::Record;
use super::local::Local;
use super::{Found, Walk, names};
use crate::{DisagreementKind, Reading};

/// The marks of a member that it needs a program that most loaders are not: patched data (bit 5),
/// strong encryption (bit 6), masked headers (bit 13). Some loaders refuse it for them, others do
/// not look.
const STRANGE: u16 = 1 << 5 | 1 << 6 | 1 << 13;

impl Walk<'_, '_> {
    /// Notes what a directory says of the member at `at` and, if it differs, what its local header
    /// says.
    pub(super) fn agree(&mut self, at: u64, record: &Record, local: &Local) {
        let mut central = Found {
            start: local.data,
            name: record.name.clone(),
            method: record.method,
            compressed: record.compressed,
            size: Some(record.size),
            crc: Some(record.crc),
            flags: record.flags,
            mode: record.mode,
            reading: Reading::Agreed,
        };
        self.claim(at, record, local);
        let differs = self.differences(&central, record, local);
        // A loader that does not look at the mark reads what is there.
        let flags = if differs.encrypted {
            central.flags & !1
        } else {
            central.flags
        };
        central.flags = flags;
        if differs.name || differs.bytes {
            central.reading = Reading::Central;
            let mut other = central.clone();
            other.reading = Reading::Local;
            other.name.clone_from(&local.name);
            if differs.bytes {
                other.method = local.method;
                if !local.is_open() {
                    other.compressed = local.compressed;
                    other.size = Some(local.size);
                    other.crc = Some(local.crc);
                }
            }
            self.note(other);
        }
        if let Some((size, compressed)) = record.unused {
            let mut other = central.clone();
            other.reading = Reading::Central;
            (other.size, other.compressed) = (Some(size), compressed);
            self.note(other);
        }
        for unicode in [&record.unicode, &local.unicode].into_iter().flatten() {
            if unicode.name == central.name {
                continue;
            }
            let mut other = central.clone();
            other.name.clone_from(&unicode.name);
            other.reading = Reading::UnicodePath;
            self.note(other);
            if unicode.stands_for(&central.name) && !names::are_alike(&unicode.name, &central.name)
            {
                self.disagree_on(&central, DisagreementKind::Name, || {
                    let name = crate::display_name(&unicode.name);
                    format!("its Unicode path field calls it {name:?}")
                });
            }
        }
        self.note(central);
    }

    /// Notes a reading, and another one if its name is cut off by some.
    fn note(&mut self, found: Found) {
        self.names = self.names.saturating_add(found.name.len());
        if let Some(cut) = names::cut_at_nul(&found.name) {
            let mut other = found.clone();
            other.name = cut.to_vec();
            self.disagree_on(&other, DisagreementKind::Name, || {
                let name = crate::display_name(&found.name);
                format!("it is called {name:?}, which ends at the NUL for some loaders")
            });
            self.found.insert(other);
        }
        self.found.insert(found);
    }

    /// Claims the bytes of a member that all agree on, so that whatever else is there is found.
    fn claim(&mut self, at: u64, record: &Record, local: &Local) {
        let mut compressed = record.compressed;
        if local.is_open() {
            if local.method == 8 && compressed > 0 {
                let end = local.data.saturating_add(compressed);
                self.open_ended.push((local.data, end));
            }
        } else {
            compressed = compressed.min(local.compressed);
        }
        let end = local.data.saturating_add(compressed);
        self.claimed.push((at, end));
    }

    /// Says what the two headers disagree about.
    fn differences(&mut self, central: &Found, record: &Record, local: &Local) -> Differences {
        use DisagreementKind as Kind;
        let name = names::path(&local.name) != names::path(&central.name);
        if name && !names::are_alike(&local.name, &central.name) {
            self.disagree_on(central, Kind::Name, || {
                let name = crate::display_name(&local.name);
                format!("the local header calls it {name:?}")
            });
        }
        let is_empty = record.compressed == 0 && local.compressed == 0 && record.size == 0;
        let method = local.method != record.method && !is_empty;
        if method {
            self.disagree_on(central, Kind::Method, || {
                let (here, there) = (record.method, local.method);
                format!("the directory says method {here}, the local header method {there}")
            });
        }
        let stated = (local.size, local.compressed);
        let size = !local.is_open() && stated != (record.size, record.compressed);
        if size {
            self.disagree_on(central, Kind::Size, || {
                format!(
                    "the directory says {} bytes, {} compressed; the local header {}, {}",
                    record.size, record.compressed, local.size, local.compressed
                )
            });
        }
        if let Some((size, compressed)) = record.unused {
            self.disagree_on(central, Kind::Size, || {
                format!(
                    "the directory says {} bytes, {} compressed; its own zip64 field {size}, \
                     {compressed}",
                    record.size, record.compressed
                )
            });
        }
        if !local.has_descriptor() && local.crc != record.crc {
            self.disagree_on(central, Kind::Checksum, || {
                format!(
                    "the directory says {:08x}, the local header {:08x}",
                    record.crc, local.crc
                )
            });
        }
        let encrypted = (local.flags ^ record.flags) & 1 != 0;
        if encrypted {
            self.disagree_on(central, Kind::Encrypted, || {
                let who = if record.flags & 1 != 0 {
                    "directory"
                } else {
                    "local header"
                };
                format!("only the {who} says that it is encrypted")
            });
        }
        let marks = record.flags | local.flags;
        if marks & STRANGE != 0 && marks & 1 == 0 {
            self.disagree_on(central, Kind::Marks, || {
                format!(
                    "it is marked as patched, strongly encrypted or masked (flags {marks:#06x})"
                )
            });
        }
        Differences {
            name,
            bytes: method || size,
            encrypted,
        }
    }

    /// Says what parts of the archive disagree about, of a member that is not a mere folder.
    pub(super) fn disagree_on(
        &mut self,
        found: &Found,
        kind: DisagreementKind,
        detail: impl FnOnce() -> String,
    ) {
        let (path, _) = names::path(&found.name);
        self.disagree(Some(path), kind, detail());
    }
}

/// What a directory and a local header do not say alike.
struct Differences {
    name: bool,
    /// Which bytes there are, and how they are compressed.
    bytes: bool,
    encrypted: bool,
}
