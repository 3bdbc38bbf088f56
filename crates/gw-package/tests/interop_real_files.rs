//! Dependency files of well-known projects, as found inside published packages, against what
//! other people's parsers see in them: each package with its version, none more and none less.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy does not know that helpers of tests are tests"
)]

mod interop;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use gw_analysis::{Analyzer as _, Entry, EntryKind, Output};
use gw_finding::{Incomplete, Location, ReasonCode};
use gw_package::{Inventory, PackageAnalyzer};
use interop::{ask, environment};

/// What a file cannot say by itself: before Go 1.17 `go.mod` left out what followed from others.
const GAPS: [(&str, ReasonCode); 1] = [("cobra-v1.9.1/go.mod", ReasonCode::Missing)];

/// Name and version of every package of a file.
type Packages = BTreeSet<(String, String)>;

/// Python's own TOML and JSON parsers, PyYAML, and `packaging`.
const PYTHON: &str = r##"
import json, pathlib, re, sys, tomllib, yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

def cargo(text):
    for package in tomllib.loads(text)["package"]:
        if "source" in package:
            yield package["name"], package["version"]

def python_lock(text):
    document = tomllib.loads(text)
    for package in document["package"]:
        source = package.get("source", {})
        local = {"editable", "virtual", "directory"} & set(source) or source.get("type") == "directory"
        if not local and "path" not in package:
            yield canonicalize_name(package["name"]), package["version"]

def package_lock(text):
    for path, package in json.loads(text)["packages"].items():
        if "node_modules/" in path and not package.get("link"):
            yield package.get("name") or path.rsplit("node_modules/")[-1], package["version"]

def pnpm(text):
    for key in yaml.load(text, yaml.CBaseLoader)["packages"]:
        name, _, version = key.rpartition("@")
        yield name, version

def yarn_berry(text):
    for key, package in yaml.load(text, yaml.CBaseLoader).items():
        if key != "__metadata" and package["linkType"] == "hard":
            yield re.match("(@[^/]*/)?[^@]*", package["resolution"])[0], package["version"]

def requirements(text):
    for line in text.splitlines():
        line = line.partition("#")[0].strip()
        if line:
            requirement = Requirement(line)
            pins = [s.version for s in requirement.specifier if s.operator == "=="]
            yield canonicalize_name(requirement.name), pins[0] if pins else ""

readers = {
    "Cargo.lock": cargo, "uv.lock": python_lock, "poetry.lock": python_lock,
    "pdm.lock": python_lock, "package-lock.json": package_lock,
    "npm-shrinkwrap.json": package_lock, "pnpm-lock.yaml": pnpm, "requirements.txt": requirements,
}
for path in map(pathlib.Path, sys.stdin.read().splitlines()):
    text = path.read_text()
    reader = readers.get(path.name)
    if path.name == "yarn.lock" and "__metadata" in text:
        reader = yarn_berry
    for name, version in reader(text) if reader else []:
        print(path, name, version, sep="\t")
"##;

/// Yarn's parser of its classic lock files.
const NODE: &str = r"
const fs = require('fs');
const lockfile = require(process.argv[1]);
for (const path of fs.readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
    const { object } = lockfile.parse(fs.readFileSync(path, 'utf8'));
    for (const [key, { version }] of Object.entries(object)) {
        const [, name, range] = key.match(/^(@?[^@]+)@(.*)$/);
        const alias = range.match(/^npm:(@?[^@]+)@/);
        console.log([path, alias ? alias[1] : name, version].join('\t'));
    }
}
";

/// What the partners see in each file.
fn theirs(files: &[String]) -> BTreeMap<String, Packages> {
    let named = |name: &'static str| files.iter().filter(move |file| file.ends_with(name));
    let is_classic = |file: &&String| {
        !std::fs::read_to_string(file)
            .unwrap()
            .contains("__metadata")
    };
    let classic: Vec<_> = named("yarn.lock").filter(is_classic).cloned().collect();
    let mut python = Command::new(environment().join("python/bin/python"));
    let mut node = Command::new("node");
    node.args(["-e", NODE])
        .arg(environment().join("node/node_modules/@yarnpkg/lockfile"));
    let others: Vec<_> = files
        .iter()
        .filter(|file| !classic.contains(file))
        .cloned()
        .collect();
    let mut lines = ask(python.args(["-c", PYTHON]), &others.join("\n"));
    lines.extend(ask(&mut node, &classic.join("\n")));
    for file in named("go.mod") {
        lines.extend(go(file));
    }
    let mut seen: BTreeMap<String, Packages> = BTreeMap::new();
    for line in lines {
        let [file, name, version] = *line.split('\t').collect::<Vec<_>>() else {
            panic!("the partner said {line:?}");
        };
        let package = (name.to_owned(), version.to_owned());
        seen.entry(file.to_owned()).or_default().insert(package);
    }
    seen
}

