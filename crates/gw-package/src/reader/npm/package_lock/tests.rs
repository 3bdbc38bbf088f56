use proptest::prelude::*;

use crate::reader::npm::testing::{check, join, lines, mutate, problems};

const V3: &str = r#"{
  "name": "app",
  "version": "1.0.0",
  "lockfileVersion": 3,
  "requires": true,
  "packages": {
    "": {
      "name": "app",
      "version": "1.0.0",
      "license": "MIT",
      "workspaces": ["packages/*"],
      "dependencies": { "a": "^1.0.0", "legacy": "npm:b@^1.0.0", "gitdep": "github:o/gitdep" },
      "devDependencies": { "t": "^5.0.0" },
      "optionalDependencies": { "o": "^1.0.0" }
    },
    "node_modules/@w/p": { "resolved": "packages/p", "link": true },
    "node_modules/a": {
      "version": "1.1.0",
      "resolved": "https://registry.npmjs.org/a/-/a-1.1.0.tgz",
      "integrity": "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk= sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==",
      "license": "MIT",
      "dependencies": { "b": "^2.0.0", "missing": "*" },
      "peerDependencies": { "t": "*" }
    },
    "node_modules/a/node_modules/b": { "version": "2.0.0", "inBundle": true, "license": "(MIT OR Apache-2.0)" },
    "node_modules/b": { "version": "3.0.0", "dev": true, "engines": { "node": ">=10" } },
    "node_modules/gitdep": {
      "version": "0.1.0",
      "resolved": "git+ssh://git@github.com/o/gitdep.git#0123456789abcdef0123456789abcdef01234567",
      "dependencies": { "b": "*" }
    },
    "node_modules/legacy": { "name": "b", "version": "1.0.5" },
    "node_modules/o": { "version": "1.0.0", "optional": true, "os": ["darwin"] },
    "node_modules/t": { "version": "5.0.0", "devOptional": true, "dependencies": { "b": "^3.0.0" } },
    "packages/p": { "name": "@w/p", "version": "0.1.0", "dependencies": { "b": "^4.0.0", "a": "*" } },
    "packages/p/node_modules/b": { "version": "4.0.0" }
  }
}"#;

#[test]
fn reads_version_3() {
    check(
        &[("package-lock.json", V3)],
        &[
            "17 a@1.1.0 direct > b@2.0.0 t@5.0.0",
            "25 b@2.0.0",
            "26 b@3.0.0 dev",
            "27 gitdep@0.1.0 direct > b@3.0.0",
            "32 b@1.0.5 direct",
            "33 o@1.0.0 optional direct",
            "34 t@5.0.0 optional direct > b@3.0.0",
            "36 b@4.0.0 direct",
        ],
    );
    let joined = join(&[("package-lock.json", V3)]);
    let lock = &joined.locks[0];
    let purls: Vec<_> = lock.packages.iter().map(|p| p.purl.as_str()).collect();
    assert_eq!(purls[4], "pkg:npm/b@1.0.5");
    assert!(
        purls[3].starts_with("pkg:npm/gitdep@0.1.0?vcs_url=git%2Bssh:"),
        "{}",
        purls[3]
    );
    let licenses: Vec<_> = lock.packages.iter().map(|p| p.license.as_deref()).collect();
    assert_eq!(
        licenses[..3],
        [Some("MIT"), Some("MIT OR Apache-2.0"), None]
    );
    let algorithms: Vec<_> = lock.packages[0]
        .hashes
        .iter()
        .map(|h| h.algorithm.as_str())
        .collect();
    assert_eq!(algorithms, ["SHA-1", "SHA-512"]);
    assert!(
        lock.packages[0].hashes[1]
            .hex
            .starts_with("cf83e1357eefb8bdf1542850d66d8007")
    );
    let roots: Vec<_> = lock
        .roots
        .iter()
        .map(|r| (r.name.as_str(), r.folder.as_deref()))
        .collect();
    assert_eq!(roots, [("app", Some("")), ("@w/p", Some("packages/p"))]);
}

#[test]
fn reads_scoped_names_and_shrinkwraps() {
    let text = r#"{"lockfileVersion": 2, "packages": {
        "": {"dependencies": {"@s/a": "1.0.0"}},
        "node_modules/@s/a": {"version": "1.0.0"}
    }, "dependencies": {"@s/a": {"version": "1.0.0"}}}"#;
    let joined = join(&[("x/npm-shrinkwrap.json", text)]);
    assert_eq!(lines(&joined.locks[0]), ["3 @s/a@1.0.0 direct"]);
    assert_eq!(joined.locks[0].packages[0].purl, "pkg:npm/%40s/a@1.0.0");
}

