use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use gw_finding::Location;
use zip::ZipArchive;

use super::table::Table;
use super::{Added, Compiler, Counts, KEV_NAME, Provenance, SourceError};
use crate::index::Arrival;
use crate::kev;

/// How deep folders may nest.
const DEEPEST: usize = 8;
/// How many files a folder, and members a zip, may have.
const MOST: usize = 10_000_000;
/// The largest catalogue of known exploited vulnerabilities, in bytes.
const LARGEST_CATALOGUE: u64 = 256 << 20;

/// Adds what is at a path.
pub(super) fn path(
    compiler: &mut Compiler,
    path: &Path,
    table: &Table,
    added: &mut Added,
) -> Result<(), SourceError> {
    let metadata = fs::metadata(path).map_err(|error| io(path, &error))?;
    if metadata.is_dir() {
        return folder(compiler, path, table, added, 0);
    }
    if is_zip(path)? {
        archive(compiler, path, table, added)
    } else {
        let mut counts = Counts::default();
        loose(compiler, path, table, added, &mut counts)
    }
}

/// Adds a folder: its zips, its JSON files, its folders, in order of name.
fn folder(
    compiler: &mut Compiler,
    folder: &Path,
    table: &Table,
    added: &mut Added,
    depth: usize,
) -> Result<(), SourceError> {
    let too_many = |what, limit| SourceError::TooMany {
        path: folder.display().to_string(),
        what,
        limit,
    };
    if depth > DEEPEST {
        return Err(too_many("levels of folders", DEEPEST));
    }
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| io(folder, &error))? {
        paths.push(entry.map_err(|error| io(folder, &error))?.path());
        if paths.len() > MOST {
            return Err(too_many("files", MOST));
        }
    }
    paths.sort_unstable();
    let mut counts = Counts::default();
    for path in paths {
        // Hidden entries are an editor's or a version control system's.
        if name(&path).starts_with('.') {
            continue;
        }
        let metadata = fs::metadata(&path).map_err(|error| io(&path, &error))?;
        if metadata.is_dir() {
            self::folder(compiler, &path, table, added, depth + 1)?;
        } else if has_extension(&path, "zip") {
            archive(compiler, &path, table, added)?;
        } else if has_extension(&path, "json") {
            loose(compiler, &path, table, added, &mut counts)?;
        }
    }
    // A folder that bears an ecosystem's name is its feed, unpacked. It adds to what is there,
    // since nothing says that it is whole; but it makes the ecosystem covered.
    let called = folder_name(folder);
    if counts.of.contains_key(super::ecosystem_base(&called)) {
        compiler.feed(&called, table.row(folder), added);
    }
    Ok(())
}

/// Adds a JSON file: a record or the catalogue.
fn loose(
    compiler: &mut Compiler,
    path: &Path,
    table: &Table,
    added: &mut Added,
    counts: &mut Counts,
) -> Result<(), SourceError> {
    let file = File::open(path).map_err(|error| io(path, &error))?;
    let limit = limit_for(compiler, path);
    let json = read(file, limit).map_err(|error| io(path, &error))?;
    if looks_like_catalogue(name(path), &json)
        && let Ok(catalogue) = kev::parse(&json)
    {
        compiler.catalogue(catalogue, table.row(path), added);
        return Ok(());
    }
    let place = Location::file(path.display().to_string());
    if let Some(ecosystems) = compiler.record(&json, &place, Arrival::Single) {
        added.records = added.records.saturating_add(1);
        counts.add(ecosystems);
    }
    Ok(())
}

/// Adds a zip: a feed, a few records, or the catalogue.
fn archive(
    compiler: &mut Compiler,
    path: &Path,
    table: &Table,
    added: &mut Added,
) -> Result<(), SourceError> {
    let is_feed = name(path).eq_ignore_ascii_case("all.zip");
    let arrival = if is_feed {
        Arrival::Feed
    } else {
        Arrival::Single
    };
    let provenance = table.row(path);
    let counts = zip(
        compiler,
        path,
        &path.display().to_string(),
        arrival,
        &provenance,
        added,
    )?;
    if is_feed {
        let called = path.parent().map(folder_name).unwrap_or_default();
        if let Some(ecosystem) = counts.ecosystem(&called) {
            compiler.feed(&ecosystem, provenance, added);
            compiler.feeds.insert(ecosystem);
        }
    }
    Ok(())
}

