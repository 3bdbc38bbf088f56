use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use gw_finding::Severity;

use super::lex::{FORMAT, Kind, MAX_DEPTH, Token, Tokens, WALRUS};
use super::value::Value;
use crate::names::{self, ESCAPES, REEXPORTED, Reach};

/// How many bytes may be made altogether by joining and decoding constants.
const MAX_MADE: usize = 16 << 20;

/// How many uses are kept of one file.
const MAX_USES: usize = 500;

/// Words that are no names.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];

/// Statements that a colon ends.
const BLOCKS: [&str; 13] = [
    "if", "elif", "else", "for", "while", "try", "except", "finally", "with", "def", "class",
    "async", "match",
];

/// Something dangerous that code uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Use {
    /// What: `os.system`.
    pub(crate) name: String,
    /// What it gives access to.
    pub(crate) reach: Reach,
    /// How bad that is here.
    pub(crate) severity: Severity,
    /// Where, from 1.
    pub(crate) line: u32,
    /// What makes it worse.
    pub(crate) note: Option<&'static str>,
}

/// What is found in the tokens of one text.
pub(super) struct Judge<'t> {
    tokens: &'t [Token],
    closing: &'t [usize],
    /// What names stand for.
    bound: HashMap<Rc<str>, Value>,
    pub(super) uses: Vec<Use>,
    pub(super) imports: BTreeSet<String>,
    /// Text that is executed, with its line.
    pub(super) nested: Vec<(Rc<[u8]>, u32)>,
    made: usize,
    /// How many expressions the current one is in.
    depth: usize,
}

/// An argument of a call.
pub(super) struct Argument {
    pub(super) keyword: Option<Rc<str>>,
    pub(super) value: Value,
}

impl<'t> Judge<'t> {
    /// Judges tokens twice: names may be bound after the functions that use them, so what the
    /// first pass learns of names the second one knows from the start.
    pub(super) fn new(tokens: &'t Tokens) -> Self {
        let mut judge = Self {
            tokens: &tokens.tokens,
            closing: &tokens.closing,
            bound: HashMap::new(),
            uses: Vec::new(),
            imports: BTreeSet::new(),
            nested: Vec::new(),
            made: 0,
            depth: 0,
        };
        judge.pass();
        judge.uses.clear();
        judge.nested.clear();
        judge.made = 0;
        judge.pass();
        judge
    }

    fn pass(&mut self) {
        let mut start = 0;
        let mut at = 0;
        let mut block = false;
        while let Some(token) = self.tokens.get(at) {
            if at == start {
                block = self.name(at).is_some_and(|name| BLOCKS.contains(&name));
            }
            let next = at.saturating_add(1);
            match &token.kind {
                Kind::Newline | Kind::Op(b';') => {
                    self.statement(start, at);
                    start = next;
                }
                Kind::Op(b':') if block => {
                    self.statement(start, at);
                    start = next;
                }
                Kind::Op(b'(' | b'[' | b'{') => {
                    at = self.closes(at).saturating_add(1);
                    continue;
                }
                _ => {}
            }
            at = next;
        }
        self.statement(start, self.tokens.len());
    }

    fn statement(&mut self, start: usize, end: usize) {
        if start >= end {
            return;
        }
        let second = start.saturating_add(1);
        match self.name(start) {
            Some("import") => self.import(second, end),
            Some("from") => self.import_from(second, end),
            Some("del" | "global" | "nonlocal" | "pass") => {}
            Some("async") => self.statement(second, end),
            Some("def" | "class") => {
                // The name that is defined is no use of that name.
                self.expression(start.saturating_add(2), end);
            }
            // The statement of Python 2.
            Some("exec") if self.begins_operand(second) => {
                let line = self.line(start);
                let before = self.uses.len();
                let arguments = self.arguments(second, end);
                self.execute("exec", &arguments, before, line);
            }
            _ => self.assignment(start, end),
        }
    }

