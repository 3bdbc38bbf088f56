use std::collections::HashSet;

use gw_finding::{Confidence, ReasonCode, Severity};

use super::danger::{self, Class};
use super::graph::{Origin, Origins, Suspect};
use crate::Model;
use crate::graph::operators::Operators;
use crate::report::{Evidence, Report, quote};
use crate::rules;
use crate::tensor::files::{self, References};

/// What is gathered over a whole model.
#[derive(Default)]
pub(super) struct State {
    pub(super) model: Model,
    pub(super) references: References,
    pub(super) operators: Operators,
    pub(super) functions: HashSet<String>,
    /// Of the graph or function that is being read.
    pub(super) origins: Origins,
    pub(super) suspects: Vec<Suspect>,
    pub(super) too_many: bool,
    /// How many bytes are kept in origins.
    pub(super) kept: usize,
    pub(super) producer: Option<u64>,
    /// Names of the files among the model's assets.
    pub(super) assets: HashSet<String>,
    /// Nodes that read a table from a path outside of the model.
    pub(super) tables: Vec<(Suspect, String)>,
}

/// How far a result is followed to a constant.
const MAX_STEPS: usize = 64;

impl State {
    /// Judges the suspects of a graph or function, all nodes of which are known.
    pub(super) fn end_of_scope(&mut self, scope: &str, report: &mut Report<'_>) {
        let (here, elsewhere) = std::mem::take(&mut self.suspects)
            .into_iter()
            .partition(|suspect| suspect.scope == scope);
        self.suspects = elsewhere;
        let here: Vec<Suspect> = here;
        for suspect in here {
            let paths = self.paths(&suspect);
            if suspect.danger.class == Class::Table {
                let outside = paths.into_iter().find(|path| files::escape(path).is_some());
                self.tables.extend(outside.map(|path| (suspect, path)));
            } else {
                judge(&suspect, &paths, report);
            }
        }
        self.origins.clear();
        self.kept = 0;
    }

    /// Texts that reach a node's inputs.
    fn paths(&self, suspect: &Suspect) -> Vec<String> {
        let mut found = Vec::new();
        let mut todo: Vec<&str> = suspect.inputs.iter().map(String::as_str).collect();
        let mut steps = 0;
        while let Some(name) = todo.pop() {
            steps += 1;
            if steps > MAX_STEPS {
                break;
            }
            match self.origins.get(name) {
                Some(Origin::Texts(texts)) => found.extend(texts.iter().cloned()),
                Some(Origin::Inputs(inputs)) => todo.extend(inputs.iter().map(String::as_str)),
                None => {}
            }
        }
        found
    }

    /// Reports tables from files that are none of the model's assets. The constant has the path on
    /// the machine that exported the model; an asset takes its place on loading.
    pub(super) fn judge_tables(&mut self, report: &mut Report<'_>) {
        for (suspect, path) in std::mem::take(&mut self.tables) {
            let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
            if !self.assets.contains(name) {
                judge(&suspect, &[path], report);
            }
        }
    }

    /// Reports operators that TensorFlow does not have.
    pub(super) fn unknown(&self, report: &mut Report<'_>) {
        let foreign: Vec<String> = self
            .operators
            .names()
            .map(|(name, _)| name)
            .filter(|name| {
                !danger::is_known(name)
                    && danger::danger(name).is_none()
                    && !self.functions.contains(*name)
            })
            .map(quote)
            .collect();
        let files = foreign.iter().any(|name| name.starts_with("IO>"));
        if !foreign.is_empty() {
            let shown: Vec<&str> = foreign.iter().take(8).map(String::as_str).collect();
            let more = foreign.len().saturating_sub(shown.len());
            let more = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            let message = format!(
                "TensorFlow does not have the operators {}{more}.",
                shown.join(", ")
            );
            let mut evidence = Evidence::new("operators", message);
            // The list of operators is of one version of TensorFlow; later ones have a few more.
            evidence.severity = Some(if files {
                Severity::Medium
            } else {
                Severity::Low
            });
            evidence.confidence = Confidence::Medium;
            report.find(&rules::CUSTOM_OPERATOR, evidence);
        }
        if self.too_many {
            report.incomplete(
                ReasonCode::TooMany,
                "more nodes that read or write than are looked at",
            );
        }
    }
}

