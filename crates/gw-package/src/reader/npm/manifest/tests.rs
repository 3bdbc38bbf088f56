use proptest::prelude::*;

use crate::Scope;
use crate::reader::npm::testing::{mutate, read};

const MANIFEST: &str = r#"{
  "name": "app",
  "license": "SEE LICENSE IN LICENSE.txt",
  "workspaces": { "packages": ["packages/*"], "nohoist": ["**/x"] },
  "dependencies": {
    "a": "^1.0.0",
    "legacy": "npm:@s/b@~2.0.0",
    "local": "file:../local",
    "w": "workspace:^",
    "cat": "catalog:",
    "g": "o/g"
  },
  "devDependencies": { "t": "5.0.0" },
  "optionalDependencies": { "o": "*" },
  "peerDependencies": { "p": ">=16", "q": "*" },
  "peerDependenciesMeta": { "q": { "optional": true } }
}"#;

#[test]
fn reads_requirements() {
    let manifest = read("package.json", MANIFEST).manifest.unwrap();
    let found: Vec<_> = manifest
        .requirements
        .iter()
        .map(|r| {
            let line = r.location.start.unwrap().line;
            let alias = r.alias.as_deref().unwrap_or("");
            (
                line,
                r.name.as_str(),
                alias,
                r.constraint.as_str(),
                r.scope,
                r.from_registry,
            )
        })
        .collect();
    use Scope::{Development, Optional, Runtime};
    #[rustfmt::skip]
    let expected = [
        (15, "p", "", ">=16", Runtime, false),
        (15, "q", "", "*", Optional, false),
        (13, "t", "", "5.0.0", Development, true),
        (6, "a", "", "^1.0.0", Runtime, true),
        (7, "@s/b", "legacy", "~2.0.0", Runtime, true),
        (8, "local", "", "file:../local", Runtime, false),
        (9, "w", "", "workspace:^", Runtime, false),
        (10, "cat", "", "catalog:", Runtime, true),
        (11, "g", "", "o/g", Runtime, false),
        (14, "o", "", "*", Optional, true),
    ];
    assert_eq!(found, expected);
    assert_eq!(manifest.members, ["packages/*"]);
    assert_eq!(manifest.name.as_deref(), Some("app"));
}

#[test]
fn reads_every_form_of_license() {
    #[rustfmt::skip]
    let cases = [
        (r#""license": "MIT""#, Some("MIT")),
        (r#""license": "(MIT OR Apache-2.0)""#, Some("MIT OR Apache-2.0")),
        (r#""license": {"type": "ISC", "url": "https://x"}"#, Some("ISC")),
        (r#""licenses": [{"type": "MIT"}, {"type": "Apache-2.0"}]"#, Some("MIT OR Apache-2.0")),
        (r#""license": ["MIT", "MIT"]"#, Some("MIT")),
        (r#""license": 3"#, None),
        (r#""name": "x""#, None),
    ];
    for (field, expected) in cases {
        let manifest = read("package.json", &format!("{{{field}}}"))
            .manifest
            .unwrap();
        assert_eq!(manifest.license.as_deref(), expected, "{field}");
    }
}

#[test]
fn files_inside_installed_packages_are_not_projects() {
    for (path, expected) in [
        ("node_modules/a/package.json", true),
        ("node_modules/@s/a/package.json", true),
        ("node_modules/a/dist/esm/package.json", false),
        (
            "node_modules/.pnpm/a@1.0.0/node_modules/a/package.json",
            true,
        ),
    ] {
        let reading = read(path, r#"{"name": "a", "version": "1.0.0"}"#);
        assert_eq!(reading.lock.is_some(), expected, "{path}");
    }
    assert!(
        read("package.json", r#"{"name": "a", "version": "1.0.0"}"#)
            .lock
            .is_none()
    );
}

proptest! {
    #[test]
    fn never_panics(at in any::<usize>(), with in "[\\[\\]{}:,\"a0é@~/]{0,4}|npm:|patch:") {
        mutate("package.json", MANIFEST, at, &with);
        mutate("node_modules/a/package.json", MANIFEST, at, &with);
    }

    #[test]
    fn never_panics_on_any_range(range in "(patch:|npm:|file:|git@|~|@|#|%3A|/|[a-z1.é]){0,8}") {
        let text = serde_json::json!({ "dependencies": { "a": range } }).to_string();
        read("package.json", &text);
    }
}
