//! The logical lines of a requirements file, cut as pip cuts them: continuations are joined, then
//! comments are taken off.

use gw_analysis::Span;

/// One logical line that says something.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line<'t> {
    /// The text without comments and continuations.
    pub text: String,
    /// Its first physical line, without surrounding space and continuation.
    pub span: Span,
    /// The comment at its end and those on the lines right below it, without `#`.
    pub comments: Vec<&'t str>,
}

/// Cuts a text into its logical lines.
pub(super) fn logical(text: &str) -> Vec<Line<'_>> {
    let mut lines: Vec<Line<'_>> = Vec::new();
    let mut open: Option<(String, Span, Option<&str>)> = None;
    // Comments belong to the line above them, until an empty line.
    let mut attached = false;
    let mut offset = 0_usize;
    for physical in text.split_inclusive('\n') {
        let start = offset;
        offset = offset.saturating_add(physical.len());
        let physical = physical.trim_end_matches(['\n', '\r']);
        let comment = comment_at(physical);
        let whole_comment = comment == Some(0);
        // A line that is all comment ends a continuation, whatever it ends with.
        let continued = physical.ends_with('\\') && !whole_comment;

        if open.is_none() {
            if whole_comment {
                if let (true, Some(line)) = (attached, lines.last_mut()) {
                    line.comments.push(after_hash(physical));
                }
                continue;
            }
            if physical.trim().is_empty() {
                attached = false;
                continue;
            }
        }

        let (said, remark) = match comment.and_then(|at| physical.split_at_checked(at)) {
            Some((said, remark)) => (said, Some(remark.trim_end_matches('\\'))),
            None => (physical.trim_end_matches('\\'), None),
        };
        let (joined, _, first_remark) =
            open.get_or_insert_with(|| (String::new(), span(start, said), None));
        // What follows a comment in a continued line is part of the comment.
        if first_remark.is_none() {
            joined.push_str(said);
            *first_remark = remark.map(after_hash);
        }
        if !continued && let Some((joined, span, remark)) = open.take() {
            attached = push(&mut lines, &joined, span, remark);
        }
    }
    if let Some((joined, span, remark)) = open {
        push(&mut lines, &joined, span, remark);
    }
    lines
}

fn push<'t>(lines: &mut Vec<Line<'t>>, joined: &str, span: Span, remark: Option<&'t str>) -> bool {
    let text = joined.trim();
    if text.is_empty() {
        return false;
    }
    lines.push(Line {
        text: text.to_owned(),
        span,
        comments: remark.into_iter().collect(),
    });
    true
}

/// Where a comment begins: at a `#` that begins the line or follows a space, with that space.
fn comment_at(line: &str) -> Option<usize> {
    let hash = line.match_indices('#').map(|(at, _)| at).find(|&at| {
        let before = line.get(..at).unwrap_or_default();
        before.is_empty() || before.ends_with(char::is_whitespace)
    })?;
    Some(line.get(..hash)?.trim_end().len())
}

fn after_hash(comment: &str) -> &str {
    let comment = comment.trim_start();
    comment.strip_prefix('#').unwrap_or(comment)
}

fn span(start: usize, said: &str) -> Span {
    let lead = said.len().saturating_sub(said.trim_start().len());
    let at = start.saturating_add(lead);
    let clip = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    Span {
        start: clip(at),
        end: clip(at.saturating_add(said.trim().len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_and_strips_as_pip_does() {
        type Case<'c> = (&'c str, &'c [(&'c str, &'c [&'c str])]);
        let cases: &[Case<'_>] = &[
            ("a\r\n\r\nb # c\n", &[("a", &[]), ("b", &[" c"])]),
            (
                "a==1 \\\n  --hash=x \\\n  --hash=y\n  # via b\n",
                &[("a==1   --hash=x   --hash=y", &[" via b"])],
            ),
            ("a \\\n# note\nb", &[("a", &[" note"]), ("b", &[])]),
            ("a # c \\\nb\nc", &[("a", &[" c "]), ("c", &[])]),
            ("# x \\\na", &[("a", &[])]),
            ("git+https://x#egg=a", &[("git+https://x#egg=a", &[])]),
            ("a\n\n# far\n", &[("a", &[])]),
            ("a \\", &[("a", &[])]),
            ("\\\n\\\n", &[]),
            ("", &[]),
        ];
        for (text, expected) in cases {
            let lines = logical(text);
            let read: Vec<(&str, &[&str])> = lines
                .iter()
                .map(|line| (line.text.as_str(), line.comments.as_slice()))
                .collect();
            assert_eq!(read, *expected, "{text:?}");
        }
    }

    #[test]
    fn spans_are_the_first_physical_line() {
        let lines = logical("\n  a==1 \\\n  --hash=x\n");
        let span = lines.first().unwrap().span;
        assert_eq!((span.start, span.end), (3, 7));
    }
}
