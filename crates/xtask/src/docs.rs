//! Reference pages, written from what the program says of itself.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, bail};

use crate::run;

/// Columns of the pages.
const WIDTH: &str = "100";

/// Writes the pages into `docs`, or only checks that they are there and current. Without `build` the
/// program that was built last is asked.
///
/// # Errors
/// If the program cannot be built or asked, or with `check` if a page is not current.
pub(crate) fn run(root: &Path, check: bool, build: bool) -> anyhow::Result<()> {
    if build {
        let mut cargo = run::command(env!("CARGO"), root);
        run::run(cargo.args(["build", "--quiet", "--bin", "gatewright"]))?;
    }
    let program = root.join("target/debug/gatewright");
    let say = |arguments: &[&str]| {
        let mut command = run::command(&program, root);
        command
            .args(arguments)
            .env("COLUMNS", WIDTH)
            .env("NO_COLOR", "1");
        run::output(&mut command)
    };
    let mut stale = Vec::new();
    for (name, text) in [
        ("cli.md", commands(&say)?),
        ("explain.md", explanations(&say)?),
    ] {
        let path = root.join("docs").join(name);
        if std::fs::read_to_string(&path).is_ok_and(|there| there == text) {
            continue;
        }
        if check {
            stale.push(name);
        } else {
            std::fs::create_dir_all(root.join("docs"))?;
            std::fs::write(&path, text)
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
    }
    if !stale.is_empty() {
        bail!(
            "docs/{} are not current: run `cargo xtask docs`",
            stale.join(", docs/")
        );
    }
    Ok(())
}

/// The help of every command.
fn commands(say: &dyn Fn(&[&str]) -> anyhow::Result<String>) -> anyhow::Result<String> {
    let mut page = "# Commands\n\n<!-- Made by `cargo xtask docs`. -->\n".to_owned();
    let mut next = vec![Vec::<String>::new()];
    while let Some(path) = next.pop() {
        let mut arguments: Vec<&str> = path.iter().map(String::as_str).collect();
        arguments.push("--help");
        let help = say(&arguments)?;
        let title = ["gatewright"]
            .into_iter()
            .chain(path.iter().map(String::as_str))
            .collect::<Vec<_>>()
            .join(" ");
        write!(page, "\n## {title}\n\n```text\n{}\n```\n", tidy(&help))?;
        // A stack: the first is to come next.
        for name in subcommands(&help).into_iter().rev() {
            let mut path = path.clone();
            path.push(name);
            next.push(path);
        }
    }
    Ok(page)
}

/// The commands that a help lists.
fn subcommands(help: &str) -> Vec<String> {
    help.lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

/// Every rule, policy and reason in full.
fn explanations(say: &dyn Fn(&[&str]) -> anyhow::Result<String>) -> anyhow::Result<String> {
    let mut page =
        "# Rules, policies and reasons\n\n<!-- Made by `cargo xtask docs`. -->\n".to_owned();
    for line in say(&["explain"])?.lines() {
        let Some(entry) = line.strip_prefix("  ") else {
            if !line.is_empty() {
                write!(page, "\n## {line}\n")?;
            }
            continue;
        };
        if let Some(name) = entry.split_whitespace().next() {
            let text = say(&["explain", name])?;
            write!(page, "\n### {name}\n\n```text\n{}\n```\n", tidy(&text))?;
        }
    }
    Ok(page)
}

/// Without spaces at the ends of lines, and without empty lines at the end.
fn tidy(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_found_in_help() {
        let help = "About\n\nUsage: x <COMMAND>\n\nCommands:\n  one         Does this\n              \
                    and that\n  two  Does more\n  help  Print\n\nOptions:\n  -q  Say less\n";
        assert_eq!(subcommands(help), ["one", "two"]);
        assert_eq!(subcommands("Usage: x\n"), Vec::<String>::new());
    }
}
