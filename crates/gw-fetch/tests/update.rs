//! Updating from a server that does everything a server should not.

// Helpers of tests may fail as tests do.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::path::Path;
use std::time::Duration;

use common::{Answer, Server, raw, record, response, zip};
use gw_advisory::{match_package, store};
use gw_core::{Time, parse_time};
use gw_fetch::{FetchError, NetworkOptions, UpdateOptions, UpdateReport, import, update};
use gw_package::Ecosystem;

const NPM: &str = "/npm/all.zip";

fn now() -> Time {
    parse_time("2026-11-01").unwrap()
}

fn options(server: &Server, ecosystems: &[&str]) -> UpdateOptions {
    UpdateOptions {
        base: server.base.clone(),
        ecosystems: ecosystems.iter().map(|&name| name.to_owned()).collect(),
        network: NetworkOptions {
            connect: Duration::from_secs(2),
            silence: Duration::from_millis(700),
            total: Duration::from_secs(4),
            largest: 1 << 20,
            ..NetworkOptions::default()
        },
    }
}

fn run(options: &UpdateOptions, data: &Path) -> Result<UpdateReport, FetchError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(update(options, data, now(), |_| {}))
}

fn ids(data: &Path, ecosystem: &Ecosystem, name: &str) -> Vec<String> {
    let index = store::load(data);
    assert_eq!(index.problem, None);
    assert_eq!(index.verify(), Ok(()));
    let found = match_package(&index, ecosystem, name, "1.0.0").unwrap();
    found.matches.into_iter().map(|m| m.id).collect()
}

fn good(id: &str) -> Vec<u8> {
    zip(&[("a.json", &record(id, "npm", "a"))])
}

#[test]
fn fetches_what_changed_and_nothing_else() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let modified = ("last-modified", "Sat, 31 Oct 2026 08:49:37 GMT");
    server.set(
        NPM,
        response("200 OK", &[("etag", "\"one\""), modified], &good("GHSA-1")),
    );
    let options = options(&server, &["npm"]);

    let first = run(&options, data).unwrap();
    assert_eq!(first.fetched[0].0, "npm");
    assert_eq!(
        first.change.unwrap().packages,
        [(Ecosystem::NPM, "a".to_owned())]
    );
    assert_eq!(ids(data, &Ecosystem::NPM, "a"), ["GHSA-1"]);
    let index = store::load(data);
    let info = index.coverage(&Ecosystem::NPM).unwrap();
    assert_eq!(info.as_of.to_string(), "2026-10-31T08:49:37Z");
    assert_eq!(info.source, format!("{}{NPM}", server.base));
    assert!(index.coverage(&Ecosystem::CRATES_IO).unwrap().embedded);
    assert!(!server.requests()[0].contains("if-none-match"));

    // Unchanged: nothing is rebuilt.
    server.set(NPM, raw("304 Not Modified", &[("etag", "\"one\"")], b""));
    let second = run(&options, data).unwrap();
    assert_eq!(
        (second.unchanged.as_slice(), second.change),
        (&["npm".to_owned()][..], None)
    );
    let request = &server.requests()[0];
    assert!(request.contains("if-none-match: \"one\""), "{request}");
    assert!(
        request.contains("if-modified-since: sat, 31 oct 2026 08:49:37 gmt"),
        "{request}"
    );
    assert_eq!(store::load(data).digest(), index.digest());

    // Changed: the old records go.
    server.set(
        NPM,
        response("200 OK", &[("etag", "\"two\"")], &good("GHSA-2")),
    );
    let third = run(&options, data).unwrap();
    assert!(third.change.is_some());
    assert_eq!(ids(data, &Ecosystem::NPM, "a"), ["GHSA-2"]);
    let as_of = store::load(data).coverage(&Ecosystem::NPM).unwrap().as_of;
    assert_eq!(
        as_of,
        now(),
        "the server says nothing, so it is as of the update"
    );
    server.requests();

    // What was imported from elsewhere is not what the server knows.
    let file = folder.path().join("in/npm/all.zip");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, good("GHSA-3")).unwrap();
    import(data, &[&file]).unwrap();
    assert_eq!(ids(data, &Ecosystem::NPM, "a"), ["GHSA-3"]);
    run(&options, data).unwrap();
    assert!(!server.requests()[0].contains("if-none-match"));
    assert_eq!(ids(data, &Ecosystem::NPM, "a"), ["GHSA-2"]);
}

