//! Dependency specifiers as PEP 508 writes them: `name[extra]>=1,<2; marker`, `name @ url`.

/// One dependency specifier, borrowed from its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dependency<'t> {
    /// The name as written.
    pub name: &'t str,
    /// The extras, as written.
    pub extras: Vec<&'t str>,
    /// The version specifiers as written, without parentheses; empty if there are none.
    pub constraint: &'t str,
    /// The address after `@`.
    pub url: Option<&'t str>,
    /// The environment marker after `;`.
    pub marker: Option<&'t str>,
}

/// Reads one dependency specifier. Tolerant where pip and its predecessors were: parentheses,
/// spaces anywhere between tokens, a trailing comma.
///
/// # Errors
/// What was expected and what was found, for people.
pub(super) fn parse(text: &str) -> Result<Dependency<'_>, String> {
    let text = text.trim();
    let end = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
        .unwrap_or(text.len());
    let (name, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    if !is_name(name) {
        return Err(format!("expected a package name, found `{}`", short(text)));
    }
    let (extras, rest) = extras(rest.trim_start())?;
    let rest = rest.trim_start();

    if let Some(rest) = rest.strip_prefix('@') {
        let (url, marker) = split_url_marker(rest);
        if url.is_empty() {
            return Err(format!("expected an address after `{name} @`"));
        }
        return Ok(Dependency {
            name,
            extras,
            constraint: "",
            url: Some(url),
            marker,
        });
    }

    let (constraint, marker) = match rest.split_once(';') {
        Some((constraint, marker)) => (constraint.trim(), Some(marker.trim())),
        None => (rest.trim(), None),
    };
    let constraint = match constraint.strip_prefix('(') {
        Some(inner) => inner
            .strip_suffix(')')
            .ok_or_else(|| format!("expected `)` after `{}`", short(constraint)))?
            .trim(),
        None => constraint,
    };
    check_specifiers(name, constraint)?;
    Ok(Dependency {
        name,
        extras,
        constraint,
        url: None,
        marker: marker.filter(|marker| !marker.is_empty()),
    })
}

/// The one version that a constraint allows: `==1.2` or `===1.2`, perhaps among other specifiers.
/// `==1.*` is a range, and two different exact versions allow none.
pub(super) fn pinned(constraint: &str) -> Option<&str> {
    let mut pin = None;
    for specifier in constraint.split(',').map(str::trim) {
        let version = match specifier.strip_prefix("===") {
            Some(version) => version,
            None => match specifier.strip_prefix("==") {
                Some(version) => version,
                None => continue,
            },
        };
        let version = version.trim();
        if !is_exact_version(version) || pin.is_some_and(|pin| pin != version) {
            return None;
        }
        pin = Some(version);
    }
    pin
}

/// Whether text can be one exact version. Whether it follows PEP 440 is for whoever compares it.
pub(super) fn is_exact_version(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && !text.ends_with('.')
        && text
            .bytes()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'!' | b'+' | b'-' | b'_'))
}

/// Whether text is a package's name by PEP 508.
pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.ends_with(|c: char| c.is_ascii_alphanumeric())
        && text
            .bytes()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.'))
}

/// The beginning of a text that may be long, for messages.
pub(super) fn short(text: &str) -> String {
    const MOST: usize = 60;
    let mut chars = text.chars();
    let mut short: String = chars.by_ref().take(MOST).collect();
    if chars.next().is_some() {
        short.push('…');
    }
    short
}

fn extras(text: &str) -> Result<(Vec<&str>, &str), String> {
    let Some(inner) = text.strip_prefix('[') else {
        return Ok((Vec::new(), text));
    };
    let (list, rest) = inner
        .split_once(']')
        .ok_or_else(|| format!("expected `]` after `{}`", short(text)))?;
    let extras = list
        .split(',')
        .map(str::trim)
        .filter(|extra| !extra.is_empty())
        .collect();
    Ok((extras, rest))
}

