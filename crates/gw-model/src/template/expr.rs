//! Expressions, with Jinja2's precedence: `if`, `or`, `and`, `not`, comparisons, `+ -`, `~`,
//! `* / // %`, `**`, sign, then attributes, items, calls, filters and tests.

use std::rc::Rc;

use super::ast::{Args, Binary, Comparison, Expr, Kind, Op, OpKind, Parameter, Span, Target};
use super::lex::{Token, TokenKind};
use super::parse::{Error, Filters, MAX_DEPTH};

/// The tokens of one tag.
pub(super) struct Tokens {
    tokens: Vec<Token>,
    next: usize,
    span: Span,
    depth: usize,
}

impl Tokens {
    pub(super) const fn new(tokens: Vec<Token>, span: Span, depth: usize) -> Self {
        Self {
            tokens,
            next: 0,
            span,
            depth,
        }
    }

    fn peek(&self) -> Option<&TokenKind> {
        self.tokens.get(self.next).map(|token| &token.kind)
    }

    fn skip(&mut self) {
        self.next = self.next.saturating_add(1);
    }

    /// The offset of the next token.
    pub(super) fn at(&self) -> usize {
        self.tokens
            .get(self.next)
            .map_or(self.span.1, |token| token.span.0)
    }

    /// The offset after the last token.
    fn end(&self) -> usize {
        let last = self.next.checked_sub(1);
        last.and_then(|last| self.tokens.get(last))
            .map_or(self.span.0, |token| token.span.1)
    }

    pub(super) fn is_done(&self) -> bool {
        self.next >= self.tokens.len()
    }

    pub(super) fn finish(&self) -> Result<(), Error> {
        if self.is_done() {
            return Ok(());
        }
        Err(self.expected("more than one expression"))
    }

    fn expected(&self, what: &'static str) -> Error {
        Error::malformed(self.at(), what)
    }

    pub(super) fn peek_op(&self, op: &str) -> bool {
        matches!(self.peek(), Some(TokenKind::Op(next)) if *next == op)
    }

    pub(super) fn eat_op(&mut self, op: &str) -> bool {
        let found = self.peek_op(op);
        if found {
            self.skip();
        }
        found
    }

    pub(super) fn expect_op(&mut self, op: &str) -> Result<(), Error> {
        if self.eat_op(op) {
            return Ok(());
        }
        Err(self.expected("something else than the sign that belongs here"))
    }

    fn peek_name(&self, name: &str) -> bool {
        matches!(self.peek(), Some(TokenKind::Name(next)) if &**next == name)
    }

    pub(super) fn eat_name(&mut self, name: &str) -> bool {
        let found = self.peek_name(name);
        if found {
            self.skip();
        }
        found
    }

    pub(super) fn expect_name(&mut self, name: &str) -> Result<(), Error> {
        if self.eat_name(name) {
            return Ok(());
        }
        Err(self.expected("something else than the word that belongs here"))
    }

    pub(super) fn any_name(&mut self) -> Option<Rc<str>> {
        let Some(TokenKind::Name(name)) = self.peek() else {
            return None;
        };
        let name = name.clone();
        self.skip();
        Some(name)
    }

    pub(super) fn name(&mut self) -> Result<Rc<str>, Error> {
        self.any_name()
            .ok_or_else(|| self.expected("something else than a name"))
    }

    /// `a`, `a.b`.
    pub(super) fn target(&mut self) -> Result<Target, Error> {
        let name = self.name()?;
        let attribute = self.eat_op(".").then(|| self.name()).transpose()?;
        Ok(Target { name, attribute })
    }

    /// `a, b`, `(a, b)`, `a, (b, c)`: all the names, in order.
    pub(super) fn targets(&mut self) -> Result<Vec<Target>, Error> {
        let mut targets = Vec::new();
        let mut open = 0_usize;
        loop {
            while self.eat_op("(") {
                open = open.saturating_add(1);
            }
            targets.push(self.target()?);
            while open > 0 && self.eat_op(")") {
                open = open.saturating_sub(1);
            }
            let more = self.eat_op(",");
            while open > 0 && self.eat_op(")") {
                open = open.saturating_sub(1);
            }
            if !more || self.peek_name("in") || self.peek_op("=") || self.is_done() {
                return Ok(targets);
            }
        }
    }

    /// `(a, b=1)` of a macro.
    pub(super) fn parameters(&mut self) -> Result<Vec<Parameter>, Error> {
        let mut parameters = Vec::new();
        self.expect_op("(")?;
        while !self.eat_op(")") {
            let name = self.name()?;
            let default = self.eat_op("=").then(|| self.expression()).transpose()?;
            parameters.push((name, default));
            if !self.eat_op(",") && !self.peek_op(")") {
                return Err(self.expected("something else than a parameter"));
            }
        }
        Ok(parameters)
    }

