use std::collections::BTreeMap;
use std::sync::RwLock;

use cedar_policy::ffi::DetailedError;
use cedar_policy::{PolicyId, PolicySet, Schema, ValidationMode, Validator};
use gw_core::Hasher;

use crate::concerns::{self, Selector};
use crate::error::position;
use crate::guard::Guard;
use crate::limits;
use crate::message::{self, Message};
use crate::{
    Effect, Policies, Policy, PolicyError, PolicyErrors, PolicyFile, SCHEMA, Source, schema, slice,
};

/// The policies that hold whatever is configured, and those that can be left out.
const KERNEL: [(&str, &str); 2] = [
    ("kernel.cedar", include_str!("../builtin/kernel.cedar")),
    ("tolerate.cedar", include_str!("../builtin/tolerate.cedar")),
];
const BUILTIN: [(&str, &str); 2] = [
    ("release.cedar", include_str!("../builtin/release.cedar")),
    ("admit.cedar", include_str!("../builtin/admit.cedar")),
];

/// Policies of all files together.
const MAX_POLICIES: usize = 10_000;

/// A policy with what is needed to put it into its slices.
pub(crate) struct Loaded {
    pub(crate) policy: Policy,
    pub(crate) cedar: cedar_policy::Policy,
    /// Whether its condition speaks of the action, so that the two questions may differ.
    pub(crate) names_action: bool,
    pub(crate) guard: Guard,
    /// Its file's text, in which Cedar's positions are counted.
    file: usize,
}

impl Policies {
    /// Loads policies: those that always hold, Gatewright's own on what may be released and served if
    /// `builtin` is set, and users' files.
    ///
    /// Users' policies are `forbid`s with an `@id` that no other policy has and a `@message`, and
    /// may have `@concerns`. All are validated strictly against [`SCHEMA`].
    ///
    /// # Errors
    /// [`PolicyErrors`] with everything that is wrong, in order of file and line.
    pub fn load(builtin: bool, user: &[PolicyFile]) -> Result<Self, PolicyErrors> {
        let schema = schema::parsed().map_err(|error| internal("the schema", error))?;
        let own = KERNEL
            .into_iter()
            .chain(BUILTIN.into_iter().filter(|_| builtin))
            .map(|(path, text)| {
                let (path, text) = (path.to_owned(), text.to_owned());
                (true, PolicyFile { path, text })
            });
        let files: Vec<_> = own
            .chain(user.iter().cloned().map(|file| (false, file)))
            .collect();

        let mut errors = Vec::new();
        let mut loaded: Vec<Loaded> = Vec::new();
        for (index, (own, file)) in files.iter().enumerate() {
            match read(file, index, *own) {
                Ok(policies) => loaded.extend(policies),
                Err(wrong) => errors.extend(wrong),
            }
        }
        if loaded.len() > MAX_POLICIES {
            let problem = format!("there are {} policies", loaded.len());
            errors.push(at(
                None,
                0,
                problem,
                Some(format!("expected at most {MAX_POLICIES}")),
            ));
        }
        let mut by_id = BTreeMap::new();
        for (rank, next) in loaded.iter().enumerate() {
            if let Some(first) = by_id.insert(next.policy.id.clone(), rank) {
                let source = loaded
                    .get(first)
                    .map(|first| first.policy.source.to_string());
                let problem = format!(
                    "the id `{}` is taken by the policy at {}",
                    next.policy.id,
                    source.unwrap_or_default()
                );
                let expected = "expected an id that no other policy has".to_owned();
                errors.push(at_source(&next.policy.source, problem, expected));
            }
        }
        if !errors.is_empty() {
            return Err(PolicyErrors(errors));
        }
        // The built-in ones cannot be wrong at the user's machine only: debug builds, and so all
        // tests, validate them, and a program that has nothing else starts sooner.
        let warnings = if user.is_empty() && !cfg!(debug_assertions) {
            Vec::new()
        } else {
            validate(&loaded, &files, schema)?
        };

        let gates = slice::slice(&loaded).map_err(|error| internal("the policies", error))?;
        let actions = schema
            .action_entities()
            .map_err(|error| internal("the schema", error.to_string()))?;
        let list: Vec<_> = loaded.into_iter().map(|loaded| loaded.policy).collect();
        let mut hasher = Hasher::new("policies");
        hasher.field(SCHEMA.as_bytes());
        for rank in by_id.values() {
            if let Some(policy) = list.get(*rank) {
                hasher.field(policy.digest.as_bytes());
            }
        }
        Ok(Self {
            digest: hasher.finish(),
            list,
            by_id,
            gates,
            actions,
            warnings,
            about: RwLock::default(),
        })
    }
}

