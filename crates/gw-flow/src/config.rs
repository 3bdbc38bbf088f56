//! `gatewright.toml`: what a project says about itself.

use std::collections::BTreeMap;

use globset::{Glob, GlobSet, GlobSetBuilder};
use gw_attest::predicate::{Acceptance, Accepts};
use gw_core::{Asset, Digest, Gate, Hasher, Mode, Realm, Time};
use gw_finding::{Incomplete, ReasonCode};
use gw_policy::authority::{AuthorityRule, AuthorityRules};
use serde::Deserialize;

use crate::circumstances::File;

mod admit;
mod signer;

pub use admit::{AdmitConfig, ChampionRule, Requirement, ValidationRule};
pub(crate) use signer::SignerTable;
pub use signer::{MAX_SIGNER_FILE, Signer, SignerError, SignerTrust, signer_files};

/// The name of the file.
pub const CONFIG_FILE: &str = "gatewright.toml";

/// The JSON Schema of the file, for editors.
pub const CONFIG_SCHEMA: &str = include_str!("../schemas/gatewright.toml.json");

/// An acceptance may last this long.
const MAX_ACCEPTANCE_DAYS: i64 = 366;

/// The configuration of a project.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// What the project is called, if it says so.
    pub asset: Option<Asset>,
    /// What the gate's answer does.
    pub mode: Mode,
    /// Findings that may stay.
    pub accept: Vec<Acceptance>,
    /// Who may say what, as the policy engine reads it.
    pub authority: Vec<AuthorityRule>,
    /// What the admit gate demands.
    pub admit: AdmitConfig,
    signer: Vec<SignerTable>,
    allow_incomplete: BTreeMap<ReasonCode, GlobSet>,
    digest: Option<Digest>,
}

/// A configuration that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}{}: {message}", .line.map(|line| format!(":{line}")).unwrap_or_default())]
pub struct ConfigError {
    /// The file.
    pub path: String,
    /// The line, if it is known.
    pub line: Option<usize>,
    /// What is wrong, and what was expected.
    pub message: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    asset: Option<Asset>,
    #[serde(default)]
    mode: Mode,
    #[serde(default)]
    accept: Vec<toml::Spanned<FileAcceptance>>,
    #[serde(default)]
    authority: Vec<toml::Spanned<AuthorityRule>>,
    #[serde(default)]
    signer: Vec<toml::Spanned<SignerTable>>,
    #[serde(default)]
    admit: Option<toml::Spanned<AdmitConfig>>,
    #[serde(default)]
    allow_incomplete: BTreeMap<ReasonCode, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileAcceptance {
    finding: Option<String>,
    rule: Option<String>,
    package: Option<String>,
    advisory: Option<String>,
    reason: String,
    owner: String,
    expires: toml::Value,
}

impl Config {
    /// Reads the file's text. `path` is for messages. Expiry is checked against `now`: an
    /// acceptance that lasts longer than a year from now is refused, one that has ended is kept
    /// and accepts nothing.
    ///
    /// # Errors
    /// [`ConfigError`] with the line.
    pub fn parse(path: &str, text: &str, now: Time) -> Result<Self, ConfigError> {
        let error = |at: Option<usize>, message: String| ConfigError {
            path: path.to_owned(),
            line: at.map(|at| line_of(text, at)),
            message,
        };
        let file: Written = toml::from_str(text).map_err(|e| {
            error(
                e.span().map(|span| span.start),
                e.message().trim().replace('\n', "; "),
            )
        })?;
        let mut accept = Vec::new();
        for given in file.accept {
            let at = given.span().start;
            let acceptance = given
                .into_inner()
                .check(now)
                .map_err(|m| error(Some(at), m))?;
            accept.push(acceptance);
        }
        let mut rules = Vec::new();
        for rule in file.authority {
            let at = rule.span().start;
            let rule = rule.into_inner();
            AuthorityRules::new(Realm::local(), vec![rule.clone()], None)
                .map_err(|e| error(Some(at), e.problem))?;
            rules.push(rule);
        }
        let mut signers: Vec<SignerTable> = Vec::new();
        for given in file.signer {
            let at = given.span().start;
            let signer = given.into_inner();
            signer.check().map_err(|m| error(Some(at), m))?;
            signers.push(signer);
        }
        let mut admit = AdmitConfig::default();
        if let Some(given) = file.admit {
            let at = given.span().start;
            admit = given.into_inner();
            admit.check().map_err(|m| error(Some(at), m))?;
        }
        let mut allow_incomplete = BTreeMap::new();
        for (reason, patterns) in file.allow_incomplete {
            let mut set = GlobSetBuilder::new();
            for pattern in &patterns {
                let glob = Glob::new(pattern)
                    .map_err(|e| error(None, format!("allow_incomplete.{reason}: {e}")))?;
                set.add(glob);
            }
            let set = set
                .build()
                .map_err(|e| error(None, format!("allow_incomplete.{reason}: {e}")))?;
            allow_incomplete.insert(reason, set);
        }
        Ok(Self {
            asset: file.asset,
            mode: file.mode,
            accept,
            authority: rules,
            admit,
            signer: signers,
            allow_incomplete,
            digest: Some(Digest::of(text.as_bytes())),
        })
    }

