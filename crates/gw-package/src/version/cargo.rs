//! crates.io: Semantic Versioning 2.0.0 to the letter, as the `semver` crate that Cargo itself uses
//! reads it.

pub(super) fn parse(text: &str) -> Result<semver::Version, String> {
    semver::Version::parse(text).map_err(|error| {
        format!("expected MAJOR.MINOR.PATCH, such as 1.2.3 or 1.2.3-rc.1 ({error})")
    })
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering::{self, Equal, Greater, Less};

    use crate::{Ecosystem, version::compare};

    fn check(a: &str, order: Ordering, b: &str) {
        assert_eq!(compare(&Ecosystem::CRATES_IO, a, b), Ok(order), "{a} {b}");
        assert_eq!(
            compare(&Ecosystem::CRATES_IO, b, a),
            Ok(order.reverse()),
            "{b} {a}"
        );
    }

    #[test]
    fn follows_semver() {
        check("1.2.3", Less, "1.10.0");
        check("1.0.0-alpha", Less, "1.0.0-alpha.1");
        check("1.0.0-alpha.1", Less, "1.0.0-alpha.beta");
        check("1.0.0-beta.2", Less, "1.0.0-beta.11");
        check("1.0.0-rc.1", Less, "1.0.0");
        check(
            "1.0.0-99999999999999999999998",
            Less,
            "1.0.0-99999999999999999999999",
        );
        check("0.0.0-0", Less, "0.0.0");
        check("1.0.0+a", Equal, "1.0.0+b");
        check("2.0.0", Greater, "2.0.0-rc.1+z");
    }

    #[test]
    fn rejects_what_cargo_rejects() {
        for bad in [
            "", "1", "1.2", "v1.2.3", "1.2.3.4", "01.2.3", "1.2.3-01", "1.2.3-", " 1.2.3",
        ] {
            assert!(compare(&Ecosystem::CRATES_IO, bad, bad).is_err(), "{bad}");
        }
    }
}
