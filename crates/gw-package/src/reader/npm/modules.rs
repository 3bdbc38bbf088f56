use std::collections::HashMap;

/// How many folders a resolution climbs at most. No project nests that far; hostile paths do.
const MAX_CLIMB: usize = 64;

/// The folders of a `node_modules` tree, as lock files name them: `node_modules/a`,
/// `packages/b/node_modules/c`.
#[derive(Default)]
pub(super) struct Modules<'t> {
    /// What is installed under a name in the `node_modules` of a folder.
    installed: HashMap<(&'t str, &'t str), Target<'t>>,
    /// What is at a path.
    paths: HashMap<&'t str, Target<'t>>,
}

/// What is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target<'t> {
    /// A package, by its position in the lock.
    Package(usize),
    /// A folder of the project's own.
    Project,
    /// A link to the folder at a path.
    Link(&'t str),
}

impl<'t> Modules<'t> {
    /// Adds what is at a path.
    pub(super) fn insert(&mut self, path: &'t str, target: Target<'t>) {
        if let Some((folder, name)) = split(path) {
            self.installed.insert((folder, name), target);
        }
        self.paths.insert(path, target);
    }

    /// What a module in the folder `from` gets when it asks for `name`: what the nearest
    /// `node_modules` upward has (<https://nodejs.org/api/modules.html#loading-from-node_modules-folders>).
    pub(super) fn resolve(&self, from: &str, name: &str) -> Option<Target<'t>> {
        let mut folder = from;
        for _ in 0..MAX_CLIMB {
            // The map's keys live longer than what is asked for, which a lookup need not.
            if let Some(&target) = self.installed.get(&(folder, name)) {
                return Some(self.follow(target));
            }
            folder = match split(folder) {
                Some((above, _)) => above,
                None if folder.is_empty() => return None,
                None => folder.rsplit_once('/').map_or("", |(above, _)| above),
            };
        }
        None
    }

    /// The package that [`Modules::resolve`] finds.
    pub(super) fn package(&self, from: &str, name: &str) -> Option<usize> {
        match self.resolve(from, name)? {
            Target::Package(package) => Some(package),
            Target::Project | Target::Link(_) => None,
        }
    }

    fn follow(&self, target: Target<'t>) -> Target<'t> {
        match target {
            Target::Link(path) => match self.paths.get(path) {
                Some(&Target::Package(package)) => Target::Package(package),
                _ => Target::Project,
            },
            other => other,
        }
    }
}

/// The folder whose `node_modules` a path is in, and the name there; nothing for a path that is in
/// none.
pub(super) fn split(path: &str) -> Option<(&str, &str)> {
    const MARK: &str = "node_modules/";
    let at = path.rfind(MARK)?;
    let above = path.get(..at)?;
    let name = path.get(at + MARK.len()..)?;
    match above.strip_suffix('/') {
        Some(folder) => Some((folder, name)),
        None if above.is_empty() => Some(("", name)),
        // Part of a longer word, as in `my_node_modules/x`.
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn climbs_to_the_nearest() {
        let mut modules = Modules::default();
        let paths = [
            "node_modules/a",
            "node_modules/b",
            "node_modules/a/node_modules/b",
            "node_modules/@s/c",
            "packages/p/node_modules/b",
        ];
        for (n, path) in paths.into_iter().enumerate() {
            modules.insert(path, Target::Package(n));
        }
        modules.insert("node_modules/p", Target::Link("packages/p"));
        modules.insert("packages/p", Target::Project);
        #[rustfmt::skip]
        let cases = [
            ("", "a", Some(0)), ("", "b", Some(1)), ("node_modules/a", "b", Some(2)),
            ("node_modules/a/node_modules/b", "b", Some(2)), ("node_modules/@s/c", "b", Some(1)),
            ("packages/p", "b", Some(4)), ("packages/p", "@s/c", Some(3)), ("packages/q", "b", Some(1)),
            ("", "p", None), ("", "x", None),
        ];
        for (from, name, expected) in cases {
            assert_eq!(modules.package(from, name), expected, "{name} from {from}");
        }
        assert_eq!(
            modules.resolve("node_modules/a", "p"),
            Some(Target::Project)
        );
    }

    #[test]
    fn splits_paths() {
        assert_eq!(split("node_modules/@a/b"), Some(("", "@a/b")));
        assert_eq!(
            split("x/node_modules/a/node_modules/b"),
            Some(("x/node_modules/a", "b"))
        );
        assert_eq!(split("packages/a"), None);
        assert_eq!(split("my_node_modules/a"), None);
    }

    #[test]
    fn gives_up_on_hostile_paths() {
        let long = "a/".repeat(1_000_000);
        assert_eq!(Modules::default().package(&long, "x"), None);
    }
}
