//! Follows a template with every value that it makes itself, and without the ones it is given.
//!
//! Both branches of a condition are taken, and a loop over something unknown twice, so that what
//! a template does in any rendering is seen. Work is bounded: where a template loops too much,
//! loops are entered once.

use std::collections::HashSet;
use std::rc::Rc;

use super::ast::{Expr, For, Macro, Op, Span, Statement, Target};
use super::names::Reach;
use super::state::State;
use super::value::{MAX_TEXT, Value};

/// Steps of all loops and macros together.
const MAX_STEPS: u64 = 400_000;

/// How many items of a loop are followed one by one.
const MAX_ITERATIONS: usize = 48;

/// How deep statements and expressions may nest, those of called macros included.
const MAX_NESTING: usize = 160;

/// How deep macros may call each other.
const MAX_CALLS: usize = 12;

/// How often a macro is followed that calls itself.
const MAX_RECURSION: usize = 2;

/// How many namespaces are told apart.
const MAX_SPACES: usize = 256;

/// More passes of loops than Jinja2's sandbox lets one `range` make.
pub(super) const MANY_PASSES: u64 = 100_000;

/// How long a text a template may make, in bytes, before somebody should look.
pub(super) const LARGE_TEXT: u64 = 50_000_000;

/// How many things of one template are reported.
const MAX_FOUND: usize = 64;

/// Something that a template does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) kind: What,
    pub(super) span: Span,
    /// The names on the way, as they come out: `cycler`, `__init__`, `__globals__`.
    pub(super) names: Vec<String>,
    /// Whether something on the way runs commands, loads code or opens files.
    pub(super) runs: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum What {
    /// It reaches into Python's internals.
    Reach(Reach),
    /// It calls something that runs commands, loads code or opens files, or has a module that does.
    Runs,
    /// The name of an attribute is not known.
    UnknownAttribute,
    /// It loads another template.
    Load,
    /// Loops that take more passes than [`MANY_PASSES`].
    Passes(u64),
    /// A text longer than [`LARGE_TEXT`].
    Size(u64),
    /// A filter that Jinja2 does not have.
    UnknownFilter,
    /// A function that nobody passes.
    UnknownFunction,
}

pub(super) struct Run<'t> {
    pub(super) state: State<'t>,
    pub(super) found: Vec<Found>,
    seen: HashSet<(What, usize, String)>,
    steps: u64,
    /// The macros that are being followed.
    calls: Vec<&'t Macro>,
    nesting: usize,
    /// How many passes all loops around make, as far as their number is known.
    passes: u64,
    /// Whether not everything was followed.
    pub(super) exhausted: bool,
}

impl<'t> Run<'t> {
    pub(super) fn new() -> Self {
        let mut state = State::default();
        state.push();
        Self {
            state,
            found: Vec::new(),
            seen: HashSet::new(),
            steps: 0,
            calls: Vec::new(),
            nesting: 0,
            passes: 1,
            exhausted: false,
        }
    }

    pub(super) fn template(&mut self, body: &'t [Statement]) {
        // Macros can be called before they are defined, from other macros.
        for statement in body {
            if let Statement::Macro(found) = statement {
                self.state.set(&found.name, Value::Macro(found));
            }
        }
        self.body(body, &mut Out::ignored());
    }

    /// Counts work. Whether there is some left.
    pub(super) fn step(&mut self, count: u64) -> bool {
        self.steps = self.steps.saturating_add(count);
        if self.steps > MAX_STEPS {
            self.exhausted = true;
        }
        !self.exhausted
    }

    /// Goes one level deeper, unless that is too deep.
    pub(super) fn enter(&mut self) -> bool {
        if self.nesting >= MAX_NESTING {
            self.exhausted = true;
            return false;
        }
        self.nesting = self.nesting.saturating_add(1);
        true
    }

    pub(super) fn leave(&mut self) {
        self.nesting = self.nesting.saturating_sub(1);
    }

