//! A project's own files: configuration and policies, from the work tree or from a base.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use gw_core::{Mode, Principal};
use gw_flow::Circumstances;
use gw_flow::circumstances::File;
use gw_flow::config::{CONFIG_FILE, MAX_SIGNER_FILE, signer_files};
use gw_source::{Body, Limits, Source, Target};

/// Where a project keeps its policies.
const POLICIES: &str = ".gatewright/policies";

/// A project's folder, and where it is in its repository.
#[derive(Debug, Clone)]
pub(crate) struct Project {
    /// The folder that has `gatewright.toml`, else the repository's root, else the target's folder.
    pub(crate) root: PathBuf,
    /// The repository's root, if it is in one.
    pub(crate) repository: Option<PathBuf>,
    /// The folder that the target is, or is in.
    folder: PathBuf,
}

/// A project's configuration and policies, as they are somewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Files {
    pub(crate) config: Option<String>,
    pub(crate) policies: Vec<File>,
    /// The keys and certificates that the configuration names.
    pub(crate) keys: Vec<File>,
}

impl Project {
    /// Finds the project of a target: upward, but not out of its repository.
    pub(crate) fn find(target: &Path) -> anyhow::Result<Self> {
        if target == Path::new("-") {
            return Self::find(Path::new("."));
        }
        let absolute = std::fs::canonicalize(target)
            .with_context(|| format!("cannot read {}", target.display()))?;
        let folder = if absolute.is_dir() {
            absolute.as_path()
        } else {
            absolute.parent().unwrap_or(Path::new("/"))
        };
        let mut root = None;
        let mut repository = None;
        for ancestor in folder.ancestors() {
            if root.is_none() && ancestor.join(CONFIG_FILE).is_file() {
                root = Some(ancestor.to_owned());
            }
            if std::fs::symlink_metadata(ancestor.join(".git")).is_ok() {
                repository = Some(ancestor.to_owned());
                break;
            }
        }
        Ok(Self {
            root: root
                .or_else(|| repository.clone())
                .unwrap_or_else(|| folder.to_owned()),
            repository,
            folder: folder.to_owned(),
        })
    }

    /// The files as they are in the work tree.
    pub(crate) fn working(&self) -> anyhow::Result<Files> {
        let config = read_text(&self.root.join(CONFIG_FILE))?;
        let folder = self.root.join(POLICIES);
        let mut policies = Vec::new();
        let names = match std::fs::read_dir(&folder) {
            Ok(entries) => entries
                .map(|entry| entry.map(|entry| entry.file_name()))
                .collect::<Result<Vec<_>, _>>()
                .with_context(|| format!("cannot read {}", folder.display()))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read {}", folder.display()));
            }
        };
        for name in names {
            let Some(name) = name.to_str().filter(|name| name.ends_with(".cedar")) else {
                continue;
            };
            if let Some(text) = read_text(&folder.join(name))? {
                policies.push(File {
                    path: format!("{POLICIES}/{name}"),
                    text,
                });
            }
        }
        policies.sort_by(|a, b| a.path.cmp(&b.path));
        let mut keys = Vec::new();
        for path in signer_files(config.as_deref().unwrap_or_default()) {
            if let Some(text) = read_key(&self.root.join(&path))? {
                keys.push(File { path, text });
            }
        }
        Ok(Files {
            config,
            policies,
            keys,
        })
    }

    /// The files as they are at a revision of the repository.
    pub(crate) fn at(&self, rev: &str) -> anyhow::Result<Files> {
        let Some(repository) = &self.repository else {
            bail!(
                "--base needs a git repository, and {} is in none",
                self.root.display()
            );
        };
        let limits = Limits::default();
        // Which folder is the project's is told by the base as well: a file that the change adds
        // further down must not take the place of the one that protects it.
        let mut inside = self
            .folder
            .strip_prefix(repository)
            .unwrap_or(Path::new(""));
        let config = loop {
            let path = join(inside, CONFIG_FILE);
            let found = gw_source::git::read_file_at(repository, rev, &path, &limits)?;
            match (found, inside.parent()) {
                (Some(bytes), _) => break Some(decode(CONFIG_FILE, bytes)?),
                (None, Some(parent)) => inside = parent,
                (None, None) => break None,
            }
        };
        let target = Target::Commit {
            repository: repository.clone(),
            rev: rev.to_owned(),
            folder: String::new(),
        };
        let source = Source::open(&target, &limits, &gw_source::Options::default())?;
        let reader = source.reader(&limits);
        let prefix = format!("{}/", join(inside, POLICIES));
        let mut policies = Vec::new();
        for item in source.items() {
            let item_path = item.path.as_str();
            let Some(name) = item_path.strip_prefix(&prefix) else {
                continue;
            };
            if name.contains('/') || !name.ends_with(".cedar") {
                continue;
            }
            let bytes = match reader.open(item).map(|content| content.body) {
                Ok(Body::Memory(bytes)) => bytes,
                Ok(Body::File(_)) => bail!("{item_path} at {rev} is not in the repository"),
                Err(why) => bail!("cannot read {item_path} at {rev}: {}", why.detail),
            };
            policies.push(File {
                path: format!("{POLICIES}/{name}"),
                text: decode(item_path, bytes.to_vec())?,
            });
        }
        policies.sort_by(|a, b| a.path.cmp(&b.path));
        let mut keys = Vec::new();
        for path in signer_files(config.as_deref().unwrap_or_default()) {
            let place = join(inside, &path);
            let found = gw_source::git::read_file_at(repository, rev, &place, &limits)?;
            if let Some(bytes) = found {
                let text = decode(&path, bytes)?;
                keys.push(File { path, text });
            }
        }
        Ok(Files {
            config,
            policies,
            keys,
        })
    }

    /// The circumstances of a judgement: the base's files if one is given, else the work tree's.
    pub(crate) fn circumstances(
        &self,
        base: Option<&str>,
        mode: Option<Mode>,
        principal: Principal,
    ) -> anyhow::Result<Circumstances> {
        let (files, from, unused) = match base {
            Some(rev) => {
                let files = self.at(rev)?;
                let unused = differences(&files, &self.working());
                (files, format!("base {rev}"), unused)
            }
            None => {
                let files = self.working()?;
                let from = if files == Files::default() {
                    "built in".to_owned()
                } else {
                    "working tree, unprotected".to_owned()
                };
                (files, from, Vec::new())
            }
        };
        Ok(Circumstances {
            config_path: CONFIG_FILE.to_owned(),
            config_text: files.config,
            from,
            unused,
            policies: files.policies,
            keys: files.keys,
            since: None,
            mode,
            principal,
            champion: None,
        })
    }
}

