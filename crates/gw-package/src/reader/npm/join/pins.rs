use std::collections::HashSet;

use gw_finding::ReasonCode;

use super::attach::Selectors;
use crate::Scope;
use crate::reader::npm::{package, spec};
use crate::reader::{Joined, Lock, Manifest, Requirement, Root};

/// How many names a message lists.
const LISTED: usize = 10;

/// A manifest without a lock file: exact requirements are packages, others are not complete.
/// `own` are the names of the projects around it, which no registry need provide.
pub(super) fn alone(manifest: &Manifest, own: &HashSet<&str>, joined: &mut Joined) {
    let mut lock = Lock {
        location: manifest.location.clone(),
        ..Lock::default()
    };
    let mut unpinned = Vec::new();
    let mut dependencies = Vec::new();
    for requirement in &manifest.requirements {
        if !requirement.from_registry || own.contains(requirement.name.as_str()) {
            continue;
        }
        let location = requirement.location.clone();
        let exact = spec::exact(&requirement.constraint)
            .and_then(|version| package::locked(&requirement.name, version, location));
        let Some(mut locked) = exact else {
            unpinned.push(requirement);
            continue;
        };
        locked.scope = requirement.scope;
        locked.direct = Some(true);
        dependencies.push((lock.packages.len(), Some(requirement.scope)));
        lock.packages.push(locked);
    }
    if !lock.packages.is_empty() {
        lock.roots.push(Root {
            name: manifest.name.clone().unwrap_or_default(),
            folder: Some(String::new()),
            dependencies,
        });
        joined.locks.push(lock);
    }
    report(
        &unpinned,
        "there is no lock file beside it or above",
        joined,
    );
}

/// The requirements of a manifest that its lock file has no answer to: it is older than the
/// manifest. Exact ones become packages of the lock. The registry need not provide `projects`.
pub(super) fn missing(
    lock: &mut Lock,
    manifest: &Manifest,
    resolved: &mut [Option<usize>],
    selectors: &Selectors,
    projects: &HashSet<String>,
    joined: &mut Joined,
) {
    let is_missing = |requirement: &Requirement| {
        let name = requirement.name.as_str();
        requirement.from_registry
            // What a platform does not have may be left out.
            && requirement.scope != Scope::Optional
            && !selectors.has(name)
            && !projects.contains(name)
    };
    let requirements = manifest.requirements.iter().zip(resolved);
    let missing: Vec<_> = requirements
        .filter(|(requirement, resolved)| resolved.is_none() && is_missing(requirement))
        .collect();
    let mut unpinned = Vec::new();
    for (requirement, resolved) in missing {
        let location = requirement.location.clone();
        let exact = spec::exact(&requirement.constraint)
            .and_then(|version| package::locked(&requirement.name, version, location));
        let Some(mut locked) = exact else {
            unpinned.push(requirement);
            continue;
        };
        locked.scope = requirement.scope;
        locked.direct = Some(true);
        *resolved = Some(lock.packages.len());
        lock.packages.push(locked);
    }
    let file = lock.location.full_path();
    report(&unpinned, &format!("{file} does not have them"), joined);
}

fn report(unpinned: &[&Requirement], why: &str, joined: &mut Joined) {
    let Some(first) = unpinned.first() else {
        return;
    };
    let mut listed: Vec<String> = unpinned
        .iter()
        .take(LISTED)
        .map(|requirement| format!("{}@{}", requirement.name, requirement.constraint))
        .collect();
    let more = unpinned.len().saturating_sub(LISTED);
    if more > 0 {
        listed.push(format!("and {more} more"));
    }
    let detail = format!("no exact version is known of {}: {why}", listed.join(", "),);
    let problem = package::at(first.location.clone(), ReasonCode::Unpinned, detail);
    joined.incomplete.push(problem);
}
