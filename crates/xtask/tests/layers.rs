//! The architecture, checked: which crate may depend on which, and what no crate may do.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy does not know that helpers of tests are tests"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The layers, from the top: a crate depends on crates above it only, within its layer included.
/// The list has every crate of the design, those that are still to come as well.
const LAYERS: [(&str, &[&str]); 5] = [
    (
        "vocabulary",
        &[
            "gw-core",
            "gw-finding",
            "gw-attest",
            "gw-analysis",
            "gw-archive",
        ],
    ),
    (
        "analyzers",
        &[
            "gw-package",
            "gw-advisory",
            "gw-secret",
            "gw-infra",
            "gw-pipeline",
            "gw-code",
            "gw-model",
            "gw-dataset",
            "gw-detect",
        ],
    ),
    (
        "engines",
        &[
            "gw-source",
            "gw-scan",
            "gw-policy",
            "gw-ledger",
            "gw-sign",
            "gw-vault",
            "gw-report",
            "gw-fetch",
            "gw-flow",
        ],
    ),
    (
        "services",
        &[
            "gw-store",
            "gw-identity",
            "gw-gateway",
            "gw-oversight",
            "gw-server",
        ],
    ),
    ("program", &["gatewright", "xtask"]),
];

/// The crates that print, exit, and read the environment and the clock.
const PROGRAMS: [&str; 2] = ["gatewright", "xtask"];

/// The reviewed files that may have unsafe code.
const UNSAFE: [&str; 1] = ["crates/gw-advisory/src/index/mmap.rs"];

fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap().to_owned()
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(arguments)
        .arg("--locked")
        .output()
        .expect("cargo starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo {arguments:?}: {said}");
    String::from_utf8(output.stdout).expect("cargo prints UTF-8")
}

/// The workspace's packages.
fn packages() -> Vec<Value> {
    let metadata = cargo(&["metadata", "--format-version=1", "--no-deps"]);
    let metadata: Value = serde_json::from_str(&metadata).expect("cargo prints JSON");
    let packages = metadata["packages"].as_array().unwrap().clone();
    assert!(packages.len() > 10, "only {} packages", packages.len());
    packages
}

fn name(package: &Value) -> &str {
    package["name"].as_str().unwrap()
}