    /// `a = b = value`, `a: T = value`, or an expression alone.
    fn assignment(&mut self, start: usize, end: usize) {
        let mut targets = Vec::new();
        let (mut from, mut at) = (start, start);
        let mut annotation = None;
        while at < end {
            match self.op(at) {
                Some(b'(' | b'[' | b'{') => at = self.closes(at),
                Some(b':') if targets.is_empty() && annotation.is_none() => annotation = Some(at),
                Some(b'=') => {
                    targets.push((from, annotation.take().unwrap_or(at)));
                    from = at.saturating_add(1);
                }
                _ => {}
            }
            at = at.saturating_add(1);
        }
        for &(from, to) in &targets {
            // Subscripts and attributes of targets are evaluated too.
            if to.saturating_sub(from) > 1 {
                self.expression(from, to);
            }
        }
        let value = self.expression(from, end);
        for (from, to) in targets {
            self.bind_target(from, to, &value);
        }
    }

    fn bind_target(&mut self, from: usize, to: usize, value: &Value) {
        let last = to.saturating_sub(1);
        if last == from {
            if let Some(name) = self.rc_name(from) {
                self.bind(name, value.clone());
            }
            return;
        }
        // `self.x = value`: attributes are told by their name alone.
        if self.op(last.saturating_sub(1)) == Some(b'.')
            && let Some(name) = self.rc_name(last)
        {
            if matches!(value, Value::Path(_)) {
                self.bind(format!(".{name}").into(), value.clone());
            }
            return;
        }
        if let Value::List(values) = value {
            let (from, to) = match self.op(from) {
                Some(b'(' | b'[') if self.closes(from) == last => (from.saturating_add(1), last),
                _ => (from, to),
            };
            for ((from, to), value) in self.split(from, to).into_iter().zip(values.iter()) {
                if to.saturating_sub(from) == 1
                    && let Some(name) = self.rc_name(from)
                {
                    self.bind(name, value.clone());
                }
            }
        }
    }

    /// Binds a name. What is bound to a module that can do harm stays so: which of several
    /// bindings holds where a name is used depends on what runs first.
    fn bind(&mut self, name: Rc<str>, value: Value) {
        let keeps = match self.bound.get(&name) {
            Some(Value::Path(path)) => names::is_root(path) || path.starts_with('@'),
            Some(Value::Decoded(_)) => !matches!(value, Value::Path(_)),
            _ => false,
        };
        if !keeps {
            if matches!(value, Value::Unknown) {
                // A name that shadows a builtin is not that builtin.
                self.bound.entry(name).or_insert(Value::Unknown);
            } else {
                self.bound.insert(name, value);
            }
        }
    }

    fn import(&mut self, start: usize, end: usize) {
        for (from, to) in self.split(start, end) {
            let (path, next) = self.dotted(from, to);
            if path.is_empty() {
                continue;
            }
            self.imports.insert(path.clone());
            if self.name(next) == Some("as")
                && let Some(name) = self.rc_name(next.saturating_add(1))
            {
                self.bind(name, Value::path(path));
            } else {
                let root = path.split('.').next().unwrap_or(&path);
                self.bind(root.into(), Value::path(root));
            }
        }
    }

    fn import_from(&mut self, start: usize, end: usize) {
        if self.op(start) == Some(b'.') {
            // A file of the same package; that is looked at by itself.
            return;
        }
        let (module, next) = self.dotted(start, end);
        if self.name(next) != Some("import") {
            self.expression(start, end);
            return;
        }
        self.imports.insert(module.clone());
        let first = next.saturating_add(1);
        let (from, to) = match self.op(first) {
            Some(b'(') => (first.saturating_add(1), self.closes(first).min(end)),
            _ => (first, end),
        };
        if self.op(from) == Some(b'*') {
            for (known, name, _) in names::entries() {
                if known == module
                    && let Some(name) = name
                {
                    self.bind(name.into(), Value::path(format!("{module}.{name}")));
                }
            }
            return;
        }
        for (from, to) in self.split(from, to) {
            let Some(name) = self.rc_name(from) else {
                continue;
            };
            let path = Value::path(format!("{module}.{name}"));
            let alias = if to.saturating_sub(from) >= 3 {
                self.rc_name(to.saturating_sub(1))
            } else {
                None
            };
            self.bind(alias.unwrap_or(name), path);
        }
    }