/// What a change would change of the files that count, in words. The change's own files may be
/// broken: that is said, and matters to nothing else.
fn differences(base: &Files, working: &anyhow::Result<Files>) -> Vec<String> {
    let working = match working {
        Ok(working) => working,
        Err(error) => return vec![format!("the change's own files cannot be read: {error:#}")],
    };
    let mut words = Vec::new();
    match (&base.config, &working.config) {
        (a, b) if a == b => {}
        (None, Some(_)) => words.push(format!("adds {CONFIG_FILE}")),
        (Some(_), None) => words.push(format!("removes {CONFIG_FILE}")),
        _ => words.push(format!("changes {CONFIG_FILE}")),
    }
    if let Some(text) = &working.config
        && base.config != working.config
        && let Err(error) = gw_flow::config::Config::parse(CONFIG_FILE, text, gw_core::Time::now())
    {
        words.push(format!("its {CONFIG_FILE} is not valid: {error}"));
    }
    let all = |files: &Files| [files.policies.clone(), files.keys.clone()].concat();
    let text_of = |files: &Files, path: &str| {
        let found = all(files).into_iter().find(|file| file.path == path);
        found.map(|file| file.text)
    };
    for file in all(working) {
        match text_of(base, &file.path) {
            None => words.push(format!("adds {}", file.path)),
            Some(text) if text != file.text => words.push(format!("changes {}", file.path)),
            Some(_) => {}
        }
    }
    for file in all(base) {
        if text_of(working, &file.path).is_none() {
            words.push(format!("removes {}", file.path));
        }
    }
    words
}

/// A path in a repository, with `/` between its parts.
fn join(folder: &Path, name: &str) -> String {
    let parts: Vec<_> = folder
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .chain([name.to_owned()])
        .collect();
    parts.join("/")
}

fn read_text(path: &Path) -> anyhow::Result<Option<String>> {
    match std::fs::read(path) {
        Ok(bytes) => decode(&path.display().to_string(), bytes).map(Some),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// A file with a key or certificates; nothing if it is not there.
fn read_key(path: &Path) -> anyhow::Result<Option<String>> {
    let too_large = std::fs::metadata(path).is_ok_and(|file| file.len() > MAX_SIGNER_FILE);
    if too_large {
        bail!(
            "{} has more than {MAX_SIGNER_FILE} bytes, which is too much for a key",
            path.display()
        );
    }
    read_text(path)
}

fn decode(path: &str, bytes: Vec<u8>) -> anyhow::Result<String> {
    String::from_utf8(bytes).with_context(|| format!("{path} is not UTF-8"))
}