    /// The digest of the text it was read from; of nothing for the built-in one.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest.unwrap_or_else(|| Digest::of(b""))
    }

    /// The signers, with the texts of the files that they name, which are part of the configuration
    /// from then on.
    pub(crate) fn resolve(&mut self, files: &[File]) -> Result<Vec<Signer>, SignerError> {
        if !files.is_empty() {
            let mut hasher = Hasher::new("configuration");
            hasher.field(self.digest().to_hex().as_bytes());
            for file in files {
                hasher.field(file.path.as_bytes());
                hasher.field(file.text.as_bytes());
            }
            self.digest = Some(hasher.finish());
        }
        let signers = self.signer.iter();
        signers.map(|table| table.resolve(files)).collect()
    }

    /// What a gate's answer does.
    #[must_use]
    pub fn mode(&self, gate: Gate) -> Mode {
        match gate {
            Gate::Admit => self.admit.mode.unwrap_or(self.mode),
            _ => self.mode,
        }
    }

    /// Whether the project allows this to be incomplete: its reason is listed with a pattern that
    /// matches its path, or the path of the archive it is in.
    #[must_use]
    pub fn allows(&self, incomplete: &Incomplete) -> bool {
        self.allow_incomplete
            .get(&incomplete.reason)
            .is_some_and(|set| {
                set.is_match(&incomplete.location.path)
                    || set.is_match(incomplete.location.full_path())
            })
    }
}

