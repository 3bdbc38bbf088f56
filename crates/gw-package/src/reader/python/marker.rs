//! Environment markers of PEP 508, as far as an inventory needs them: which extras ask for a
//! package, and whether only some platforms have it.

use crate::Scope;

/// The extras that a marker names: `extra == "test"`, `"test" in extras`.
pub(super) fn extras(marker: &str) -> Vec<&str> {
    named(marker, |word| word == "extra" || word == "extras")
}

/// The dependency groups that a marker of PEP 751 names: `"dev" in dependency_groups`.
pub(super) fn groups(marker: &str) -> Vec<&str> {
    named(marker, |word| word == "dependency_groups")
}

/// The scope of something that is needed under a marker: an extra or a platform makes it optional.
pub(super) fn scope(marker: Option<&str>, otherwise: Scope) -> Scope {
    match marker {
        Some(marker) if otherwise == Scope::Runtime && is_conditional(marker) => Scope::Optional,
        _ => otherwise,
    }
}

/// Whether the user's choice or the platform decides. The version of Python does not count: what
/// only some versions need is needed there.
fn is_conditional(marker: &str) -> bool {
    tokens(marker).any(|token| match token {
        Token::Word(word) => matches!(
            word,
            "extra"
                | "extras"
                | "os_name"
                | "sys_platform"
                | "platform_machine"
                | "platform_release"
                | "platform_system"
                | "platform_version"
                | "platform_python_implementation"
                | "implementation_name"
                | "os.name"
                | "sys.platform"
                | "platform.machine"
                | "platform.version"
                | "platform.python_implementation"
                | "python_implementation"
        ),
        _ => false,
    })
}

/// The values that stand on the other side of `==` or `in` from a variable.
fn named(marker: &str, variable: impl Fn(&str) -> bool) -> Vec<&str> {
    let tokens: Vec<Token<'_>> = tokens(marker).collect();
    let mut values = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let Token::Text(value) = token else { continue };
        let before = at.checked_sub(2).and_then(|at| tokens.get(at..at + 2));
        let after = tokens.get(at + 1..at + 3);
        let named = match (before, after) {
            (Some([Token::Word(word), Token::Operator("==")]), _) => variable(word),
            (_, Some([Token::Operator("==") | Token::Word("in"), Token::Word(word)])) => {
                variable(word)
            }
            _ => false,
        };
        // No real marker names more; the limit keeps hostile ones cheap.
        if named && values.len() < 64 && !values.contains(value) {
            values.push(*value);
        }
    }
    values
}

#[derive(Debug, PartialEq, Eq)]
enum Token<'t> {
    Word(&'t str),
    Text(&'t str),
    Operator(&'t str),
    Other,
}

fn tokens(marker: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = marker;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        let first = rest.chars().next()?;
        if let '"' | '\'' = first {
            let body = rest.get(1..)?;
            let (text, after) = body.split_once(first).unwrap_or((body, ""));
            rest = after;
            return Some(Token::Text(text));
        }
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
        let is_operator = |c: char| matches!(c, '=' | '<' | '>' | '!' | '~');
        let end = if is_word(first) {
            rest.find(|c| !is_word(c)).unwrap_or(rest.len())
        } else if is_operator(first) {
            rest.find(|c| !is_operator(c)).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (token, after) = rest.split_at_checked(end)?;
        rest = after;
        Some(match first {
            c if is_word(c) => Token::Word(token),
            c if is_operator(c) => Token::Operator(token),
            _ => Token::Other,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_extras_and_groups() {
        let cases: &[(&str, &[&str])] = &[
            ("extra == 'test'", &["test"]),
            (
                "python_version < \"3\" and extra == \"a\" or extra=='b'",
                &["a", "b"],
            ),
            ("'x' == extra", &["x"]),
            ("\"cli\" in extras", &["cli"]),
            ("python_version < '3'", &[]),
            ("extra", &[]),
            ("", &[]),
        ];
        for (marker, expected) in cases {
            assert_eq!(extras(marker), *expected, "{marker}");
        }
        assert_eq!(
            groups("'dev' in dependency_groups or 'doc' in dependency_groups"),
            ["dev", "doc"]
        );
    }

    #[test]
    fn platforms_make_optional() {
        for (marker, expected) in [
            (None, Scope::Runtime),
            (Some("python_version >= '3.8'"), Scope::Runtime),
            (Some("sys_platform == 'win32'"), Scope::Optional),
            (Some("(extra == 'x')"), Scope::Optional),
            (Some("'sys_platform' == python_version"), Scope::Runtime),
        ] {
            assert_eq!(scope(marker, Scope::Runtime), expected, "{marker:?}");
            assert_eq!(scope(marker, Scope::Development), Scope::Development);
        }
    }
}
