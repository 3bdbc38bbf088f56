use std::collections::BTreeSet;

use gw_finding::ReasonCode;

use crate::reader::Reader;
use crate::report::Report;
use crate::{Content, Model};

use super::plausible::{Guess, guess, has_magic};
use super::{End, PickleOptions, PickleOutcome, Reading, Shown, Verdict, contents, findings, hunt};

/// Reads files that are pickles, one or several one after the other.
///
/// Protocols 0 and 1 have no magic, so that such a file is told by what would happen if it were
/// executed. Files of PyTorch before 1.6 are pickles too: a magic number, a version, the system,
/// the object, the keys of its storages, and then the storages' bytes.
pub(crate) struct Pickle;

/// Endings under which frameworks open pickles.
const ENDINGS: &[&str] = &[
    ".bin",
    ".ckpt",
    ".cloudpickle",
    ".dat",
    ".data",
    ".dill",
    ".dump",
    ".jbl",
    ".jl",
    ".joblib",
    ".mdl",
    ".model",
    ".npy",
    ".p",
    ".pb2",
    ".pck",
    ".pcl",
    ".pickle",
    ".pk",
    ".pkl",
    ".pkl2",
    ".pkl3",
    ".pt",
    ".pt2",
    ".pth",
    ".sav",
    ".save",
    ".state",
    ".weights",
];

/// Those of them under which there is nothing else.
const OWN_ENDINGS: &[&str] = &[
    ".cloudpickle",
    ".dill",
    ".jbl",
    ".joblib",
    ".pck",
    ".pcl",
    ".pickle",
    ".pkl",
    ".pkl2",
    ".pkl3",
];

/// What `torch.save` wrote first until version 1.6.
const TORCH_MAGIC: i128 = 0x1950_a86a_20f9_469c_fc6c;

impl Reader for Pickle {
    fn claims(&self, path: &str, head: &[u8]) -> bool {
        match guess(head) {
            Guess::Strong => true,
            // Text formats have weak likenesses; what is reported of them is decided later.
            Guess::Weak => true,
            Guess::No => has_magic(head) || has_ending(path, ENDINGS) && !is_known(head),
        }
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        let options = PickleOptions {
            several: true,
            arrays_between: true,
            // A tensor is some twenty values, and models have thousands of tensors.
            described: 1 << 18,
            persistent_ids: true,
            ..PickleOptions::default()
        };
        let head = match &content {
            Content::Stream(..) => None,
            _ => content.take_up_to(512).ok(),
        };
        if head.is_some() && content.go_to(0).is_err() {
            return report.incomplete(ReasonCode::Unreadable, "the file cannot be read twice");
        }
        let reading = Reading::new(&mut content, &options);
        let (strong, likely) = match &head {
            Some(head) => {
                let likely = guess(head) == Guess::Strong;
                (likely || has_magic(head), likely)
            }
            None => {
                let strong = reading.outcome.protocol.is_some();
                (strong, strong)
            }
        };
        let other = head.is_some_and(|head| is_known(&head));
        if other && reading.machine.first_persistent == Some(0) {
            // The first bytes of a zip can be read as a persistent id (`P` and a line). Unpicklers
            // stop there, and frameworks write zips under the same endings as pickles.
            return;
        }
        let named = !other && has_ending(report.path(), ENDINGS);
        let is_empty = reading.outcome.consumed == 0 && reading.outcome.end == End::Truncated(0);
        let own = !other && has_ending(report.path(), OWN_ENDINGS) && !is_empty;
        if strong || named {
            hunt::hunt(&mut content, searched_from(&reading), &options, report);
        }
        let in_archive = !report.location().inside.is_empty();
        let noise = !likely && is_noise(&reading, named, in_archive);
        if !own && (noise || !is_worth_telling(&reading, strong, named)) {
            return;
        }
        reading.report(report, &options);
        report_unresolved(&reading, report);
        if reading.outcome.arrays > 0 {
            read_without_arrays(&mut content, &options, report);
        }
        if let Some(model) = describe(&reading, report) {
            report.describe(model);
        }
        report.keep(reading.outcome);
    }
}