/// Go's own parser: what is required, with replacements, and the standard library.
fn go(file: &str) -> Vec<String> {
    let script = r##"
import json, sys
path, document = sys.argv[1], json.load(sys.stdin)
replaced = {
    (r["Old"]["Path"], r["Old"].get("Version", "")): r["New"] for r in document.get("Replace") or []
}
for required in document.get("Require") or []:
    name, version = required["Path"], required["Version"]
    new = replaced.get((name, version)) or replaced.get((name, "")) or required
    if "Version" in new:
        print(path, new["Path"], new["Version"], sep="\t")
go = document.get("Toolchain", "go" + document["Go"]).removeprefix("go")
print(path, "stdlib", go, sep="\t")
"##;
    let mut edit = Command::new("go");
    let json = ask(edit.args(["mod", "edit", "-json", file]), "").join("\n");
    let mut python = Command::new(environment().join("python/bin/python"));
    ask(python.args(["-c", script, file]), &json)
}

/// What we see in a file by itself.
fn ours(file: &str) -> (Packages, Vec<Incomplete>) {
    let bytes = std::fs::read(file).unwrap();
    let analyzer = PackageAnalyzer;
    let head = bytes.get(..512).unwrap_or(&bytes);
    assert!(analyzer.wants(file, EntryKind::File, head), "{file}");
    let mut out = Output::default();
    let entry = Entry::new(Location::file(file), EntryKind::File, bytes.clone());
    analyzer.visit(&entry, &mut out);
    let parts = std::mem::take(&mut out.parts);
    analyzer.finish(parts, &mut out);
    let product = out.products.pop().unwrap();
    let inventory = *product.downcast::<Inventory>().unwrap();
    let packages = inventory.packages.into_iter();
    (
        packages.map(|p| (p.name, p.version)).collect(),
        out.incomplete,
    )
}

fn files_under(folder: &Path, out: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_under(&path, out);
        } else if !path.ends_with("test-suite-data.json") {
            // Those are the examples of package URLs, for another test.
            out.push(path.to_str().unwrap().to_owned());
        }
    }
}

#[test]
fn well_known_projects_are_read_as_others_read_them() {
    let folder = environment().join("real");
    let projects = std::fs::read_dir(&folder).map_or(0, Iterator::count);
    assert!(
        projects >= 10,
        "only {projects} projects in {}: `cargo xtask test` gets them",
        folder.display()
    );
    let mut files = Vec::new();
    files_under(&folder, &mut files);
    files.sort();
    let theirs = theirs(&files);
    let (mut wrong, mut packages) = (Vec::new(), 0);
    for file in &files {
        let (ours, incomplete) = ours(file);
        let theirs = theirs
            .get(file)
            .unwrap_or_else(|| panic!("the partners see nothing in {file}"));
        // Requirements without a version are no packages, and each is said to be so.
        let (pinned, open): (Packages, Packages) = theirs
            .iter()
            .cloned()
            .partition(|(_, version)| !version.is_empty());
        for package in pinned.difference(&ours) {
            wrong.push(format!("{file}: we do not see {package:?}"));
        }
        for package in ours.difference(&pinned) {
            wrong.push(format!("{file}: only we see {package:?}"));
        }
        let mut expected = vec![ReasonCode::Unpinned; open.len()];
        expected.extend(
            GAPS.iter()
                .filter(|gap| file.contains(gap.0))
                .map(|gap| gap.1),
        );
        if !incomplete.iter().map(|i| i.reason).eq(expected) {
            wrong.push(format!("{file}: {incomplete:?}, but {open:?} are unpinned"));
        }
        packages += ours.len();
    }
    let shown: Vec<_> = wrong.iter().take(40).map(String::as_str).collect();
    assert!(
        wrong.is_empty(),
        "{} differences:\n{}",
        wrong.len(),
        shown.join("\n")
    );
    assert!(packages > 5000, "only {packages} packages were compared");
}
