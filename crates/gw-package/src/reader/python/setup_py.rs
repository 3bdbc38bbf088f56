//! `setup.py`, as far as it can be read without being run: `install_requires` and its kin where
//! they are literal lists of strings, in the call or in a variable. Anything else is left alone.

use gw_analysis::{Entry, Span};

use crate::Scope;
use crate::reader::{FileReading, Manifest, Reader};

use super::requirement_list::List;
use super::text::Text;
use super::{dependency, package, place};

/// The id of [`SetupPy`].
pub(super) const ID: &str = "setup-py";

/// `setup.py`.
pub(super) struct SetupPy;

impl Reader for SetupPy {
    fn id(&self) -> &'static str {
        ID
    }

    fn matches(&self, path: &str, _head: &[u8]) -> bool {
        place::name(path) == "setup.py"
    }

    fn read(&self, entry: &Entry) -> FileReading {
        let text = Text::of(entry);
        let mut list = List::default();
        for (keyword, scope) in [
            ("install_requires", Scope::Runtime),
            ("tests_require", Scope::Development),
        ] {
            for literal in argument(&text.text, keyword).unwrap_or_default() {
                // What is no requirement was made of pieces; it is as good as dynamic.
                if dependency::parse(&literal.text).is_ok() {
                    list.add(&literal.text, scope, text.locate(literal.span));
                }
            }
        }
        FileReading {
            manifest: Some(Manifest {
                location: entry.location().clone(),
                requirements: list.requirements,
                ..Manifest::default()
            }),
            ..package::empty(entry, ID)
        }
    }
}

struct Literal {
    text: String,
    span: Span,
}

/// The strings of `keyword=[...]`, or of `keyword=NAME` where a line begins with `NAME = [...]`.
fn argument(text: &str, keyword: &str) -> Option<Vec<Literal>> {
    // A few occurrences are enough, and each may cost as much as its line is long.
    let mut occurrences = text.match_indices(keyword).take(64);
    let value = occurrences.find_map(|(at, _)| {
        let before = text.get(..at)?;
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let line = before.rsplit('\n').next().unwrap_or(before);
        if before.ends_with(word) || line.contains('#') {
            return None;
        }
        let after = text.get(at.checked_add(keyword.len())?..)?.trim_start();
        let value = after.strip_prefix('=')?;
        (!value.starts_with('=')).then(|| value.trim_start())
    })?;
    if let Some(list) = strings(text, value) {
        return Some(list);
    }
    let end = value.find(|c: char| !(c.is_alphanumeric() || c == '_'))?;
    let (name, rest) = value.split_at_checked(end)?;
    // `NAME + [...]` and `NAME(...)` are more than the variable.
    if name.is_empty() || !rest.trim_start().starts_with([',', ')']) {
        return None;
    }
    let mut assignments = text.match_indices(name).filter_map(|(at, _)| {
        let before = text.get(..at)?;
        let after = text.get(at.checked_add(name.len())?..)?.trim_start();
        let value = after.strip_prefix('=')?;
        let begins = before.is_empty() || before.ends_with('\n');
        (begins && !value.starts_with('=')).then(|| value.trim_start())
    });
    let only = assignments.next()?;
    if assignments.next().is_some() {
        return None;
    }
    strings(text, only)
}

/// A list or tuple of nothing but string literals, at the beginning of `value`, which is a part of
/// `text`.
fn strings(text: &str, value: &str) -> Option<Vec<Literal>> {
    let mut rest = value.strip_prefix(['[', '('])?;
    let close = if value.starts_with('[') { ']' } else { ')' };
    let mut literals = Vec::new();
    loop {
        rest = rest.trim_start();
        let first = rest.chars().next()?;
        if first == close {
            // A list that is added to others is not all there is.
            let after = rest.get(1..)?.trim_start();
            return (!after.starts_with(['+', '.', '*'])).then_some(literals);
        }
        match first {
            ',' => rest = rest.get(1..)?,
            '#' => rest = rest.split_once('\n')?.1,
            '"' | '\'' => {
                let body = rest.get(1..)?;
                let (inner, after) = body.split_once(first)?;
                if inner.contains(['\\', '\n']) || inner.is_empty() {
                    return None;
                }
                let start = text.len().checked_sub(body.len())?;
                let clip = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
                literals.push(Literal {
                    text: inner.to_owned(),
                    span: Span {
                        start: clip(start),
                        end: clip(start.saturating_add(inner.len())),
                    },
                });
                rest = after.trim_start();
                // Another literal or an operator right behind makes another string of it.
                if !rest.starts_with([',', ']', ')', '#']) {
                    return None;
                }
            }
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::reader::python::testing::{check, mutate, scan};

    const FILE: &str = "from setuptools import setup\n\nsetup(\n    name='x',\n    install_requires=[\n        'requests==2.19.0',  # old\n        \"flask>=1\",\n    ],\n    tests_require=('pytest==3.0',),\n)\n";

    #[test]
    fn reads_literals_only() {
        let cases: &[(&str, &[&str], &[&str])] = &[
            (
                FILE,
                &[
                    "setup.py:6 requests 2.19.0 run direct",
                    "setup.py:9 pytest 3.0 dev direct",
                ],
                &["setup.py:7 unpinned 1 requirement has no exact version: flask;"],
            ),
            (
                "REQS = ['a==1']\nsetup(install_requires=REQS, x=1)\n",
                &["setup.py:1 a 1 run direct"],
                &[],
            ),
            (
                "REQS = ['a==1']\nREQS = ['b==1']\nsetup(install_requires=REQS)\n",
                &[],
                &[],
            ),
            (
                "setup(install_requires=open('r.txt').read().split())\n",
                &[],
                &[],
            ),
            ("setup(install_requires=['a==1'] + more)\n", &[], &[]),
            ("setup(install_requires=['a==1', x])\n", &[], &[]),
            ("setup(install_requires=['a' '==1'])\n", &[], &[]),
            ("# install_requires=['a==1']\n", &[], &[]),
            ("install_requires == ['a==1']\n", &[], &[]),
            ("my_install_requires=['a==1']\n", &[], &[]),
        ];
        for (content, packages, incomplete) in cases {
            check(&[("setup.py", content)], packages, incomplete);
        }
    }

    proptest! {
        #[test]
        fn never_panics(changes in mutate::changes()) {
            scan(&[("setup.py", &mutate::apply(FILE, &changes))]);
        }
    }
}
