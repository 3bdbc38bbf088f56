use gw_analysis::{Entry, EntryKind};
use gw_finding::{Incomplete, Location};
use proptest::prelude::*;

use super::*;
use crate::Scope;
use crate::reader::{FileReading, Joined, Lock};

fn read(files: &[(&str, &str)]) -> Joined {
    let mut readings = Vec::new();
    for (path, text) in files {
        for reader in FAMILY.readers {
            if reader.matches(path, text.as_bytes()) {
                let entry = Entry::new(
                    Location::file(*path),
                    EntryKind::File,
                    text.as_bytes().to_vec(),
                );
                let reading = reader.read(&entry);
                readings.push(FileReading {
                    location: entry.location().clone(),
                    reader: reader.id(),
                    ..reading
                });
            }
        }
    }
    readings.sort_by(|a, b| a.location.cmp(&b.location));
    let mut joined = Joined::default();
    (FAMILY.join)(readings, &mut joined);
    joined
}

/// `name version line scope direct -> needs` of each package.
fn describe(lock: &Lock) -> Vec<String> {
    let name = |index: &usize| lock.packages[*index].name.clone();
    lock.packages
        .iter()
        .map(|p| {
            let needs: Vec<_> = p.dependencies.iter().map(name).collect();
            let line = p.location.start.unwrap().line;
            let direct = p
                .direct
                .map_or("?", |direct| if direct { "direct" } else { "transitive" });
            format!(
                "{} {} :{line} {:?} {direct} [{}]",
                p.name,
                p.version,
                p.scope,
                needs.join(" ")
            )
        })
        .collect()
}

fn reasons(incomplete: &[Incomplete]) -> Vec<(ReasonCode, String)> {
    incomplete
        .iter()
        .map(|i| (i.reason, i.location.path.clone()))
        .collect()
}

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

fn package(name: &str, version: &str, source: &str, dependencies: &[&str]) -> String {
    let source = if source.is_empty() {
        String::new()
    } else {
        format!("source = \"{source}\"\n")
    };
    let list: Vec<_> = dependencies
        .iter()
        .map(|d| format!(" \"{d}\",\n"))
        .collect();
    let list = if list.is_empty() {
        String::new()
    } else {
        format!("dependencies = [\n{}]\n", list.concat())
    };
    format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n{source}{list}\n")
}

fn lock(version: &str, packages: &[String]) -> String {
    format!("{version}\n{}", packages.concat())
}

#[test]
fn scopes_follow_the_graph() {
    let text = lock(
        "version = 4",
        &[
            package(
                "app",
                "0.1.0",
                "",
                &["run", "opt", "test", "build", "rand 0.8.0"],
            ),
            package("run", "1.0.0", REGISTRY, &["deep"]),
            package("deep", "1.0.0", REGISTRY, &[]),
            package("opt", "1.0.0", REGISTRY, &["deep", "only-opt"]),
            package("only-opt", "1.0.0", REGISTRY, &[]),
            package("test", "1.0.0", REGISTRY, &["deep", "only-test"]),
            package("only-test", "1.0.0", REGISTRY, &["test"]),
            package("build", "1.0.0", "sparse+https://index.crates.io/", &[]),
            package("rand", "0.8.0", REGISTRY, &[]),
        ],
    );
    let manifest = r#"
[package]
name = "app"
[dependencies]
run = "1"
opt = { version = "1", optional = true }
[build-dependencies]
build = "1"
[dev-dependencies]
test = "1"
rand_old = { package = "rand", version = "0.8" }
"#;
    let joined = read(&[("Cargo.lock", &text), ("Cargo.toml", manifest)]);
    assert_eq!(joined.incomplete, []);
    assert_eq!(
        describe(&joined.locks[0]),
        [
            "run 1.0.0 :14 Runtime direct [deep]",
            "deep 1.0.0 :22 Runtime transitive []",
            "opt 1.0.0 :27 Optional direct [deep only-opt]",
            "only-opt 1.0.0 :36 Optional transitive []",
            "test 1.0.0 :41 Development direct [deep only-test]",
            "only-test 1.0.0 :50 Development transitive [test]",
            "build 1.0.0 :58 Runtime direct []",
            "rand 0.8.0 :63 Development direct []",
        ]
    );
}