    /// Keeps what was found, and returns its number.
    pub(super) fn find(&mut self, kind: What, span: Span, names: Vec<String>) -> usize {
        let key = (kind, span.0, names.join("."));
        if !self.seen.contains(&key) && self.found.len() < MAX_FOUND {
            self.seen.insert(key);
            self.found.push(Found {
                kind,
                span,
                names,
                runs: false,
            });
            return self.found.len().saturating_sub(1);
        }
        // It was found before; a later access of the same kind stands for it.
        let same = self
            .found
            .iter()
            .rposition(|found| found.kind == kind && found.span.0 == span.0);
        same.unwrap_or(self.found.len().saturating_sub(1))
    }

    fn body(&mut self, body: &'t [Statement], out: &mut Out<'t>) {
        if !self.enter() {
            return;
        }
        for statement in body {
            self.step(1);
            self.statement(statement, out);
        }
        self.leave();
    }

    fn statement(&mut self, statement: &'t Statement, out: &mut Out<'t>) {
        match statement {
            Statement::Text(text) => out.push(&Value::text(text)),
            Statement::Print(expression) => {
                let value = self.eval(expression);
                self.check_size(&value, expression.span);
                out.push(&value);
            }
            Statement::Evaluate(expressions) => {
                for expression in expressions {
                    self.eval(expression);
                }
            }
            Statement::If(branches, otherwise) => self.branches(branches, otherwise, out),
            Statement::For(each) => self.each(each, out),
            Statement::Set(targets, expression) => {
                let value = self.eval(expression);
                self.check_size(&value, expression.span);
                self.unpack(targets, &value);
            }
            Statement::SetBlock(target, filters, body) => {
                let text = self.captured(body);
                let value = self.filtered(text, filters);
                match target {
                    Some(target) => self.assign(target, value),
                    None => out.push(&value),
                }
            }
            Statement::Macro(found) => self.state.set(&found.name, Value::Macro(found)),
            Statement::Call(caller, callee) => {
                self.state.push();
                self.state.set(&caller.name, Value::Macro(caller));
                let value = self.eval(callee);
                // Whoever is called may not call back; the body is there all the same.
                self.call_macro(caller, Vec::new(), Vec::new());
                self.state.pop();
                out.push(&value);
            }
            Statement::With(values, body) => {
                self.state.push();
                for (target, expression) in values {
                    let value = self.eval(expression);
                    self.assign(target, value);
                }
                self.body(body, out);
                self.state.pop();
            }
            Statement::Load(tag, source, names) => {
                let value = self.eval(source);
                let text = match &value {
                    Value::Text(text) => text.to_string(),
                    _ => "?".to_owned(),
                };
                self.find(What::Load, source.span, vec![(*tag).to_owned(), text]);
                for name in names {
                    self.state.set(name, Value::Data);
                }
            }
        }
    }

    /// The text that a body makes.
    fn captured(&mut self, body: &'t [Statement]) -> Value<'t> {
        let mut out = Out::wanted();
        self.body(body, &mut out);
        let value = out.finish();
        self.step(value.length() / 64);
        value
    }

    fn filtered(&mut self, mut value: Value<'t>, filters: &'t [Op]) -> Value<'t> {
        for filter in filters {
            value = self.op(value, filter);
        }
        value
    }

    fn branches(
        &mut self,
        branches: &'t [(Expr, Vec<Statement>)],
        otherwise: &'t [Statement],
        out: &mut Out<'t>,
    ) {
        let mut ends: Option<State<'t>> = None;
        let mut outs = Vec::new();
        let mut decided = false;
        let last = std::iter::once((None, otherwise));
        let tested = branches.iter().map(|(test, body)| (Some(test), &**body));
        for (test, body) in tested.chain(last) {
            let truth = match test {
                Some(test) => self.eval(test).truth(),
                None => Some(true),
            };
            let before = self.state.clone();
            let mut inner = out.alike();
            self.body(body, &mut inner);
            let after = std::mem::replace(&mut self.state, before);
            // What cannot be reached is judged, and leaves nothing behind.
            if decided || truth == Some(false) {
                continue;
            }
            decided = truth == Some(true);
            match &mut ends {
                Some(ends) => {
                    let work = ends.join(&after);
                    self.step(work);
                }
                None => ends = Some(after),
            }
            if inner.on {
                outs.push(inner.finish());
            }
        }
        if let Some(ends) = ends {
            self.state = ends;
        }
        if out.on {
            out.push(&Value::any(outs));
        }
    }