#[test]
fn single_records_survive_an_update() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("ACME-1.json");
    std::fs::write(&own, record("ACME-1", "npm", "a")).unwrap();
    import(folder.path(), &[&own]).unwrap();
    server.set(NPM, response("200 OK", &[], &good("GHSA-1")));
    run(&options(&server, &["npm"]), folder.path()).unwrap();
    assert_eq!(
        ids(folder.path(), &Ecosystem::NPM, "a"),
        ["ACME-1", "GHSA-1"]
    );
}

#[test]
fn records_that_cannot_be_used_are_named_and_the_others_count() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let body = zip(&[
        ("bad.json", "{"),
        ("good.json", &record("GHSA-1", "npm", "a")),
    ]);
    server.set(NPM, response("200 OK", &[], &body));
    let change = run(&options(&server, &["npm"]), folder.path())
        .unwrap()
        .change
        .unwrap();
    let place = &change.incomplete[0].location;
    assert_eq!(
        (place.path.as_str(), place.inside[0].as_str()),
        ("npm/all.zip", "bad.json")
    );
    assert_eq!(ids(folder.path(), &Ecosystem::NPM, "a"), ["GHSA-1"]);
}

#[test]
fn whatever_fails_the_old_advisories_stay() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    server.set(
        NPM,
        response("200 OK", &[("etag", "\"one\"")], &good("GHSA-1")),
    );
    run(&options(&server, &["npm"]), data).unwrap();
    let before = store::load(data).digest();

    let whole = good("GHSA-2");
    let half = &whole[..whole.len() / 2];
    let longer = (whole.len() + 100).to_string();
    let shorter = half.len().to_string();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", whole.len());
    let with_head = |body: &[u8]| [head.as_bytes(), body].concat();
    let large = vec![b'x'; (1 << 20) + 1];
    let gzip = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00";
    let other = zip(&[("a.json", &record("GHSA-9", "PyPI", "a"))]);
    let cases: Vec<(&str, Answer, &str)> = vec![
        ("404", response("404 Not Found", &[], b""), "status 404"),
        ("500", response("500 Oops", &[], &whole), "status 500"),
        ("403", response("403 Forbidden", &[], &whole), "status 403"),
        ("204", raw("204 No Content", &[], b""), "status 204"),
        (
            "206",
            response("206 Partial Content", &[], half),
            "status 206",
        ),
        (
            "no HTTP",
            Answer::Raw(b"SSH-2.0-x\r\n".to_vec()),
            "cannot fetch",
        ),
        ("nothing", Answer::Raw(Vec::new()), "cannot fetch"),
        ("truncated", Answer::Raw(with_head(half)), "cannot fetch"),
        (
            "truncated without length",
            raw("200 OK", &[], half),
            "not a zip",
        ),
        (
            "truncated chunks",
            raw(
                "200 OK",
                &[("transfer-encoding", "chunked")],
                b"5\r\nPK\x03",
            ),
            "cannot fetch",
        ),
        (
            "bad chunks",
            raw("200 OK", &[("transfer-encoding", "chunked")], b"zz\r\nPK"),
            "cannot fetch",
        ),
        (
            "length too large",
            raw("200 OK", &[("content-length", &longer)], &whole),
            "cannot fetch",
        ),
        (
            "length too small",
            raw("200 OK", &[("content-length", &shorter)], &whole),
            "not a zip",
        ),
        (
            "two lengths",
            raw(
                "200 OK",
                &[("content-length", "5"), ("content-length", "6")],
                &whole,
            ),
            "cannot fetch",
        ),
        (
            "no zip",
            response("200 OK", &[], b"<html>log in first</html>"),
            "not a zip",
        ),
        ("gzip", response("200 OK", &[], gzip), "not a zip"),
        ("empty", response("200 OK", &[], b""), "not a zip"),
        (
            "empty zip",
            response("200 OK", &[], &zip(&[])),
            "has no advisories",
        ),
        (
            "only bad records",
            response("200 OK", &[], &zip(&[("a.json", "{")])),
            "has no advisories",
        ),
        (
            "another ecosystem",
            response("200 OK", &[], &other),
            "has no advisories",
        ),
        (
            "too large",
            response("200 OK", &[], &large),
            "larger than 1048576 bytes",
        ),
        (
            "said to be too large",
            raw("200 OK", &[("content-length", "99999999999")], b"x"),
            "larger than",
        ),
        ("endless", Answer::Endless, "larger than"),
        ("hang at once", Answer::Hang(Vec::new()), "took too long"),
        (
            "hang in the head",
            Answer::Hang(b"HTTP/1.1 200".to_vec()),
            "took too long",
        ),
        (
            "hang in the body",
            Answer::Hang(with_head(half)),
            "took too long",
        ),
        ("reset", Answer::Reset(with_head(half)), "cannot fetch"),
        ("reset at once", Answer::Reset(Vec::new()), "cannot fetch"),
        (
            "redirect to itself",
            response("302 Found", &[("location", NPM)], b""),
            "redirect",
        ),
        (
            "redirect to nowhere",
            response("302 Found", &[("location", "http://127.0.0.1:1/x")], b""),
            "cannot fetch",
        ),
        (
            "redirect to a file",
            response("302 Found", &[("location", "file:///etc/passwd")], b""),
            "cannot fetch",
        ),
        (
            "redirect without place",
            response("302 Found", &[], b""),
            "status 302",
        ),
    ];
    for (name, answer, expected) in cases {
        server.set(NPM, answer);
        let error = run(&options(&server, &["npm"]), data)
            .unwrap_err()
            .to_string();
        assert!(error.contains(expected), "{name}: {error}");
        assert_eq!(store::load(data).digest(), before, "{name}");
        assert_eq!(ids(data, &Ecosystem::NPM, "a"), ["GHSA-1"], "{name}");
    }
    let left = std::fs::read_dir(data.join("advisories")).unwrap();
    let left: Vec<_> = left
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(
        !left.iter().any(|name| name.starts_with(".new-")),
        "{left:?}"
    );

    // The validators are still those of the old data.
    server.requests();
    server.set(
        NPM,
        response("200 OK", &[("etag", "\"two\"")], &good("GHSA-2")),
    );
    run(&options(&server, &["npm"]), data).unwrap();
    assert!(server.requests()[0].contains("if-none-match: \"one\""));
    assert_eq!(ids(data, &Ecosystem::NPM, "a"), ["GHSA-2"]);
}

