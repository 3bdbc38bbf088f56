/// Whether the patterns of a `workspaces` field match a folder: `*` is part of one name, `**` any
/// number of folders, and a later pattern with `!` takes away again.
pub(super) fn matches(patterns: &[String], folder: &str) -> bool {
    /// More or longer ones are no real workspace's.
    const MOST: usize = 1024;
    let mut matched = false;
    for pattern in patterns
        .iter()
        .take(MOST)
        .filter(|pattern| pattern.len() <= MOST)
    {
        match pattern.strip_prefix('!') {
            Some(pattern) => matched &= !one(pattern, folder),
            None => matched |= one(pattern, folder),
        }
    }
    matched
}

fn one(pattern: &str, folder: &str) -> bool {
    let pattern = pattern.trim_start_matches("./").trim_end_matches('/');
    let alternatives = braces(pattern);
    let folder: Vec<&str> = folder.split('/').collect();
    alternatives.iter().any(|pattern| {
        let pattern: Vec<&str> = pattern.split('/').collect();
        wildcard(
            &pattern,
            &folder,
            |part| *part == "**",
            |part, name| {
                let (part, name): (Vec<char>, Vec<char>) =
                    (part.chars().collect(), name.chars().collect());
                wildcard(&part, &name, |c| *c == '*', |c, d| c == d || *c == '?')
            },
        )
    })
}

/// Matches a sequence where some items stand for any number of others. Going back only to the last
/// of these keeps it from growing exponentially.
fn wildcard<T>(
    pattern: &[T],
    text: &[T],
    is_star: impl Fn(&T) -> bool,
    matches: impl Fn(&T, &T) -> bool,
) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while let Some(item) = text.get(t) {
        match pattern.get(p) {
            Some(star) if is_star(star) => {
                back = Some((p, t));
                p += 1;
            }
            Some(one) if matches(one, item) => {
                p += 1;
                t += 1;
            }
            _ => match &mut back {
                Some((star, from)) => {
                    *from += 1;
                    p = *star + 1;
                    t = *from;
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).unwrap_or_default().iter().all(is_star)
}

/// The patterns for `{a,b}`, of which only the first pair of braces is resolved.
fn braces(pattern: &str) -> Vec<String> {
    let parts = pattern.split_once('{').and_then(|(before, rest)| {
        let (inner, after) = rest.split_once('}')?;
        Some((before, inner, after))
    });
    match parts {
        Some((before, inner, after)) => {
            let inner = inner.split(',').take(64);
            inner.map(|one| format!("{before}{one}{after}")).collect()
        }
        None => vec![pattern.to_owned()],
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn matches_as_npm_does() {
        #[rustfmt::skip]
        let cases: &[(&[&str], &str, bool)] = &[
            (&["packages/*"], "packages/a", true),
            (&["./packages/*/"], "packages/a", true),
            (&["packages/*"], "packages/a/b", false),
            (&["packages/**"], "packages/a/b", true),
            (&["**"], "a/b", true),
            (&["a"], "a", true),
            (&["a"], "ab", false),
            (&["packages/x-*"], "packages/x-y", true),
            (&["packages/{a,b}"], "packages/b", true),
            (&["packages/{a,b}"], "packages/c", false),
            (&["packages/*", "!packages/a"], "packages/a", false),
            (&["packages/*", "!packages/a"], "packages/b", true),
            (&["*/p/**/q"], "x/p/y/z/q", true),
            (&[], "a", false),
        ];
        for (patterns, folder, expected) in cases {
            let patterns: Vec<String> = patterns.iter().map(|&p| p.to_owned()).collect();
            assert_eq!(
                super::matches(&patterns, folder),
                *expected,
                "{patterns:?} {folder}"
            );
        }
    }
}