/// Adds the members of a zip, which messages call `label`.
pub(super) fn zip(
    compiler: &mut Compiler,
    path: &Path,
    label: &str,
    arrival: Arrival,
    provenance: &Provenance,
    added: &mut Added,
) -> Result<Counts, SourceError> {
    let file = File::open(path).map_err(|error| io(path, &error))?;
    let bad = |reason: String| SourceError::NotAZip {
        path: label.to_owned(),
        reason,
    };
    let mut zip = ZipArchive::new(BufReader::new(file)).map_err(|error| bad(error.to_string()))?;
    if zip.len() > MOST {
        return Err(SourceError::TooMany {
            path: label.to_owned(),
            what: "members",
            limit: MOST,
        });
    }
    let mut counts = Counts::default();
    for at in 0..zip.len() {
        let mut place = Location::file(label);
        let member = match zip.by_index(at) {
            Ok(member) => member,
            Err(error) => {
                place.inside.push(format!("member {at}"));
                compiler.note(place, error.to_string());
                continue;
            }
        };
        let name = member
            .name()
            .map(|name| name.into_owned())
            .unwrap_or_default();
        if !name.to_ascii_lowercase().ends_with(".json") {
            continue;
        }
        place
            .inside
            .push(name.chars().filter(|c| !c.is_control()).collect());
        let limit = limit_for(compiler, Path::new(&name));
        let json = match read(member, limit) {
            Ok(json) => json,
            Err(error) => {
                compiler.note(place, format!("it cannot be unpacked: {error}"));
                continue;
            }
        };
        if looks_like_catalogue(&name, &json)
            && let Ok(catalogue) = kev::parse(&json)
        {
            compiler.catalogue(catalogue, provenance.clone(), added);
            continue;
        }
        if let Some(ecosystems) = compiler.record(&json, &place, arrival) {
            added.records = added.records.saturating_add(1);
            counts.add(ecosystems);
        }
    }
    Ok(counts)
}

/// Reads up to one byte past a limit, so that whoever looks at the length sees that it was passed.
fn read(from: impl Read, limit: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn limit_for(compiler: &Compiler, path: &Path) -> u64 {
    if is_catalogue(name(path)) {
        LARGEST_CATALOGUE
    } else {
        compiler.options.limits.bytes as u64
    }
}

fn is_catalogue(name: &str) -> bool {
    name.rsplit('/')
        .next()
        .is_some_and(|name| name.starts_with(KEV_NAME))
}

/// Whether a document may be the catalogue: by its name, or by a field that every release of it
/// has near its beginning and no record has.
fn looks_like_catalogue(name: &str, json: &[u8]) -> bool {
    let field = b"\"catalogVersion\"";
    let head = json.get(..json.len().min(1024)).unwrap_or_default();
    is_catalogue(name) || head.windows(field.len()).any(|window| window == field)
}

/// Whether a file is a zip, by its first bytes or else by its name.
fn is_zip(path: &Path) -> Result<bool, SourceError> {
    let mut head = [0; 4];
    let file = File::open(path).map_err(|error| io(path, &error))?;
    let length = file
        .take(4)
        .read(&mut head)
        .map_err(|error| io(path, &error))?;
    let magic = head
        .get(..length)
        .is_some_and(|head| matches!(head, b"PK\x03\x04" | b"PK\x05\x06"));
    Ok(magic || has_extension(path, "zip"))
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension()
        .is_some_and(|found| found.eq_ignore_ascii_case(extension))
}

fn name(path: &Path) -> &str {
    path.file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default()
}

/// The last part of a folder's path, found also where it is written as `.` or `x/..`.
fn folder_name(folder: &Path) -> String {
    let whole = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    name(&whole).to_owned()
}

fn io(path: &Path, error: &std::io::Error) -> SourceError {
    SourceError::Io {
        path: path.display().to_string(),
        reason: error.to_string(),
    }
}