    /// The filters that a body goes through: `upper|trim` after `filter`, `|upper|trim` after
    /// `set x`.
    pub(super) fn filters_of_body(&mut self, bare: bool) -> Result<Filters, Error> {
        let mut filters = Vec::new();
        if bare {
            filters.push(self.filter()?);
        }
        while self.eat_op("|") {
            filters.push(self.filter()?);
        }
        Ok(filters)
    }

    /// Every expression that can be found, whatever is between them.
    pub(super) fn all_expressions(&mut self) -> Vec<Expr> {
        let mut all = Vec::new();
        while !self.is_done() {
            let before = self.next;
            match self.expression() {
                Ok(expression) => all.push(expression),
                // What was read of it is not read again: that would take quadratic time.
                Err(_) if self.next > before => {}
                Err(_) => self.skip(),
            }
        }
        all
    }

    /// `a, b` or `a`.
    pub(super) fn tuple(&mut self) -> Result<Expr, Error> {
        self.items(true)
    }

    /// As [`Self::tuple`], but `if` is not part of it.
    pub(super) fn tuple_without_condition(&mut self) -> Result<Expr, Error> {
        self.items(false)
    }

    fn items(&mut self, condition: bool) -> Result<Expr, Error> {
        let start = self.at();
        let mut items = Vec::new();
        let mut comma = false;
        loop {
            if !items.is_empty() && (self.is_done() || self.peek_op(")")) {
                break;
            }
            items.push(if condition {
                self.expression()?
            } else {
                self.nested(|tokens| tokens.binary(1))?
            });
            if !self.eat_op(",") {
                break;
            }
            comma = true;
        }
        if !comma && let Some(only) = items.pop() {
            return Ok(only);
        }
        Ok(self.expr(start, Kind::List(items)))
    }