const V1: &str = r#"{
  "name": "app",
  "version": "1.0.0",
  "lockfileVersion": 1,
  "requires": true,
  "dependencies": {
    "a": {
      "version": "1.1.0",
      "resolved": "https://registry.npmjs.org/a/-/a-1.1.0.tgz",
      "integrity": "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=",
      "requires": { "b": "^2.0.0", "c": "*" },
      "dependencies": {
        "b": { "version": "2.0.0", "bundled": true }
      }
    },
    "b": { "version": "3.0.0", "dev": true },
    "c": { "version": "1.0.0", "requires": { "b": "^3.0.0" } },
    "g": { "version": "git+https://github.com/o/g.git#0123456789abcdef0123456789abcdef01234567", "from": "g@github:o/g" },
    "legacy": { "version": "npm:@s/real@1.0.5" },
    "o": { "version": "1.0.0", "optional": true },
    "p": { "version": "file:packages/p", "requires": { "c": "*" } },
    "u": { "version": "https://registry.npmjs.org/is-odd/-/is-odd-3.0.1.tgz" }
  }
}"#;

#[test]
fn reads_version_1() {
    check(
        &[("package-lock.json", V1)],
        &[
            "7 a@1.1.0 unknown > c@1.0.0 b@2.0.0",
            "16 b@3.0.0 dev unknown",
            "17 c@1.0.0 direct > b@3.0.0",
            "18 g@0123456789abcdef0123456789abcdef01234567 unknown",
            "19 @s/real@1.0.5 unknown",
            "20 o@1.0.0 optional unknown",
            "22 is-odd@3.0.1 unknown",
            "13 b@2.0.0 unknown",
        ],
    );
}

#[test]
fn a_manifest_tells_what_is_direct_in_version_1() {
    let manifest = r#"{
        "name": "app",
        "dependencies": {"a": "^1.0.0", "legacy": "npm:@s/real@^1.0.0", "o": "1"},
        "devDependencies": {"b": "^3.0.0"}
    }"#;
    let joined = join(&[("package-lock.json", V1), ("package.json", manifest)]);
    assert_eq!(problems(&joined), [""; 0]);
    let direct: Vec<_> = joined.locks[0]
        .packages
        .iter()
        .filter(|p| p.direct == Some(true))
        .map(|p| p.name.as_str())
        .collect();
    assert_eq!(direct, ["a", "b", "c", "@s/real", "o"]);
}

#[test]
fn reads_shrinkwraps_without_a_version() {
    let text = r#"{
  "name": "old",
  "dependencies": {
    "a": { "version": "1.0.0", "from": "a@^1.0.0", "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",
      "dependencies": { "b": { "version": "2.0.0" } } },
    "c": { "from": "c@^1.0.0", "resolved": "https://registry.npmjs.org/c/-/c-1.2.3.tgz" }
  }
}"#;
    check(
        &[("npm-shrinkwrap.json", text)],
        &[
            "4 a@1.0.0 unknown",
            "6 c@1.2.3 unknown",
            "5 b@2.0.0 unknown",
        ],
    );
}

#[test]
fn says_what_it_cannot_read() {
    #[rustfmt::skip]
    let cases = [
        ("[]", "package-lock.json:1 malformed: expected an object, found a list"),
        ("{", "package-lock.json:1 malformed: expected a key in double quotes, found the end of the document"),
        ("{\"lockfileVersion\": 4,\n\"packages\": {}}", "package-lock.json:1 unsupported: lockfileVersion 4 is not known: expected 1, 2 or 3; read like the nearest known one"),
        ("{\"packages\": {\n\"node_modules/a\": {}}}", "package-lock.json:2 malformed: `node_modules/a` has no version, and its address `` tells none"),
        ("{\"dependencies\": {\n\"a\": {}}}", "package-lock.json:2 malformed: `a` has the version ``, which is neither one of the registry nor an address that tells one"),
    ];
    for (text, expected) in cases {
        assert_eq!(problems(&join(&[("package-lock.json", text)])), [expected]);
    }
}

#[test]
fn the_rest_of_a_bad_file_counts() {
    let text = r#"{"packages": {"node_modules/a": {"version": 7}, "node_modules/": {"version": "1.0.0"},
        "node_modules/b": {"version": "1.0.0"}, "node_modules/c": "1.0.0", "x": null}}"#;
    let joined = join(&[("package-lock.json", text)]);
    let names: Vec<_> = joined.locks[0]
        .packages
        .iter()
        .map(|p| p.name.as_str())
        .collect();
    assert_eq!(names, ["a", "b"]);
    assert_eq!(joined.incomplete.len(), 2);
}

proptest! {
    #[test]
    fn never_panics(at in any::<usize>(), with in "[\\[\\]{}:,\"a0é]{0,4}|null|true") {
        mutate("package-lock.json", V3, at, &with);
        mutate("package-lock.json", V1, at, &with);
    }
}
