//! Scans of folders: what is listed, what is left out, and what cannot be read.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use common::{paths, reasons, scan_folder, scan_with, write};
use gw_analysis::EntryKind;
use gw_finding::ReasonCode;
use gw_scan::Options;
use gw_source::{Limits, Target};

#[test]
fn ignored_files_are_left_out_and_hidden_ones_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(
        root,
        ".gitignore",
        "*.log\n/build/\n!keep.log\n\u{FEFF}\n[bad\n",
    );
    write(root, "a.txt", "a");
    write(root, "a.log", "x");
    write(root, "keep.log", "kept");
    write(root, "build/out", "x");
    write(root, "sub/build/in", "seen");
    write(root, "sub/.gitignore", "!a.log\nonly-here\n");
    write(root, "sub/a.log", "seen again");
    write(root, "sub/only-here", "x");
    write(root, "only-here", "seen");
    write(root, ".hidden/file", "seen");
    write(root, ".git/config", "x");
    write(root, "sub/.git", "gitdir: elsewhere");
    let (output, seen) = scan_folder(root);
    assert_eq!(
        paths(&seen),
        [
            ".gitignore",
            ".hidden/file",
            "a.txt",
            "keep.log",
            "only-here",
            "sub/.gitignore",
            "sub/a.log",
            "sub/build/in",
        ]
    );
    assert_eq!(output.incomplete, []);
    assert_eq!((output.files, output.by_analyzer["recorder"]), (8, 8));

    let mut options = Options::default();
    options.source.respect_gitignore = false;
    let (_, all) = scan_with(&Target::Folder(root.into()), &Limits::default(), &options);
    assert_eq!(all.len(), 11);
}

#[test]
fn parents_and_users_rules_do_not_count() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, ".gitignore", "*\n");
    write(root, "inner/a", "a");
    let (_, seen) = scan_folder(&root.join("inner"));
    assert_eq!(paths(&seen), ["a"]);
}

#[test]
fn links_are_listed_and_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, "a/file", "x");
    symlink("..", root.join("a/cycle")).unwrap();
    symlink("/etc/passwd", root.join("out")).unwrap();
    symlink("nowhere", root.join("dangling")).unwrap();
    symlink("/dev/zero", root.join(".gitignore")).unwrap();
    let (output, seen) = scan_folder(root);
    assert_eq!(
        paths(&seen),
        [".gitignore", "a/cycle", "a/file", "dangling", "out"]
    );
    assert_eq!(seen[4].1, EntryKind::Link);
    assert_eq!(seen[4].2, b"/etc/passwd");
    assert_eq!(output.incomplete, []);
}

#[test]
fn special_files_are_reported_and_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, "a", "a");
    for name in ["pipe", ".gitignore"] {
        let status = std::process::Command::new("mkfifo")
            .arg(root.join(name))
            .status();
        assert!(status.unwrap().success());
    }
    let _socket = std::os::unix::net::UnixListener::bind(root.join("socket")).unwrap();
    let (output, seen) = scan_folder(root);
    assert_eq!(paths(&seen), ["a"]);
    let expected = [".gitignore", "pipe", "socket"].map(|p| (p.to_owned(), ReasonCode::Unreadable));
    assert_eq!(reasons(&output.incomplete), expected);
    assert!(Target::detect(&root.join("pipe"), None).is_err());
}

#[test]
fn names_that_are_no_text_stay_apart() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for name in [&b"\xff"[..], b"\xfe", b"d\xff/x", b"a\\b", b"new\nline"] {
        let path = root.join(Path::new(std::ffi::OsStr::from_bytes(name)));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, name).unwrap();
    }
    let (output, seen) = scan_folder(root);
    assert_eq!(
        paths(&seen),
        [
            "a\\b",
            "d\u{FFFD}ff/x",
            "new\nline",
            "\u{FFFD}fe",
            "\u{FFFD}ff"
        ]
    );
    assert_eq!(seen[4].2, b"\xff");
    assert_eq!(output.incomplete, []);
}

#[test]
fn what_may_not_be_read_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, "secret", "x");
    write(root, "closed/file", "x");
    write(root, "open", "x");
    std::fs::set_permissions(root.join("secret"), PermissionsExt::from_mode(0o000)).unwrap();
    std::fs::set_permissions(root.join("closed"), PermissionsExt::from_mode(0o000)).unwrap();
    let may_read_anyway = std::fs::File::open(root.join("secret")).is_ok();
    let (output, seen) = scan_folder(root);
    std::fs::set_permissions(root.join("closed"), PermissionsExt::from_mode(0o700)).unwrap();
    if may_read_anyway {
        // The superuser may read everything.
        assert_eq!(seen.len(), 3);
    } else {
        assert_eq!(paths(&seen), ["open"]);
        let expected = ["closed", "secret"].map(|p| (p.to_owned(), ReasonCode::Unreadable));
        assert_eq!(reasons(&output.incomplete), expected);
    }
}

#[test]
fn deep_folders_end_somewhere() {
    let folder = tempfile::tempdir().unwrap();
    let deep = folder.path().join("d/".repeat(30));
    std::fs::create_dir_all(&deep).unwrap();
    std::fs::write(deep.join("x"), "x").unwrap();
    assert_eq!(scan_folder(folder.path()).1.len(), 1);
    let limits = Limits {
        max_folders: 10,
        ..Limits::default()
    };
    let target = Target::Folder(folder.path().into());
    let (output, seen) = scan_with(&target, &limits, &Options::default());
    assert_eq!(seen.len(), 0);
    let at = ["d"; 11].join("/");
    assert_eq!(reasons(&output.incomplete), [(at, ReasonCode::TooDeep)]);
}

