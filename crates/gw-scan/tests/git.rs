//! Scans of git repositories, hostile ones included.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use common::{git, git_with, paths, reasons, scan_folder, scan_with, write};
use gw_finding::ReasonCode;
use gw_scan::{Options, ScanOutput};
use gw_source::{Limits, Target};

fn at(repository: &Path, rev: &str) -> (ScanOutput, common::Seen) {
    let target = Target::detect(repository, Some(rev)).unwrap();
    scan_with(&target, &Limits::default(), &Options::default())
}

fn sample(root: &Path) {
    git(root, &["init", "-q"]);
    write(root, "a.txt", "a");
    write(root, "dir/b.sh", "#!/bin/sh\n");
    write(root, "dir.txt", "sorts before dir/ and after dir");
    write(root, "big", vec![7; 300_000]);
    write(root, ".gitignore", "*.lock\n");
    write(root, "kept.lock", "tracked although ignored");
    std::fs::set_permissions(root.join("dir/b.sh"), PermissionsExt::from_mode(0o755)).unwrap();
    symlink("a.txt", root.join("link")).unwrap();
    git(root, &["add", "-A"]);
    git(root, &["add", "-f", "kept.lock"]);
    git(root, &["commit", "-q", "-m", "one"]);
}

#[test]
fn a_clean_work_tree_is_its_commit() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    sample(root);
    let head = git(root, &["rev-parse", "HEAD"]);
    let (tree, seen_tree) = scan_folder(root);
    let (commit, seen_commit) = at(root, "HEAD");
    assert_eq!(tree.incomplete, []);
    assert_eq!(seen_tree, seen_commit);
    assert!(paths(&seen_tree).contains(&"kept.lock"));
    assert_eq!(tree.subject, commit.subject);
    assert_eq!(tree.subject.commit.as_deref(), Some(head.as_str()));

    // Packed objects read the same.
    git(root, &["gc", "-q"]);
    assert_eq!(at(root, "main").0.subject, commit.subject);

    let check = |change: &dyn Fn(), undo: &dyn Fn()| {
        change();
        let (changed, _) = scan_folder(root);
        assert_eq!(changed.subject.commit, None);
        assert_ne!(changed.subject.digest, tree.subject.digest);
        undo();
        assert_eq!(scan_folder(root).0.subject, tree.subject);
    };
    let mode = |mode| {
        let path = root.join("a.txt");
        std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    };
    check(&|| write(root, "a.txt", "b"), &|| write(root, "a.txt", "a"));
    check(&|| write(root, "new", ""), &|| {
        std::fs::remove_file(root.join("new")).unwrap()
    });
    check(&|| mode(0o755), &|| mode(0o644));
    check(
        &|| std::fs::remove_file(root.join("link")).unwrap(),
        &|| symlink("a.txt", root.join("link")).unwrap(),
    );
    // What is ignored and not committed is no part of either.
    write(root, "other.lock", "x");
    assert_eq!(scan_folder(root).0.subject, tree.subject);
}

#[test]
fn revisions_bare_repositories_and_folders_in_them() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("work");
    std::fs::create_dir(&root).unwrap();
    sample(&root);
    git(&root, &["tag", "-a", "v1", "-m", "first"]);
    write(&root, "a.txt", "second");
    git(&root, &["commit", "-q", "-am", "two"]);
    let (one, seen) = at(&root, "HEAD~1");
    assert_eq!(
        seen.iter().find(|(path, ..)| path == "a.txt").unwrap().2,
        b"a"
    );
    assert_eq!(at(&root, "v1").0.subject.digest, one.subject.digest);
    assert_eq!(paths(&at(&root.join("dir"), "HEAD").1), ["b.sh"]);

    git(
        folder.path(),
        &["clone", "-q", "--bare", "work", "bare.git"],
    );
    let bare = folder.path().join("bare.git");
    let (output, _) = scan_folder(&bare);
    assert_eq!(output.subject.digest, at(&root, "HEAD").0.subject.digest);
    assert_eq!(output.subject.name, "bare");

    // Files beside a repository's own are not hidden by it.
    write(&bare, "payload.txt", "x");
    assert!(paths(&scan_folder(&bare).1).contains(&"payload.txt"));

    for bad in ["nope", "HEAD:a.txt", "HEAD^{tree}", "--all", ""] {
        let target = Target::detect(&root, Some(bad)).unwrap();
        let options = Options::default();
        let error = gw_scan::scan(&target, &[], &Limits::default(), &options, &gw_scan::Silent);
        assert!(error.is_err(), "{bad}");
    }
    assert!(Target::detect(folder.path(), Some("HEAD")).is_err());
}

