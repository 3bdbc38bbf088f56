use crate::Scope;
use crate::reader::Lock;

/// Marks every package of a lock whose roots' dependencies have scopes: a package has the scope of
/// the least restricted way that leads to it, and is direct if a root names it.
pub(super) fn mark(lock: &mut Lock) {
    if lock.roots.is_empty() {
        return;
    }
    let mut best: Vec<Option<Scope>> = vec![None; lock.packages.len()];
    let mut direct = vec![false; lock.packages.len()];
    // Scopes from the least to the most restricted, so that the first way found is the best.
    for scope in [Scope::Runtime, Scope::Optional, Scope::Development] {
        let mut open = Vec::new();
        for (package, own) in lock.roots.iter().flat_map(|root| &root.dependencies) {
            if let Some(slot) = direct.get_mut(*package) {
                *slot = true;
            }
            if own.unwrap_or(Scope::Runtime) == scope {
                open.push(*package);
            }
        }
        while let Some(package) = open.pop() {
            let Some(slot @ None) = best.get_mut(package) else {
                continue;
            };
            *slot = Some(scope);
            if let Some(package) = lock.packages.get(package) {
                open.extend(&package.dependencies);
            }
        }
    }
    for ((package, best), direct) in lock.packages.iter_mut().zip(best).zip(direct) {
        // What no root leads to is there for a reason that the file does not tell.
        package.scope = best.unwrap_or(Scope::Runtime);
        package.direct = Some(direct);
    }
}