#[test]
fn workspaces_pass_requirements_on() {
    let text = lock(
        "version = 3",
        &[
            package("a", "0.1.0", "", &["b", "x 1.0.0", "x 2.0.0"]),
            package("b", "0.1.0", "", &["y"]),
            package("x", "1.0.0", REGISTRY, &[]),
            package("x", "2.0.0", REGISTRY, &[]),
            package("y", "1.0.0", REGISTRY, &[]),
        ],
    );
    let root = "[workspace]\nmembers = [\"crates/*\"]\n[workspace.dependencies]\nnew-x = { package = \"x\", version = \"2\" }\ny = \"1\"\n";
    let a = "[package]\nname = \"a\"\n[dependencies]\nb = { path = \"../b\" }\nx = \"1\"\n[dev-dependencies]\nnew-x.workspace = true\n";
    let b =
        "[package]\nname = \"b\"\n[target.'cfg(windows)'.dependencies]\ny = { workspace = true }\n";
    let joined = read(&[
        ("w/Cargo.lock", &text),
        ("w/Cargo.toml", root),
        ("w/crates/a/Cargo.toml", a),
        ("w/crates/b/Cargo.toml", b),
    ]);
    assert_eq!(joined.incomplete, []);
    assert_eq!(
        describe(&joined.locks[0]),
        [
            "x 1.0.0 :19 Runtime direct []",
            "x 2.0.0 :24 Development direct []",
            "y 1.0.0 :29 Optional direct []",
        ]
    );
}

#[test]
fn reads_old_formats() {
    let text = format!(
        "[root]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\n \"libc 0.2.1 ({REGISTRY})\",\n]\n\n{}[metadata]\n\"checksum libc 0.2.1 ({REGISTRY})\" = \"{}\"\n\"checksum other 1.0.0 ({REGISTRY})\" = \"<none>\"\n",
        package("libc", "0.2.1", REGISTRY, &[]),
        "AB".repeat(32),
    );
    let joined = read(&[("Cargo.lock", &text)]);
    assert_eq!(joined.incomplete, []);
    let lock = &joined.locks[0];
    assert_eq!(describe(lock), ["libc 0.2.1 :9 Runtime direct []"]);
    assert_eq!(lock.packages[0].hashes[0].hex, "ab".repeat(32));
    assert_eq!(lock.roots[0].name, "app");
}

#[test]
fn sources_are_told_apart() {
    let git = "git+https://git.example/x?branch=main#0123abcd";
    let text = lock(
        "version = 4",
        &[
            package(
                "app",
                "0.1.0",
                "",
                &[
                    "x 1.0.0 (git+https://git.example/x?branch=main)",
                    &format!("x 1.0.0 ({REGISTRY})"),
                ],
            ),
            package("x", "1.0.0", REGISTRY, &[]),
            package("x", "1.0.0", git, &[]),
            package("y", "1.0.0", "sparse+https://crates.example/index/", &[]),
            package("z", "1.0.0", "ftp://z", &[]),
        ],
    );
    let joined = read(&[("Cargo.lock", &text)]);
    let purls: Vec<_> = joined.locks[0]
        .packages
        .iter()
        .map(|p| p.purl.as_str())
        .collect();
    assert_eq!(
        purls,
        [
            "pkg:cargo/x@1.0.0",
            "pkg:cargo/x@1.0.0?vcs_url=git%2Bhttps://git.example/x%400123abcd",
            "pkg:cargo/y@1.0.0?repository_url=https://crates.example/index/",
            "pkg:cargo/z@1.0.0",
        ]
    );
    assert_eq!(joined.locks[0].roots[0].dependencies.len(), 2);
    assert_eq!(
        reasons(&joined.incomplete),
        [(ReasonCode::Unsupported, "Cargo.lock".to_owned())]
    );
}