#[test]
fn one_failure_takes_nothing_over() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    server.set(NPM, response("200 OK", &[], &good("GHSA-1")));
    let error = run(&options(&server, &["npm", "Maven"]), folder.path()).unwrap_err();
    assert!(error.to_string().contains("/Maven/all.zip"), "{error}");
    assert!(store::load(folder.path()).is_embedded());
}

#[test]
fn a_redirect_is_followed() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    server.set(
        NPM,
        response("302 Found", &[("location", "/elsewhere")], b""),
    );
    server.set("/elsewhere", response("200 OK", &[], &good("GHSA-1")));
    run(&options(&server, &["npm"]), folder.path()).unwrap();
    assert_eq!(ids(folder.path(), &Ecosystem::NPM, "a"), ["GHSA-1"]);
}

#[test]
fn a_304_that_nobody_asked_for_is_an_error() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    server.set(NPM, raw("304 Not Modified", &[], b""));
    let error = run(&options(&server, &["npm"]), folder.path()).unwrap_err();
    assert!(error.to_string().contains("status 304"), "{error}");
}

#[test]
fn names_and_addresses_are_checked() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    for bad in ["", "..", "../x", "a/b", "npm?x", "a\u{1b}b"] {
        let error = run(&options(&server, &[bad]), folder.path()).unwrap_err();
        assert!(
            matches!(error, FetchError::Ecosystem { .. }),
            "{bad}: {error}"
        );
    }
    for bad in ["", "x", "file:///etc", "ftp://x"] {
        let options = UpdateOptions {
            base: bad.to_owned(),
            ..options(&server, &["npm"])
        };
        let error = run(&options, folder.path()).unwrap_err();
        assert!(
            matches!(error, FetchError::Address { .. }),
            "{bad}: {error}"
        );
    }
    assert!(server.requests().is_empty());
    let rocky = zip(&[("a.json", &record("RLSA-1", "Rocky Linux:9", "a"))]);
    server.set(
        "/sub/Rocky%20Linux/all.zip",
        response("200 OK", &[], &rocky),
    );
    let options = UpdateOptions {
        base: format!("{}/sub/", server.base),
        ..options(&server, &["Rocky Linux"])
    };
    run(&options, folder.path()).unwrap();
    let index = store::load(folder.path());
    assert!(index.coverage(&Ecosystem::new("Rocky Linux:9")).is_some());
}
