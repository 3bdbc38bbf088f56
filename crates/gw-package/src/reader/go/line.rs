//! The lines of `go.mod` and `go.work` (<https://go.dev/ref/mod#go-mod-file-lexical>).

use gw_analysis::Span;

/// One directive, or one line of a block, with the directive's verb in front.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// The verb.
    pub(super) verb: String,
    /// What follows.
    pub(super) words: Vec<String>,
    /// The comment behind it, without slashes and blanks.
    pub(super) comment: String,
    /// From the first word to the last.
    pub(super) span: Span,
}

/// Reads a file. Lines that cannot be read come with what is wrong with them.
pub(super) fn lines(text: &str) -> (Vec<Line>, Vec<(Span, &'static str)>) {
    let (mut lines, mut problems) = (Vec::new(), Vec::new());
    let mut block: Option<String> = None;
    let mut start = 0;
    for raw in text.split_inclusive('\n') {
        let at = start;
        start += raw.len();
        let (mut words, comment, span) = match split(raw, at) {
            Ok(parts) => parts,
            Err(problem) => {
                problems.push((span_of(at, raw), problem));
                continue;
            }
        };
        let last = words.last().map(String::as_str);
        match (&block, words.len(), last) {
            (_, 0, _) => {}
            (Some(_), 1, Some(")")) => block = None,
            (None, 2, Some("(")) => block = words.into_iter().next(),
            // An empty block on one line.
            (None, 3, Some(")")) if words.get(1).is_some_and(|word| word == "(") => {}
            (Some(verb), ..) => lines.push(Line {
                verb: verb.clone(),
                words,
                comment,
                span,
            }),
            (None, ..) => {
                let verb = words.remove(0);
                lines.push(Line {
                    verb,
                    words,
                    comment,
                    span,
                });
            }
        }
    }
    if block.is_some() {
        let end = span_of(text.len(), "");
        problems.push((end, "the file ends inside a block, expected `)`"));
    }
    (lines, problems)
}

type Parts = (Vec<String>, String, Span);

/// Splits a line into words. Strings lose their quotes, parentheses are words of their own.
fn split(line: &str, start: usize) -> Result<Parts, &'static str> {
    let mut words: Vec<String> = Vec::new();
    let mut comment = String::new();
    let (mut first, mut end) = (None, start);
    let mut rest = line;
    loop {
        rest = rest.trim_start();
        let at = start + line.len() - rest.len();
        let Some(c) = rest.chars().next() else { break };
        if let Some(text) = rest.strip_prefix("//") {
            text.trim().clone_into(&mut comment);
            break;
        }
        let (word, after) = match c {
            '(' | ')' | ',' | '[' | ']' => (c.to_string(), rest.get(1..)),
            '"' | '`' => {
                let (word, after) = quoted(rest, c)?;
                (word, Some(after))
            }
            _ => {
                let stop = word_end(rest);
                (
                    rest.get(..stop).unwrap_or_default().to_owned(),
                    rest.get(stop..),
                )
            }
        };
        words.push(word);
        rest = after.unwrap_or_default();
        first.get_or_insert(at);
        end = start + line.len() - rest.len();
    }
    let first = first.unwrap_or(start);
    Ok((
        words,
        comment,
        span_of(
            first,
            line.get(first - start..end - start).unwrap_or_default(),
        ),
    ))
}

fn word_end(text: &str) -> usize {
    let comment = text.find("//").unwrap_or(text.len());
    let stop = text
        .find(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | '[' | ']' | '"' | '`'))
        .unwrap_or(text.len());
    // A word that begins with something else than a comment may still have an address in it.
    if comment == 0 {
        0
    } else {
        stop.min(comment).max(1)
    }
}

fn quoted(text: &str, quote: char) -> Result<(String, &str), &'static str> {
    const OPEN: &str = "a string does not end on its line";
    let mut word = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        if c == quote {
            return Ok((word, text.get(at + 1..).unwrap_or_default()));
        }
        if c == '\\' && quote == '"' {
            word.push(chars.next().ok_or(OPEN)?.1);
        } else if c == '\n' {
            return Err(OPEN);
        } else {
            word.push(c);
        }
    }
    Err(OPEN)
}

fn span_of(start: usize, text: &str) -> Span {
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span {
        start: offset(start),
        end: offset(start + text.trim_end().len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, &[&str], &str)]) {
        let (lines, problems) = lines(text);
        let got: Vec<_> = lines
            .iter()
            .map(|l| {
                (
                    l.verb.as_str(),
                    l.words.iter().map(String::as_str).collect::<Vec<_>>(),
                    l.comment.as_str(),
                )
            })
            .collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(v, w, c)| (*v, w.to_vec(), *c))
            .collect();
        assert_eq!(got, expected, "{text}");
        assert_eq!(problems, [], "{text}");
    }

    #[test]
    fn reads_directives_and_blocks() {
        check(
            "module a.b/c\n\ngo 1.21 // why\n",
            &[("module", &["a.b/c"], ""), ("go", &["1.21"], "why")],
        );
        check(
            "require(\r\n\ta v1 // indirect\r\n\t\"b c\" `v2`\n// x\n)\nrequire ( )\n",
            &[
                ("require", &["a", "v1"], "indirect"),
                ("require", &["b c", "v2"], ""),
            ],
        );
        check("replace a v1=>b\n", &[("replace", &["a", "v1=>b"], "")]);
        check(
            "retract [v1, v2]//x",
            &[("retract", &["[", "v1", ",", "v2", "]"], "x")],
        );
    }

    #[test]
    fn says_what_is_wrong() {
        let problem = |text| lines(text).1.len();
        assert_eq!(problem("require (\n a v1\n"), 1);
        assert_eq!(problem("module \"a\nb"), 1);
        assert_eq!(problem("module a"), 0);
    }
}
