use gw_analysis::{Entry, EntryKind};
use proptest::prelude::*;

use super::*;
use crate::reader::{FileReading, Joined};

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

/// `purl file:line direct` of each package.
fn packages(joined: &Joined) -> Vec<String> {
    let all = joined.locks.iter().flat_map(|lock| &lock.packages);
    all.map(|p| {
        let line = p.location.start.unwrap().line;
        let direct = p
            .direct
            .map_or("?", |direct| if direct { "direct" } else { "indirect" });
        format!(
            "{} {}:{line} {direct}",
            p.purl.trim_start_matches("pkg:golang/"),
            p.location.path
        )
    })
    .collect()
}

fn check(files: &[(&str, &str)], expected: &[&str]) {
    let joined = read(files);
    assert_eq!(packages(&joined), expected);
    assert_eq!(joined.incomplete, []);
}

#[test]
fn reads_requirements() {
    let text = "module example.com/app // the app

go 1.21

require github.com/Masterminds/goutils v1.1.0
require (
\tgithub.com/a/b/v2 v2.0.0+incompatible
\t\"golang.org/x/text\" v0.3.5 // indirect
\tgolang.org/x/net v0.0.0-20191109021931-daa7c04131f5 // indirect; for a test
)
exclude golang.org/x/text v0.3.4
retract [v1.0.0, v1.1.0] // broken
tool golang.org/x/tools/cmd/stringer
";
    check(
        &[("go.mod", text)],
        &[
            "github.com/Masterminds/goutils@v1.1.0 go.mod:5 direct",
            "github.com/a/b/v2@v2.0.0%2Bincompatible go.mod:7 direct",
            "golang.org/x/text@v0.3.5 go.mod:8 indirect",
            "golang.org/x/net@v0.0.0-20191109021931-daa7c04131f5 go.mod:9 indirect",
            "stdlib@1.21 go.mod:3 direct",
        ],
    );
}

#[test]
fn knows_the_standard_library() {
    let check = |lines: &str, expected: &[&str]| {
        check(&[("go.mod", &format!("module m\n{lines}"))], expected);
    };
    check("", &[]);
    check("go 1.20\n", &["stdlib@1.20 go.mod:2 direct"]);
    check(
        "go 1.21.0\ntoolchain go1.21.3\n",
        &["stdlib@1.21.3 go.mod:3 direct"],
    );
    check(
        "go 1.21.4\ntoolchain go1.21.3\n",
        &["stdlib@1.21.4 go.mod:2 direct"],
    );
    check(
        "go 1.21\ntoolchain default\n",
        &["stdlib@1.21 go.mod:2 direct"],
    );
    check(
        "go 1.21\ntoolchain go1.22rc1-vendor\n",
        &["stdlib@1.22rc1 go.mod:3 direct"],
    );
}

#[test]
fn replaces_modules() {
    let text = "module m
go 1.21
require (
\ta.b/local v1.0.0
\ta.b/fork v1.0.0
\ta.b/one v1.0.0
\ta.b/other v1.0.0
)
replace a.b/local => ./local
replace (
\ta.b/fork => c.d/fork v1.0.1
\ta.b/one v1.0.0 => a.b/one v1.0.5
\ta.b/one => a.b/one v9.0.0
\ta.b/other v2.0.0 => ../gone
)
";
    check(
        &[("go.mod", text)],
        &[
            "c.d/fork@v1.0.1 go.mod:11 direct",
            "a.b/one@v1.0.5 go.mod:12 direct",
            "a.b/other@v1.0.0 go.mod:7 direct",
            "stdlib@1.21 go.mod:2 direct",
        ],
    );
}

#[test]
fn workspaces_replace_first() {
    let work = "go 1.22\nuse (\n\t./a\n\tb\n)\nreplace x.y/z => x.y/z v1.5.0\n";
    let module = "module m\ngo 1.21\nrequire x.y/z v1.0.0\nreplace x.y/z => x.y/z v1.1.0\n";
    check(
        &[
            ("w/go.work", work),
            ("w/a/go.mod", module),
            ("w/c/go.mod", module),
        ],
        &[
            "x.y/z@v1.5.0 w/go.work:6 direct",
            "stdlib@1.21 w/a/go.mod:2 direct",
            "x.y/z@v1.1.0 w/c/go.mod:4 direct",
            "stdlib@1.21 w/c/go.mod:2 direct",
            "stdlib@1.22 w/go.work:1 direct",
        ],
    );
}