#[test]
fn configuration_is_read_at_a_revision() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    sample(root);
    write(root, "a.txt", "changed");
    let read =
        |path: &str, limits: &Limits| gw_source::git::read_file_at(root, "HEAD", path, limits);
    let limits = Limits::default();
    assert_eq!(read("a.txt", &limits).unwrap().unwrap(), b"a");
    assert_eq!(read("dir/b.sh", &limits).unwrap().unwrap(), b"#!/bin/sh\n");
    for none in ["missing", "dir", "a.txt/x", "../a.txt", ""] {
        assert!(read(none, &limits).unwrap().is_none(), "{none}");
    }
    assert!(
        read("link", &limits).unwrap().is_none(),
        "a link is no file"
    );
    assert!(
        read(
            "big",
            &Limits {
                max_file_size: 10,
                ..Limits::default()
            }
        )
        .is_err()
    );
}

#[test]
fn a_repository_names_itself() {
    let folder = tempfile::tempdir().unwrap();
    sample(folder.path());
    let secret = ["me", "hidden"].join(":");
    let url = format!("https://{secret}@example.org/team/app.git");
    git(folder.path(), &["remote", "add", "origin", &url]);
    let info = gw_source::git::info(folder.path());
    assert_eq!(info.origin.as_deref(), Some("https://example.org/team/app"));
    assert_eq!(info.branch.as_deref(), Some("main"));
    assert_eq!(
        info.commit.unwrap(),
        git(folder.path(), &["rev-parse", "HEAD"])
    );
    let nothing = tempfile::tempdir().unwrap();
    assert_eq!(gw_source::git::info(nothing.path()), Default::default());
}

/// Writes a tree object of raw entries (mode, name, id) and a commit of it.
fn commit_raw(root: &Path, entries: &[(&str, &[u8], &str)]) -> String {
    let mut data = Vec::new();
    for (mode, name, id) in entries {
        data.extend(mode.as_bytes());
        data.push(b' ');
        data.extend(*name);
        data.push(0);
        for pair in id.as_bytes().chunks(2) {
            data.push(u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap());
        }
    }
    let write = ["hash-object", "-w", "--literally", "--stdin", "-t", "tree"];
    let tree = git_with(root, &write, &data);
    git(root, &["commit-tree", &tree, "-m", "raw"])
}

#[test]
fn trees_with_names_that_lead_out_are_said_to_and_still_read() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    git(root, &["init", "-q"]);
    let blob = git_with(root, &["hash-object", "-w", "--stdin"], b"payload");
    let names: [&[u8]; 8] = [
        b"..",
        b".",
        b".git",
        b".GIT",
        b"a/../../b",
        b"c\\..\\d",
        b"git~1",
        b".git::$X",
    ];
    for name in names {
        let commit = commit_raw(root, &[("100644", name, &blob), ("100644", b"ok", &blob)]);
        let (output, seen) = at(root, &commit);
        assert_eq!(seen.len(), 2, "{name:?}");
        assert!(seen.iter().all(|(path, _, bytes)| {
            bytes == b"payload" && !path.split('/').any(|part| part == "..")
        }));
        assert_eq!(
            reasons(&output.incomplete)[0].1,
            ReasonCode::Escapes,
            "{name:?}"
        );
    }
    for fine in [&b".gitx"[..], b"..a", b"git~2", b"a.git"] {
        let commit = commit_raw(root, &[("100644", fine, &blob)]);
        assert_eq!(at(root, &commit).0.incomplete, [], "{fine:?}");
    }
}

#[test]
fn trees_in_trees_without_end_are_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    git(root, &["init", "-q"]);
    let mut id = git_with(root, &["hash-object", "-w", "--stdin"], b"x");
    let mut mode = "100644";
    for _ in 0..12 {
        let listing: String = (0..10)
            .map(|n| {
                let kind = if mode == "040000" { "tree" } else { "blob" };
                format!("{mode} {kind} {id}\td{n}\n")
            })
            .collect();
        id = git_with(root, &["mktree"], listing.as_bytes());
        mode = "040000";
    }
    let commit = git(root, &["commit-tree", &id, "-m", "bomb"]);
    let limits = Limits {
        max_entries: 5000,
        ..Limits::default()
    };
    let target = Target::detect(root, Some(&commit)).unwrap();
    let (output, seen) = scan_with(&target, &limits, &Options::default());
    assert_eq!(seen.len(), 5000);
    assert_eq!(output.incomplete[0].reason, ReasonCode::TooMany);
}

#[test]
fn broken_and_false_objects_are_reported() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    sample(root);
    let object = |rev: &str| {
        let id = git(root, &["rev-parse", rev]);
        root.join(".git/objects").join(&id[..2]).join(&id[2..])
    };
    let replace = |path: &Path, bytes: &[u8]| {
        std::fs::set_permissions(path, PermissionsExt::from_mode(0o644)).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    // Another object's bytes under this one's name, garbage, and nothing.
    let other = std::fs::read(object("HEAD:dir/b.sh")).unwrap();
    replace(&object("HEAD:a.txt"), &other);
    replace(&object("HEAD:dir.txt"), b"garbage");
    std::fs::remove_file(object("HEAD:big")).unwrap();
    let (output, seen) = at(root, "HEAD");
    assert_eq!(
        paths(&seen),
        [".gitignore", "dir/b.sh", "kept.lock", "link"]
    );
    assert_eq!(
        reasons(&output.incomplete),
        [
            ("a.txt".to_owned(), ReasonCode::Malformed),
            ("big".to_owned(), ReasonCode::Missing),
            ("dir.txt".to_owned(), ReasonCode::Malformed),
        ]
    );
    assert_eq!(output.subject.commit.as_deref().map(str::len), Some(40));
}

