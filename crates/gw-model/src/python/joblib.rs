//! joblib's older files: compressed pickles in a form of their own, and arrays in files beside the
//! pickle (`joblib/numpy_pickle_compat.py`). What newer versions write is a pickle with arrays
//! between its instructions, in a common form of compression if any.

use std::io::{self, Read};

use flate2::read::ZlibDecoder;
use gw_analysis::{Output, Part};
use gw_finding::ReasonCode;

use crate::pickle::{self, PickleOptions, PickleOutcome, Shown};
use crate::reader::Reader;
use crate::report::{Evidence, Report, finding, quote};
use crate::tensor::files::escape;
use crate::{Content, rules};

/// What the compressed form begins with.
const MAGIC: &[u8] = b"ZF";

/// How long the header behind the magic number is: a number in hexadecimal with `0x`, padded to
/// the length of 2^64.
const LENGTH: usize = 19;

/// How many bytes are decompressed.
const MAX_PICKLE: u64 = 1 << 30;

/// How many values are looked through for arrays in other files.
const MAX_VALUES: usize = 1 << 18;

/// Reads compressed pickles of joblib before 0.10.
pub(crate) struct ZFile;

impl Reader for ZFile {
    fn claims(&self, _: &str, head: &[u8]) -> bool {
        declared(head).is_some()
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        if let Err(error) = read(&mut content, report) {
            report.incomplete(ReasonCode::Unreadable, error.to_string());
        }
    }
}

/// The length that the header states, if it is one.
fn declared(head: &[u8]) -> Option<u64> {
    let digits = head.strip_prefix(MAGIC)?.get(..LENGTH)?;
    let text = std::str::from_utf8(digits).ok()?.trim_end_matches(' ');
    u64::from_str_radix(text.strip_prefix("0x")?, 16).ok()
}

fn read(content: &mut Content<'_>, report: &mut Report<'_>) -> io::Result<()> {
    let header = content.take_up_to((MAGIC.len().saturating_add(LENGTH)) as u64)?;
    let Some(length) = declared(&header) else {
        return Ok(());
    };
    // Version 0.8.4 under Python 2 pads by one more; zlib data never begins with a space.
    let mut first = content.take_up_to(1)?;
    if first == b" " {
        first.clear();
    }
    if length > MAX_PICKLE {
        report.incomplete(
            ReasonCode::TooLarge,
            format!("{length} bytes when decompressed; at most {MAX_PICKLE} are looked at"),
        );
    }
    let limit = length.min(MAX_PICKLE);
    let mut data = ZlibDecoder::new(io::Cursor::new(first).chain(&mut *content)).take(limit);
    let mut start = Vec::new();
    Read::by_ref(&mut data).take(2).read_to_end(&mut start)?;
    let stated = matches!(start.as_slice(), [0x80, 0..=5]);
    let mut pickle = io::Cursor::new(start).chain(data);
    let options = PickleOptions {
        several: true,
        ..PickleOptions::default()
    };
    let mut pickle = Content::Stream(&mut pickle, 0);
    if stated {
        let outcome = pickle::read(&mut pickle, &options, report);
        report.keep(outcome);
        return Ok(());
    }
    // Arrays are stored in this form too, as their bytes alone. Of the first protocols a pickle
    // begins with any instruction; numbers that look like one import nothing.
    let mut said = Output::default();
    let mut aside = Report::new(report.location(), report.weights, &mut said);
    let outcome = pickle::read(&mut pickle, &options, &mut aside);
    if !outcome.callables.is_empty() {
        report.append(said);
        report.keep(outcome);
    }
    Ok(())
}

/// Looks at where pickles have arrays in other files.
pub(crate) fn join(parts: &[Part], out: &mut Output) {
    for part in parts {
        let Some(outcome) = part.value.downcast_ref::<PickleOutcome>() else {
            continue;
        };
        for file in files(&outcome.roots) {
            if let Some(problem) = escape(&file) {
                let message = format!(
                    "joblib reads an array from \"{}\": {problem}.",
                    quote(&file)
                );
                let evidence = Evidence::new(&file, message);
                out.findings
                    .push(finding(&part.location, &rules::EXTERNAL_PATH, evidence));
            }
        }
    }
}

/// The files of `NDArrayWrapper` and `ZNDArrayWrapper`.
fn files(roots: &[Shown]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut left: Vec<&Shown> = roots.iter().collect();
    let mut seen = 0_usize;
    while let Some(value) = left.pop() {
        seen = seen.saturating_add(1);
        if seen > MAX_VALUES {
            break;
        }
        let wrapper = value
            .name()
            .is_some_and(|name| name.ends_with("NDArrayWrapper"));
        if wrapper
            && let Some(file) = value.get("filename").and_then(Shown::as_text)
            && !found.iter().any(|known| known == file)
        {
            found.push(file.to_owned());
        }
        for (key, value) in value.entries() {
            left.extend([key, value]);
        }
        left.extend(value.items());
        if let Shown::Object(object) = value {
            left.extend([&object.arguments, &object.contents]);
            if object.state.entries().is_empty() {
                left.push(&object.state);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use crate::testing::scan;

    fn zfile(pickle: &[u8], length: usize, extra: &[u8]) -> Vec<u8> {
        let mut encoder =
            flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(pickle).unwrap();
        let data = encoder.finish().unwrap();
        let header = format!("ZF{:<19}", format!("{length:#x}"));
        [header.as_bytes(), extra, &data].concat()
    }

    #[test]
    fn old_compressed_pickles_are_read() {
        let bad = super::super::numpy::tests::bad_pickle();
        for extra in [&b""[..], b" "] {
            let bytes = zfile(&bad, bad.len(), extra);
            scan("model.pkl", &bytes).assert_found(&[("pickle-executes", "system")]);
            scan("x", &bytes).assert_found(&[("pickle-executes", "system")]);
        }
        scan("m.z", &zfile(b"\x80\x02]K\x01a.", 7, b"")).assert_clean();
        let text = b"cposix\nsystem\n(S'id'\ntR.";
        scan("m.z", &zfile(text, text.len(), b"")).assert_found(&[("pickle-executes", "system")]);
        // The bytes of an array.
        scan("m_01.npy.z", &zfile(&[0; 80], 80, b"")).assert_clean();
        // More than is stated is not loaded.
        scan("m.z", &zfile(&[b"\x80\x02N.", &bad[..]].concat(), 4, b"")).assert_clean();
        let said = scan("m.z", &zfile(b"\x80\x02N.", 1 << 40, b""));
        said.assert_incomplete("too-large", "1099511627776");
        let broken = zfile(&bad, bad.len(), b"");
        let said = scan("m.z", &broken[..broken.len() - 20]);
        assert!(!said.incomplete.is_empty());
    }

    #[test]
    fn arrays_in_other_files_stay_beside_the_pickle() {
        for (name, escapes) in [("model.pkl_01.npy", false), ("../../x.npy", true)] {
            let length = u32::try_from(name.len()).unwrap().to_le_bytes();
            let pickle = [
                &b"\x80\x02cjoblib.numpy_pickle\nNDArrayWrapper\n)\x81}(X\x08\0\0\0filenameX"[..],
                &length,
                name.as_bytes(),
                b"ub.",
            ]
            .concat();
            let bytes = zfile(&pickle, pickle.len(), b"");
            let said = scan("m.z", &bytes);
            let found = said.rules().contains(&"external-path");
            assert_eq!(found, escapes, "{name} {said:?}");
        }
    }
}
