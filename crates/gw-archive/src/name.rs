/// A file name as text, so that no two different names have the same text.
///
/// Valid UTF-8 stays as it is. Every byte of an invalid sequence becomes U+FFFD and the byte's two
/// hexadecimal digits, and so do the bytes of a U+FFFD that is in the name itself.
#[must_use]
pub fn display_name(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes)
        && !text.contains('\u{FFFD}')
    {
        return text.to_owned();
    }
    let mut out = String::with_capacity(bytes.len() + 16);
    for chunk in bytes.utf8_chunks() {
        for (index, part) in chunk.valid().split('\u{FFFD}').enumerate() {
            if index > 0 {
                escape(&mut out, "\u{FFFD}".as_bytes());
            }
            out.push_str(part);
        }
        escape(&mut out, chunk.invalid());
    }
    out
}

/// A whole path as [`display_name`], made safe to join to a folder: empty and `.` components go,
/// `..` and what names a root are escaped like invalid bytes. The second value says whether
/// anything had to be escaped or a root to be cut off, that is whether the path leads out of the
/// folder that it is meant for.
#[must_use]
pub fn contained_path(bytes: &[u8]) -> (String, bool) {
    let mut escapes = bytes.first() == Some(&b'/');
    let mut out = String::with_capacity(bytes.len());
    for component in bytes.split(|&byte| byte == b'/') {
        if matches!(component, b"" | b".") {
            continue;
        }
        if !out.is_empty() {
            out.push('/');
        }
        if component == b".." {
            escapes = true;
            escape(&mut out, component);
            continue;
        }
        // A backslash separates on Windows, and `C:` names a drive there.
        let drive = matches!(component, [letter, b':', ..] if letter.is_ascii_alphabetic());
        let hidden_parent = component
            .split(|&byte| byte == b'\\')
            .any(|part| part == b"..");
        escapes |= (drive && out.is_empty()) || hidden_parent || component.first() == Some(&b'\\');
        out.push_str(&display_name(component));
    }
    (out, escapes)
}

/// A path in an archive format that Windows programs write, where a backslash separates, too.
#[must_use]
pub(crate) fn slashed_path(name: &[u8]) -> (String, bool) {
    if !name.contains(&b'\\') {
        return contained_path(name);
    }
    let slashed: Vec<u8> = name
        .iter()
        .map(|&byte| if byte == b'\\' { b'/' } else { byte })
        .collect();
    contained_path(&slashed)
}

/// Appends every byte as U+FFFD and two hexadecimal digits.
pub(crate) fn escape(out: &mut String, bytes: &[u8]) {
    for byte in bytes {
        out.push('\u{FFFD}');
        for digit in [byte >> 4, byte & 15] {
            out.extend(char::from_digit(u32::from(digit), 16));
        }
    }
}

/// One component of a path as text, with everything escaped that would make it more than one
/// component or none: separators, NUL, `.` and `..`.
#[must_use]
pub fn component_name(bytes: &[u8]) -> String {
    if matches!(bytes, b"." | b"..") {
        let mut out = String::new();
        escape(&mut out, bytes);
        return out;
    }
    if bytes.is_empty() {
        return "\u{FFFD}".to_owned();
    }
    if !bytes.iter().any(|byte| matches!(byte, b'/' | b'\\' | 0)) {
        return display_name(bytes);
    }
    let mut out = String::new();
    for part in bytes.split_inclusive(|byte| matches!(byte, b'/' | b'\\' | 0)) {
        match part.split_last() {
            Some((last @ (b'/' | b'\\' | 0), head)) => {
                out.push_str(&display_name(head));
                escape(&mut out, &[*last]);
            }
            _ => out.push_str(&display_name(part)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_apart() {
        let names: [&[u8]; 7] = [
            b"a",
            b"a\xff",
            b"a\xfe",
            "a\u{FFFD}ff".as_bytes(),
            "a\u{FFFD}".as_bytes(),
            b"a\xef\xbf",
            "aé".as_bytes(),
        ];
        let texts: std::collections::BTreeSet<_> = names.map(display_name).into_iter().collect();
        assert_eq!(texts.len(), names.len());
        assert_eq!(display_name(b"a\xff"), "a\u{FFFD}ff");
        assert_eq!(display_name("aé".as_bytes()), "aé");
    }

    #[test]
    fn paths_cannot_leave() {
        let check = |path: &str, expected: &str, escapes: bool| {
            assert_eq!(
                contained_path(path.as_bytes()),
                (expected.to_owned(), escapes),
                "{path}"
            );
        };
        check("a/b", "a/b", false);
        check("./a//b/.", "a/b", false);
        check("a\\b", "a\\b", false);
        check("/etc/passwd", "etc/passwd", true);
        check("a/../b", "a/\u{FFFD}2e\u{FFFD}2e/b", true);
        check("a\\..\\b", "a\\..\\b", true);
        check("C:\\x", "C:\\x", true);
        check("\\\\host\\x", "\\\\host\\x", true);
        check("a..b", "a..b", false);
    }

    #[test]
    fn components_stay_single() {
        assert_eq!(component_name(b".."), "\u{FFFD}2e\u{FFFD}2e");
        assert_eq!(component_name(b"a/b"), "a\u{FFFD}2fb");
        assert_eq!(component_name(b"a\\"), "a\u{FFFD}5c");
        assert_eq!(component_name(b".git"), ".git");
    }
}