#[test]
fn dependencies_point_upward() {
    let places: BTreeMap<&str, (usize, &str)> = LAYERS
        .iter()
        .flat_map(|(layer, crates)| crates.iter().map(move |name| (*name, *layer)))
        .enumerate()
        .map(|(place, (name, layer))| (name, (place, layer)))
        .collect();
    let mut wrong = Vec::new();
    for package in &packages() {
        let from = name(package);
        let Some((place, layer)) = places.get(from) else {
            wrong.push(format!("{from} is in no layer"));
            continue;
        };
        for dependency in package["dependencies"].as_array().unwrap() {
            if dependency["path"].is_null() || dependency["kind"] == "dev" {
                continue;
            }
            let to = name(dependency);
            match places.get(to) {
                None => wrong.push(format!("{from} depends on {to}, which is in no layer")),
                Some((other, its)) if other >= place => wrong.push(format!(
                    "{from} ({layer}) depends on {to} ({its}), which is not above it"
                )),
                Some(_) => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_folder_is_a_crate_of_its_name() {
    let known: BTreeSet<_> = packages().iter().map(|p| name(p).to_owned()).collect();
    for folder in std::fs::read_dir(root().join("crates")).unwrap() {
        let folder = folder.unwrap().file_name().into_string().unwrap();
        assert!(
            known.contains(&folder),
            "crates/{folder} is no crate of that name"
        );
    }
}

#[test]
fn manifests_follow_the_workspace() {
    let mut wrong = Vec::new();
    for package in &packages() {
        let path = package["manifest_path"].as_str().unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        let manifest: toml::Table = text.parse().unwrap();
        let inherits = |value: Option<&toml::Value>| {
            value
                .and_then(|value| value.get("workspace"))
                .and_then(toml::Value::as_bool)
                == Some(true)
        };
        if !inherits(manifest.get("lints")) {
            wrong.push(format!("{path}: no `[lints] workspace = true`"));
        }
        for (kind, dependencies) in dependency_tables(&manifest, "") {
            for (dependency, value) in dependencies {
                if kind.ends_with("dev-dependencies") && is_for_testing(value) {
                    continue;
                }
                if !inherits(Some(value)) {
                    wrong.push(format!(
                        "{path}: {kind}.{dependency} is not the workspace's"
                    ));
                }
                if value.get("features").is_some() {
                    wrong.push(format!(
                        "{path}: {kind}.{dependency} adds features of its own"
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether a dependency of tests is one of our crates with what it has for the tests of others.
fn is_for_testing(dependency: &toml::Value) -> bool {
    let ours = ["workspace", "path"];
    let features = dependency.get("features").and_then(toml::Value::as_array);
    ours.iter().any(|key| dependency.get(key).is_some())
        && features.is_some_and(|all| all.len() == 1 && all[0].as_str() == Some("testing"))
}

/// Every table of dependencies in a manifest, those for certain targets included.
fn dependency_tables<'m>(table: &'m toml::Table, prefix: &str) -> Vec<(String, &'m toml::Table)> {
    let mut tables = Vec::new();
    for (key, value) in table {
        let Some(inner) = value.as_table() else {
            continue;
        };
        match key.as_str() {
            "dependencies" | "dev-dependencies" | "build-dependencies" => {
                tables.push((format!("{prefix}{key}"), inner));
            }
            "target" => {
                for (cfg, value) in inner {
                    if let Some(inner) = value.as_table() {
                        tables.extend(dependency_tables(inner, &format!("target.{cfg}.")));
                    }
                }
            }
            _ => {}
        }
    }
    tables
}

#[test]
fn what_is_banned_is_not_in_the_tree() {
    // ring has no post-quantum key exchange, a second TLS or SQLite would be a second of each.
    let banned = [
        "ring",
        "openssl",
        "openssl-sys",
        "native-tls",
        "rusqlite",
        "regorus",
    ];
    // Not `cargo metadata`, which lists what is only optional somewhere as well.
    let tree = cargo(&[
        "tree",
        "--workspace",
        "--all-features",
        "--target=all",
        "--prefix=none",
    ]);
    let names: BTreeSet<_> = tree
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert!(
        names.contains("gatewright") && names.len() > 100,
        "{names:?}"
    );
    for name in banned {
        assert!(
            !names.contains(name),
            "{name} is in the tree: cargo tree --invert {name}"
        );
    }
}

/// The Rust files under a folder, with their paths from the root.
fn sources(folder: &Path, out: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let shown = path
                .strip_prefix(root())
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            out.push((shown, std::fs::read_to_string(&path).unwrap()));
        }
    }
}

/// The lines of a file that are code of the product: no comments, and no tests at its end.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .take_while(|(_, line)| line.trim() != "mod tests {")
        .map(|(at, line)| (at + 1, line.split("//").next().unwrap_or_default()))
}

#[test]
fn unsafe_code_is_where_it_was_reviewed() {
    let mut files = Vec::new();
    sources(&root().join("crates"), &mut files);
    let mut wrong = Vec::new();
    for (path, text) in &files {
        if UNSAFE.contains(&path.as_str()) || path == "crates/xtask/tests/layers.rs" {
            continue;
        }
        for (line, code) in code(text) {
            let opens = [
                "unsafe {",
                "unsafe fn",
                "unsafe impl",
                "unsafe extern",
                "allow(unsafe_code",
            ];
            if opens.iter().any(|open| code.contains(open)) {
                wrong.push(format!("{path}:{line}: {}", code.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "unsafe code:\n{}", wrong.join("\n"));
    for path in UNSAFE {
        assert!(
            files.iter().any(|(known, _)| known == path),
            "{path} is gone"
        );
    }
}

/// Whether a source file is a module that only tests have.
fn is_for_tests(path: &str) -> bool {
    let names = ["/tests.rs", "/testing.rs", "/interop.rs"];
    path.contains("/tests/") || names.iter().any(|name| path.ends_with(name))
}

#[test]
fn libraries_keep_to_their_arguments() {
    let banned = [
        ("println!", "prints"),
        ("print!(", "prints"),
        ("dbg!(", "prints"),
        ("std::env::", "reads the environment"),
        ("env::var", "reads the environment"),
        ("process::exit", "exits"),
        ("SystemTime::now", "reads the clock"),
        ("Timestamp::now", "reads the clock"),
        ("Zoned::now", "reads the clock"),
    ];
    let mut wrong = Vec::new();
    for package in &packages() {
        if PROGRAMS.contains(&name(package)) {
            continue;
        }
        let folder = Path::new(package["manifest_path"].as_str().unwrap()).with_file_name("src");
        let mut files = Vec::new();
        sources(&folder, &mut files);
        assert!(!files.is_empty(), "{} has no source", folder.display());
        for (path, text) in files {
            if is_for_tests(&path) {
                continue;
            }
            for (line, code) in code(&text) {
                for (what, does) in banned {
                    if code.contains(what) {
                        wrong.push(format!("{path}:{line}: {does}: {}", code.trim()));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn analyzers_open_nothing() {
    // The network, the file system and the processes are the engines'. The index of advisories is
    // a file, so the crate of advisories opens files; it is no part of a scan's walk.
    let banned = [
        "std::fs",
        "fs::",
        "std::net",
        "std::process",
        "reqwest",
        "tokio",
    ];
    let exempt = ["gw-advisory", "gw-archive"];
    let mut wrong = Vec::new();
    let pure = LAYERS.iter().take(2).flat_map(|(_, crates)| *crates);
    for package in pure.filter(|package| !exempt.contains(package)) {
        let folder = root().join("crates").join(package).join("src");
        let mut files = Vec::new();
        if folder.is_dir() {
            sources(&folder, &mut files);
        }
        for (path, text) in files {
            if is_for_tests(&path) {
                continue;
            }
            for (line, code) in code(&text) {
                let words = code.trim_start();
                let used = banned.iter().any(|what| {
                    words.contains(&format!("use {what}"))
                        || words.contains(&format!(" {what}"))
                        || words.starts_with(what)
                });
                if used {
                    wrong.push(format!("{path}:{line}: {words}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
