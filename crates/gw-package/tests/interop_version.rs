//! Version order against pip's `packaging`, npm's `semver` and Go's `golang.org/x/mod/semver`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "clippy does not know that helpers of tests are tests"
)]

mod interop;

use std::fmt::Write as _;
use std::process::Command;

use gw_package::{Ecosystem, version};
use interop::{Random, ask, environment};

const IDENTIFIERS: [&str; 16] = [
    "0", "1", "2", "9", "10", "a", "alpha", "beta", "rc1", "rc10", "-", "1a", "A", "rc", "dev",
    "01",
];
const PAIRS: usize = 8000;
const NUMBERS: [&str; 16] = [
    "0", "0", "1", "1", "1", "1", "2", "2", "3", "3", "9", "10", "10", "11", "20240102", "01",
];

#[test]
fn python_orders_alike() {
    let script = r"
import sys
from packaging.version import Version, InvalidVersion
for line in sys.stdin:
    try:
        a, b = map(Version, line.rstrip('\n').split('\t'))
        print('<' if a < b else '>' if a > b else '=')
    except InvalidVersion:
        print('!')
";
    let mut python = Command::new(environment().join("python/bin/python"));
    check(&Ecosystem::PYPI, python.args(["-c", script]), |random| {
        let mut text = String::new();
        text += random.pick(&["", "", "", "", "v", "1!", "0!", " "]);
        text += &numbers(random, 1, 4);
        text += random.pick(&[
            "", "", "a1", "b", "-RC.2", "_alpha_3", "c1", "pre4", ".preview", "rc01",
        ]);
        text += random.pick(&[
            "", "", "", ".post1", "-1", "-r2", ".rev", "post03", "_post_2",
        ]);
        text += random.pick(&["", "", "", ".dev1", "dev", "-dev-4", ".DEV2"]);
        text += random.pick(&[
            "", "", "", "+abc", "+1", "+1.abc", "+abc_1", "+01", "+A-2", "+10a",
        ]);
        text += random.pick(&[
            "", "", "", "", "", "", "", "", "", ".*", "x", "..", "+", "!",
        ]);
        text
    });
}

#[test]
fn npm_orders_alike() {
    let script = r"
const semver = require(process.argv[1]);
const lines = require('fs').readFileSync(0, 'utf8').split('\n').slice(0, -1);
for (const line of lines) {
    const [a, b] = line.split('\t').map((text) => semver.parse(text, { loose: true }));
    console.log(a && b ? { '-1': '<', 0: '=', 1: '>' }[semver.compare(a, b, true)] : '!');
}
";
    let package = environment().join("node/node_modules/semver");
    assert!(
        package.is_dir(),
        "{}: `cargo xtask test` installs it",
        package.display()
    );
    let mut node = Command::new("node");
    node.args(["-e", script]).arg(package);
    check(&Ecosystem::NPM, &mut node, |random| {
        let mut text = String::new();
        text += random.pick(&["", "", "", "", "v", "=", "= v", " "]);
        text += &numbers(random, 3, 3);
        text += &prerelease(random, &["-", "-", "-", "", "--"]);
        text += random.pick(&["", "", "", "+b", "+1.2", "+001"]);
        text += random.pick(&["", "", "", "", "", "", "", "", " x", "-", "+", "_", "^"]);
        text
    });
}

#[test]
fn go_orders_alike() {
    let program = r#"
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/semver"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		a, b, _ := strings.Cut(lines.Text(), "\t")
		if !semver.IsValid(a) || !semver.IsValid(b) {
			fmt.Println("!")
		} else {
			fmt.Println([]string{"<", "=", ">"}[semver.Compare(a, b)+1])
		}
	}
}
"#;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("main.go");
    std::fs::write(&file, program).unwrap();
    let mut go = Command::new("go");
    go.current_dir(environment().join("go"))
        .args(["run", "-mod=mod"])
        .arg(file);
    check(&Ecosystem::GO, &mut go, |random| {
        let mut text = "v".to_owned();
        let short = random.below(8) == 0;
        text += &numbers(random, if short { 1 } else { 3 }, 3);
        text += &prerelease(
            random,
            &["-", "-", "-", "-0.20191109021931-", "-pre.0.", ""],
        );
        text += random.pick(&["", "", "", "+incompatible", "+meta.01"]);
        text += random.pick(&["", "", "", "", "", "", "", "", ".", "-", "+", "x"]);
        text
    });
}

/// Compares many generated pairs with what a partner says of them.
fn check(ecosystem: &Ecosystem, partner: &mut Command, make: impl Fn(&mut Random) -> String) {
    let mut random = Random(7);
    let pairs: Vec<_> = (0..PAIRS)
        .map(|_| (make(&mut random), make(&mut random)))
        .collect();
    let mut input = String::new();
    for (a, b) in &pairs {
        writeln!(input, "{a}\t{b}").unwrap();
    }
    let answers = ask(partner, &input);
    assert_eq!(answers.len(), pairs.len());
    let (mut wrong, mut valid) = (Vec::new(), 0);
    for ((a, b), theirs) in pairs.iter().zip(&answers) {
        let ours = match version::compare(ecosystem, a, b) {
            Ok(order) => ["<", "=", ">"][usize::try_from(order as i8 + 1).unwrap()],
            Err(_) => "!",
        };
        valid += usize::from(ours != "!");
        if ours != theirs {
            wrong.push(format!("{a:?} {ours} {b:?}, but they say {theirs}"));
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
        "{} of {PAIRS} differ:\n{shown}",
        wrong.len()
    );
    assert!(
        valid > PAIRS / 4,
        "only {valid} pairs are valid, so little was compared"
    );
}

fn numbers(random: &mut Random, least: usize, most: usize) -> String {
    let count = least + random.below(most - least + 1);
    let parts: Vec<_> = (0..count).map(|_| random.pick(&NUMBERS)).collect();
    parts.join(".")
}

fn prerelease(random: &mut Random, hyphens: &[&str]) -> String {
    if random.below(2) == 0 {
        return String::new();
    }
    let hyphen = random.pick(hyphens);
    let mut parts: Vec<_> = (0..=random.below(3))
        .map(|_| random.pick(&IDENTIFIERS))
        .collect();
    if hyphen.is_empty() {
        // Without a hyphen in front, npm would take digits for a part of the patch number.
        parts.insert(0, "beta");
    }
    format!("{hyphen}{}", parts.join("."))
}
