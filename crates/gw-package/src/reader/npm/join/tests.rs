use super::super::testing::{check, join, lines, problems};

const LOCK: &str = "# yarn lockfile v1\na@^1.0.0:\n  version \"1.0.0\"\n  dependencies:\n    b \"^2.0.0\"\n\
                    b@^2.0.0:\n  version \"2.0.0\"\nc@^3.0.0:\n  version \"3.0.0\"\n";

#[test]
fn a_manifest_alone_is_exact_or_not_complete() {
    let text = r#"{
  "dependencies": {
    "a": "1.2.3",
    "b": "^2.0.0",
    "legacy": "npm:@s/c@=1.0.0",
    "l": "file:../l",
    "g": "github:o/g"
  },
  "devDependencies": { "d": "latest", "e": "v5.0.0" },
  "peerDependencies": { "p": "*" }
}"#;
    let joined = join(&[("x/package.json", text)]);
    assert_eq!(
        lines(&joined.locks[0]),
        [
            "9 e@5.0.0 dev direct",
            "3 a@1.2.3 direct",
            "5 @s/c@1.0.0 direct"
        ]
    );
    assert_eq!(
        problems(&joined),
        [
            "x/package.json:9 unpinned: no exact version is known of d@latest, b@^2.0.0: there is no lock file beside it or above"
        ]
    );
    // Nothing is asked for.
    let joined = join(&[(
        "package.json",
        r#"{"name": "x", "peerDependencies": {"p": "*"}}"#,
    )]);
    assert!(joined.incomplete.is_empty() && joined.locks.is_empty());
}

#[test]
fn a_long_list_is_cut() {
    let names: Vec<_> = (0..15).map(|n| format!("\"n{n}\": \"*\"")).collect();
    let text = format!("{{\"dependencies\": {{{}}}}}", names.join(","));
    let joined = join(&[("package.json", text.as_str())]);
    let problem = &joined.incomplete[0].detail;
    assert!(problem.contains("n9@*, and 5 more: "), "{problem}");
}

#[test]
fn workspace_members_belong_to_the_lock_above() {
    let root = r#"{"name": "root", "workspaces": ["packages/*", "!packages/out"], "dependencies": {"a": "^1.0.0"}}"#;
    let member = r#"{"name": "member", "devDependencies": {"c": "^3.0.0", "root": "^1.0.0"}}"#;
    let out = r#"{"name": "out", "dependencies": {"z": "^9.0.0"}}"#;
    let joined = join(&[
        ("p/yarn.lock", LOCK),
        ("p/package.json", root),
        ("p/packages/in/package.json", member),
        ("p/packages/out/package.json", out),
    ]);
    assert_eq!(
        lines(&joined.locks[0]),
        [
            "2 a@1.0.0 direct > b@2.0.0",
            "6 b@2.0.0",
            "8 c@3.0.0 dev direct"
        ]
    );
    let roots: Vec<_> = joined.locks[0]
        .roots
        .iter()
        .map(|root| (root.name.as_str(), root.folder.as_deref().unwrap()))
        .collect();
    assert_eq!(roots, [("root", ""), ("member", "packages/in")]);
    assert_eq!(problems(&joined).len(), 1);
    assert!(problems(&joined)[0].starts_with("p/packages/out/package.json:1 unpinned"));
}

#[test]
fn a_lock_that_answers_everything_is_the_projects() {
    // Lerna installs several projects together and says so in a file of its own.
    let member = r#"{"dependencies": {"a": "^1.0.0"}}"#;
    check(
        &[("yarn.lock", LOCK), ("modules/x/package.json", member)],
        &["2 a@1.0.0 direct > b@2.0.0", "6 b@2.0.0", "8 c@3.0.0"],
    );
}

#[test]
fn the_nearest_lock_counts() {
    let outer = r#"{"workspaces": ["**"], "dependencies": {"c": "^3.0.0"}}"#;
    let inner = r#"{"dependencies": {"i": "^1.0.0"}}"#;
    let lock = "# yarn lockfile v1\ni@^1.0.0:\n  version \"1.0.0\"\n";
    let joined = join(&[
        ("yarn.lock", LOCK),
        ("package.json", outer),
        ("x/yarn.lock", lock),
        ("x/package.json", inner),
    ]);
    assert_eq!(problems(&joined), [""; 0]);
    let direct: Vec<_> = joined.locks.iter().map(lines).collect();
    assert_eq!(
        direct[0],
        ["2 a@1.0.0 > b@2.0.0", "6 b@2.0.0", "8 c@3.0.0 direct"]
    );
    assert_eq!(direct[1], ["2 i@1.0.0 direct"]);
}

#[test]
fn members_of_a_workspace_without_a_lock_are_not_of_the_registry() {
    let root = r#"{"name": "root", "workspaces": ["packages/*"]}"#;
    let x = r#"{"name": "x", "dependencies": {"y": "^1.0.0"}}"#;
    let y = r#"{"name": "y", "dependencies": {"z": "^1.0.0"}}"#;
    let joined = join(&[
        ("package.json", root),
        ("packages/x/package.json", x),
        ("packages/y/package.json", y),
    ]);
    assert_eq!(
        problems(&joined),
        [
            "packages/y/package.json:1 unpinned: no exact version is known of z@^1.0.0: there is no lock file beside it or above"
        ]
    );
}

