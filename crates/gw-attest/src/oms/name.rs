use std::cmp::Ordering;
use std::fmt;

/// Longer paths are refused.
const MAX_PATH: usize = 4096;

/// The path of a file inside a model: relative, with `/`, without `.`, `..` and empty components.
/// The one exception is `.` alone, the model that is a single file.
///
/// Paths are ordered component by component, as the reference implementation orders them:
/// `a/b` comes before `a.b`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ModelPath(String);

/// A path that no file of a model can have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{shown}` is no path inside a model: {why}")]
pub struct PathError {
    shown: String,
    why: &'static str,
}

impl ModelPath {
    /// The path of a model that is a single file.
    #[must_use]
    pub fn single() -> Self {
        Self(".".to_owned())
    }

    /// Reads a path.
    ///
    /// # Errors
    /// [`PathError`] if it could lead out of the model, or is not in its only form.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        let refuse = |why| {
            Err(PathError {
                shown: text
                    .chars()
                    .take(120)
                    .flat_map(char::escape_debug)
                    .collect(),
                why,
            })
        };
        if text == "." {
            return Ok(Self::single());
        }
        if text.len() > MAX_PATH {
            return refuse("it is longer than 4096 bytes");
        }
        if text.is_empty() {
            return refuse("it is empty");
        }
        if text.starts_with('/') {
            return refuse("it is absolute");
        }
        if text.contains('\0') {
            return refuse("it contains a zero byte");
        }
        for component in text.split('/') {
            match component {
                "" => return refuse("a component is empty"),
                "." => return refuse("it has a `.` component"),
                ".." => return refuse("it leads out of the model"),
                _ => {}
            }
        }
        Ok(Self(text.to_owned()))
    }

    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is `prefix` itself or below it.
    #[must_use]
    pub fn is_within(&self, prefix: &str) -> bool {
        self.0
            .strip_prefix(prefix)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

impl Ord for ModelPath {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.split('/').cmp(other.0.split('/'))
    }
}

impl PartialOrd for ModelPath {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for ModelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_relative_paths_are_paths() {
        for good in [
            ".", "a", "a/b.c", "a b", ".git", "..a/b", "ü", "a\\b", "a:b",
        ] {
            assert_eq!(ModelPath::parse(good).unwrap().as_str(), good);
        }
        for bad in [
            "", "/", "/a", "..", "../a", "a/..", "a/../b", "a//b", "a/", "./a", "a/./b", "a\0b",
        ] {
            assert!(ModelPath::parse(bad).is_err(), "{bad:?}");
        }
        assert!(ModelPath::parse(&"a/".repeat(3000)).is_err());
    }

    #[test]
    fn components_are_ordered_and_not_characters() {
        let mut paths: Vec<_> = ["b", "a.b", "a/b", "a/a/z", "a"]
            .map(|path| ModelPath::parse(path).unwrap())
            .into();
        paths.sort();
        let sorted: Vec<_> = paths.iter().map(ModelPath::as_str).collect();
        assert_eq!(sorted, ["a", "a/a/z", "a/b", "a.b", "b"]);
    }

    #[test]
    fn what_is_within_is_told_by_components() {
        let path = ModelPath::parse(".git/config").unwrap();
        assert!(path.is_within(".git") && path.is_within(".git/config"));
        assert!(!path.is_within(".gi") && !path.is_within("config") && !path.is_within(".git/c"));
    }
}