/// Reads one file.
fn read(file: &PolicyFile, index: usize, own: bool) -> Result<Vec<Loaded>, Vec<PolicyError>> {
    limits::check(file).map_err(|(offset, problem, expected)| {
        vec![at(Some(file), offset, problem, Some(expected))]
    })?;
    let set: PolicySet = file
        .text
        .parse()
        .map_err(|error: cedar_policy::ParseErrors| {
            error
                .iter()
                .map(|error| detailed(file, &DetailedError::from(error)))
                .collect::<Vec<_>>()
        })?;
    if set.num_of_templates() > 0 {
        let slot = file
            .text
            .find("?principal")
            .or_else(|| file.text.find("?resource"));
        let problem = "a policy has a slot such as `?principal`".to_owned();
        let expected = Some("expected policies without slots".to_owned());
        return Err(vec![at(Some(file), slot.unwrap_or(0), problem, expected)]);
    }
    // Cedar numbers policies in the order of the file; its set is in no order.
    let mut policies: Vec<_> = set.policies().collect();
    policies.sort_by_key(|policy| {
        let number = policy.id().to_string();
        number
            .strip_prefix("policy")
            .and_then(|n| n.parse::<usize>().ok())
    });
    let mut cursor = 0;
    let mut loaded = Vec::new();
    let mut errors = Vec::new();
    for policy in policies {
        let text = policy.to_cedar().unwrap_or_default();
        let found = file.text.get(cursor..).and_then(|rest| rest.find(&text));
        let start = cursor.saturating_add(found.unwrap_or(0));
        cursor = start.saturating_add(text.len());
        match read_policy(file, index, own, policy, (start, text)) {
            Ok(policy) => loaded.push(policy),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() {
        Ok(loaded)
    } else {
        Err(errors)
    }
}

/// Reads one policy, which begins at a byte of its file.
fn read_policy(
    file: &PolicyFile,
    index: usize,
    own: bool,
    cedar: &cedar_policy::Policy,
    (start, text): (usize, String),
) -> Result<Loaded, PolicyError> {
    let wrong = |problem: &str, expected: &str| {
        Err(at(
            Some(file),
            start,
            problem.to_owned(),
            Some(expected.to_owned()),
        ))
    };
    let effect = match cedar.effect() {
        cedar_policy::Effect::Permit => Effect::Permit,
        cedar_policy::Effect::Forbid => Effect::Forbid,
    };
    if effect == Effect::Permit && !own {
        return wrong(
            "this policy is a `permit`",
            "expected `forbid`: what no policy forbids passes, so nothing has to be permitted",
        );
    }
    let Some(id) = cedar.annotation("id") else {
        return wrong(
            "this policy has no id",
            "expected an annotation such as @id(\"no-friday\")",
        );
    };
    let named = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_./".contains(&b);
    if !matches!(id.len(), 1..=64) || !id.bytes().all(named) {
        return wrong(
            "this policy's @id is not a name",
            "expected 1 to 64 of a-z, 0-9, `-`, `_`, `.` and `/`",
        );
    }
    let Some(message) = cedar
        .annotation("message")
        .filter(|text| !text.trim().is_empty())
    else {
        return wrong(
            "this policy has no message",
            "expected an annotation such as @message(\"Nothing is released on Fridays\")",
        );
    };
    if message.len() > 500 || message.chars().any(char::is_control) {
        return wrong(
            "this policy's @message is not one sentence",
            "expected at most 500 bytes without line breaks and control characters",
        );
    }
    let sentence = match Message::parse(message) {
        Ok(sentence) => sentence,
        Err(problem) => return wrong(&format!("in @message, {problem}"), message::EXPECTED),
    };
    let concerns = match cedar.annotation("concerns").map(Selector::parse) {
        None => Selector::default(),
        Some(Ok(concerns)) => concerns,
        Some(Err(problem)) => {
            return wrong(&format!("in @concerns, {problem}"), concerns::EXPECTED);
        }
    };
    let Ok(json) = cedar.to_json() else {
        return wrong(
            "this policy could not be read back",
            "expected a plain policy",
        );
    };
    let conditions = json
        .get("conditions")
        .map(ToString::to_string)
        .unwrap_or_default();
    let actions = slice::actions(&cedar.action_constraint());
    if actions.is_empty() {
        return wrong("this policy applies to no action", slice::EXPECTED);
    }
    let (line, _) = position(&file.text, start);
    let source = match own {
        true => Source::BuiltIn,
        false => Source::File {
            path: file.path.clone(),
            line,
        },
    };
    let policy = Policy {
        id: id.to_owned(),
        message: message.to_owned(),
        effect,
        source,
        actions,
        digest: Hasher::new("policy")
            .field(json.to_string().as_bytes())
            .finish(),
        text,
        concerns,
        sentence,
    };
    Ok(Loaded {
        cedar: cedar.new_id(PolicyId::new(id)),
        names_action: conditions.contains("\"Var\":\"action\""),
        guard: Guard::of(&json),
        policy,
        file: index,
    })
}

/// Validates all policies strictly; gives warnings on users' policies.
fn validate(
    loaded: &[Loaded],
    files: &[(bool, PolicyFile)],
    schema: &Schema,
) -> Result<Vec<String>, PolicyErrors> {
    let set = PolicySet::from_policies(loaded.iter().map(|loaded| loaded.cedar.clone()))
        .map_err(|error| internal("the policies", error.to_string()))?;
    let result = Validator::new(schema.clone()).validate(&set, ValidationMode::Strict);
    let file_of = |id: &PolicyId| {
        let id: &str = id.as_ref();
        let found = loaded.iter().find(|loaded| loaded.policy.id == id);
        found
            .and_then(|loaded| files.get(loaded.file))
            .map(|(_, file)| file)
    };
    let mut errors: Vec<_> = result
        .validation_errors()
        .map(|error| match file_of(error.policy_id()) {
            Some(file) => detailed(file, &DetailedError::from(error)),
            None => at(None, 0, error.to_string(), None),
        })
        .collect();
    if errors.is_empty() {
        let warnings =
            result
                .validation_warnings()
                .map(|warning| match file_of(warning.policy_id()) {
                    Some(file) => detailed(file, &DetailedError::from(warning)).to_string(),
                    None => warning.to_string(),
                });
        return Ok(warnings.collect());
    }
    errors.sort_by(|a, b| (&a.path, a.line, a.column).cmp(&(&b.path, b.line, b.column)));
    // Cedar says the same once for each action.
    errors.dedup_by(|a, b| (&a.path, a.line, a.column) == (&b.path, b.line, b.column));
    Err(PolicyErrors(errors))
}

/// Cedar's own error, at its place in the file.
fn detailed(file: &PolicyFile, error: &DetailedError) -> PolicyError {
    let offset = error
        .source_locations
        .first()
        .map_or(0, |label| label.loc.start);
    let label = error
        .source_locations
        .first()
        .and_then(|label| label.label.clone());
    let expected = match (label, error.help.clone()) {
        (Some(label), Some(help)) => Some(format!("{label}; {help}")),
        (label, help) => label.or(help),
    };
    at(Some(file), offset, error.message.clone(), expected)
}

fn at(
    file: Option<&PolicyFile>,
    offset: usize,
    problem: String,
    expected: Option<String>,
) -> PolicyError {
    let (line, column) = file.map_or((1, 1), |file| position(&file.text, offset));
    let path = file.map_or_else(|| "policies".to_owned(), |file| file.path.clone());
    PolicyError {
        path,
        line,
        column,
        problem,
        expected,
    }
}

fn at_source(source: &Source, problem: String, expected: String) -> PolicyError {
    let (path, line) = match source {
        Source::BuiltIn => ("built in".to_owned(), 1),
        Source::File { path, line } => (path.clone(), *line),
    };
    PolicyError {
        path,
        line,
        column: 1,
        problem,
        expected: Some(expected),
    }
}

/// An error in what is part of Gatewright itself, which the tests would show.
fn internal(what: &str, error: String) -> PolicyErrors {
    let path = format!("built in: {what}");
    PolicyErrors(vec![PolicyError {
        path,
        line: 1,
        column: 1,
        problem: error,
        expected: None,
    }])
}
