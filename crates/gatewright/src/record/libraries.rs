//! Which Python packages a step used, told from the files of theirs that it read.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// So much of a list of an installation's files is read.
const MOST_RECORD: u64 = 4 << 20;

/// The packages that files belong to, with their versions: by the metadata that installers leave
/// beside them (<https://packaging.python.org/en/latest/specifications/recording-installed-packages/>).
pub(crate) fn used<'p>(files: impl Iterator<Item = &'p Path>) -> BTreeMap<String, String> {
    let mut seen: BTreeMap<PathBuf, BTreeSet<String>> = BTreeMap::new();
    for file in files {
        let Some(folder) = file.ancestors().find(|folder| {
            folder
                .file_name()
                .is_some_and(|name| name == "site-packages" || name == "dist-packages")
        }) else {
            continue;
        };
        let first = file.strip_prefix(folder).ok().and_then(|rest| {
            let first = rest.iter().next()?.to_string_lossy().into_owned();
            Some(first)
        });
        // Metadata is read by package managers and by lookups of versions; that is no use.
        if let Some(first) = first.filter(|first| !first.ends_with(".dist-info")) {
            seen.entry(folder.to_owned()).or_default().insert(first);
        }
    }
    let mut libraries = BTreeMap::new();
    for (folder, used) in seen {
        for installed in installed(&folder) {
            if installed.parts.iter().any(|part| used.contains(part)) {
                libraries.insert(installed.name, installed.version);
            }
        }
    }
    libraries
}

struct Installed {
    name: String,
    version: String,
    /// Its files and folders in the folder of packages.
    parts: BTreeSet<String>,
}

fn installed(folder: &Path) -> Vec<Installed> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let one = |entry: std::fs::DirEntry| {
        let file_name = entry.file_name();
        let stem = file_name.to_str()?.strip_suffix(".dist-info")?;
        let (name, version) = stem.rsplit_once('-')?;
        let mut record = String::new();
        let file = std::fs::File::open(entry.path().join("RECORD")).ok()?;
        file.take(MOST_RECORD).read_to_string(&mut record).ok()?;
        let parts = record
            .lines()
            .filter_map(|line| line.trim_start_matches('"').split(['/', ',']).next())
            .filter(|part| !part.is_empty() && *part != ".." && !part.ends_with(".dist-info"))
            .map(str::to_owned)
            .collect();
        Some(Installed {
            name: name.to_owned(),
            version: version.to_owned(),
            parts,
        })
    };
    entries.filter_map(|entry| one(entry.ok()?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_read_is_used() {
        let folder = tempfile::tempdir().unwrap();
        let packages = folder.path().join("lib/python3.11/site-packages");
        for (name, record) in [
            (
                "torch-2.1.0",
                "torch/__init__.py,sha256=x,1\n../../bin/torchrun,,\n",
            ),
            ("six-1.16.0", "six.py,,\n"),
            ("idle-1.0", "idle/__init__.py,,\n"),
        ] {
            let info = packages.join(format!("{name}.dist-info"));
            std::fs::create_dir_all(&info).unwrap();
            std::fs::write(info.join("RECORD"), record).unwrap();
        }
        let files = [
            packages.join("torch/nn/modules.py"),
            packages.join("six.py"),
            packages.join("idle-1.0.dist-info/METADATA"),
            folder.path().join("train.py"),
        ];
        let used = used(files.iter().map(PathBuf::as_path));
        let expected = [("six", "1.16.0"), ("torch", "2.1.0")];
        let expected = expected.map(|(name, version)| (name.to_owned(), version.to_owned()));
        assert_eq!(used, expected.into());
    }
}