    fn each(&mut self, each: &'t For, out: &mut Out<'t>) {
        let items = self.eval(&each.items);
        let passes = self.passes;
        let count = match &items {
            Value::Range(_, count, _) => *count,
            Value::List(items) => items.len() as u64,
            Value::Text(text) => text.len() as u64,
            _ => 1,
        };
        self.passes = passes.saturating_mul(count.max(1));
        if self.passes > MANY_PASSES && count > 1 {
            self.find(What::Passes(self.passes), each.items.span, Vec::new());
        }
        match items.items(MAX_ITERATIONS) {
            Some(known) if !self.exhausted && !known.is_empty() => {
                for item in &known {
                    let mut inner = out.alike();
                    self.pass(each, item, &mut inner);
                    if out.on {
                        out.push(&inner.finish());
                    }
                    if self.exhausted {
                        break;
                    }
                }
            }
            _ => {
                let item = element(&items);
                let mut texts = vec![Value::text("")];
                // What the first pass leaves behind is what the second one finds.
                for _ in 0..if self.exhausted { 1 } else { 2 } {
                    let before = self.state.clone();
                    let mut inner = out.alike();
                    self.pass(each, &item, &mut inner);
                    let work = self.state.join(&before);
                    self.step(work);
                    if inner.on {
                        texts.push(inner.finish());
                    }
                }
                if out.on {
                    out.push(&Value::any(texts));
                }
            }
        }
        self.passes = passes;
        self.body(&each.otherwise, &mut Out::ignored());
    }

    /// One pass of a loop.
    fn pass(&mut self, each: &'t For, item: &Value<'t>, out: &mut Out<'t>) {
        self.state.push();
        self.state.set(&"loop".into(), Value::Data);
        self.unpack(&each.targets, item);
        let truth = each
            .filter
            .as_ref()
            .and_then(|test| self.eval(test).truth());
        if truth == Some(false) {
            let before = self.state.clone();
            self.body(&each.body, &mut Out::ignored());
            self.state = before;
        } else {
            self.body(&each.body, out);
        }
        self.state.pop();
    }

    fn unpack(&mut self, targets: &[Target], value: &Value<'t>) {
        if let [target] = targets {
            self.assign(target, value.clone());
            return;
        }
        let items = value.items(targets.len());
        for (at, target) in targets.iter().enumerate() {
            let item = match &items {
                Some(items) => items.get(at).cloned().unwrap_or(Value::Data),
                None => element(value),
            };
            self.assign(target, item);
        }
    }

    fn assign(&mut self, target: &Target, value: Value<'t>) {
        let Some(attribute) = &target.attribute else {
            self.state.set(&target.name, value);
            return;
        };
        let spaces = self.state.get(&target.name).cloned();
        let spaces = spaces.unwrap_or(Value::Data);
        let certain = matches!(spaces, Value::Namespace(_));
        for space in spaces.alternatives() {
            if let Value::Namespace(number) = space {
                let value = match self.state.space_get(*number, attribute) {
                    Some(known) if !certain => Value::any([known.clone(), value.clone()]),
                    _ => value.clone(),
                };
                self.state.space_set(*number, attribute, value);
            }
        }
    }

