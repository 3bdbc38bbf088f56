//! Statements. A tag that cannot be read is left out, so that the others are still judged.

use std::rc::Rc;

use gw_finding::ReasonCode;

use super::ast::{Expr, For, Macro, Op, Statement, Target};
use super::expr::Tokens;
use super::lex::{Piece, pieces};

/// How deep expressions and statements may nest, both together.
pub(super) const MAX_DEPTH: usize = 80;

/// Why a part of a template could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Error {
    pub(super) reason: ReasonCode,
    /// The byte offset in the template.
    pub(super) at: usize,
    pub(super) what: &'static str,
}

impl Error {
    pub(super) const fn malformed(at: usize, what: &'static str) -> Self {
        Self {
            reason: ReasonCode::Malformed,
            at,
            what,
        }
    }

    pub(super) const fn deep(at: usize) -> Self {
        Self {
            reason: ReasonCode::TooDeep,
            at,
            what: "nested too deep",
        }
    }
}

/// Reads a template.
pub(super) fn parse(text: &str) -> (Vec<Statement>, Vec<Error>) {
    let (pieces, errors) = pieces(text);
    let mut parser = Parser {
        pieces: pieces.into_iter(),
        errors,
        depth: 0,
    };
    let mut all = Vec::new();
    // An end without its begin ends a body; what follows counts all the same.
    loop {
        let (body, end) = parser.body(&[]);
        all.extend(body);
        if end.is_none() {
            return (all, parser.errors);
        }
    }
}

/// The tag that ended a body: its name, and the tokens after it.
struct End {
    name: Rc<str>,
    tokens: Tokens,
}

struct Parser {
    pieces: std::vec::IntoIter<Piece>,
    errors: Vec<Error>,
    depth: usize,
}

impl Parser {
    /// Statements up to a tag of one of the names, or an end that belongs to an outer tag.
    fn body(&mut self, ends: &[&str]) -> (Vec<Statement>, Option<End>) {
        let mut body = Vec::new();
        while let Some(piece) = self.pieces.next() {
            match piece {
                Piece::Text(text) => body.push(Statement::Text(text)),
                Piece::Print(tokens, span) => {
                    let mut tokens = Tokens::new(tokens, span, self.depth);
                    let printed = tokens.tuple().and_then(|e| tokens.finish().map(|()| e));
                    match printed {
                        Ok(expression) => body.push(Statement::Print(expression)),
                        Err(error) => self.errors.push(error),
                    }
                }
                Piece::Tag(tokens, span) => {
                    let mut tokens = Tokens::new(tokens, span, self.depth);
                    let Some(name) = tokens.any_name() else {
                        self.errors
                            .push(Error::malformed(span.0, "a tag without a name"));
                        continue;
                    };
                    let ends_here = ends.contains(&&*name);
                    let clause = matches!(&*name, "else" | "elif" | "pluralize");
                    if ends_here || name.starts_with("end") || clause {
                        if !ends_here {
                            let what = "the end of a tag that was not begun";
                            self.errors.push(Error::malformed(span.0, what));
                            if clause {
                                continue;
                            }
                        }
                        return (body, Some(End { name, tokens }));
                    }
                    if self.depth >= MAX_DEPTH {
                        self.errors.push(Error::deep(span.0));
                        continue;
                    }
                    self.depth = self.depth.saturating_add(1);
                    match self.tag(&name, tokens) {
                        Ok(statement) => body.push(statement),
                        Err(error) => self.errors.push(error),
                    }
                    self.depth = self.depth.saturating_sub(1);
                }
            }
        }
        (body, None)
    }

    /// The statements up to `end`.
    fn until(&mut self, end: &str) -> Vec<Statement> {
        self.body(&[end]).0
    }

    fn tag(&mut self, name: &str, mut tokens: Tokens) -> Result<Statement, Error> {
        match name {
            "for" => self.for_tag(tokens),
            "if" => self.if_tag(tokens),
            "set" => self.set_tag(tokens),
            "macro" => {
                let name = tokens.name();
                let head = name.and_then(|name| Ok((name, tokens.parameters()?)));
                let body = self.until("endmacro");
                let (name, parameters) = head?;
                Ok(Statement::Macro(Macro {
                    name,
                    parameters,
                    body,
                }))
            }
            "call" => {
                let head = if tokens.peek_op("(") {
                    tokens.parameters()
                } else {
                    Ok(Vec::new())
                };
                let head = head.and_then(|head| Ok((head, tokens.tuple()?)));
                let body = self.until("endcall");
                let (parameters, callee) = head?;
                let caller = Macro {
                    name: "caller".into(),
                    parameters,
                    body,
                };
                Ok(Statement::Call(caller, callee))
            }
            "filter" => {
                let filters = tokens.filters_of_body(true);
                let body = self.until("endfilter");
                Ok(Statement::SetBlock(None, filters?, body))
            }
            "with" => {
                let values = with(&mut tokens);
                let body = self.until("endwith");
                Ok(Statement::With(values?, body))
            }
            "block" | "autoescape" | "generation" | "trans" => self.plain_body(name, tokens),
            "include" | "import" | "from" | "extends" => load(name, &mut tokens),
            "print" => Ok(Statement::Print(tokens.tuple()?)),
            "do" => Ok(Statement::Evaluate(vec![tokens.tuple()?])),
            "break" | "continue" | "debug" => Ok(Statement::Evaluate(Vec::new())),
            // An extension's: what it evaluates counts, whatever it does with it.
            _ => {
                self.errors.push(Error {
                    reason: ReasonCode::Unsupported,
                    at: tokens.at(),
                    what: "a tag that Jinja2 does not have",
                });
                Ok(Statement::Evaluate(tokens.all_expressions()))
            }
        }
    }

