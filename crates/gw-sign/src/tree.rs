//! The files of a model.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use gw_attest::oms::{MAX_RESOURCES, ModelPath};

use crate::error::Undone;

/// Folders are not entered below this depth.
const MAX_DEPTH: usize = 256;

/// What belongs to git, and is left out unless asked for.
const GIT_PATHS: [&str; 4] = [".git", ".gitattributes", ".github", ".gitignore"];

/// Which files belong to a model.
#[derive(Debug, Clone)]
pub struct WalkOptions {
    /// Paths inside the model that are left out, with everything below them, in the form that
    /// [`ignored_path`] makes.
    pub ignore_paths: Vec<String>,
    /// Whether `.git`, `.gitattributes`, `.github` and `.gitignore` are left out.
    pub ignore_git_paths: bool,
    /// Whether links to files are followed. A link to a folder inside the model is passed over
    /// then, since what is in it is there anyway; any other link is an obstacle.
    pub allow_symlinks: bool,
}

impl Default for WalkOptions {
    fn default() -> Self {
        Self {
            ignore_paths: Vec::new(),
            ignore_git_paths: true,
            allow_symlinks: false,
        }
    }
}

impl WalkOptions {
    /// Everything that is left out, in the order that manifests list it in.
    #[must_use]
    pub fn ignored(&self) -> BTreeSet<String> {
        let git = GIT_PATHS.iter().filter(|_| self.ignore_git_paths);
        self.ignore_paths
            .iter()
            .cloned()
            .chain(git.map(|path| (*path).to_owned()))
            .collect()
    }
}

/// A file of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeFile {
    /// Its path inside the model.
    pub path: ModelPath,
    /// Where it is.
    pub full: PathBuf,
    /// How many bytes it had when it was listed.
    pub size: u64,
    /// Whether it is a link to a file, which may be elsewhere.
    pub linked: bool,
}

/// What is in a model, but cannot be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// Where, for people.
    pub path: String,
    /// What it is.
    pub what: &'static str,
}

/// What a model consists of.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    /// Its files, in the order of their paths.
    pub files: Vec<TreeFile>,
    /// What makes it impossible to say what the model consists of.
    pub obstacles: Vec<Obstacle>,
    /// Paths that were left out because they are ignored.
    pub ignored: Vec<String>,
}

impl Tree {
    /// Lists the files of a model: a folder, or a single file, whose path is `.`.
    ///
    /// # Errors
    /// [`Undone`] if something cannot be read, or a limit is reached.
    pub fn walk(root: &Path, options: &WalkOptions) -> Result<Self, Undone> {
        let read = |e| Undone::read(root, e);
        let metadata = std::fs::symlink_metadata(root).map_err(read)?;
        let linked = metadata.is_symlink();
        let mut tree = Self::default();
        if linked && !options.allow_symlinks {
            tree.obstacle(".", LINK);
            return Ok(tree);
        }
        let metadata = std::fs::metadata(root).map_err(read)?;
        if metadata.is_file() {
            tree.files.push(TreeFile {
                path: ModelPath::single(),
                full: root.to_owned(),
                size: metadata.len(),
                linked,
            });
        } else if metadata.is_dir() {
            let walk = Walk {
                root: std::fs::canonicalize(root).map_err(read)?,
                ignored: options.ignored(),
                links: options.allow_symlinks,
            };
            walk.run(root, &mut tree)?;
            tree.files.sort_by(|a, b| a.path.cmp(&b.path));
        } else {
            tree.obstacle(".", SPECIAL);
        }
        Ok(tree)
    }

    fn obstacle(&mut self, path: &str, what: &'static str) {
        self.obstacles.push(Obstacle {
            path: path.to_owned(),
            what,
        });
    }
}

const LINK: &str = "it is a symbolic link, which only --allow-symlinks follows";
const SPECIAL: &str = "it is neither a file nor a folder";

struct Walk {
    root: PathBuf,
    ignored: BTreeSet<String>,
    links: bool,
}

