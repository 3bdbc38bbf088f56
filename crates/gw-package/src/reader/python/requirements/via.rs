//! The comments in which pip-compile, uv and rye say why a requirement is there.

/// Why a requirement is there.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Via<'t> {
    /// A source file of the project asks for it.
    pub direct: bool,
    /// Packages that need it, or the project itself by its name.
    pub packages: Vec<&'t str>,
}

/// Reads `via a, b`, or `via` with one reason on each following line.
pub(super) fn read<'t>(comments: &[&'t str]) -> Option<Via<'t>> {
    let mut comments = comments.iter();
    let first = comments.by_ref().find_map(|comment| {
        let rest = comment.trim().strip_prefix("via")?;
        (rest.is_empty() || rest.starts_with([' ', ':'])).then(|| rest.trim_start_matches(':'))
    })?;
    // A following reason is indented deeper than the word `via`.
    let following = comments.take_while(|comment| comment.starts_with("  "));
    let mut via = Via::default();
    for reason in std::iter::once(first).chain(following.copied()) {
        for part in reason.split(',').map(str::trim) {
            add(&mut via, part);
        }
    }
    Some(via)
}

fn add<'t>(via: &mut Via<'t>, reason: &'t str) {
    if reason.is_empty() {
    } else if let Some(option) = reason.strip_prefix('-') {
        // Constraints and overrides set a version, they ask for nothing.
        let option = option.trim_start_matches('-');
        via.direct |= option.starts_with('r');
    } else if reason.ends_with(')') {
        // `name (pyproject.toml)`, `name (setup.py)`, `name (pyproject.toml::build-system.requires)`.
        via.direct = true;
    } else {
        via.packages.push(reason);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_form() {
        type Case<'c> = (&'c [&'c str], Option<(bool, &'c [&'c str])>);
        let cases: &[Case<'_>] = &[
            (&[" via flask"], Some((false, &["flask"]))),
            (&[" via -r requirements.in"], Some((true, &[]))),
            (
                &[" via -r a/b.in, flask, Jinja2"],
                Some((true, &["flask", "Jinja2"])),
            ),
            (
                &[" via", "   -r a.in", "   flask", " note"],
                Some((true, &["flask"])),
            ),
            (
                &[" via", "   -c c.txt", "   flask"],
                Some((false, &["flask"])),
            ),
            (&[" via my-project (pyproject.toml)"], Some((true, &[]))),
            (&[" note", " via x"], Some((false, &["x"]))),
            (&[" viable"], None),
            (&[], None),
        ];
        for (comments, expected) in cases {
            let expected = expected.map(|(direct, packages)| Via {
                direct,
                packages: packages.to_vec(),
            });
            assert_eq!(read(comments), expected, "{comments:?}");
        }
    }
}
