mod syntax;

use std::collections::HashMap;

use gw_analysis::Entry;
use gw_finding::ReasonCode;

use self::syntax::{Block, Problem};
use super::integrity;
use super::package;
use super::reach;
use super::spec::{self, Spec};
use crate::reader::{FileReading, Lock, Locked, Root};

/// Reads the `yarn.lock` of Yarn 1 (<https://classic.yarnpkg.com/lang/en/docs/yarn-lock/>). It does
/// not list the project; every requirement in it becomes a selector.
pub(super) fn read(entry: &Entry, text: &str, id: &'static str) -> FileReading {
    let mut reading = package::reading(entry, id);
    let (blocks, problems) = syntax::parse(text);
    for Problem { span, message } in problems {
        let problem = package::problem(entry, ReasonCode::Malformed, span, message);
        reading.incomplete.push(problem);
    }
    let mut lock = Lock {
        location: entry.location().clone(),
        ..Lock::default()
    };
    // What each requirement resolved to: a package, or nothing for a folder of the project's own.
    let mut selected: HashMap<&str, usize> = HashMap::new();
    let mut owners = Vec::new();
    for block in &blocks {
        match locked(entry, block) {
            Found::Package(locked) => {
                let position = lock.packages.len();
                lock.packages.push(*locked);
                owners.push((block, Some(position)));
                selected.extend(block.selectors.iter().map(|s| (&**s, position)));
            }
            Found::Folder => owners.push((block, None)),
            Found::Nothing => {
                let detail = format!(
                    "`{}` has no version",
                    block.selectors.first().map_or("", |selector| selector)
                );
                let problem = package::problem(entry, ReasonCode::Malformed, block.span, detail);
                reading.incomplete.push(problem);
            }
        }
    }
    connect(&mut lock, &owners, &selected);
    let selectors = blocks.iter().flat_map(|block| &block.selectors);
    for selector in selectors {
        if let Some(&position) = selected.get(&**selector) {
            let (name, constraint) = spec::split_name(selector);
            let key = package::selector_key(name, constraint);
            lock.roots.push(package::selector(&key, position));
        }
    }
    package::mark_direct(&mut lock.packages, &lock.roots);
    package::tidy(&mut lock.packages);
    reading.lock = Some(lock);
    reading
}

fn connect(
    lock: &mut Lock,
    owners: &[(&Block<'_>, Option<usize>)],
    selected: &HashMap<&str, usize>,
) {
    let mut edges = reach::Edges::default();
    for &(block, position) in owners {
        let mut needs = Vec::new();
        for (name, range, optional) in &block.dependencies {
            let Some(&need) = selected.get(format!("{name}@{range}").as_str()) else {
                continue;
            };
            edges.add(need, *optional);
            needs.push(need);
        }
        match position.and_then(|position| lock.packages.get_mut(position)) {
            Some(package) => package.dependencies = needs,
            None => lock.roots.push(Root {
                name: block.name().to_owned(),
                folder: Some(block.folder().to_owned()),
                dependencies: needs.into_iter().map(|need| (need, None)).collect(),
            }),
        }
    }
    edges.mark_optional(&mut lock.packages);
}

enum Found {
    Package(Box<Locked>),
    Folder,
    Nothing,
}

fn locked(entry: &Entry, block: &Block<'_>) -> Found {
    let location = entry.locate(block.span);
    let (name, constraint) = block
        .selectors
        .first()
        .map_or(("", ""), |selector| spec::split_name(selector));
    let resolved = block.field("resolved").unwrap_or_default();
    let version = block.field("version").filter(|version| !version.is_empty());
    let locked = match (Spec::parse(name, constraint), Spec::parse(name, resolved)) {
        (Spec::Folder(_), _) => return Found::Folder,
        (_, Spec::Git(address)) => package::from_git(name, version, address, location),
        (Spec::Git(_), Spec::Archive(address)) => {
            // GitHub's archives of a commit: `https://codeload.github.com/o/r/tar.gz/<commit>`.
            version
                .and_then(|version| package::locked(name, version, location.clone()))
                .or_else(|| package::archive(name, None, address, location))
        }
        (Spec::Archive(address), _) => package::archive(name, version, address, location),
        (Spec::Registry { name, .. }, _) => {
            version.and_then(|version| package::locked(name, version, location))
        }
        (Spec::Git(address), _) => package::from_git(name, version, address, location),
    };
    let Some(mut locked) = locked else {
        return Found::Nothing;
    };
    locked.hashes = integrity::hashes(block.field("integrity").unwrap_or_default());
    locked.hashes.extend(integrity::fragment(resolved));
    locked.hashes.sort();
    locked.hashes.dedup();
    Found::Package(Box::new(locked))
}

#[cfg(test)]
mod tests;