/// Where to look for more pickles: behind those that were read, or, where none were, anywhere.
fn searched_from(reading: &Reading) -> u64 {
    let whole = reading.outcome.end == End::Stopped && reading.machine.broken.is_none();
    if whole || reading.worst() > Verdict::Safe {
        reading.outcome.consumed
    } else {
        1
    }
}

/// Reports persistent ids in files other than those of PyTorch: `pickle.load` resolves none. Members
/// of archives are left out, since PyTorch's archives are read as a whole.
fn report_unresolved(reading: &Reading, report: &mut Report<'_>) {
    if let Some(at) = reading.machine.first_persistent
        && report.location().inside.is_empty()
        && !is_torch(reading)
        && storages(&reading.outcome) == 0
        && reading.machine.broken.is_none()
        && reading.outcome.end == End::Stopped
    {
        let detail =
            format!("the pickle breaks at byte {at}: there is nobody to resolve a persistent id");
        report.incomplete(ReasonCode::Malformed, detail);
    }
}

fn is_torch(reading: &Reading) -> bool {
    reading.outcome.roots.first().and_then(Shown::as_int) == Some(TORCH_MAGIC)
}

/// How many storages of PyTorch's the persistent ids name, if that is what all of them are: then it
/// is the pickle of an archive, without the archive.
fn storages(outcome: &PickleOutcome) -> usize {
    let mut keys = BTreeSet::new();
    for id in &outcome.persistent_ids {
        let [kind, class, key, ..] = id.items() else {
            return 0;
        };
        let is_class = class.name().is_some_and(|name| name.ends_with("Storage"));
        match key {
            Shown::Text(key) if is_class && kind.as_text() == Some("storage") => keys.insert(key),
            _ => return 0,
        };
    }
    keys.len()
}

/// Reads a file with arrays between its instructions once more, as unpicklers do that know nothing
/// of them: they execute the arrays' bytes.
fn read_without_arrays(
    content: &mut Content<'_>,
    options: &PickleOptions,
    report: &mut Report<'_>,
) {
    if content.go_to(0).is_err() {
        let detail = "arrays between instructions could not be read as instructions, too";
        return report.incomplete(ReasonCode::Unsupported, detail);
    }
    let options = PickleOptions {
        arrays_between: false,
        described: 0,
        ..*options
    };
    let reading = Reading::new(content, &options);
    // Numbers rarely make sense as instructions: only what does is of interest.
    findings::report_dangerous(
        &reading.machine,
        "if arrays are read as instructions",
        report,
    );
}

/// Whether bytes that begin as a pickle does are something else: the numbers of a tensor, of which
/// one in some ten thousand begins so. They ask for what is not there before anything is named. In
/// an archive, where a tensor is a member, they also end too early.
fn is_noise(reading: &Reading, named: bool, in_archive: bool) -> bool {
    let breaks =
        reading.machine.broken.is_some() || in_archive && reading.outcome.end != End::Stopped;
    breaks && !named && reading.worst() == Verdict::Safe && reading.outcome.callables.is_empty()
}

/// Whether what was read is a pickle, and not a file that looks like one.
fn is_worth_telling(reading: &Reading, strong: bool, named: bool) -> bool {
    let outcome = &reading.outcome;
    let stopped = outcome.end == End::Stopped && reading.machine.broken.is_none();
    let called = outcome.callables.iter().any(|used| used.calls > 0);
    if stopped && reading.machine.bomb.is_some() {
        return true;
    }
    match reading.worst() {
        Verdict::Dangerous(_) => stopped || called || strong || named,
        Verdict::Safe if outcome.callables.is_empty() => strong,
        _ => strong || (stopped && (called || named)) || (named && called),
    }
}

fn has_ending(path: &str, endings: &[&str]) -> bool {
    let lower = path.to_ascii_lowercase();
    endings.iter().any(|ending| lower.ends_with(ending))
}

