//! The options of a requirements file's line (pip's manual, "Requirements File Format").

/// An option that matters to an inventory.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Opt {
    /// `-r FILE`.
    Requirement(String),
    /// `-c FILE`.
    Constraint(String),
    /// `-e ADDRESS`.
    Editable(String),
    /// `--hash=ALGORITHM:HEX`.
    Hash(String),
    /// An option that no version of pip takes here.
    Unknown(String),
}

/// Long options that take a value, those of old versions included.
const VALUED: &[&str] = &[
    "allow-external",
    "allow-unverified",
    "config-setting",
    "config-settings",
    "constraint",
    "editable",
    "extra-index-url",
    "find-links",
    "global-option",
    "hash",
    "index-url",
    "install-option",
    "no-binary",
    "only-binary",
    "pypi-url",
    "requirement",
    "trusted-host",
    "use-feature",
];

/// Long options that stand alone.
const FLAGS: &[&str] = &[
    "allow-all-external",
    "always-unzip",
    "no-allow-external",
    "no-allow-insecure",
    "no-index",
    "no-use-wheel",
    "pre",
    "prefer-binary",
    "process-dependency-links",
    "require-hashes",
    "use-wheel",
];

/// Splits a line where pip does: before the first word that begins with `-`.
pub(super) fn split(line: &str) -> (&str, &str) {
    let mut at = 0_usize;
    for word in line.split(' ') {
        if word.starts_with('-') {
            let (requirement, options) = line.split_at_checked(at).unwrap_or((line, ""));
            return (requirement.trim(), options);
        }
        at = at.saturating_add(word.len()).saturating_add(1);
    }
    (line.trim(), "")
}

/// Reads the options that matter.
pub(super) fn read(text: &str) -> Vec<Opt> {
    let mut found = Vec::new();
    let mut words = words(text).into_iter();
    while let Some(word) = words.next() {
        if let Some(long) = word.strip_prefix("--") {
            let (name, value) = match long.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (long, None),
            };
            match complete(name) {
                Some((name, true)) => {
                    let value = value.or_else(|| words.next()).unwrap_or_default();
                    found.extend(option(name, value));
                }
                Some((_, false)) => {}
                None => found.push(Opt::Unknown(word)),
            }
        } else if let Some(short) = word.strip_prefix('-') {
            let mut rest = short.chars();
            let name = match rest.next() {
                Some('r') => "requirement",
                Some('c') => "constraint",
                Some('e') => "editable",
                Some('i') => "index-url",
                Some('f') => "find-links",
                Some('Z') => continue,
                _ => {
                    found.push(Opt::Unknown(word));
                    continue;
                }
            };
            let glued = rest.as_str();
            let value = if glued.is_empty() {
                words.next().unwrap_or_default()
            } else {
                glued.to_owned()
            };
            found.extend(option(name, value));
        } else {
            // A word that belongs to no option: pip refuses the line.
            found.push(Opt::Unknown(word));
        }
    }
    found
}

fn option(name: &str, value: String) -> Option<Opt> {
    match name {
        "requirement" => Some(Opt::Requirement(value)),
        "constraint" => Some(Opt::Constraint(value)),
        "editable" => Some(Opt::Editable(value)),
        "hash" => Some(Opt::Hash(value)),
        _ => None,
    }
}

/// The option that a name or an unambiguous beginning of one means, and whether it takes a value.
fn complete(name: &str) -> Option<(&'static str, bool)> {
    let all = || {
        let valued = VALUED.iter().map(|option| (*option, true));
        valued.chain(FLAGS.iter().map(|option| (*option, false)))
    };
    if let Some(exact) = all().find(|(option, _)| *option == name) {
        return Some(exact);
    }
    let mut matching = all().filter(|(option, _)| !name.is_empty() && option.starts_with(name));
    let first = matching.next()?;
    matching.next().is_none().then_some(first)
}

/// Splits as a shell would, quotes and backslashes included.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') => word.get_or_insert_default().extend(chars.next()),
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_spelling() {
        let r = |path: &str| Opt::Requirement(path.to_owned());
        let cases: Vec<(&str, Vec<Opt>)> = vec![
            ("-r a.txt", vec![r("a.txt")]),
            ("-ra.txt", vec![r("a.txt")]),
            ("--requirement=a.txt", vec![r("a.txt")]),
            ("--requirem a.txt", vec![r("a.txt")]),
            ("-r 'a b.txt'", vec![r("a b.txt")]),
            ("-c a", vec![Opt::Constraint("a".to_owned())]),
            ("-e .[x]", vec![Opt::Editable(".[x]".to_owned())]),
            (
                "-i https://x --pre --no-binary :all: --hash=sha256:00",
                vec![Opt::Hash("sha256:00".to_owned())],
            ),
            ("--no-index -f dir", vec![]),
            ("--bogus", vec![Opt::Unknown("--bogus".to_owned())]),
            ("-r", vec![r("")]),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn splits_requirements_from_options() {
        for (line, expected) in [
            ("a==1 --hash=x", ("a==1", "--hash=x")),
            ("-r a", ("", "-r a")),
            ("a-b ; x", ("a-b ; x", "")),
        ] {
            assert_eq!(split(line), expected);
        }
    }
}