impl Walk {
    fn run(&self, start: &Path, tree: &mut Tree) -> Result<(), Undone> {
        if self.ignored.contains(".") {
            tree.ignored.push(".".to_owned());
            return Ok(());
        }
        let mut folders = vec![(start.to_owned(), String::new(), 0_usize)];
        let mut seen = 0_usize;
        while let Some((folder, prefix, depth)) = folders.pop() {
            let read = |e| Undone::read(&folder, e);
            for entry in std::fs::read_dir(&folder).map_err(read)? {
                let entry = entry.map_err(read)?;
                seen = seen.saturating_add(1);
                if seen > MAX_RESOURCES {
                    return Err(Undone::Limit("the model has more than 1,000,000 entries"));
                }
                let name = entry.file_name();
                let Some(name) = name.to_str() else {
                    let shown = format!("{prefix}{}", name.to_string_lossy());
                    tree.obstacle(&shown, "its name is not UTF-8");
                    continue;
                };
                let path = format!("{prefix}{name}");
                if self.ignored.contains(&path) {
                    tree.ignored.push(path);
                    continue;
                }
                let full = entry.path();
                let kind = entry.file_type().map_err(|e| Undone::read(&full, e))?;
                if kind.is_dir() {
                    if depth >= MAX_DEPTH {
                        return Err(Undone::Limit("its folders are more than 256 deep"));
                    }
                    folders.push((full, format!("{path}/"), depth.saturating_add(1)));
                } else {
                    self.add(&path, full, kind.is_symlink(), tree)?;
                }
            }
        }
        Ok(())
    }

    /// Takes in what is no folder.
    fn add(&self, path: &str, full: PathBuf, linked: bool, tree: &mut Tree) -> Result<(), Undone> {
        if linked && !self.links {
            tree.obstacle(path, LINK);
            return Ok(());
        }
        let metadata = match std::fs::metadata(&full) {
            Ok(metadata) => metadata,
            Err(e) if linked && e.kind() == std::io::ErrorKind::NotFound => {
                tree.obstacle(path, "it is a symbolic link that leads nowhere");
                return Ok(());
            }
            Err(e) => return Err(Undone::read(&full, e)),
        };
        if metadata.is_dir() {
            if let Some(why) = self.folder_link(&full)? {
                tree.obstacle(path, why);
            }
            return Ok(());
        }
        let Ok(inside) = ModelPath::parse(path) else {
            tree.obstacle(path, "its path is too long");
            return Ok(());
        };
        if metadata.is_file() {
            tree.files.push(TreeFile {
                path: inside,
                full,
                size: metadata.len(),
                linked,
            });
        } else {
            tree.obstacle(path, SPECIAL);
        }
        Ok(())
    }

    /// Why a link to a folder would bring in what no digest covers, if it does.
    fn folder_link(&self, full: &Path) -> Result<Option<&'static str>, Undone> {
        let target = std::fs::canonicalize(full).map_err(|e| Undone::read(full, e))?;
        let Ok(inside) = target.strip_prefix(&self.root) else {
            return Ok(Some("it is a link to a folder outside of the model"));
        };
        let left_out = inside
            .ancestors()
            .filter_map(Path::to_str)
            .any(|path| self.ignored.contains(path));
        Ok(left_out.then_some("it is a link to a folder that is left out"))
    }
}

/// A path to be ignored in its only form: no `.` components, no `/` at the end. Nothing if it is
/// absolute or leads out of the model, where nothing is looked at anyway.
#[must_use]
pub fn ignored_path(path: &str) -> Option<String> {
    if path.starts_with('/') {
        return None;
    }
    let components: Vec<_> = path
        .split('/')
        .filter(|component| !component.is_empty() && *component != ".")
        .collect();
    if components.contains(&"..") {
        return None;
    }
    Some(if components.is_empty() {
        ".".to_owned()
    } else {
        components.join("/")
    })
}
