//! What SLSA provenance says, against what is expected of it.

use serde_json::Value;

use super::{Expectations, short};

/// SLSA provenance, <https://slsa.dev/spec/v1.0/provenance> and
/// <https://slsa.dev/spec/v0.2/provenance>.
pub(super) const PROVENANCE_V1: &str = "https://slsa.dev/provenance/v1";
pub(super) const PROVENANCE_V02: &str = "https://slsa.dev/provenance/v0.2";

/// What provenance says about how something was built.
#[derive(Debug, Default)]
pub(super) struct Provenance {
    builder: Option<String>,
    build_type: Option<String>,
    /// What it was built from: repository, branch or tag, commits.
    sources: Vec<Source>,
}

#[derive(Debug, Default)]
pub(super) struct Source {
    pub(super) repository: String,
    pub(super) reference: Option<String>,
    commits: Vec<String>,
}

impl Provenance {
    pub(super) fn read(predicate_type: &str, predicate: &Value) -> Result<Self, String> {
        match predicate_type {
            PROVENANCE_V1 => Ok(Self::read_v1(predicate)),
            PROVENANCE_V02 => Ok(Self::read_v02(predicate)),
            other => Err(format!(
                "its predicate type is `{}`, which says nothing about builder and source; expected \
                 `{PROVENANCE_V1}` or `{PROVENANCE_V02}`",
                short(other)
            )),
        }
    }

    fn read_v1(predicate: &Value) -> Self {
        let mut sources = Vec::new();
        let dependencies = predicate.pointer("/buildDefinition/resolvedDependencies");
        for dependency in dependencies.and_then(Value::as_array).into_iter().flatten() {
            sources.extend(Source::of(dependency));
        }
        // Where the workflow lies is what GitHub's builder calls the source.
        let workflow = predicate.pointer("/buildDefinition/externalParameters/workflow");
        if let Some(workflow) = workflow
            && let Some(repository) = text(workflow, "/repository")
        {
            let reference = text(workflow, "/ref");
            let commits = sources
                .iter()
                .filter(|source| same_repository(&source.repository, &repository))
                .filter(|source| source.reference.is_none() || source.reference == reference)
                .flat_map(|source| source.commits.clone())
                .collect();
            sources.push(Source {
                repository,
                reference,
                commits,
            });
        }
        if let Some(source) = predicate.pointer("/buildDefinition/externalParameters/source") {
            match source.as_str() {
                Some(uri) => sources.push(Source::parse(uri)),
                None => sources.extend(Source::of(source)),
            }
        }
        Self {
            builder: text(predicate, "/runDetails/builder/id"),
            build_type: text(predicate, "/buildDefinition/buildType"),
            sources,
        }
    }

    fn read_v02(predicate: &Value) -> Self {
        // The configuration's source first; materials repeat it, perhaps with others.
        let mut sources: Vec<_> = predicate
            .pointer("/invocation/configSource")
            .and_then(Source::of)
            .into_iter()
            .collect();
        let materials = predicate.pointer("/materials").and_then(Value::as_array);
        if sources.is_empty() {
            sources.extend(materials.into_iter().flatten().filter_map(Source::of));
        }
        Self {
            builder: text(predicate, "/builder/id"),
            build_type: text(predicate, "/buildType"),
            sources,
        }
    }

