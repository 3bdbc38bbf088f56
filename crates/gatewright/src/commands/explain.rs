//! `explain`: what a rule, a policy or a reason means.

use anyhow::bail;
use gw_finding::{ReasonCode, RuleDoc};
use gw_policy::Policies;

use crate::cli::{ExplainArgs, Global};
use crate::output::{self, Ending};

/// Every rule, in order.
pub(crate) const RULES: &[&[&RuleDoc]] = &[
    gw_advisory::rules::RULES,
    gw_model::rules::RULES,
    gw_scan::rules::RULES,
];

pub(crate) fn run(_global: &Global, args: &ExplainArgs) -> anyhow::Result<Ending> {
    let text = match &args.rule {
        None => list()?,
        Some(name) => match one(name)? {
            Some(text) => text,
            None => bail!(
                "there is no rule, policy or reason `{name}`: `gatewright explain` lists them"
            ),
        },
    };
    output::write(None, text.as_bytes())?;
    Ok(Ending::DONE)
}

fn list() -> anyhow::Result<String> {
    let mut text = "Rules\n".to_owned();
    for rule in RULES.iter().copied().flatten() {
        text.push_str(&format!("  {:<32} {}\n", rule.id, rule.title));
    }
    text.push_str("\nPolicies\n");
    for policy in Policies::load(true, &[])?.list() {
        text.push_str(&format!("  {:<32} {}\n", policy.id, policy.message));
    }
    text.push_str("\nReasons why something could not be looked at\n");
    for code in ReasonCode::ALL {
        text.push_str(&format!("  {:<32} {}\n", code, code.meaning()));
    }
    Ok(text)
}

fn one(name: &str) -> anyhow::Result<Option<String>> {
    let rule = RULES
        .iter()
        .copied()
        .flatten()
        .find(|rule| rule.id.as_str() == name);
    if let Some(rule) = rule {
        let references: String = rule
            .references
            .iter()
            .map(|reference| format!("  {reference}\n"))
            .collect();
        return Ok(Some(format!(
            "{} ({}, {})\n{}\n\nWhat: {}\n\nWhy: {}\n\nWhat to do: {}\n\nMore:\n{references}",
            rule.id, rule.kind, rule.severity, rule.title, rule.what, rule.why, rule.fix
        )));
    }
    if let Some(policy) = Policies::load(true, &[])?.get(name) {
        return Ok(Some(format!(
            "{}\n{}\n\n{}\n",
            policy.id,
            policy.message,
            policy.text.trim()
        )));
    }
    let code = ReasonCode::ALL
        .into_iter()
        .find(|code| code.as_str() == name);
    Ok(code.map(|code| {
        format!(
            "{code}\n{}\n\nTo allow it, add to gatewright.toml:\n  [allow_incomplete]\n  \
             {code} = [\"path/of/it\"]\n",
            code.meaning()
        )
    }))
}
