use crate::name::slashed_path;

/// A member's path. A backslash separates: APPNOTE 4.4.17 wants `/`, and Windows programs that
/// write the other are many.
pub(super) fn path(name: &[u8]) -> (String, bool) {
    slashed_path(without_nul(name))
}

/// The part of a name before its first NUL, where that is not all. Loaders in C, and Python's,
/// take it for the whole.
pub(super) fn cut_at_nul(name: &[u8]) -> Option<&[u8]> {
    let name = without_nul(name);
    let at = memchr::memchr(0, name)?;
    name.get(..at)
}

/// Whether two names are likely one name in two encodings, or with two kinds of separators.
pub(super) fn are_alike(a: &[u8], b: &[u8]) -> bool {
    if path(a) == path(b) {
        return true;
    }
    // Where characters outside of ASCII had no place, programs wrote `?` or `_`.
    !(a.is_ascii() && b.is_ascii()) && skeleton(a).eq(skeleton(b))
}

/// What every encoding leaves of a name.
fn skeleton(name: &[u8]) -> impl Iterator<Item = u8> + '_ {
    name.iter()
        .copied()
        .filter(|byte| byte.is_ascii() && !b"?_".contains(byte))
        .map(|byte| if byte == b'\\' { b'/' } else { byte })
}

/// A name without NULs at its end, which some programs count as part of it.
fn without_nul(name: &[u8]) -> &[u8] {
    let end = name.iter().rposition(|&byte| byte != 0);
    name.get(..end.map_or(0, |last| last + 1)).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_two_encodings() {
        let check = |a: &[u8], b: &[u8], expected: bool| {
            assert_eq!(are_alike(a, b), expected, "{a:?} {b:?}");
            assert_eq!(are_alike(b, a), expected, "{b:?} {a:?}");
        };
        check(b"a/b", b"a/b", true);
        check(b"a\\b", b"a/b", true);
        check(b"a\0", b"a", true);
        check("gr\u{fc}n.txt".as_bytes(), b"gr\x81n.txt", true);
        check("gr\u{fc}n.txt".as_bytes(), b"gr?n.txt", true);
        check("gr\u{fc}n.txt".as_bytes(), b"gr\x81n.pkl", false);
        check(b"good", b"evil", false);
        check(b"a_b", b"ab", false);
        check("\u{e9}vil".as_bytes(), b"good", false);
    }

    #[test]
    fn paths_on_every_system() {
        let check = |name: &[u8], expected: &str, escapes: bool| {
            assert_eq!(path(name), (expected.to_owned(), escapes), "{name:?}");
        };
        check(b"a\\b/c", "a/b/c", false);
        check(b"..\\a", "\u{FFFD}2e\u{FFFD}2e/a", true);
        check(b"\\\\host\\share\\a", "host/share/a", true);
        check(b"C:\\a", "C:/a", true);
        check(b"a.pkl\0\0", "a.pkl", false);
        assert_eq!(cut_at_nul(b"a.pkl\0.txt"), Some(&b"a.pkl"[..]));
        assert_eq!(cut_at_nul(b"a.pkl\0"), None);
    }
}