#[test]
fn paths_longer_than_the_system_allows_are_reported() {
    let folder = tempfile::tempdir().unwrap();
    let name = "n".repeat(200);
    // Made from inside, since no single call takes a path this long.
    let script = format!("for i in $(seq 30); do mkdir {name} && cd {name}; done; echo x > file");
    let status = std::process::Command::new("bash")
        .args(["-c", &script])
        .current_dir(folder.path())
        .status();
    assert!(status.unwrap().success());
    let (output, _) = scan_folder(folder.path());
    assert_eq!(output.incomplete.len(), 1);
    assert_eq!(output.incomplete[0].reason, ReasonCode::Unreadable);
}

#[test]
fn limits_are_reported_where_they_are_hit() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for index in 0..10 {
        write(root, &format!("f{index}"), vec![b'x'; 1000]);
    }
    write(root, "long", vec![b'y'; 300_000]);
    let target = Target::Folder(root.into());
    let check = |limits: Limits, seen_files: usize, path: &str, reason: ReasonCode| {
        let (output, seen) = scan_with(&target, &limits, &Options::default());
        assert_eq!(seen.len(), seen_files, "{reason}");
        assert_eq!(reasons(&output.incomplete), [(path.to_owned(), reason)]);
    };
    let limits = Limits::default;
    check(
        Limits {
            max_entries: 4,
            ..limits()
        },
        4,
        ".",
        ReasonCode::TooMany,
    );
    check(
        Limits {
            max_total: 3500,
            ..limits()
        },
        3,
        "f3",
        ReasonCode::TooLarge,
    );
    check(
        Limits {
            max_file_size: 200_000,
            ..limits()
        },
        10,
        "long",
        ReasonCode::TooLarge,
    );
    let now = limits().ending(std::time::Duration::ZERO);
    check(now, 0, ".", ReasonCode::TimedOut);
}

#[test]
fn the_digest_is_of_content_modes_and_names() {
    let digest = |change: &dyn Fn(&Path)| {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "a", "a");
        write(folder.path(), "big", vec![1; 400_000]);
        change(folder.path());
        let limits = Limits::default();
        let target = Target::Folder(folder.path().into());
        let (all, _) = scan_with(&target, &limits, &Options::default());
        // A file that nobody wants, or that is too large to hold, counts all the same.
        let none =
            gw_scan::scan(&target, &[], &limits, &Options::default(), &gw_scan::Silent).unwrap();
        assert_eq!(all.subject, none.subject);
        all.subject.digest
    };
    let mut all = vec![
        digest(&|_| ()),
        digest(&|root| write(root, "a", "b")),
        digest(&|root| write(root, "b", "")),
        digest(&|root| std::fs::rename(root.join("a"), root.join("c")).unwrap()),
        digest(&|root| {
            let mut bytes = vec![1; 400_000];
            bytes[399_999] = 2;
            write(root, "big", bytes);
        }),
        digest(&|root| {
            std::fs::set_permissions(root.join("a"), PermissionsExt::from_mode(0o755)).unwrap();
        }),
        digest(&|root| {
            std::fs::remove_file(root.join("a")).unwrap();
            symlink("a", root.join("a")).unwrap();
        }),
    ];
    assert_eq!(digest(&|_| ()), all[0]);
    assert_eq!(
        digest(&|root| std::fs::create_dir(root.join("empty")).unwrap()),
        all[0]
    );
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 7);
}

#[test]
fn a_single_file_is_known_by_its_own_digest() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "x.lock", "content");
    symlink("x.lock", folder.path().join("link")).unwrap();
    let (output, seen) = scan_folder(&folder.path().join("x.lock"));
    assert_eq!(output.subject.digest, gw_core::Digest::of(b"content"));
    assert_eq!(output.subject.kind, gw_core::SubjectKind::File);
    assert_eq!(paths(&seen), ["x.lock"]);
    let (linked, _) = scan_folder(&folder.path().join("link"));
    assert_eq!(linked.subject.digest, output.subject.digest);
}

#[test]
fn a_line_without_end_is_just_bytes() {
    let (output, seen) = common::scan_bytes("one-line", &vec![b'x'; 5_000_000], &Limits::default());
    assert_eq!((output.incomplete.len(), seen[0].2.len()), (0, 5_000_000));
}

#[test]
fn threads_make_no_difference() {
    let folder = tempfile::tempdir().unwrap();
    for index in 0..200 {
        write(
            folder.path(),
            &format!("d{}/f{index}", index % 7),
            vec![b'x'; index * 10],
        );
    }
    let target = Target::Folder(folder.path().into());
    let run = |threads| {
        let options = Options {
            threads: std::num::NonZeroUsize::new(threads),
            ..Options::default()
        };
        let (output, seen) = scan_with(&target, &Limits::default(), &options);
        (format!("{output:?}"), seen)
    };
    let one = run(1);
    for threads in [2, 3, 16] {
        assert!(run(threads) == one);
    }
}
