//! Arrays of joblib, whose bytes follow the state of the object that stands for them
//! (`joblib/numpy_pickle.py`, `NumpyArrayWrapper.read_array`).

use super::machine::Machine;
use super::value::{Node, Value};

/// What follows the state of a wrapper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ahead {
    /// Nothing: the object is no wrapper.
    Nothing,
    /// Padding, if `padded` (its length in one byte, and then as many), and so many bytes.
    Bytes { padded: bool, count: u64 },
    /// Another pickle, with an array of objects.
    Pickle,
    /// It cannot be told.
    Unknown,
}

/// What follows the object on the stack.
pub(super) fn ahead(machine: &Machine) -> Ahead {
    let Some(top) = machine.stack.last() else {
        return Ahead::Nothing;
    };
    if !is_wrapper(machine, *top) {
        return Ahead::Nothing;
    }
    let Some(Node::Call(_, _, extra)) = machine.arena.node(*top) else {
        return Ahead::Unknown;
    };
    let (_, state) = machine.extra(extra);
    let field = |name: &str| field(machine, state, name);
    let (Some(shape), Some(kind)) = (field("shape"), field("dtype")) else {
        return Ahead::Unknown;
    };
    let mut count = 1_u64;
    for size in machine.values(shape) {
        let size = machine
            .arena
            .as_int(size)
            .and_then(|size| u64::try_from(size).ok());
        match size.and_then(|size| count.checked_mul(size)) {
            Some(product) => count = product,
            None => return Ahead::Unknown,
        }
    }
    let padding = field("numpy_array_alignment_bytes");
    match item_size(machine, kind) {
        Some(0) => Ahead::Pickle,
        Some(size) => match count.checked_mul(size) {
            Some(count) => Ahead::Bytes {
                padded: padding.is_some_and(|padding| padding != Value::NONE),
                count,
            },
            None => Ahead::Unknown,
        },
        None => Ahead::Unknown,
    }
}

/// The last value of a key of a state, which has few.
fn field(machine: &Machine, state: Value, name: &str) -> Option<Value> {
    let mut cells = machine.arena.iter(machine.arena.items(state)?).take(64);
    let mut found = None;
    while let (Some(key), Some(value)) = (cells.next(), cells.next()) {
        if machine.arena.as_text(key) == Some(name) {
            found = Some(value);
        }
    }
    found
}

fn is_wrapper(machine: &Machine, value: Value) -> bool {
    let Some(Node::Call(callee, args, _)) = machine.arena.node(value) else {
        return false;
    };
    // Made by its class, or by `copyreg._reconstructor` of its class.
    let first = machine.values(args).first().copied();
    [Some(callee), first]
        .into_iter()
        .flatten()
        .any(|value| match machine.arena.node(value) {
            Some(Node::Name(place)) => machine
                .names
                .get(place)
                .is_some_and(|name| &*name.attribute == "NumpyArrayWrapper"),
            _ => false,
        })
}

/// How many bytes an item of a `numpy.dtype` has; 0 if it holds objects.
fn item_size(machine: &Machine, kind: Value) -> Option<u64> {
    let Some(Node::Call(_, args, extra)) = machine.arena.node(kind) else {
        return None;
    };
    let args = machine.arena.iter(machine.arena.items(args)?).next()?;
    let code = machine.arena.as_text(args)?;
    let code = code.trim_start_matches(['<', '>', '=', '|']);
    let mut chars = code.chars();
    let letter = chars.next()?;
    let size: Option<u64> = chars.as_str().parse().ok();
    // The last part of the state has flags, of which the first says that there are objects.
    let (_, state) = machine.extra(extra);
    let flags = machine
        .arena
        .items(state)
        .and_then(|items| machine.arena.iter(items).nth(7));
    let flags = flags.and_then(|flags| machine.arena.as_int(flags));
    match letter {
        'O' => Some(0),
        _ if flags.is_some_and(|flags| flags & 1 == 1) => Some(0),
        'U' => size?.checked_mul(4),
        '?' => Some(1),
        'V' | 'S' | 'a' => size,
        'b' | 'i' | 'u' | 'f' | 'c' | 'M' | 'm' => size.filter(|size| *size > 0),
        _ => None,
    }
}