    /// `a.b.c` from a place, and what comes after it.
    fn dotted(&self, start: usize, end: usize) -> (String, usize) {
        let mut path = String::new();
        let mut at = start;
        while at < end {
            match self.tokens.get(at).map(|token| &token.kind) {
                Some(Kind::Name(name)) if path.is_empty() || path.ends_with('.') => {
                    if matches!(&**name, "import" | "as") {
                        break;
                    }
                    path.push_str(name);
                }
                Some(Kind::Op(b'.')) => path.push('.'),
                Some(Kind::Newline) => {}
                _ => break,
            }
            at = at.saturating_add(1);
        }
        (path, at)
    }

    /// Expressions separated by commas.
    pub(super) fn arguments(&mut self, start: usize, end: usize) -> Vec<Argument> {
        self.split(start, end)
            .into_iter()
            .map(|(from, to)| {
                let keyword = match self.op(from.saturating_add(1)) {
                    Some(b'=') if from.saturating_add(1) < to => self.rc_name(from),
                    _ => None,
                };
                let from = if keyword.is_some() {
                    from.saturating_add(2)
                } else {
                    from
                };
                Argument {
                    keyword,
                    value: self.expression(from, to),
                }
            })
            .collect()
    }

    /// One expression: what its operands amount to. What nests deeper than Python reads is left
    /// out; the lexer has said so.
    fn expression(&mut self, start: usize, end: usize) -> Value {
        if self.depth >= MAX_DEPTH {
            return Value::Unknown;
        }
        self.depth = self.depth.saturating_add(1);
        let value = self.operands(start, end);
        self.depth = self.depth.saturating_sub(1);
        value
    }

    fn operands(&mut self, start: usize, end: usize) -> Value {
        let mut value: Option<Value> = None;
        let mut operator = 0;
        let mut at = start;
        while at < end {
            if self.op(at) == Some(WALRUS) {
                let target = self.rc_name(at.saturating_sub(1));
                let assigned = self.expression(at.saturating_add(1), end);
                if let Some(name) = target {
                    self.bind(name, assigned.clone());
                }
                return assigned;
            }
            if !self.begins_operand(at) {
                operator = match self.tokens.get(at).map(|token| &token.kind) {
                    Some(Kind::Name(name)) if matches!(&**name, "await" | "not") => operator,
                    Some(Kind::Op(b'*')) if value.is_none() => operator,
                    Some(Kind::Op(op)) => *op,
                    Some(Kind::Newline) => operator,
                    _ => b'|',
                };
                at = at.saturating_add(1);
                continue;
            }
            let (operand, next) = self.primary(at, end);
            at = next.max(at.saturating_add(1));
            value = Some(match value {
                None => operand,
                Some(value) => match operator {
                    b'+' => self.concat(&value, &operand),
                    b',' => match value {
                        Value::List(list) if list.len() < 64 => {
                            Value::List(list.iter().cloned().chain([operand]).collect())
                        }
                        value => Value::List([value, operand].into()),
                    },
                    b'*' | b'%' | FORMAT | b'|' => value.either(&operand),
                    _ => value.either(&operand),
                },
            });
        }
        value.unwrap_or(Value::Unknown)
    }

    fn concat(&mut self, a: &Value, b: &Value) -> Value {
        let size = |value: &Value| value.bytes().map_or(0, <[u8]>::len);
        self.made = self.made.saturating_add(size(a)).saturating_add(size(b));
        if self.made > MAX_MADE {
            return a.either(b);
        }
        a.concat(b)
    }

    fn begins_operand(&self, at: usize) -> bool {
        match self.tokens.get(at).map(|token| &token.kind) {
            Some(Kind::Name(name)) => {
                !KEYWORDS.contains(&&**name) || matches!(&**name, "None" | "True" | "False")
            }
            Some(Kind::Number(_) | Kind::Text(_) | Kind::Op(b'(' | b'[' | b'{')) => true,
            _ => false,
        }
    }

