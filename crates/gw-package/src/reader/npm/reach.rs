use crate::Scope;
use crate::reader::{Locked, Root};

/// Counts the dependencies on each package, to know which are optional for all that need them.
#[derive(Default)]
pub(super) struct Edges {
    optional: Vec<usize>,
    required: Vec<usize>,
}

impl Edges {
    /// Adds a dependency on `package`.
    pub(super) fn add(&mut self, package: usize, optional: bool) {
        if optional {
            self.optional.push(package);
        } else {
            self.required.push(package);
        }
    }

    /// Marks the packages that others need, and need optionally only.
    pub(super) fn mark_optional(self, packages: &mut [Locked]) {
        for package in self.optional {
            if let Some(package) = packages.get_mut(package) {
                package.scope = Scope::Optional;
            }
        }
        for package in self.required {
            if let Some(package) = packages.get_mut(package) {
                package.scope = Scope::Runtime;
            }
        }
    }
}

/// Sets the scope of every package from the position `first` on by how the roots reach it. Before,
/// a package with [`Scope::Optional`] is one that other packages need optionally only. What no root
/// reaches counts as needed to run, since nothing tells otherwise.
pub(super) fn set_scopes(packages: &mut [Locked], first: usize, roots: &[Root]) {
    let weak: Vec<bool> = packages
        .iter()
        .map(|package| package.scope == Scope::Optional)
        .collect();
    let is_weak = |package: usize| weak.get(package) == Some(&true);
    let mut scopes: Vec<Option<Scope>> = vec![None; packages.len()];
    for scope in [Scope::Runtime, Scope::Optional, Scope::Development] {
        let mut todo: Vec<usize> = roots
            .iter()
            .flat_map(|root| &root.dependencies)
            .filter(|(_, wanted)| wanted.unwrap_or_default() == scope)
            .map(|&(package, _)| package)
            .collect();
        if scope == Scope::Optional {
            let runs = packages.iter().zip(&scopes);
            let runs = runs.filter(|(_, scope)| **scope == Some(Scope::Runtime));
            let needs = runs.flat_map(|(package, _)| &package.dependencies);
            todo.extend(needs.copied().filter(|&need| is_weak(need)));
        }
        while let Some(package) = todo.pop() {
            let Some(slot @ None) = scopes.get_mut(package) else {
                continue;
            };
            *slot = Some(scope);
            let needs = packages.get(package).map_or(&[][..], |p| &p.dependencies);
            let needs = needs.iter().copied();
            todo.extend(needs.filter(|&need| scope != Scope::Runtime || !is_weak(need)));
        }
    }
    for (package, scope) in packages.iter_mut().zip(scopes).skip(first) {
        package.scope = scope.unwrap_or_default();
    }
}