/// An address may contain `;`, so its marker begins at one that has a space beside it.
pub(super) fn split_url_marker(text: &str) -> (&str, Option<&str>) {
    let cut = text
        .char_indices()
        .zip(text.chars().skip(1))
        .find(|((_, c), next)| match c {
            ';' => next.is_whitespace(),
            c => c.is_whitespace() && *next == ';',
        })
        .map(|((at, _), _)| at);
    let (url, marker) = match cut.and_then(|at| text.split_at_checked(at)) {
        Some((url, rest)) => (url, rest.trim_start().strip_prefix(';')),
        None => (text, None),
    };
    (
        url.trim(),
        marker.map(str::trim).filter(|marker| !marker.is_empty()),
    )
}

fn check_specifiers(name: &str, constraint: &str) -> Result<(), String> {
    const OPERATORS: [&str; 8] = ["===", "==", "~=", "!=", "<=", ">=", "<", ">"];
    if constraint.is_empty() {
        return Ok(());
    }
    let constraint = constraint.strip_suffix(',').unwrap_or(constraint);
    for specifier in constraint.split(',').map(str::trim) {
        let version = OPERATORS
            .iter()
            .find_map(|operator| specifier.strip_prefix(operator))
            .map(str::trim);
        match version {
            Some(version)
                if !version.is_empty() && !version.contains(|c: char| c.is_whitespace()) => {}
            _ => {
                return Err(format!(
                    "expected a version specifier such as `==1.2` after `{}`, found `{}`",
                    short(name),
                    short(specifier)
                ));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_specifiers() {
        type Case<'c> = (
            &'c str,
            &'c str,
            &'c [&'c str],
            &'c str,
            Option<&'c str>,
            Option<&'c str>,
        );
        let cases: &[Case<'_>] = &[
            ("requests", "requests", &[], "", None, None),
            (
                "Zope.Interface>=5,<6",
                "Zope.Interface",
                &[],
                ">=5,<6",
                None,
                None,
            ),
            ("a[b, c] == 1.0", "a", &["b", "c"], "== 1.0", None, None),
            ("a []==1", "a", &[], "==1", None, None),
            (
                "a (>=1, <2) ; os_name == 'nt'",
                "a",
                &[],
                ">=1, <2",
                None,
                Some("os_name == 'nt'"),
            ),
            (
                "a;python_version<'3'",
                "a",
                &[],
                "",
                None,
                Some("python_version<'3'"),
            ),
            ("a@https://x/y;z", "a", &[], "", Some("https://x/y;z"), None),
            (
                "a[b] @ git+https://x/y@v1 ; extra == 't'",
                "a",
                &["b"],
                "",
                Some("git+https://x/y@v1"),
                Some("extra == 't'"),
            ),
            ("a===1.0-weird", "a", &[], "===1.0-weird", None, None),
            ("a==1.0,", "a", &[], "==1.0,", None, None),
        ];
        for &(text, name, extras, constraint, url, marker) in cases {
            let expected = Dependency {
                name,
                extras: extras.to_vec(),
                constraint,
                url,
                marker,
            };
            assert_eq!(parse(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn says_what_is_no_specifier() {
        for text in [
            "",
            "-x",
            "a b",
            "a=1.0",
            "a==",
            "a[b",
            "a (>=1",
            "a @",
            "{{x}}",
            "a ==1 ==2",
            "_a",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn knows_exact_versions() {
        for (constraint, expected) in [
            ("==1.2", Some("1.2")),
            ("== 1.2", Some("1.2")),
            ("===1.2", Some("1.2")),
            ("==1!2.0+cpu", Some("1!2.0+cpu")),
            (">=1,==1.2,!=1.3", Some("1.2")),
            ("==1.2,===1.2", Some("1.2")),
            ("==1.2,", Some("1.2")),
            ("==1.*", None),
            ("==1.2,==1.3", None),
            ("~=1.2", None),
            (">=1.2", None),
            ("==${V}", None),
            ("", None),
        ] {
            assert_eq!(pinned(constraint), expected, "{constraint}");
        }
    }
}
