//! PyPI: PEP 440 (<https://packaging.python.org/en/latest/specifications/version-specifiers/>),
//! every spelling that its normalisation accepts included (`v1.0-RC.1`, `1.0-1`, `1!2.0+ubuntu_1`).
//!
//! What came before PEP 440 (`2004d`, `0.1-SNAPSHOT`) is no version, as for pip since 24.1: it
//! cannot be installed, and its order was never agreed on.

use std::str::FromStr as _;

pub(super) fn parse(text: &str) -> Result<pep440_rs::Version, String> {
    let text = text.trim_matches(|c: char| c.is_ascii_whitespace() || c == '\x0b');
    // The parser would take a longer number in a local version for text, and so misplace it.
    let longest = text
        .split(|c: char| !c.is_ascii_digit())
        .find(|digits| !digits.is_empty() && digits.parse::<u64>().is_err());
    if longest.is_some() {
        return Err(format!("a number in it is above {}", u64::MAX));
    }
    pep440_rs::Version::from_str(text).map_err(|error| {
        format!("expected a version of PEP 440, such as 1.2.3, 1.2rc1 or 1.2.post1 ({error})")
    })
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering::{self, Equal, Less};

    use crate::{Ecosystem, version::compare};

    fn check(a: &str, order: Ordering, b: &str) {
        assert_eq!(compare(&Ecosystem::PYPI, a, b), Ok(order), "{a} {b}");
        assert_eq!(
            compare(&Ecosystem::PYPI, b, a),
            Ok(order.reverse()),
            "{b} {a}"
        );
    }

    #[test]
    fn reads_every_spelling() {
        check("1.0", Equal, "1.0.0");
        check("v1.0-ALPHA_1", Equal, "1.0a1");
        check("1.0.c.1", Equal, "1.0rc1");
        check("1.0preview1", Equal, "1.0rc1");
        check("1.0-1", Equal, "1.0.post1");
        check("1.0-r4", Equal, "1.0.rev4");
        check("1.0a", Equal, "1.0a0");
        check("1.0.dev", Equal, "1.0.dev0");
        check("0!1.01", Equal, "1.1");
        check("1.0+ubuntu-1", Equal, "1.0+UBUNTU.1");
        check(" 1.0\n", Equal, "1");
    }

    #[test]
    fn follows_pep_440() {
        let order = [
            "1.0.dev1",
            "1.0a1.dev1",
            "1.0a1",
            "1.0a1.post1",
            "1.0b1",
            "1.0rc1",
            "1.0",
            "1.0+abc",
            "1.0+abc.5",
            "1.0+abc.7",
            "1.0+5",
            "1.0.post1.dev1",
            "1.0.post1",
            "1.1.dev0",
            "1.10",
            "2024.1",
            "1!0.1",
        ];
        for (a, b) in order.iter().zip(order.iter().skip(1)) {
            check(a, Less, b);
        }
    }

    #[test]
    fn rejects_what_pip_rejects() {
        for bad in [
            "",
            "2004d",
            "1.0-SNAPSHOT",
            "latest",
            "1.0.*",
            "1..0",
            "1.0+",
            "1.0 b",
            "==1.0",
        ] {
            assert!(compare(&Ecosystem::PYPI, bad, bad).is_err(), "{bad}");
        }
        assert!(compare(&Ecosystem::PYPI, "1.0+99999999999999999999", "1").is_err());
    }
}