#[test]
fn a_lock_older_than_the_manifest_is_said_to_be() {
    let manifest = r#"{"dependencies": {"a": "^1.5.0", "new": "^1.0.0", "pinned": "1.0.0"}, "optionalDependencies": {"o": "*"}}"#;
    let joined = join(&[("yarn.lock", LOCK), ("package.json", manifest)]);
    assert_eq!(
        problems(&joined),
        [
            "package.json:1 unpinned: no exact version is known of new@^1.0.0: yarn.lock does not have them"
        ]
    );
    assert_eq!(
        lines(&joined.locks[0]),
        [
            "2 a@1.0.0 direct > b@2.0.0",
            "6 b@2.0.0",
            "8 c@3.0.0",
            "1 pinned@1.0.0 direct"
        ]
    );
}

#[test]
fn what_is_installed_counts_without_a_lock() {
    let manifest =
        r#"{"name": "app", "dependencies": {"a": "^1.0.0"}, "devDependencies": {"t": "*"}}"#;
    let a = r#"{"name": "a", "version": "1.0.0", "license": "MIT", "dependencies": {"b": "^2.0.0"}, "devDependencies": {"t": "*"}}"#;
    let inner = r#"{"name": "b", "version": "2.0.0"}"#;
    let outer = r#"{"name": "b", "version": "1.0.0"}"#;
    let t = r#"{"name": "t", "version": "5.0.0", "dependencies": {"b": "^1.0.0"}}"#;
    let module = r#"{"type": "module"}"#;
    let files = [
        ("package.json", manifest),
        ("node_modules/a/package.json", a),
        ("node_modules/a/dist/package.json", module),
        ("node_modules/a/node_modules/b/package.json", inner),
        ("node_modules/b/package.json", outer),
        ("node_modules/t/package.json", t),
    ];
    check(
        &files,
        &[
            "1 b@2.0.0",
            "1 a@1.0.0 direct > b@2.0.0",
            "1 b@1.0.0 dev",
            "1 t@5.0.0 dev direct > b@1.0.0",
        ],
    );
    assert_eq!(
        join(&files).locks[0].packages[1].license.as_deref(),
        Some("MIT")
    );
}

#[test]
fn a_lock_beside_what_is_installed_gets_only_its_licences() {
    let a = r#"{"name": "a", "version": "1.0.0", "license": "MIT"}"#;
    let c = r#"{"name": "c", "version": "3.0.1", "license": "MIT"}"#;
    let files = [
        ("yarn.lock", LOCK),
        ("node_modules/a/package.json", a),
        ("node_modules/c/package.json", c),
    ];
    let joined = join(&files);
    assert_eq!(joined.locks.len(), 1);
    let licenses: Vec<_> = joined.locks[0]
        .packages
        .iter()
        .map(|p| p.license.as_deref())
        .collect();
    assert_eq!(licenses, [Some("MIT"), None, None]);
}

#[test]
fn npms_record_of_what_is_installed_stands_in_for_a_lock() {
    let record = r#"{"lockfileVersion": 3, "packages": {
        "node_modules/a": {"version": "1.0.0", "dependencies": {"b": "*"}},
        "node_modules/b": {"version": "2.0.0"},
        "node_modules/t": {"version": "5.0.0", "dev": true}
    }}"#;
    let manifest = r#"{"dependencies": {"a": "^1.0.0"}, "devDependencies": {"t": "*"}}"#;
    check(
        &[
            ("x/node_modules/.package-lock.json", record),
            ("x/package.json", manifest),
        ],
        &[
            "2 a@1.0.0 direct > b@2.0.0",
            "3 b@2.0.0",
            "4 t@5.0.0 dev direct",
        ],
    );
    // A published package's own shrinkwrap is nobody's lock file.
    check(
        &[
            ("yarn.lock", LOCK),
            ("node_modules/.package-lock.json", record),
            ("node_modules/a/npm-shrinkwrap.json", record),
        ],
        &[
            "2 a@1.0.0 unknown > b@2.0.0",
            "6 b@2.0.0 unknown",
            "8 c@3.0.0 unknown",
        ],
    );
}

#[test]
fn several_locks_of_a_folder_all_count() {
    let npm = r#"{"lockfileVersion": 3, "packages": {"": {"dependencies": {"a": "^1.0.0"}}, "node_modules/a": {"version": "1.0.1"}}}"#;
    let manifest = r#"{"dependencies": {"a": "^1.0.0"}}"#;
    let joined = join(&[
        ("package-lock.json", npm),
        ("yarn.lock", LOCK),
        ("package.json", manifest),
    ]);
    assert_eq!(joined.locks.len(), 2);
    assert_eq!(problems(&joined), [""; 0]);
}