#[test]
fn says_what_nothing_pins() {
    let manifest = "[package]\nname = \"a\"\n[dependencies]\nb = \"1\"\nc = { path = \"c\" }\n[dev-dependencies]\nb = \"1\"\nd = \"*\"\n";
    let joined = read(&[("x/Cargo.toml", manifest)]);
    assert_eq!(
        reasons(&joined.incomplete),
        [(ReasonCode::Unpinned, "x/Cargo.toml".to_owned())]
    );
    assert_eq!(
        joined.incomplete[0].detail,
        "no Cargo.lock beside or above pins the 2 requirements of this file: b, d",
    );
    let other = lock("version = 4", &[package("other", "0.1.0", "", &[])]);
    let own = lock("version = 4", &[package("a", "0.1.0", "", &[])]);
    assert_eq!(
        read(&[("Cargo.lock", &other), ("x/Cargo.toml", manifest)])
            .incomplete
            .len(),
        1
    );
    assert_eq!(
        read(&[("Cargo.lock", &own), ("x/Cargo.toml", manifest)]).incomplete,
        []
    );
    assert_eq!(
        read(&[("xx/Cargo.lock", &own), ("x/Cargo.toml", manifest)])
            .incomplete
            .len(),
        1
    );
    let vendored = lock("version = 4", &[package("a", "1.0.0", REGISTRY, &[])]);
    assert_eq!(
        read(&[("Cargo.lock", &vendored), ("vendor/a/Cargo.toml", manifest)]).incomplete,
        []
    );
    assert_eq!(
        read(&[("Cargo.toml", "[workspace.dependencies]\nb = \"1\"\n")]).incomplete,
        []
    );
    let both = read(&[("Cargo.lock", "<<<<<<< ours"), ("x/Cargo.toml", manifest)]);
    assert_eq!(
        reasons(&both.incomplete),
        [(ReasonCode::Malformed, "Cargo.lock".to_owned())]
    );
}

#[test]
fn what_can_be_read_counts() {
    let text = format!(
        "version = 9\n[[package]]\nname = \"x\"\n\n{}",
        package("y", "1.0.0", REGISTRY, &["gone"]),
    );
    let joined = read(&[("Cargo.lock", &text)]);
    assert_eq!(joined.locks[0].packages.len(), 1);
    let reasons: Vec<_> = joined.incomplete.iter().map(|i| i.reason).collect();
    assert_eq!(
        reasons,
        [
            ReasonCode::Unsupported,
            ReasonCode::Malformed,
            ReasonCode::Malformed
        ]
    );
}

#[test]
fn default_features_switch_optional_dependencies_on() {
    let text = lock(
        "version = 4",
        &[
            package("app", "0.1.0", "", &["a", "b", "c"]),
            package("a", "1.0.0", REGISTRY, &[]),
            package("b", "1.0.0", REGISTRY, &[]),
            package("c", "1.0.0", REGISTRY, &[]),
        ],
    );
    let optional = "{ version = \"1\", optional = true }";
    let manifest = format!(
        "[package]\nname = \"app\"\n[dependencies]\na = {optional}\nb = {optional}\nc = {optional}\n[features]\ndefault = [\"full\"]\nfull = [\"dep:a\", \"b/x\", \"c?/x\", \"default\"]\n"
    );
    let joined = read(&[("Cargo.lock", &text), ("Cargo.toml", &manifest)]);
    let scopes: Vec<_> = joined.locks[0].packages.iter().map(|p| p.scope).collect();
    assert_eq!(scopes, [Scope::Runtime, Scope::Runtime, Scope::Optional]);
}

proptest! {
    #[test]
    fn nothing_panics(cut in 0usize..900, at in 0usize..900, with in "[\\[\\]\"=a-z0-9 {}.\n]{0,6}") {
        let text = format!("{}\n[package]\nname = \"app\"\n[dependencies]\nlibc = {{ version = \"1\", optional = true }}\n[workspace]\nmembers = [\"x\"]\n[features]\ndefault = [\"dep:libc\"]\n",
            lock("version = 3", &[package("app", "0.1.0", "", &["libc"]), package("libc", "0.2.1", REGISTRY, &["app"])]));
        let mut text: String = text.chars().take(cut).collect();
        let at = at.min(text.len());
        text.insert_str(at, &with);
        read(&[("Cargo.lock", &text), ("Cargo.toml", &text), ("a/b/Cargo.toml", &text)]);
    }
}
