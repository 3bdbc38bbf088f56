//! Templates as trees. Chains and runs of operators are lists, so that depth grows with brackets
//! only, which the parser counts.

use std::rc::Rc;

/// Byte offsets into the template.
pub(super) type Span = (usize, usize);

/// A statement, or text between statements.
#[derive(Debug)]
pub(super) enum Statement {
    /// Text as it stands.
    Text(Rc<str>),
    /// `{{ expression }}`.
    Print(Expr),
    /// An expression that is evaluated and not printed: `{% do %}`, and what unknown tags have.
    Evaluate(Vec<Expr>),
    /// `{% if %}`: conditions with their bodies, and the body of `else`.
    If(Vec<(Expr, Vec<Self>)>, Vec<Self>),
    /// `{% for targets in items if filter %}`, the body, and the body of `else`.
    For(Box<For>),
    /// `{% set a, b = value %}`.
    Set(Vec<Target>, Expr),
    /// `{% set a | filters %}body{% endset %}`, and `{% filter %}` where there is no target.
    SetBlock(Option<Target>, Vec<Op>, Vec<Self>),
    /// `{% macro %}`.
    Macro(Macro),
    /// `{% call(arguments) callee() %}body{% endcall %}`.
    Call(Macro, Expr),
    /// `{% with a = 1 %}`, and every tag that only has a body.
    With(Vec<(Target, Expr)>, Vec<Self>),
    /// `{% include %}`, `{% import %}`, `{% from %}`, `{% extends %}`: the tag, what it loads, and
    /// the names that it brings.
    Load(&'static str, Expr, Vec<Rc<str>>),
}

/// A `{% for %}`.
#[derive(Debug)]
pub(super) struct For {
    pub(super) targets: Vec<Target>,
    pub(super) items: Expr,
    pub(super) filter: Option<Expr>,
    pub(super) body: Vec<Statement>,
    pub(super) otherwise: Vec<Statement>,
}

/// A macro, or the body of a `{% call %}`.
#[derive(Debug)]
pub(super) struct Macro {
    pub(super) name: Rc<str>,
    pub(super) parameters: Vec<Parameter>,
    pub(super) body: Vec<Statement>,
}

/// A parameter's name and default.
pub(super) type Parameter = (Rc<str>, Option<Expr>);

/// What is assigned to: a variable, or an attribute of a namespace.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) name: Rc<str>,
    pub(super) attribute: Option<Rc<str>>,
}

/// An expression with its place.
#[derive(Debug)]
pub(super) struct Expr {
    pub(super) kind: Kind,
    pub(super) span: Span,
}

#[derive(Debug)]
pub(super) enum Kind {
    Name(Rc<str>),
    Text(Rc<str>),
    /// An integer; one that does not fit is the greatest.
    Int(i64),
    Float,
    Bool(bool),
    None,
    /// A list or tuple.
    List(Vec<Expr>),
    Map(Vec<(Expr, Expr)>),
    /// `head.a[b](c)|d is e`.
    Chain(Box<Expr>, Vec<Op>),
    /// Operators of one precedence, from left to right.
    Fold(Box<Expr>, Vec<(Binary, Expr)>),
    Not(Box<Expr>),
    Negate(Box<Expr>),
    /// `then if test else otherwise`.
    If(Box<Expr>, Box<Expr>, Option<Box<Expr>>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Binary {
    Or,
    And,
    Compare(Comparison),
    Add,
    Subtract,
    Concat,
    Multiply,
    Divide,
    FloorDivide,
    Modulo,
    Power,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
}

/// A link of a chain, with the offset of its end.
#[derive(Debug)]
pub(super) struct Op {
    pub(super) kind: OpKind,
    pub(super) end: usize,
}

#[derive(Debug)]
pub(super) enum OpKind {
    Attribute(Rc<str>),
    Item(Expr),
    Slice([Option<Expr>; 3]),
    Call(Args),
    Filter(Rc<str>, Args),
    Test(Args),
}

#[derive(Debug, Default)]
pub(super) struct Args {
    pub(super) positional: Vec<Expr>,
    pub(super) named: Vec<(Rc<str>, Expr)>,
    /// `*list` and `**mapping`.
    pub(super) spread: Vec<Expr>,
}