    fn expr(&self, start: usize, kind: Kind) -> Expr {
        Expr {
            kind,
            span: (start, self.end()),
        }
    }

    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        if self.depth >= MAX_DEPTH {
            return Err(Error::deep(self.at()));
        }
        self.depth = self.depth.saturating_add(1);
        let result = read(self);
        self.depth = self.depth.saturating_sub(1);
        result
    }

    pub(super) fn expression(&mut self) -> Result<Expr, Error> {
        self.nested(|tokens| {
            let start = tokens.at();
            let mut then = tokens.binary(1)?;
            while tokens.eat_name("if") {
                let test = Box::new(tokens.binary(1)?);
                let otherwise = match tokens.eat_name("else") {
                    true => Some(Box::new(tokens.expression()?)),
                    false => None,
                };
                let kind = Kind::If(Box::new(then), test, otherwise);
                then = tokens.expr(start, kind);
                // Every further `if` without `else` makes the tree deeper.
                if tokens.peek_name("if") {
                    return Err(tokens.expected("a second condition"));
                }
            }
            Ok(then)
        })
    }

    /// Operators that bind at least as closely as `level`.
    fn binary(&mut self, level: u8) -> Result<Expr, Error> {
        let start = self.at();
        let mut left = if level <= 3 && self.eat_name("not") {
            let inner = self.nested(|tokens| tokens.binary(3))?;
            self.expr(start, Kind::Not(Box::new(inner)))
        } else {
            self.unary()?
        };
        while let Some((op, binds, tokens)) = self.operator() {
            if binds < level {
                break;
            }
            self.next = self.next.saturating_add(tokens);
            let right = self.nested(|tokens| tokens.binary(binds.saturating_add(1)))?;
            let end = self.end();
            match &mut left {
                Expr {
                    kind: Kind::Fold(_, more),
                    span,
                } if more
                    .last()
                    .is_some_and(|(last, _)| precedence(*last) == binds) =>
                {
                    more.push((op, right));
                    span.1 = end;
                }
                _ => {
                    let kind = Kind::Fold(Box::new(left), vec![(op, right)]);
                    left = self.expr(start, kind);
                }
            }
        }
        Ok(left)
    }

    /// The next operator, how closely it binds, and how many tokens it is.
    fn operator(&self) -> Option<(Binary, u8, usize)> {
        let op = match self.peek()? {
            TokenKind::Op(op) => match *op {
                "==" => Binary::Compare(Comparison::Equal),
                "!=" => Binary::Compare(Comparison::NotEqual),
                "<" => Binary::Compare(Comparison::Less),
                "<=" => Binary::Compare(Comparison::LessOrEqual),
                ">" => Binary::Compare(Comparison::Greater),
                ">=" => Binary::Compare(Comparison::GreaterOrEqual),
                "+" => Binary::Add,
                "-" => Binary::Subtract,
                "~" => Binary::Concat,
                "*" => Binary::Multiply,
                "/" => Binary::Divide,
                "//" => Binary::FloorDivide,
                "%" => Binary::Modulo,
                "**" => Binary::Power,
                _ => return None,
            },
            TokenKind::Name(name) => match &**name {
                "or" => Binary::Or,
                "and" => Binary::And,
                "in" => Binary::Compare(Comparison::In),
                "not" => {
                    let after = self.tokens.get(self.next.saturating_add(1))?;
                    let is_in = matches!(&after.kind, TokenKind::Name(name) if &**name == "in");
                    let op = Binary::Compare(Comparison::NotIn);
                    return is_in.then_some((op, precedence(op), 2));
                }
                _ => return None,
            },
            _ => return None,
        };
        Some((op, precedence(op), 1))
    }

    fn unary(&mut self) -> Result<Expr, Error> {
        let start = self.at();
        if self.eat_op("-") {
            let inner = self.nested(Self::unary)?;
            return Ok(self.expr(start, Kind::Negate(Box::new(inner))));
        }
        if self.eat_op("+") {
            return self.nested(Self::unary);
        }
        let head = self.primary()?;
        let mut ops = Vec::new();
        while let Some(kind) = self.link()? {
            let end = self.end();
            ops.push(Op { kind, end });
        }
        if ops.is_empty() {
            return Ok(head);
        }
        Ok(self.expr(start, Kind::Chain(Box::new(head), ops)))
    }

    /// The next link of a chain.
    fn link(&mut self) -> Result<Option<OpKind>, Error> {
        if self.eat_op(".") {
            let link = match self.peek() {
                Some(TokenKind::Name(name)) => OpKind::Attribute(name.clone()),
                Some(TokenKind::Int(index)) => {
                    let kind = Kind::Int(*index);
                    let span = (self.at(), self.at());
                    OpKind::Item(Expr { kind, span })
                }
                _ => return Err(self.expected("something else than an attribute")),
            };
            self.skip();
            return Ok(Some(link));
        }
        if self.eat_op("[") {
            return self.nested(Self::subscript).map(Some);
        }
        if self.eat_op("(") {
            return self.nested(Self::arguments).map(OpKind::Call).map(Some);
        }
        if self.eat_op("|") {
            return Ok(Some(self.filter()?.kind));
        }
        if self.eat_name("is") {
            self.eat_name("not");
            self.dotted()?;
            let args = self.test_arguments()?;
            return Ok(Some(OpKind::Test(args)));
        }
        Ok(None)
    }

    fn test_arguments(&mut self) -> Result<Args, Error> {
        if self.eat_op("(") {
            return self.nested(Self::arguments);
        }
        let one = match self.peek() {
            Some(TokenKind::Name(name)) => !matches!(
                &**name,
                "else" | "or" | "and" | "is" | "if" | "in" | "not" | "recursive"
            ),
            Some(TokenKind::Text(_) | TokenKind::Int(_) | TokenKind::Float) => true,
            Some(TokenKind::Op(op)) => matches!(*op, "[" | "{"),
            None => false,
        };
        let mut args = Args::default();
        if one {
            // Filters and tests that follow are about the test's result.
            let start = self.at();
            let head = self.nested(Self::primary)?;
            let mut ops = Vec::new();
            while self.peek_op(".") || self.peek_op("[") || self.peek_op("(") {
                let Some(kind) = self.link()? else { break };
                let end = self.end();
                ops.push(Op { kind, end });
            }
            args.positional.push(match ops.is_empty() {
                true => head,
                false => self.expr(start, Kind::Chain(Box::new(head), ops)),
            });
        }
        Ok(args)
    }

    fn dotted(&mut self) -> Result<Rc<str>, Error> {
        // `none`, `true` and `in` are names of tests, too.
        let mut name = self.name()?;
        while self.eat_op(".") {
            name = format!("{name}.{}", self.name()?).into();
        }
        Ok(name)
    }

    fn filter(&mut self) -> Result<Op, Error> {
        let name = self.dotted()?;
        let args = match self.eat_op("(") {
            true => self.nested(Self::arguments)?,
            false => Args::default(),
        };
        let kind = OpKind::Filter(name, args);
        Ok(Op {
            kind,
            end: self.end(),
        })
    }

    /// What is between `[` and `]`.
    fn subscript(&mut self) -> Result<OpKind, Error> {
        let mut parts = [None, None, None];
        let mut colons = 0_usize;
        for part in &mut parts {
            if !self.peek_op(":") && !self.peek_op("]") {
                *part = Some(self.subscript_item()?);
            }
            if !self.eat_op(":") {
                break;
            }
            colons = colons.saturating_add(1);
        }
        self.expect_op("]")?;
        match (colons, parts) {
            (0, [Some(item), _, _]) => Ok(OpKind::Item(item)),
            (0, _) => Err(self.expected("an empty subscript")),
            (_, parts) => Ok(OpKind::Slice(parts)),
        }
    }

    /// An item, or several with commas, which make a tuple.
    fn subscript_item(&mut self) -> Result<Expr, Error> {
        let start = self.at();
        let first = self.expression()?;
        if !self.peek_op(",") {
            return Ok(first);
        }
        let mut items = vec![first];
        while self.eat_op(",") && !self.peek_op("]") {
            items.push(self.expression()?);
        }
        Ok(self.expr(start, Kind::List(items)))
    }

    /// What is between `(` and `)` of a call.
    fn arguments(&mut self) -> Result<Args, Error> {
        let mut args = Args::default();
        while !self.eat_op(")") {
            if self.eat_op("*") || self.eat_op("**") {
                args.spread.push(self.expression()?);
            } else {
                let named = match (self.peek(), self.tokens.get(self.next.saturating_add(1))) {
                    (Some(TokenKind::Name(name)), Some(after))
                        if after.kind == TokenKind::Op("=") =>
                    {
                        Some(name.clone())
                    }
                    _ => None,
                };
                match named {
                    Some(name) => {
                        self.skip();
                        self.skip();
                        args.named.push((name, self.expression()?));
                    }
                    None => args.positional.push(self.expression()?),
                }
            }
            if !self.eat_op(",") && !self.peek_op(")") {
                return Err(self.expected("something else than an argument"));
            }
        }
        Ok(args)
    }

    fn primary(&mut self) -> Result<Expr, Error> {
        let start = self.at();
        let Some(token) = self.peek().cloned() else {
            return Err(self.expected("the end where an expression belongs"));
        };
        self.skip();
        let kind = match token {
            TokenKind::Name(name) => match &*name {
                "true" | "True" => Kind::Bool(true),
                "false" | "False" => Kind::Bool(false),
                "none" | "None" => Kind::None,
                _ => Kind::Name(name),
            },
            TokenKind::Text(first) => {
                let mut text = first;
                if matches!(self.peek(), Some(TokenKind::Text(_))) {
                    let mut all = text.to_string();
                    while let Some(TokenKind::Text(more)) = self.peek() {
                        all.push_str(more);
                        self.skip();
                    }
                    text = all.into();
                }
                Kind::Text(text)
            }
            TokenKind::Int(number) => Kind::Int(number),
            TokenKind::Float => Kind::Float,
            TokenKind::Op("(") => return self.nested(Self::bracketed),
            TokenKind::Op("[") => Kind::List(self.nested(|tokens| tokens.list("]"))?),
            TokenKind::Op("{") => Kind::Map(self.nested(Self::pairs)?),
            TokenKind::Op(_) => {
                self.next = self.next.saturating_sub(1);
                return Err(self.expected("a sign where an expression belongs"));
            }
        };
        Ok(self.expr(start, kind))
    }

    /// What follows `(`.
    fn bracketed(&mut self) -> Result<Expr, Error> {
        let start = self.at();
        if self.eat_op(")") {
            return Ok(self.expr(start, Kind::List(Vec::new())));
        }
        let inner = self.tuple()?;
        self.expect_op(")")?;
        Ok(inner)
    }

    fn list(&mut self, close: &str) -> Result<Vec<Expr>, Error> {
        let mut items = Vec::new();
        while !self.eat_op(close) {
            items.push(self.expression()?);
            if !self.eat_op(",") && !self.peek_op(close) {
                return Err(self.expected("something else than an item"));
            }
        }
        Ok(items)
    }

    fn pairs(&mut self) -> Result<Vec<(Expr, Expr)>, Error> {
        let mut pairs = Vec::new();
        while !self.eat_op("}") {
            let key = self.expression()?;
            self.expect_op(":")?;
            pairs.push((key, self.expression()?));
            if !self.eat_op(",") && !self.peek_op("}") {
                return Err(self.expected("something else than a pair"));
            }
        }
        Ok(pairs)
    }
}

/// How closely an operator binds.
const fn precedence(op: Binary) -> u8 {
    match op {
        Binary::Or => 1,
        Binary::And => 2,
        Binary::Compare(_) => 4,
        Binary::Add | Binary::Subtract => 5,
        Binary::Concat => 6,
        Binary::Multiply | Binary::Divide | Binary::FloorDivide | Binary::Modulo => 7,
        Binary::Power => 8,
    }
}