    /// A name, constant or bracket with everything that is applied to it.
    fn primary(&mut self, start: usize, end: usize) -> (Value, usize) {
        let mut at = start.saturating_add(1);
        let line = self.line(start);
        let mut value = match self.tokens.get(start).map(|token| &token.kind) {
            Some(Kind::Text(text)) => {
                let mut value = Value::constant(text.clone());
                while at < end
                    && let Some(Kind::Text(more)) = self.tokens.get(at).map(|token| &token.kind)
                {
                    value = self.concat(&value, &Value::constant(more.clone()));
                    at = at.saturating_add(1);
                }
                value
            }
            Some(Kind::Number(number)) => number.map_or(Value::Unknown, Value::Number),
            Some(Kind::Op(bracket)) => {
                let close = self.closes(start).min(end);
                at = close.saturating_add(1);
                let mut items: Vec<Value> = self
                    .arguments(start.saturating_add(1), close)
                    .into_iter()
                    .map(|argument| argument.value)
                    .collect();
                let is_tuple = self.op(close.saturating_sub(1)) == Some(b',');
                match bracket {
                    b'(' if items.len() == 1 && !is_tuple => items.pop().unwrap_or(Value::Unknown),
                    b'(' | b'[' => Value::List(items.into()),
                    _ => items
                        .iter()
                        .find(|item| item.is_decoded())
                        .cloned()
                        .unwrap_or(Value::Unknown),
                }
            }
            Some(Kind::Name(name)) => {
                let name = name.clone();
                self.resolve(&name)
            }
            _ => Value::Unknown,
        };
        while at < end {
            match self.op(at) {
                Some(b'.') => {
                    let Some(name) = self.rc_name(at.saturating_add(1)) else {
                        break;
                    };
                    value = self.attribute(&value, &name, line);
                    at = at.saturating_add(2);
                }
                Some(b'(') => {
                    let close = self.closes(at).min(end);
                    let before = self.uses.len();
                    let line = self.line(at);
                    let arguments = self.arguments(at.saturating_add(1), close);
                    value = self.call(&value, &arguments, before, line);
                    at = close.saturating_add(1);
                }
                Some(b'[') => {
                    let close = self.closes(at).min(end);
                    let inside = at.saturating_add(1);
                    let reversed = self.is_reversal(inside, close);
                    let index = self.arguments(inside, close);
                    value = if reversed {
                        reverse(&value)
                    } else {
                        self.subscript(&value, &index)
                    };
                    at = close.saturating_add(1);
                }
                _ => break,
            }
        }
        // What is not called may be passed on and called elsewhere.
        if let Value::Path(path) = &value {
            let path = path.clone();
            if !path.starts_with('@') && names::is_function(&path) {
                self.note(&path, line, None, None);
            }
        }
        (value, at)
    }

    fn resolve(&self, name: &Rc<str>) -> Value {
        if let Some(value) = self.bound.get(name) {
            return value.clone();
        }
        match &**name {
            "__builtins__" => Value::path("builtins"),
            "__import__" | "getattr" | "vars" | "globals" | "locals" | "chr" | "bytes"
            | "bytearray" | "str" | "map" | "list" | "eval" | "exec" | "execfile" | "compile"
            | "open" | "breakpoint" | "print" | "setattr" | "True" => {
                Value::path(format!("@{name}"))
            }
            _ => Value::Unknown,
        }
    }

    fn attribute(&mut self, value: &Value, name: &Rc<str>, line: u32) -> Value {
        if ESCAPES.contains(&&**name) {
            self.add(name, Reach::Interpreter, None, line, None);
        }
        match value {
            Value::Path(path) => match &**name {
                "__dict__" | "__call__" | "__wrapped__" | "__func__" => value.clone(),
                "__getattribute__" | "__getattr__" => Value::Getter(path.clone()),
                "__self__" if path.starts_with('@') => Value::path("builtins"),
                "__builtins__" => Value::path("builtins"),
                _ if &**path == "builtins" => self.builtin(name),
                _ if &**path == "sys" && &**name == "modules" => Value::path("sys.modules"),
                _ if &**path == "sys.modules" => Value::Unknown,
                _ if REEXPORTED.contains(&&**name) => Value::path(name.trim_start_matches('_')),
                _ if path.len() > 512 => Value::Unknown,
                _ => Value::path(format!("{path}.{name}")),
            },
            Value::Constant(_) | Value::Decoded(_) => {
                Value::Method(Rc::new(value.clone()), name.clone())
            }
            _ => match self.bound.get(&*format!(".{name}")) {
                Some(bound) => bound.clone(),
                None if REEXPORTED.contains(&&**name) => Value::path(name.trim_start_matches('_')),
                None => Value::Unknown,
            },
        }
    }

    /// What a name in the module of builtins is.
    pub(super) fn builtin(&self, name: &str) -> Value {
        Value::path(format!("@{name}"))
    }

