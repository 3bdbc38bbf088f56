//! Command lines without what must not be kept.

/// What stands in the place of a value.
const REDACTED: &str = "[redacted]";

/// Words in an option's or variable's name that say its value is a secret.
const NAMES: &[&str] = &[
    "token",
    "secret",
    "password",
    "passwd",
    "passphrase",
    "apikey",
    "api-key",
    "api_key",
    "accesskey",
    "access-key",
    "access_key",
    "private-key",
    "private_key",
    "credential",
    "auth",
    "bearer",
    "cookie",
    "connection-string",
    "connection_string",
    "dsn",
];

/// How secrets of well-known services begin, with the fewest characters that follow.
const BEGINNINGS: &[(&str, usize)] = &[
    ("ghp_", 20),
    ("gho_", 20),
    ("ghs_", 20),
    ("github_pat_", 20),
    ("glpat-", 16),
    ("hf_", 20),
    ("sk-", 16),
    ("xoxb-", 10),
    ("xoxp-", 10),
    ("AKIA", 16),
    ("ASIA", 16),
    ("AIza", 30),
    ("ya29.", 20),
    ("eyJ", 20),
    ("pypi-", 20),
    ("npm_", 20),
    ("dckr_pat_", 16),
];

/// The arguments of a command with every value that looks like a secret replaced.
pub(crate) fn arguments(arguments: &[String]) -> Vec<String> {
    let mut next_is_secret = false;
    arguments
        .iter()
        .map(|argument| {
            let secret = std::mem::take(&mut next_is_secret);
            if secret && !argument.starts_with('-') {
                return REDACTED.to_owned();
            }
            // An address has its `=` behind `?`, and that is looked at as a whole.
            let assigned = argument.split_once('=');
            if let Some((name, value)) = assigned.filter(|(name, _)| !name.contains(':')) {
                // `--token=x`, `API_KEY=x`, and `key=x` as Hydra has it.
                if is_secret_name(name) && !value.is_empty() {
                    return format!("{name}={REDACTED}");
                }
                return format!("{name}={}", value_of(value));
            }
            next_is_secret = argument.starts_with('-') && is_secret_name(argument);
            value_of(argument)
        })
        .collect()
}

fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    // `--tokenizer` and `--max-tokens` are no secrets, and neither is an author.
    let plain = name
        .replace("tokenizer", "")
        .replace("tokens", "")
        .replace("author", "");
    NAMES.iter().any(|word| plain.contains(word))
}

/// A value without secrets that can be told by themselves.
fn value_of(value: &str) -> String {
    let value = without_password(value);
    let mut out = String::with_capacity(value.len());
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    for piece in value.split_inclusive(|c| !is_part(c)) {
        let word = piece.trim_end_matches(|c| !is_part(c));
        let is_secret = BEGINNINGS.iter().any(|(beginning, fewest)| {
            word.strip_prefix(beginning)
                .is_some_and(|rest| rest.len() >= *fewest)
        });
        if is_secret {
            out.push_str(REDACTED);
            out.push_str(piece.get(word.len()..).unwrap_or_default());
        } else {
            out.push_str(piece);
        }
    }
    out
}

/// An address without the password in front of its host.
fn without_password(value: &str) -> String {
    let Some((scheme, rest)) = value.split_once("://") else {
        return value.to_owned();
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
    match authority.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://{REDACTED}@{host}{path}"),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(given: &[&str], expected: &[&str]) {
        let given: Vec<_> = given.iter().map(|text| (*text).to_owned()).collect();
        assert_eq!(arguments(&given), expected);
    }

    #[test]
    fn secrets_are_not_kept() {
        let hub = format!("hf_{}", "a1B2".repeat(8));
        check(
            &["t.py", "--token", "abc", "x"],
            &["t.py", "--token", "[redacted]", "x"],
        );
        check(&["--api-key=abc"], &["--api-key=[redacted]"]);
        check(
            &["env", "DB_PASSWORD=x", "t"],
            &["env", "DB_PASSWORD=[redacted]", "t"],
        );
        check(&["x", &hub], &["x", "[redacted]"]);
        check(&[&format!("a:{hub},b")], &["a:[redacted],b"]);
        check(
            &["postgres://me:pw@host:1/db?x=1"],
            &["postgres://[redacted]@host:1/db?x=1"],
        );
        check(
            &["--uri=https://u:p@h/x"],
            &["--uri=https://[redacted]@h/x"],
        );
    }

    #[test]
    fn ordinary_arguments_are() {
        for ordinary in [
            &["train.py", "--lr", "0.1", "--tokenizer", "gpt2"][..],
            &["--max-tokens=512", "data/in.csv", "model.epochs=3"],
            &["https://example.com/a?b=c", "--author", "me"],
            &["--secret-file", "-x"],
            &["sk-short", "héllo—wörld", ""],
        ] {
            check(ordinary, ordinary);
        }
    }
}
