use std::borrow::Cow;

use gw_analysis::Span;

use crate::reader::npm::spec;

/// One entry of the file: the requirements that it answers and its fields.
pub(super) struct Block<'t> {
    pub(super) selectors: Vec<Cow<'t, str>>,
    /// Where the requirements are.
    pub(super) span: Span,
    pub(super) fields: Vec<(Cow<'t, str>, Cow<'t, str>)>,
    /// Name, range, and whether it is optional.
    pub(super) dependencies: Vec<(Cow<'t, str>, Cow<'t, str>, bool)>,
}

/// A line that is not of the format.
pub(super) struct Problem {
    pub(super) span: Span,
    pub(super) message: String,
}

impl Block<'_> {
    /// The text of a field.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.fields.iter();
        fields
            .find(|(key, _)| key == name)
            .map(|(_, value)| &**value)
    }

    /// The name that the first requirement gives it.
    pub(super) fn name(&self) -> &str {
        let first = self.selectors.first();
        first.map_or("", |selector| spec::split_name(selector).0)
    }

    /// The folder that a requirement on one names.
    pub(super) fn folder(&self) -> &str {
        let first = self.selectors.first();
        let constraint = first.map_or("", |selector| spec::split_name(selector).1);
        constraint
            .split_once(':')
            .map_or(constraint, |(_, path)| path)
    }
}

/// Splits the file into its entries. What is not of the format is a problem, and the rest counts.
pub(super) fn parse(text: &str) -> (Vec<Block<'_>>, Vec<Problem>) {
    let mut state = State::default();
    let mut start = 0;
    for line in text.split('\n') {
        state.line(line.strip_suffix('\r').unwrap_or(line), start);
        start += line.len() + 1;
    }
    (state.blocks, state.problems)
}

#[derive(Default)]
struct State<'t> {
    blocks: Vec<Block<'t>>,
    problems: Vec<Problem>,
    section: Section,
    in_conflict: bool,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum Section {
    #[default]
    Fields,
    Dependencies,
    Optional,
    Other,
}

impl<'t> State<'t> {
    fn line(&mut self, line: &'t str, start: usize) {
        let body = line.trim_start_matches([' ', '\t']);
        let indent = line.len() - body.len();
        let span = span(start + indent, start + line.len());
        if body.is_empty() || body.starts_with('#') {
            return;
        }
        if self.conflict(body, span) {
            return;
        }
        let Some(tokens) = tokens(body) else {
            return self.problem(span, "a string has no closing quote");
        };
        if indent == 0 {
            self.header(&tokens, body, span);
        } else if self.blocks.is_empty() {
            self.problem(span, "expected an entry before its fields");
        } else {
            self.field(indent, tokens, body, span);
        }
    }

    /// Both sides of a merge conflict are read: either may be what is installed.
    fn conflict(&mut self, body: &str, span: Span) -> bool {
        let marks = ["<<<<<<<", "=======", ">>>>>>>", "|||||||"];
        let found = marks.iter().any(|mark| body.starts_with(mark));
        if found && !self.in_conflict {
            self.in_conflict = true;
            self.problem(
                span,
                "a merge conflict is not resolved; both sides are read",
            );
        }
        found
    }

