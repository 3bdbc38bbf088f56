//! Go: `golang.org/x/mod/semver`, with or without the leading `v`, and the versions of Go itself.
//!
//! Modules have full semantic versions, pseudo-versions included; `+incompatible` is build metadata
//! and does not count. Go's own releases are written as tags (`go1.21rc2`), in `go.mod` lines
//! (`1.21`, `1.22rc1`) and by OSV as semantic versions (`1.21.0-rc.2`): all are brought into the
//! last form, as the Go vulnerability database does. A version without a patch number is the
//! first release (`1.21` = `1.21.0`): both x/mod and that database read it so.

pub(super) fn parse(text: &str) -> Result<semver::Version, String> {
    let strict = if let Some(tag) = text.strip_prefix("go") {
        release(tag)
    } else if let Some(version) = text.strip_prefix('v') {
        module(version)
    } else {
        module(text).or_else(|| go_line(text))
    };
    let strict = strict.ok_or_else(|| expected(""))?;
    semver::Version::parse(&strict).map_err(|error| expected(&format!(" ({error})")))
}

/// `1.2.3-pre+build`, or one or two numbers alone.
fn module(text: &str) -> Option<String> {
    let (core, rest) = numbers(text);
    match (core.split('.').count(), rest.chars().next()) {
        (3, Some('-' | '+') | None) => Some(text.to_owned()),
        (_, None) => with_stage(core, None),
        _ => None,
    }
}

/// `1.22rc1` and `1.22-rc1`.
fn go_line(text: &str) -> Option<String> {
    let (core, rest) = numbers(text);
    with_stage(core, Some(rest.strip_prefix('-').unwrap_or(rest)))
}

/// A tag without its `go`: `1.21`, `1.21rc2`, `1.21.3-vendor`, `1.21.5 X:experiment`.
fn release(tag: &str) -> Option<String> {
    let tag = tag.split_whitespace().next()?;
    let (core, rest) = numbers(tag);
    let stage = rest.strip_prefix('-').unwrap_or(rest);
    if ["rc", "beta", "alpha"]
        .iter()
        .any(|name| stage.starts_with(name))
    {
        // What follows a further hyphen names who built it.
        with_stage(core, Some(stage.split('-').next()?))
    } else if rest.is_empty() || rest.starts_with('-') {
        with_stage(core, None)
    } else {
        None
    }
}

/// The leading numbers with the dots between them, and what follows.
fn numbers(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    text.split_at(end)
}

/// One to three numbers and a stage such as `rc2`, as a semantic version.
fn with_stage(core: &str, stage: Option<&str>) -> Option<String> {
    let zeros = match core.split('.').count() {
        1 => ".0.0",
        2 => ".0",
        3 => "",
        _ => return None,
    };
    let Some(stage) = stage else {
        return Some(format!("{core}{zeros}"));
    };
    let digits = stage.find(|c: char| !c.is_ascii_lowercase())?;
    let (name, number) = stage.split_at(digits);
    let number = number.strip_prefix('.').unwrap_or(number);
    let valid =
        !name.is_empty() && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    valid.then(|| format!("{core}{zeros}-{name}.{number}"))
}

fn expected(why: &str) -> String {
    format!(
        "expected a module's version, such as v1.2.3, or one of Go, such as 1.22.1 or go1.22rc1{why}"
    )
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering::{self, Equal, Less};

    use crate::{Ecosystem, version::compare};

    fn check(a: &str, order: Ordering, b: &str) {
        assert_eq!(compare(&Ecosystem::GO, a, b), Ok(order), "{a} {b}");
        assert_eq!(
            compare(&Ecosystem::GO, b, a),
            Ok(order.reverse()),
            "{b} {a}"
        );
    }

    #[test]
    fn orders_modules() {
        check("v1.2.3", Equal, "1.2.3");
        check("v2.0.0+incompatible", Equal, "2.0.0");
        check("v1", Equal, "v1.0.0");
        check(
            "v0.0.0-20180101000000-aaaaaaaaaaaa",
            Less,
            "v0.0.0-20191109021931-000000000000",
        );
        check("v1.2.3-0.20191109021931-daa7c04131f5", Less, "v1.2.3");
        check("v1.2.2", Less, "v1.2.3-0.20191109021931-daa7c04131f5");
        check(
            "v1.2.3-pre.0.20191109021931-daa7c04131f5",
            Less,
            "v1.2.3-pre.1",
        );
        check("v1.0.0-rc1", Less, "v1.0.0-rc10");
        check("v1.0.0-rc2", Less, "v1.0.0");
    }

    #[test]
    fn orders_releases_of_go() {
        check("go1.21rc2", Equal, "1.21.0-rc.2");
        check("1.22-rc1", Equal, "1.22.0-rc.1");
        check("1.21", Equal, "1.21.0");
        check("go1.9.2rc2", Less, "go1.9.2");
        check("go1.21.3-vendor", Equal, "1.21.3");
        check("go1.21rc2-vendor", Equal, "1.21rc2");
        check("go1.21.5 X:experiment", Equal, "1.21.5");
        check("1.21.0-0", Less, "go1.21beta1");
        check("go1.21beta1", Less, "go1.21rc1");
        check("go1.21rc1", Less, "go1.21");
        check("1.9", Less, "1.10");
    }

    #[test]
    fn rejects_what_is_no_version() {
        for bad in [
            "",
            "v",
            "go",
            "1.2.3.4",
            "v01.2.3",
            "v1.2.3-01",
            "master",
            "v1.2.3 x",
            "go1.x",
            "1.21rc",
            "devel go1.22-abcdef",
            "v1.2-",
            "1.2-",
            "v1.22rc1",
            "v1.2.3rc1",
            "1..2",
            "v1.2+meta",
            ".1",
        ] {
            assert!(compare(&Ecosystem::GO, bad, bad).is_err(), "{bad}");
        }
    }
}