    pub(super) fn check(&self, expected: &Expectations) -> Result<(), String> {
        let compare = |what: &str, found: &Option<String>, wanted: &Option<String>| {
            let Some(wanted) = wanted else { return Ok(()) };
            match found {
                Some(found) if found == wanted => Ok(()),
                Some(found) => Err(format!(
                    "the {what} is `{}`, expected `{wanted}`",
                    short(found)
                )),
                None => Err(format!("it names no {what}, expected `{wanted}`")),
            }
        };
        compare("builder", &self.builder, &expected.builder_id)?;
        compare("type of build", &self.build_type, &expected.build_type)?;
        let Some(wanted) = &expected.source_uri else {
            return Ok(());
        };
        let wanted_source = Source::parse(wanted);
        let from: Vec<_> = self
            .sources
            .iter()
            .filter(|source| same_repository(&source.repository, &wanted_source.repository))
            .collect();
        if from.is_empty() {
            let found: Vec<_> = self
                .sources
                .iter()
                .take(5)
                .map(|source| format!("`{}`", short(&source.repository)))
                .collect();
            return Err(if found.is_empty() {
                format!("it names no source, expected `{wanted}`")
            } else {
                format!(
                    "it was built from {}, expected `{wanted}`",
                    found.join(", ")
                )
            });
        }
        let reference = expected.source_ref.clone().or(wanted_source.reference);
        if let Some(wanted) = reference
            && !from.iter().any(|source| source.has_reference(&wanted))
        {
            let found = from.iter().find_map(|source| source.reference.as_deref());
            let found = found.unwrap_or("no branch or tag that it names");
            return Err(format!(
                "it was built from {}, expected {wanted}",
                short(found)
            ));
        }
        if let Some(wanted) = &expected.source_commit
            && !from.iter().any(|source| source.has_commit(wanted))
        {
            let found = from.iter().flat_map(|source| &source.commits).next();
            let found = found.map_or("no commit that it names", String::as_str);
            return Err(format!(
                "it was built from the commit {}, expected {wanted}",
                short(found)
            ));
        }
        Ok(())
    }
}

impl Source {
    /// The source that a resource descriptor names.
    fn of(value: &Value) -> Option<Self> {
        let uri = text(value, "/uri")?;
        let mut source = Self::parse(&uri);
        if let Some(digests) = value.get("digest").and_then(Value::as_object) {
            let commits = digests.values().filter_map(Value::as_str);
            source.commits = commits.map(str::to_ascii_lowercase).collect();
        }
        Some(source)
    }

    /// A URI as SPDX writes download locations: `git+https://host/path@ref`.
    pub(super) fn parse(uri: &str) -> Self {
        let after_scheme = uri.find("://").map_or(0, |at| at.saturating_add(3));
        // An `@` before the path belongs to a user's name.
        let path = uri
            .get(after_scheme..)
            .and_then(|rest| rest.find('/'))
            .map_or(uri.len(), |at| at.saturating_add(after_scheme));
        let at = uri.rfind('@').filter(|at| *at > path);
        let (repository, reference) = match at.and_then(|at| uri.split_at_checked(at)) {
            Some((repository, reference)) => {
                (repository, reference.strip_prefix('@').map(str::to_owned))
            }
            None => (uri, None),
        };
        Self {
            repository: repository.to_owned(),
            reference,
            commits: Vec::new(),
        }
    }

    fn has_reference(&self, wanted: &str) -> bool {
        let found = self.reference.as_deref().unwrap_or_default();
        found == wanted
            || found.strip_prefix("refs/heads/") == Some(wanted)
            || found.strip_prefix("refs/tags/") == Some(wanted)
    }

    fn has_commit(&self, wanted: &str) -> bool {
        self.commits
            .iter()
            .any(|commit| commit.eq_ignore_ascii_case(wanted))
    }
}

/// Whether two addresses name one repository. Only host and scheme ignore case.
pub(super) fn same_repository(one: &str, other: &str) -> bool {
    plain(one) == plain(other)
}

fn plain(uri: &str) -> String {
    let uri = uri.strip_prefix("git+").unwrap_or(uri);
    let uri = uri.trim_end_matches('/');
    let uri = uri.strip_suffix(".git").unwrap_or(uri);
    // Without a scheme, `github.com/a/b` is meant as https.
    let with_scheme = if uri.contains("://") {
        uri.to_owned()
    } else {
        format!("https://{uri}")
    };
    let start = with_scheme.find("://").map_or(0, |at| at.saturating_add(3));
    let host_end = with_scheme
        .get(start..)
        .and_then(|rest| rest.find('/'))
        .map_or(with_scheme.len(), |at| at.saturating_add(start));
    match with_scheme.split_at_checked(host_end) {
        Some((host, path)) => format!("{}{path}", host.to_ascii_lowercase()),
        None => with_scheme,
    }
}

fn text(value: &Value, pointer: &str) -> Option<String> {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .map(str::to_owned)
}