#[test]
fn submodules_and_large_blobs_are_noted() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    sample(root);
    let head = git(root, &["rev-parse", "HEAD"]);
    let entry = format!("160000,{head},sub");
    git(root, &["update-index", "--add", "--cacheinfo", &entry]);
    git(root, &["commit", "-q", "-m", "sub"]);
    let target = Target::detect(root, Some("HEAD")).unwrap();
    let limits = Limits {
        max_file_size: 1000,
        ..Limits::default()
    };
    let (output, _) = scan_with(&target, &limits, &Options::default());
    let expected = [
        ("big".to_owned(), ReasonCode::TooLarge),
        ("sub".to_owned(), ReasonCode::Missing),
    ];
    assert_eq!(reasons(&output.incomplete), expected);
}

#[test]
fn nothing_of_a_hostile_repository_is_run_or_believed() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    sample(root);
    let original = at(root, "HEAD").0.subject;
    let mark = root.join(".git/was-run");
    let run = format!("touch {}", mark.display());
    for key in [
        "core.fsmonitor",
        "core.sshCommand",
        "core.editor",
        "core.pager",
        "filter.x.smudge",
        "filter.x.clean",
        "core.askPass",
        "credential.helper",
        "core.alternateRefsCommand",
        "uploadpack.packObjectsHook",
        "core.gitProxy",
        "diff.external",
    ] {
        git(root, &["config", key, &run]);
    }
    // Written by hand, since git itself would follow them.
    let config = std::fs::read_to_string(root.join(".git/config")).unwrap();
    let hostile = "[core]\n\tworktree = /etc\n[include]\n\tpath = /dev/zero\n";
    write(root, ".git/config", format!("{config}{hostile}"));
    write(root, ".git/info/attributes", "* filter=x\n");
    write(
        root,
        ".git/hooks/post-checkout",
        format!("#!/bin/sh\n{run}\n"),
    );
    assert_eq!(at(root, "HEAD").0.subject, original);
    assert_eq!(scan_folder(root).0.subject, original);
    assert!(!mark.exists());

    // A replacement reference would show other content under the commit's name.
    write(root, ".git/config", config);
    let blob = git(root, &["rev-parse", "HEAD:a.txt"]);
    let other = git_with(root, &["hash-object", "-w", "--stdin"], b"other");
    git(
        root,
        &["update-ref", &format!("refs/replace/{blob}"), &other],
    );
    assert_eq!(at(root, "HEAD").0.subject, original);

    // Objects must not be borrowed from elsewhere.
    write(
        root,
        ".git/objects/info/alternates",
        "/somewhere/else/objects\n",
    );
    let target = Target::detect(root, Some("HEAD")).unwrap();
    let options = Options::default();
    let error = gw_scan::scan(&target, &[], &Limits::default(), &options, &gw_scan::Silent);
    assert!(error.unwrap_err().to_string().contains("alternates"));
    let (output, _) = scan_folder(root);
    assert_eq!(output.subject.commit, None);
    // Whether the ignored file is committed cannot be told any more.
    assert_eq!(
        reasons(&output.incomplete),
        [(".git".to_owned(), ReasonCode::Unreadable)]
    );
}

#[test]
fn objects_that_rest_on_far_larger_ones_are_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    git(root, &["init", "-q"]);
    git(root, &["config", "core.compression", "1"]);
    let mut zeros = vec![0_u8; 130 << 20];
    write(root, "zeros", &zeros);
    git(root, &["add", "-A"]);
    zeros.clear();
    git(root, &["commit", "-q", "-m", "large"]);
    let limits = Limits {
        max_file_size: u64::MAX,
        ..Limits::default()
    };
    let target = Target::detect(root, Some("HEAD")).unwrap();
    let (output, seen) = scan_with(&target, &limits, &Options::default());
    assert_eq!(seen.len(), 0);
    assert_eq!(output.incomplete.len(), 1);
}

#[test]
fn a_linked_work_tree_is_clean_and_a_false_pointer_is_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let main = folder.path().join("main");
    std::fs::create_dir(&main).unwrap();
    sample(&main);
    git(&main, &["worktree", "add", "-q", "../linked"]);
    let (linked, _) = scan_folder(&folder.path().join("linked"));
    assert_eq!(linked.subject.commit, scan_folder(&main).0.subject.commit);
    assert!(linked.subject.commit.is_some());

    let stranger = folder.path().join("stranger");
    write(
        &stranger,
        ".git",
        format!("gitdir: {}/.git\n", main.display()),
    );
    write(&stranger, "x", "x");
    assert_eq!(scan_folder(&stranger).0.subject.commit, None);
}