    fn header(&mut self, tokens: &[Token<'t>], body: &str, span: Span) {
        let selectors: Vec<Cow<'t, str>> = tokens
            .iter()
            .filter_map(|token| match token {
                Token::Text(text) if !text.is_empty() => Some(text.clone()),
                _ => None,
            })
            .collect();
        self.section = Section::Fields;
        if selectors.is_empty() || !body.trim_end().ends_with(':') {
            // Its fields must not be taken for those of the entry before.
            self.section = Section::Other;
            return self.problem(span, "expected requirements and `:`");
        }
        self.blocks.push(Block {
            selectors,
            span,
            fields: Vec::new(),
            dependencies: Vec::new(),
        });
    }

    fn field(&mut self, indent: usize, tokens: Vec<Token<'t>>, body: &str, span: Span) {
        if self.section == Section::Other && indent <= 2 && self.orphan() {
            return;
        }
        let mut texts = tokens.into_iter().filter_map(|token| match token {
            Token::Text(text) => Some(text),
            Token::Comma => None,
        });
        let key = texts.next().unwrap_or_default();
        let value = texts.next();
        if indent <= 2 {
            self.section = match (&*key, &value) {
                ("dependencies", None) => Section::Dependencies,
                ("optionalDependencies", None) => Section::Optional,
                (_, None) if body.trim_end().ends_with(':') => Section::Other,
                _ => Section::Fields,
            };
        }
        let Some(block) = self.blocks.last_mut() else {
            return;
        };
        match (self.section, value) {
            (Section::Fields, Some(value)) => block.fields.push((key, value)),
            (Section::Dependencies, Some(value)) => block.dependencies.push((key, value, false)),
            (Section::Optional, Some(value)) => block.dependencies.push((key, value, true)),
            (Section::Other, _) => {}
            (_, None) if indent <= 2 && self.section != Section::Fields => {}
            (_, None) => self.problem(span, "expected a name and a value"),
        }
    }

    /// Whether the fields belong to an entry whose requirements could not be read.
    fn orphan(&self) -> bool {
        let last = self.blocks.last().map_or(0, |block| block.span.start);
        self.problems.last().is_some_and(|problem| {
            problem.span.start > last && problem.message.starts_with("expected requirements")
        })
    }

    fn problem(&mut self, span: Span, message: &str) {
        const MOST: usize = 20;
        if self.problems.len() < MOST {
            let message = format!("not the format of Yarn 1: {message}");
            let message = message.replace("not the format of Yarn 1: expected req", "expected req");
            self.problems.push(Problem { span, message });
        }
    }
}

enum Token<'t> {
    Text(Cow<'t, str>),
    Comma,
}

/// The words of a line, of which those with special characters are in quotes as in JSON.
fn tokens(line: &str) -> Option<Vec<Token<'_>>> {
    let mut tokens = Vec::new();
    let mut rest = line;
    loop {
        rest = rest.trim_start_matches([' ', '\t']);
        let Some(first) = rest.chars().next() else {
            return Some(tokens);
        };
        match first {
            ',' => {
                tokens.push(Token::Comma);
                rest = rest.get(1..)?;
            }
            ':' => rest = rest.get(1..)?,
            '"' => {
                let (text, after) = quoted(rest)?;
                tokens.push(Token::Text(text));
                rest = after;
            }
            _ => {
                // A `:` ends a word only before a space or the end of the line.
                let end = rest
                    .char_indices()
                    .find(|&(at, c)| match c {
                        ' ' | '\t' | ',' => true,
                        ':' => matches!(rest.as_bytes().get(at + 1), None | Some(b' ' | b'\t')),
                        _ => false,
                    })
                    .map_or(rest.len(), |(at, _)| at);
                tokens.push(Token::Text(Cow::Borrowed(rest.get(..end)?)));
                rest = rest.get(end..)?;
            }
        }
    }
}

/// The string at the start of `text`, and what follows it.
fn quoted(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let body = text.get(1..)?;
    let mut escaped = false;
    let mut escapes = false;
    let end = body.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        escapes |= escaped;
        ends
    })?;
    let inner = body.get(..end)?;
    let after = body.get(end + 1..)?;
    if !escapes {
        return Some((Cow::Borrowed(inner), after));
    }
    let node = gw_analysis::parse::json(text.get(..end + 2)?).ok()?;
    Some((Cow::Owned(node.as_str()?.to_owned()), after))
}

fn span(start: usize, end: usize) -> Span {
    let offset = |at| u32::try_from(at).unwrap_or(u32::MAX);
    Span {
        start: offset(start),
        end: offset(end),
    }
}