    /// Makes a namespace.
    pub(super) fn namespace(&mut self, named: Vec<(Rc<str>, Value<'t>)>) -> Value<'t> {
        if self.state.spaces() >= MAX_SPACES {
            self.exhausted = true;
            return Value::Data;
        }
        Value::Namespace(self.state.space(named.into_iter().collect()))
    }

    /// The text that a macro makes.
    pub(super) fn call_macro(
        &mut self,
        called: &'t Macro,
        positional: Vec<Value<'t>>,
        named: Vec<(Rc<str>, Value<'t>)>,
    ) -> Value<'t> {
        let same = |active: &&&Macro| std::ptr::eq(**active, called);
        let again = self.calls.iter().filter(same).count();
        if self.calls.len() >= MAX_CALLS || again >= MAX_RECURSION || !self.step(4) {
            // It was or will be followed from where it is called first.
            return Value::Data;
        }
        self.calls.push(called);
        self.state.push();
        let mut positional = positional.into_iter();
        for (name, default) in &called.parameters {
            let given = named.iter().find(|(given, _)| given == name);
            let given = positional.next().or(given.map(|(_, value)| value.clone()));
            let value = match (given, default) {
                (Some(value), _) => value,
                (None, Some(default)) => self.eval(default),
                (None, None) => Value::Data,
            };
            self.state.set(name, value);
        }
        let more = Value::list(positional.collect());
        self.state.set(&"varargs".into(), more);
        let keys = named.iter();
        let pairs = keys.map(|(name, value)| (Value::text(name), value.clone()));
        let pairs = Value::Map(Rc::new(pairs.collect()));
        self.state.set(&"kwargs".into(), pairs);
        let text = self.captured(&called.body);
        self.state.pop();
        self.calls.pop();
        text
    }

    /// Looks into macros that nobody called: a template may be imported for them.
    pub(super) fn uncalled(&mut self, body: &'t [Statement]) {
        for statement in body {
            match statement {
                Statement::Macro(found) => {
                    self.call_macro(found, Vec::new(), Vec::new());
                    self.uncalled(&found.body);
                }
                Statement::If(branches, otherwise) => {
                    branches.iter().for_each(|(_, body)| self.uncalled(body));
                    self.uncalled(otherwise);
                }
                Statement::For(each) => self.uncalled(&each.body),
                Statement::With(_, body) | Statement::SetBlock(_, _, body) => self.uncalled(body),
                _ => {}
            }
        }
    }

    pub(super) fn check_size(&mut self, value: &Value<'t>, span: Span) {
        for one in value.alternatives() {
            if let Value::Long(length) = one
                && *length > LARGE_TEXT
            {
                self.find(What::Size(*length), span, Vec::new());
            }
        }
    }
}

/// An item of something, which may be any.
pub(super) fn element<'t>(value: &Value<'t>) -> Value<'t> {
    match value {
        Value::Any(all) => Value::any(all.iter().map(|one| match one {
            Value::Any(_) => Value::Data,
            one => element(one),
        })),
        Value::Internal(number) => Value::Internal(*number),
        Value::DataText | Value::Derived | Value::Object(_) | Value::Method(..) => Value::Derived,
        other => match other.items(MAX_ITERATIONS) {
            Some(items) if !items.is_empty() => Value::any(items),
            _ => Value::Data,
        },
    }
}

/// The text that a body makes, if anybody wants it.
#[derive(Default)]
struct Out<'t> {
    text: String,
    /// What came before the text, if that was not one.
    before: Option<Value<'t>>,
    /// Whether anybody wants it.
    on: bool,
}

impl<'t> Out<'t> {
    fn ignored() -> Self {
        Self::default()
    }

    fn wanted() -> Self {
        Self {
            on: true,
            ..Self::default()
        }
    }

    /// Another one that is wanted if this one is.
    fn alike(&self) -> Self {
        Self {
            on: self.on,
            ..Self::default()
        }
    }

    fn push(&mut self, value: &Value<'t>) {
        if !self.on {
            return;
        }
        match value {
            Value::Text(text) if self.text.len().saturating_add(text.len()) <= MAX_TEXT => {
                self.text.push_str(text);
            }
            other => {
                let before = std::mem::take(self).finish().concat(other);
                self.before = Some(before);
                self.on = true;
            }
        }
    }

    fn finish(self) -> Value<'t> {
        match self.before {
            Some(before) if self.text.is_empty() => before,
            Some(before) => before.concat(&Value::text(&self.text)),
            None => Value::text(&self.text),
        }
    }
}
