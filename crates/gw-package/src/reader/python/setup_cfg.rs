//! setuptools' `setup.cfg`
//! (<https://setuptools.pypa.io/en/latest/userguide/declarative_config.html>).

use gw_analysis::{Entry, Span};
use gw_finding::Location;

use crate::Scope;
use crate::license;
use crate::reader::{FileReading, Include, Manifest, Reader};

use super::requirement_list::List;
use super::requirements::names;
use super::text::Text;
use super::{package, place};

/// The id of [`SetupCfg`].
pub(super) const ID: &str = "setup-cfg";

/// `setup.cfg`.
pub(super) struct SetupCfg;

impl Reader for SetupCfg {
    fn id(&self) -> &'static str {
        ID
    }

    fn matches(&self, path: &str, _head: &[u8]) -> bool {
        place::name(path) == "setup.cfg"
    }

    fn read(&self, entry: &Entry) -> FileReading {
        let text = Text::of(entry);
        let mut list = List::default();
        let mut manifest = Manifest {
            location: entry.location().clone(),
            ..Manifest::default()
        };
        for item in items(&text.text) {
            let location = text.locate(item.span);
            let scope = match (item.section, item.key) {
                ("metadata", "name") => {
                    manifest.name = Some(item.value.to_owned());
                    continue;
                }
                ("metadata", "license") => {
                    manifest.license = license::normalize(item.value);
                    continue;
                }
                ("options", "install_requires" | "requires") => Scope::Runtime,
                ("options", "tests_require") => Scope::Development,
                ("options.extras_require", extra) => match names::scope_of_word(extra) {
                    Scope::Development => Scope::Development,
                    _ => Scope::Optional,
                },
                _ => continue,
            };
            add(item.value, scope, &location, &mut list, &mut manifest);
        }
        manifest.requirements = list.requirements;
        list.incomplete.extend(text.incomplete.clone());
        FileReading {
            manifest: Some(manifest),
            incomplete: list.incomplete,
            ..package::empty(entry, ID)
        }
    }
}

fn add(value: &str, scope: Scope, location: &Location, list: &mut List, manifest: &mut Manifest) {
    if let Some(files) = value.strip_prefix("file:") {
        let files = files
            .split(',')
            .map(str::trim)
            .filter(|file| !file.is_empty());
        manifest.includes.extend(files.map(|file| Include {
            path: file.to_owned(),
            constraint: false,
            location: location.clone(),
        }));
    } else if !value.contains("%(") {
        // An interpolated value (`%(name)s`) repeats another one.
        list.add(value, scope, location.clone());
    }
}

/// One line of a value.
struct Item<'t> {
    section: &'t str,
    key: &'t str,
    value: &'t str,
    span: Span,
}

/// The lines of all values: an indented line goes on with the key above it.
fn items(text: &str) -> Vec<Item<'_>> {
    let mut items = Vec::new();
    let (mut section, mut key) = ("", "");
    let mut offset = 0_usize;
    for line in text.split_inclusive('\n') {
        let start = offset;
        offset = offset.saturating_add(line.len());
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        let indented = line.starts_with([' ', '\t']);
        let value = if indented {
            trimmed
        } else if let Some(rest) = trimmed.strip_prefix('[') {
            section = rest.strip_suffix(']').unwrap_or(rest).trim();
            key = "";
            continue;
        } else if let Some((name, value)) = trimmed.split_once(['=', ':']) {
            key = name.trim();
            value.trim()
        } else {
            continue;
        };
        // A comment at the end of a line counts only after a space.
        let value = value.split(" #").next().unwrap_or(value).trim_end();
        if value.is_empty() || key.is_empty() {
            continue;
        }
        let before = line.find(value).unwrap_or(0);
        let at = start.saturating_add(before);
        let clip = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        let span = Span {
            start: clip(at),
            end: clip(at.saturating_add(value.len())),
        };
        items.push(Item {
            section,
            key,
            value,
            span,
        });
    }
    items
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::reader::python::testing::{check, mutate, scan};

    const FILE: &str = "[metadata]\nname = my_app\nversion = 1.0\nlicense = MIT\n\n[options]\npackages = find:\ninstall_requires =\n    requests>=2  # http\n    # a comment\n    django==3.2; python_version < \"3.12\"\n    importlib-metadata; python_version<\"3.8\"\ntests_require = pytest==7.0\n\n[options.extras_require]\ncli =\n    rich==13.0\ntest =\n    mock==4.0\n\n[flake8]\nmax-line-length = 100\n";

    #[test]
    fn reads_lists() {
        check(
            &[("setup.cfg", FILE)],
            &[
                "setup.cfg:11 django 3.2 run direct",
                "setup.cfg:13 pytest 7.0 dev direct",
                "setup.cfg:17 rich 13.0 opt direct",
                "setup.cfg:19 mock 4.0 dev direct",
            ],
            &[
                "setup.cfg:9 unpinned 2 requirements have no exact version: requests, importlib-metadata;",
            ],
        );
        check(
            &[
                (
                    "setup.cfg",
                    "[options]\ninstall_requires = file: requirements.txt, deps.txt\n",
                ),
                ("deps.txt", "a==1\n"),
                ("requirements.txt", "b==1\n"),
            ],
            &[
                "deps.txt:1 a 1 run direct",
                "requirements.txt:1 b 1 run direct",
            ],
            &[],
        );
        check(
            &[(
                "setup.cfg",
                "[flake8]\nignore = E1\n[bdist_wheel]\nuniversal=1\n",
            )],
            &[],
            &[],
        );
    }

    proptest! {
        #[test]
        fn never_panics(changes in mutate::changes()) {
            scan(&[("setup.cfg", &mutate::apply(FILE, &changes))]);
        }
    }
}