/// Whether the first bytes are those of another format that goes by such names.
fn is_known(head: &[u8]) -> bool {
    const MAGICS: &[&[u8]] = &[
        b"PK\x03\x04",
        b"PK\x05\x06",
        b"\x89HDF",
        b"GGUF",
        b"ggml",
        b"\x1f\x8b",
        // zlib, LZMA without a container, and LZ4, as joblib compresses.
        b"x\x01",
        b"x\x5e",
        b"x\x9c",
        b"x\xda",
        b"]\0\0",
        b"\x04\x22\x4d\x18",
        b"BZh",
        b"\xfd7zXZ",
        b"\x28\xb5\x2f\xfd",
        b"\x93NUMPY",
        b"\x7fELF",
        b"%PDF",
        b"\x89PNG",
        b"\xff\xd8\xff",
        b"RIFF",
        b"MZ",
        b"SQLite",
        b"PAR1",
        b"ARROW1",
        b"<?xml",
        b"ustar",
    ];
    MAGICS.iter().any(|magic| head.starts_with(magic))
}

/// What the file holds, if it is a model or a part of one.
fn describe(reading: &Reading, report: &Report<'_>) -> Option<Model> {
    let outcome = &reading.outcome;
    let roots = &outcome.roots;
    let is_torch = is_torch(reading);
    let joblib = outcome
        .callables
        .iter()
        .any(|used| used.name.ends_with(".NumpyArrayWrapper"));
    let format = match (is_torch, joblib) {
        (true, _) => "pytorch-legacy",
        (_, true) => "joblib",
        _ => "pickle",
    };
    let root = if is_torch {
        roots.get(3)?
    } else {
        roots.first()?
    };
    let class = root.name();
    let mut model = Model::new(format, report.location().clone());
    model.format_version = outcome
        .protocol
        .map(|protocol| format!("protocol {protocol}"));
    if let Some(class) = class {
        model.architecture = class.rsplit('.').next().map(str::to_owned);
        model.metadata.insert("class".to_owned(), class.to_owned());
    }
    if let Some(version) = root.get("_sklearn_version").and_then(Shown::as_text) {
        model
            .libraries
            .insert("scikit-learn".to_owned(), version.to_owned());
    }
    let apart = storages(outcome);
    if is_torch || apart > 0 {
        model.producer = Some("torch".to_owned());
        add_tensors(&mut model, &outcome.persistent_ids);
    } else {
        contents::describe(root, &mut model);
    }
    if !is_torch && apart > 0 {
        let note = format!(
            "This is the pickle of a PyTorch archive without the archive; its tensors' numbers \
             lie in other files of it ({apart})."
        );
        model.metadata.insert("note".to_owned(), note);
    }
    Some(model)
}

/// Counts the storages of a file of PyTorch: each is named by its type, key, place and size.
fn add_tensors(model: &mut Model, ids: &[Shown]) {
    let mut seen = BTreeSet::new();
    for id in ids {
        let [kind, class, key, _, size, ..] = id.items() else {
            continue;
        };
        if kind.as_text() != Some("storage") || !seen.insert(key.as_text().map(str::to_owned)) {
            continue;
        }
        let name = class.name().unwrap_or_default();
        let kind = match name.rsplit('.').next().unwrap_or_default() {
            "FloatStorage" => "f32",
            "DoubleStorage" => "f64",
            "HalfStorage" => "f16",
            "BFloat16Storage" => "bf16",
            "LongStorage" => "i64",
            "IntStorage" => "i32",
            "ShortStorage" => "i16",
            "CharStorage" => "i8",
            "ByteStorage" => "u8",
            "BoolStorage" => "bool",
            _ => continue,
        };
        let size = size.as_int().and_then(|size| u64::try_from(size).ok());
        model.add_tensor(kind, size.unwrap_or(0));
    }
    let numbers = model
        .types
        .iter()
        .fold(0_u64, |sum, kind| sum.saturating_add(kind.numbers));
    model.parameters = (numbers > 0).then_some(numbers);
}

#[cfg(test)]
mod tests;