impl FileAcceptance {
    fn check(self, now: Time) -> Result<Acceptance, String> {
        let expires = match &self.expires {
            toml::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let acceptance = Acceptance {
            accepts: Accepts {
                finding: self.finding,
                rule: self.rule,
                package: self.package,
                advisory: self.advisory,
            },
            reason: self.reason,
            owner: self.owner,
            expires: gw_core::parse_time(&expires).map_err(|e| format!("expires: {e}"))?,
        };
        check_acceptance(&acceptance, now)?;
        Ok(acceptance)
    }
}

/// What every acceptance must be, wherever it comes from.
///
/// # Errors
/// What is missing or too much, for people.
pub fn check_acceptance(acceptance: &Acceptance, now: Time) -> Result<(), String> {
    let Accepts {
        finding,
        rule,
        package,
        advisory,
    } = &acceptance.accepts;
    if finding.is_none() && package.is_none() && advisory.is_none() {
        return Err(if rule.is_some() {
            "a rule alone accepts too much: name a package, an advisory or a finding with it"
        } else {
            "an acceptance names a finding, or a rule and a package, or an advisory"
        }
        .to_owned());
    }
    if acceptance.reason.trim().is_empty() {
        return Err("an acceptance needs a reason".to_owned());
    }
    if acceptance.owner.trim().is_empty() {
        return Err("an acceptance needs an owner".to_owned());
    }
    let limit = now
        .checked_add(jiff::SignedDuration::from_hours(24 * MAX_ACCEPTANCE_DAYS))
        .unwrap_or(Time::MAX);
    if acceptance.expires > limit {
        return Err(format!(
            "an acceptance ends within a year, this one on {}",
            acceptance.expires
        ));
    }
    Ok(())
}

fn line_of(text: &str, at: usize) -> usize {
    let before = text.as_bytes().get(..at).unwrap_or(text.as_bytes());
    before.iter().filter(|&&byte| byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use gw_finding::Location;

    fn now() -> Time {
        gw_core::parse_time("2026-08-21").unwrap()
    }

    #[test]
    fn reads_everything_a_project_may_say() {
        let text = r#"
asset = "repo:payments"
mode = "warn"

[[accept]]
rule = "package/known-vulnerability"
package = "npm/x"
reason = "not reachable"
owner = "ann"
expires = 2026-12-01

[allow_incomplete]
unpinned = ["docs/**"]
no-advisories = ["npm"]

[admit]
mode = "enforce"
formats = ["safetensors"]
licenses = ["Apache-2.0"]
require = ["signature", "approval"]

[[admit.validation]]
metric = "accuracy"
dataset = "dataset:holdout"
min = 0.9

[admit.champion]
metric = "accuracy"
min_gain = 0.01
"#;
        let config = Config::parse("gatewright.toml", text, now()).unwrap();
        assert_eq!(config.asset.as_ref().unwrap().as_str(), "repo:payments");
        assert_eq!(config.mode, Mode::Warn);
        assert_eq!(config.accept.len(), 1);
        assert_eq!(config.mode(Gate::Release), Mode::Warn);
        assert_eq!(config.mode(Gate::Admit), Mode::Enforce);
        assert_eq!(config.admit.approvals(), 1);
        assert_eq!(config.admit.validation.len(), 1);
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let unlisted = config
            .admit
            .unlisted_formats(&names(&["safetensors", "onnx"]));
        assert_eq!(unlisted, names(&["onnx"]));
        let unlisted = config
            .admit
            .unlisted_licenses(&names(&["apache-2.0", "mit"]));
        assert_eq!(unlisted, names(&["mit"]));
        let incomplete = |reason, path: &str| Incomplete {
            location: Location::file(path),
            analyzer: "package".to_owned(),
            reason,
            detail: String::new(),
        };
        assert!(config.allows(&incomplete(ReasonCode::Unpinned, "docs/requirements.txt")));
        assert!(!config.allows(&incomplete(ReasonCode::Unpinned, "requirements.txt")));
        assert!(!config.allows(&incomplete(ReasonCode::Malformed, "docs/requirements.txt")));
        assert!(config.allows(&incomplete(ReasonCode::NoAdvisories, "npm")));
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        let check = |text: &str, line: usize, part: &str| {
            let error = Config::parse("g.toml", text, now()).unwrap_err();
            assert_eq!(error.line, Some(line), "{error}");
            assert!(error.message.contains(part), "{error}");
        };
        let acceptance = "\n[[accept]]\nreason = \"r\"\nowner = \"o\"\n";
        check("mode = \"lax\"", 1, "lax");
        check("colour = 1", 1, "colour");
        check("a = \n", 1, "");
        check(
            &format!("{acceptance}expires = 2026-12-01"),
            2,
            "names a finding",
        );
        check(
            &format!("{acceptance}expires = 2026-12-01\nrule = \"a/b\""),
            2,
            "a rule alone",
        );
        check(
            &format!("{acceptance}expires = 2028-12-01\nfinding = \"x\""),
            2,
            "within a year",
        );
        check(
            &format!("{acceptance}expires = \"soon\"\nfinding = \"x\""),
            2,
            "not a time",
        );
        check("[allow_incomplete]\nlazy = []", 2, "lazy");
        check("[admit]\nrequire = [\"luck\"]", 2, "luck");
        let rule =
            |bounds: &str| format!("[admit]\n[[admit.validation]]\nmetric = \"m\"\n{bounds}");
        check(&rule(""), 1, "no bound");
        check(&rule("min = 2.0\nmax = 1.0"), 1, "leave nothing");
        check(&rule("min = nan"), 1, "leave nothing");
        check(
            "[admit]\n[admit.champion]\nmetric = \"m\"\nmin_gain = -1.0",
            1,
            "not negative",
        );
    }
}