/// Judges a node by what it does and by the texts that reach it.
fn judge(suspect: &Suspect, paths: &[String], report: &mut Report<'_>) {
    let class = suspect.danger.class;
    let texts = || suspect.texts.iter();
    let shown: Option<&str> = match class {
        Class::Code | Class::Read | Class::Write | Class::Network => paths
            .iter()
            .map(String::as_str)
            .find(|path| !path.is_empty())
            .or_else(|| {
                let named = |key: &str| {
                    matches!(
                        key,
                        "token"
                            | "memory_region_name"
                            | "address"
                            | "call_target_name"
                            | "uri"
                            | "host"
                            | "container"
                    )
                };
                texts()
                    .find(|(key, value)| named(key) && !value.is_empty())
                    .map(|(_, value)| value.as_str())
            }),
        Class::Saver => {
            let leads_out = paths.iter().find(|path| files::escape(path).is_some());
            match leads_out {
                Some(path) => Some(path),
                None if is_saver(suspect) => return,
                None => None,
            }
        }
        Class::Table => paths.first().map(String::as_str),
        Class::Maybe => match optional(suspect, paths) {
            Some(text) => Some(text),
            None => return,
        },
    };
    let place = match (suspect.scope.as_str(), suspect.name.as_str()) {
        ("", name) => format!("the node `{}`", quote(name)),
        (scope, name) => format!(
            "the node `{}` of the function `{}`",
            quote(name),
            quote(scope)
        ),
    };
    let path = shown.map_or_else(String::new, |path| format!(": \"{}\"", quote(path)));
    let message = format!(
        "The operator `{}` in {place} {}{path}.",
        quote(&suspect.kind),
        suspect.danger.what
    );
    let context = format!("{} {} {}", suspect.scope, suspect.name, suspect.kind);
    let mut evidence = Evidence::new(context, message);
    let is_network = shown.is_some_and(|text| text.starts_with("grpc://"));
    // Where a model was trained from another one, its initialisers keep that one's path.
    let is_initializer = suspect.kind.starts_with("Restore") && is_saver(suspect);
    evidence.severity = Some(match class {
        _ if is_initializer => Severity::Low,
        _ if is_python(&suspect.kind) => Severity::High,
        class => class.severity(),
    });
    let rule = if is_network {
        &rules::NETWORK_OPERATOR
    } else {
        class.rule()
    };
    report.find(rule, evidence);
}

/// The function that is called must be registered in the process by other code.
fn is_python(kind: &str) -> bool {
    kind.contains("PyFunc")
}

/// Whether a node belongs to what `tf.train.Saver` or `tf.saved_model.save` put beside the model: in
/// functions of their own, or under the saver's name.
fn is_saver(suspect: &Suspect) -> bool {
    let scope = &suspect.scope;
    let function = scope.contains("traced_save")
        || scope.contains("traced_restore")
        || scope.contains("_wrapped_restore")
        || scope.contains("_wrapped_save");
    let first = suspect.name.split('/').next().unwrap_or_default();
    let rest = first
        .strip_prefix("save")
        .or_else(|| first.strip_prefix("checkpoint_initializer"))
        .map(|rest| rest.trim_start_matches('_'));
    let named = rest.is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
    let kind_named = [
        "SaveV2",
        "RestoreV2",
        "MergeV2Checkpoints",
        "checkpoint_initializer",
    ]
    .iter()
    .any(|kind| {
        first.strip_prefix(kind).is_some_and(|rest| {
            rest.trim_start_matches('_')
                .bytes()
                .all(|b| b.is_ascii_digit())
        })
    });
    if scope.is_empty() {
        named || kind_named || suspect.name.contains("/save/")
    } else {
        function
    }
}

/// What makes a node touch files or the network that need not.
fn optional<'s>(suspect: &'s Suspect, paths: &'s [String]) -> Option<&'s str> {
    let attribute = |name: &'static str| {
        let named = suspect.texts.iter().filter(move |(key, _)| key == name);
        named.map(|(_, value)| value.as_str())
    };
    match suspect.kind.as_str() {
        "Print" => None,
        "PrintV2" => attribute("output_stream").find(|text| text.starts_with("file://")),
        kind if kind.contains("CacheDataset") => paths
            .iter()
            .map(String::as_str)
            .find(|path| !path.is_empty()),
        kind if kind.contains("Proto") => attribute("descriptor_source").find(|text| {
            !text.is_empty() && !text.starts_with("local://") && !text.starts_with("bytes://")
        }),
        _ => attribute("debug_urls").find(|text| !text.is_empty() && !text.starts_with("memcbk:")),
    }
}

/// Judges an operator by its name alone, where nothing more is known of the node.
pub(crate) fn judge_name(name: &str, place: &str, report: &mut Report<'_>) {
    let Some(danger) =
        danger::danger(name).filter(|danger| !matches!(danger.class, Class::Maybe | Class::Table))
    else {
        return;
    };
    let message = format!("The operator `{}` {place} {}.", quote(name), danger.what);
    let mut evidence = Evidence::new(name, message);
    evidence.severity = Some(if is_python(name) {
        Severity::High
    } else {
        danger.class.severity()
    });
    report.find(danger.class.rule(), evidence);
}
