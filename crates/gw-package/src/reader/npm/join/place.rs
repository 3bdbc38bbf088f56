use gw_finding::Location;

/// A folder: in an archive, or not.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Place {
    /// The archives that it is in.
    container: Vec<String>,
    /// Its path, empty for the outermost folder.
    pub(super) folder: String,
}

impl Place {
    /// The folder of a file.
    pub(super) fn of(file: &Location) -> Self {
        let (path, container) = match file.inside.split_last() {
            Some((path, outer)) => {
                let outer = std::iter::once(&file.path).chain(outer);
                (path, outer.cloned().collect())
            }
            None => (&file.path, Vec::new()),
        };
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        Self {
            container,
            folder: folder.to_owned(),
        }
    }

    /// For what is in a `node_modules` folder, the project that has it.
    pub(super) fn project(&self) -> Option<Self> {
        let mut at = 0;
        for part in self.folder.split('/') {
            if part == "node_modules" {
                let folder = self.folder.get(..at).unwrap_or_default();
                return Some(Self {
                    container: self.container.clone(),
                    folder: folder.trim_end_matches('/').to_owned(),
                });
            }
            at += part.len() + 1;
        }
        None
    }

    /// Whether a lock file in a `node_modules` folder of a project records what is installed
    /// there.
    pub(super) fn is_record(&self, file: &Location) -> bool {
        let path = file.inside.last().unwrap_or(&file.path);
        let name = path.rsplit('/').next().unwrap_or(path);
        let last = self.folder.rsplit('/').next();
        let tool = name == ".package-lock.json" && last == Some("node_modules");
        tool || (name == "lock.yaml" && last == Some(".pnpm"))
    }

    /// The path of `inner` relative to this folder, if it is this one or below it.
    pub(super) fn relative<'p>(&self, inner: &'p Self) -> Option<&'p str> {
        if self.container != inner.container {
            return None;
        }
        if self.folder.is_empty() {
            return Some(&inner.folder);
        }
        let rest = inner.folder.strip_prefix(&self.folder)?;
        if rest.is_empty() {
            return Some(rest);
        }
        rest.strip_prefix('/')
    }

    /// This folder and those above it, the nearest first.
    pub(super) fn upward(&self) -> impl Iterator<Item = Self> + use<> {
        const MOST: usize = 64;
        std::iter::successors(Some(self.clone()), |place| {
            (!place.folder.is_empty()).then(|| Self {
                container: place.container.clone(),
                folder: place
                    .folder
                    .rsplit_once('/')
                    .map_or(String::new(), |(above, _)| above.to_owned()),
            })
        })
        .take(MOST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(path: &str) -> Place {
        Place::of(&Location::file(path))
    }

    #[test]
    fn knows_projects_of_installed_files() {
        #[rustfmt::skip]
        let cases = [
            ("a/node_modules/b/package.json", Some("a")),
            ("node_modules/b/package.json", Some("")),
            ("a/node_modules/b/node_modules/c/package.json", Some("a")),
            ("a/b/package.json", None),
            ("my_node_modules/b/package.json", None),
        ];
        for (path, expected) in cases {
            let project = place(path).project();
            assert_eq!(
                project.as_ref().map(|p| p.folder.as_str()),
                expected,
                "{path}"
            );
        }
    }

    #[test]
    fn relates_folders() {
        let relative = |outer: &str, inner: &str| {
            let inner = place(inner);
            place(outer).relative(&inner).map(str::to_owned)
        };
        assert_eq!(relative("x", "a/b/x").as_deref(), Some("a/b"));
        assert_eq!(relative("a/x", "a/b/x").as_deref(), Some("b"));
        assert_eq!(relative("a/x", "a/x").as_deref(), Some(""));
        assert_eq!(relative("a/x", "ab/x"), None);
        let upward: Vec<_> = place("a/b/x").upward().map(|p| p.folder).collect();
        assert_eq!(upward, ["a/b", "a", ""]);
    }
}