#[test]
fn old_modules_need_go_sum() {
    let module = "module m\ngo 1.16\nrequire a.b/c v1.0.0\n";
    let sum = "a.b/c v1.0.0 h1:x=\na.b/c v1.0.0/go.mod h1:x=\n\
        d.e/f v1.2.0 h1:x=\nd.e/f v1.10.0 h1:x=\nd.e/f v1.9.0 h1:x=\ng.h/i v1.0.0/go.mod h1:x=\n";
    check(
        &[("go.mod", module), ("go.sum", sum)],
        &[
            "a.b/c@v1.0.0 go.mod:3 direct",
            "stdlib@1.16 go.mod:2 direct",
            "d.e/f@v1.10.0 go.sum:4 indirect",
        ],
    );
    let new = module.replace("1.16", "1.17");
    check(
        &[("go.mod", &new), ("go.sum", sum)],
        &[
            "a.b/c@v1.0.0 go.mod:3 direct",
            "stdlib@1.17 go.mod:2 direct",
        ],
    );
    check(
        &[("x/go.sum", sum)],
        &["a.b/c@v1.0.0 x/go.sum:1 ?", "d.e/f@v1.10.0 x/go.sum:4 ?"],
    );
    let joined = read(&[("go.mod", module)]);
    assert_eq!(joined.incomplete.len(), 1);
    assert_eq!(joined.incomplete[0].reason, ReasonCode::Missing);
}

#[test]
fn vendored_modules_stand_in() {
    let module = "module m\ngo 1.16\nrequire a.b/c v1.0.0\n";
    let vendored = "# a.b/c v1.0.0\n## explicit\na.b/c/pkg\n# d.e/f v1.2.0 => g.h/f v1.3.0\nd.e/f\n\
        # l.m/n v1.0.0 => ./n\n# x.y/z => x.y/w v1.0.0\n";
    let sum = "old.b/c v1.0.0 h1:x=\n";
    check(
        &[
            ("m/go.mod", module),
            ("m/go.sum", sum),
            ("m/vendor/modules.txt", vendored),
        ],
        &[
            "a.b/c@v1.0.0 m/go.mod:3 direct",
            "stdlib@1.16 m/go.mod:2 direct",
            "g.h/f@v1.3.0 m/vendor/modules.txt:4 indirect",
        ],
    );
    check(
        &[("vendor/modules.txt", vendored)],
        &[
            "a.b/c@v1.0.0 vendor/modules.txt:1 ?",
            "g.h/f@v1.3.0 vendor/modules.txt:4 ?",
        ],
    );
    assert_eq!(
        read(&[("vendor/modules.txt", "# a.b/c\n")])
            .incomplete
            .len(),
        1
    );
}

#[test]
fn what_can_be_read_counts() {
    let text = "module m\ngo 1.21\n<<<<<<< HEAD\nrequire a.b/c v1.0.0\nrequire a.b/d\nreplace a.b/c => b\n";
    let joined = read(&[("go.mod", text), ("go.sum", "a.b/c v1.0.0 h1:x=\nbad\n")]);
    assert_eq!(
        packages(&joined),
        [
            "a.b/c@v1.0.0 go.mod:4 direct",
            "stdlib@1.21 go.mod:2 direct"
        ]
    );
    let lines: Vec<_> = joined
        .incomplete
        .iter()
        .map(|i| (i.location.path.as_str(), i.location.start.unwrap().line))
        .collect();
    assert_eq!(
        lines,
        [("go.mod", 3), ("go.mod", 5), ("go.mod", 6), ("go.sum", 2)]
    );
    assert!(
        joined
            .incomplete
            .iter()
            .all(|i| i.reason == ReasonCode::Malformed)
    );
    let broken = read(&[("go.mod", "require (\n\ta.b/c v1.0.0\n")]);
    assert_eq!(broken.incomplete[0].reason, ReasonCode::Malformed);
    assert_eq!(broken.locks[0].packages.len(), 1);
}

proptest! {
    #[test]
    fn nothing_panics(cut in 0usize..400, at in 0usize..400, with in "[\\[\\](),\"`=>a-zé0-9 ./\t\n-]{0,6}") {
        let text = "module example.com/app // x\n\ngo 1.16\ntoolchain go1.21.3\nuse ./a\nrequire (\n\t\"golang.org/x/text\" v0.3.5 // indirect\n)\nreplace a.b/c v1.0.0 => ./x\nreplace d.e/f => g.h/i v1.0.0\nretract [v1.0.0, v1.1.0]\na.b/c v1.0.0/go.mod h1:x=\na.b/c v1.0.0 h1:x=\n";
        let mut text: String = text.chars().take(cut).collect();
        let mut at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        text.insert_str(at, &with);
        read(&[("go.mod", &text), ("go.sum", &text), ("go.work", &text), ("a/go.mod", &text), ("a/vendor/modules.txt", &text)]);
    }
}
