//! Package URLs against `packageurl-python`, the reference implementation.

#![allow(
    clippy::indexing_slicing,
    reason = "clippy does not know that helpers of tests are tests"
)]

mod interop;

use std::fmt::Write as _;
use std::process::Command;

use gw_package::Purl;
use interop::{Random, ask, environment};

const CASES: usize = 6000;

/// The examples that the specification publishes.
#[test]
fn the_specification_s_examples_hold() {
    let path = "real/packageurl-python-0.15.6/tests/data/test-suite-data.json";
    let text = std::fs::read_to_string(environment().join(path)).unwrap();
    let cases: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    assert!(cases.len() >= 30, "only {} examples", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let given = case["purl"].as_str().unwrap_or_default();
        let canonical = case["canonical_purl"].as_str();
        let expected = match case["is_invalid"].as_bool() {
            Some(true) => None,
            _ => canonical,
        };
        let ours = Purl::parse(given).ok().map(|purl| purl.to_string());
        let again = expected.and_then(|text| Purl::parse(text).ok().map(|p| p.to_string()));
        if ours.as_deref() != expected || again.as_deref() != expected {
            let what = case["description"].as_str().unwrap_or_default();
            wrong.push(format!("{what}: {given}: {ours:?}, expected {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn python_writes_the_same_canonical_form() {
    let script = r"
import sys
from packageurl import PackageURL
for line in sys.stdin:
    try:
        print(PackageURL.from_string(line.rstrip('\n')).to_string())
    except ValueError:
        print('!')
";
    let mut random = Random(11);
    let purls: Vec<_> = (0..CASES).map(|_| generate(&mut random)).collect();
    let mut input = String::new();
    for purl in &purls {
        writeln!(input, "{purl}").unwrap();
    }
    let mut python = Command::new(environment().join("python/bin/python"));
    let answers = ask(python.args(["-c", script]), &input);
    assert_eq!(answers.len(), purls.len());
    let (mut wrong, mut valid) = (Vec::new(), 0);
    for (purl, theirs) in purls.iter().zip(&answers) {
        let ours = Purl::parse(purl).map_or_else(|_| "!".to_owned(), |purl| purl.to_string());
        valid += usize::from(ours != "!");
        if ours != upper_triplets(theirs) {
            wrong.push(format!("{purl}\n  ours   {ours}\n  theirs {theirs}"));
        }
    }
    let shown = wrong
        .iter()
        .take(20)
        .cloned()
        .collect::<Vec<_>>()
        .join("\n");
    assert!(
        wrong.is_empty(),
        "{} of {CASES} differ:\n{shown}",
        wrong.len()
    );
    assert!(
        valid > CASES / 2,
        "only {valid} are valid, so little was compared"
    );
}

/// The other side puts names in lower case after it has encoded them, so that `%2B` becomes `%2b`;
/// RFC 3986 and the specification's own examples have upper case.
fn upper_triplets(purl: &str) -> String {
    let mut digits = 0;
    purl.chars()
        .map(|c| match (c, digits) {
            ('%', _) => {
                digits = 2;
                c
            }
            (_, 0) => c,
            _ => {
                digits -= 1;
                c.to_ascii_uppercase()
            }
        })
        .collect()
}

/// A package URL, most often a valid one, within what both sides decide alike: the other side does
/// not check the rules of single types, and normalises only some of them.
fn generate(random: &mut Random) -> String {
    let ty = random.pick(&[
        "npm",
        "NPM",
        "golang",
        "maven",
        "github",
        "composer",
        "hex",
        "bitbucket",
        "generic",
        "nuget",
        "docker",
        "huggingface",
        "cargo",
        "pypi",
        "gem",
        "PyPI",
        "oci",
    ]);
    let mut text = random
        .pick(&["pkg:", "pkg:", "pkg:", "pkg://", "pkg:/"])
        .to_owned();
    text += ty;
    text += "/";
    let has_namespace = matches!(
        ty,
        "golang" | "maven" | "github" | "composer" | "hex" | "bitbucket" | "generic" | "docker"
    );
    if ty.eq_ignore_ascii_case("npm") && random.below(2) == 0 {
        text += random.pick(&["%40scope/", "%40a.b/", "%40a~b/"]);
    } else if has_namespace {
        for _ in 0..random.below(3) {
            text += random.pick(&[
                "github.com",
                "Ab",
                "a%20b",
                "a+b",
                "%E4%BD%A0",
                "x:y",
                "a,b",
                "~u",
            ]);
            text += random.pick(&["/", "/", "//"]);
        }
    }
    let name = random.pick(&[
        "name", "Na_me", "na.me", "n%20m", "a+b", "a!b", "a*(b)", "%C3%A9", "n:m", "n~m", "n%2Bm",
        "",
    ]);
    // The other side has not yet taken over that dots of a Python name become hyphens.
    let dotted = ty.eq_ignore_ascii_case("pypi") && name.contains('.');
    text += if dotted { "name" } else { name };
    text += random.pick(&[
        "",
        "@1.0.0",
        "@1.0.0",
        "@1.0.0+b",
        "@1.0.0%2Bb",
        "@v1:2",
        "@A%20b",
        "@sha256:AB",
        "@1!2",
    ]);
    for at in 0..random.below(3) {
        let row = at % 2 + 2 * random.below(2);
        text += if at == 0 { "?" } else { "&" };
        text += random.pick(
            &[
                ["a=1", "B=2"],
                ["arch=i386", "c="],
                ["a.b-c_d=x%20y", "url=https://x.y/z?w"],
                ["k=a,b", "z=git%2Bssh"],
            ][row],
        );
    }
    text += random.pick(&[
        "",
        "",
        "#sub/path",
        "#/a//b/",
        "#a/./b",
        "#a%20b",
        "#%C3%A9:1",
    ]);
    text
}