    fn for_tag(&mut self, mut tokens: Tokens) -> Result<Statement, Error> {
        let head = (|| {
            let targets = tokens.targets()?;
            tokens.expect_name("in")?;
            let items = tokens.tuple_without_condition()?;
            let filter = match tokens.eat_name("if") {
                true => Some(tokens.expression()?),
                false => None,
            };
            tokens.eat_name("recursive");
            tokens.finish()?;
            Ok((targets, items, filter))
        })();
        let (body, end) = self.body(&["else", "endfor"]);
        let otherwise = match end {
            Some(end) if &*end.name == "else" => self.until("endfor"),
            _ => Vec::new(),
        };
        let (targets, items, filter) = head?;
        Ok(Statement::For(Box::new(For {
            targets,
            items,
            filter,
            body,
            otherwise,
        })))
    }

    fn if_tag(&mut self, mut tokens: Tokens) -> Result<Statement, Error> {
        let mut branches = Vec::new();
        let mut failed = None;
        loop {
            let test = tokens.tuple().and_then(|e| tokens.finish().map(|()| e));
            let (body, end) = self.body(&["elif", "else", "endif"]);
            match test {
                Ok(test) => branches.push((test, body)),
                Err(error) => {
                    failed.get_or_insert(error);
                    let always = Expr {
                        kind: super::ast::Kind::None,
                        span: (0, 0),
                    };
                    branches.push((always, body));
                }
            }
            let otherwise = match end {
                Some(end) if &*end.name == "elif" => {
                    tokens = end.tokens;
                    continue;
                }
                Some(end) if &*end.name == "else" => self.until("endif"),
                _ => Vec::new(),
            };
            self.errors.extend(failed);
            return Ok(Statement::If(branches, otherwise));
        }
    }

    fn set_tag(&mut self, mut tokens: Tokens) -> Result<Statement, Error> {
        let targets = tokens.targets()?;
        if tokens.eat_op("=") {
            let value = tokens.tuple()?;
            tokens.finish()?;
            return Ok(Statement::Set(targets, value));
        }
        let filters = tokens.filters_of_body(false);
        let body = self.until("endset");
        Ok(Statement::SetBlock(
            targets.into_iter().next(),
            filters?,
            body,
        ))
    }

    /// A tag of which only the body and the expressions count.
    fn plain_body(&mut self, name: &str, mut tokens: Tokens) -> Result<Statement, Error> {
        let mut body = Vec::new();
        if name != "block" {
            body.push(Statement::Evaluate(tokens.all_expressions()));
        }
        let end = format!("end{name}");
        loop {
            let (part, found) = self.body(&[&end, "pluralize"]);
            body.extend(part);
            if found.is_none_or(|found| &*found.name != "pluralize") {
                return Ok(Statement::With(Vec::new(), body));
            }
        }
    }
}

fn with(tokens: &mut Tokens) -> Result<Vec<(Target, Expr)>, Error> {
    let mut values = Vec::new();
    while !tokens.is_done() {
        let target = tokens.target()?;
        tokens.expect_op("=")?;
        values.push((target, tokens.expression()?));
        tokens.eat_op(",");
    }
    Ok(values)
}

fn load(name: &str, tokens: &mut Tokens) -> Result<Statement, Error> {
    let source = tokens.expression()?;
    let mut names = Vec::new();
    let tag = match name {
        "include" => "include",
        "import" => {
            tokens.expect_name("as")?;
            names.push(tokens.name()?);
            "import"
        }
        "from" => {
            tokens.expect_name("import")?;
            while let Some(name) = tokens.any_name() {
                let alias = tokens.eat_name("as").then(|| tokens.name()).transpose()?;
                names.push(alias.unwrap_or(name));
                tokens.eat_op(",");
            }
            "from"
        }
        _ => "extends",
    };
    Ok(Statement::Load(tag, source, names))
}

/// The filters of a chain.
pub(super) type Filters = Vec<Op>;