    fn subscript(&mut self, value: &Value, index: &[Argument]) -> Value {
        let key = index.first().map(|index| &index.value);
        match (value, key) {
            (Value::Path(path), Some(key)) => match (&**path, key.text()) {
                ("sys.modules", Some(name)) => Value::path(name),
                ("builtins", Some(name)) => self.builtin(name),
                (path, Some(name)) if names::is_root(path) => Value::path(format!("{path}.{name}")),
                _ => Value::Unknown,
            },
            (Value::Scope, Some(key)) => match key.text() {
                Some(name) => self.resolve(&name.into()),
                None => Value::Unknown,
            },
            (Value::List(items), Some(Value::Number(index))) => usize::try_from(*index)
                .ok()
                .and_then(|index| items.get(index))
                .cloned()
                .unwrap_or(Value::Unknown),
            (Value::Decoded(_), _) => Value::Decoded(None),
            _ => Value::Unknown,
        }
    }

    /// Keeps that something dangerous is used.
    pub(super) fn note(
        &mut self,
        path: &str,
        line: u32,
        severity: Option<Severity>,
        note: Option<&'static str>,
    ) {
        if let Some(reach) = names::reach_of(path) {
            self.add(path, reach, severity, line, note);
        }
    }

    pub(super) fn add(
        &mut self,
        name: &str,
        reach: Reach,
        severity: Option<Severity>,
        line: u32,
        note: Option<&'static str>,
    ) {
        if self.uses.len() >= MAX_USES {
            return;
        }
        self.uses.push(Use {
            name: name.chars().take(120).collect(),
            reach,
            severity: severity.unwrap_or_else(|| reach.severity()),
            line,
            note,
        });
    }

    /// The parts of a range between commas that are in no bracket.
    fn split(&self, start: usize, end: usize) -> Vec<(usize, usize)> {
        let mut parts = Vec::new();
        let (mut from, mut at) = (start, start);
        while at < end {
            match self.op(at) {
                Some(b'(' | b'[' | b'{') => at = self.closes(at),
                Some(b',') => {
                    parts.push((from, at));
                    from = at.saturating_add(1);
                }
                _ => {}
            }
            at = at.saturating_add(1);
        }
        if from < end {
            parts.push((from, end));
        }
        parts
    }

    /// Whether a subscript is `::-1`.
    fn is_reversal(&self, start: usize, end: usize) -> bool {
        let kinds: Vec<&Kind> = self
            .tokens
            .get(start..end)
            .unwrap_or_default()
            .iter()
            .map(|token| &token.kind)
            .take(5)
            .collect();
        matches!(
            kinds.as_slice(),
            [
                Kind::Op(b':'),
                Kind::Op(b':'),
                Kind::Op(b'-'),
                Kind::Number(Some(1))
            ]
        )
    }

    fn closes(&self, at: usize) -> usize {
        let end = self.tokens.len();
        match self.closing.get(at) {
            Some(&close) if close > at => close,
            _ => end,
        }
    }

    fn op(&self, at: usize) -> Option<u8> {
        match self.tokens.get(at)?.kind {
            Kind::Op(op) => Some(op),
            _ => None,
        }
    }

    fn name(&self, at: usize) -> Option<&'t str> {
        match &self.tokens.get(at)?.kind {
            Kind::Name(name) => Some(name),
            _ => None,
        }
    }

    fn rc_name(&self, at: usize) -> Option<Rc<str>> {
        match &self.tokens.get(at)?.kind {
            Kind::Name(name) => Some(name.clone()),
            _ => None,
        }
    }

    fn line(&self, at: usize) -> u32 {
        self.tokens.get(at).map_or(1, |token| token.line)
    }

    /// Counts bytes that are made of constants; whether more may be made.
    pub(super) fn make(&mut self, bytes: usize) -> bool {
        self.made = self.made.saturating_add(bytes);
        self.made <= MAX_MADE
    }
}

/// A constant from its end to its start.
fn reverse(value: &Value) -> Value {
    match value.text() {
        // Nobody writes a text backwards but to hide it.
        Some(text) => Value::Decoded(Some(
            text.chars().rev().collect::<String>().into_bytes().into(),
        )),
        None if value.is_decoded() => Value::Decoded(None),
        None => Value::Unknown,
    }
}
