//! Arrays of joblib, whose bytes follow the state of the object that stands for them
//! (`joblib/numpy_pickle.py`, `NumpyArrayWrapper.read_array`).

use super::machine::Machine;
use super::show::Shown;
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
    let mut budget = 256;
    let object = machine.describe(*top, 8, &mut budget);
    let Shown::Object(object) = &object else {
        return Ahead::Unknown;
    };
    let state = &object.state;
    let (Some(shape), Some(kind)) = (state.get("shape"), state.get("dtype")) else {
        return Ahead::Unknown;
    };
    let mut count = 1_u64;
    for size in shape.items() {
        let size = size.as_int().and_then(|size| u64::try_from(size).ok());
        match size.and_then(|size| count.checked_mul(size)) {
            Some(product) => count = product,
            None => return Ahead::Unknown,
        }
    }
    match item_size(kind) {
        Some(0) => Ahead::Pickle,
        Some(size) => match count.checked_mul(size) {
            Some(count) => Ahead::Bytes {
                padded: matches!(
                    state.get("numpy_array_alignment_bytes"),
                    Some(Shown::Int(_))
                ),
                count,
            },
            None => Ahead::Unknown,
        },
        None => Ahead::Unknown,
    }
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
fn item_size(kind: &Shown) -> Option<u64> {
    let Shown::Object(object) = kind else {
        return None;
    };
    let code = object.arguments.items().first()?.as_text()?;
    let code = code.trim_start_matches(['<', '>', '=', '|']);
    let mut chars = code.chars();
    let letter = chars.next()?;
    let size: Option<u64> = chars.as_str().parse().ok();
    let state = object.state.items();
    // The last part of the state has flags, of which the first says that there are objects.
    let has_objects = state
        .get(7)
        .and_then(Shown::as_int)
        .is_some_and(|flags| flags & 1 == 1);
    match letter {
        'O' => Some(0),
        _ if has_objects => Some(0),
        'U' => size?.checked_mul(4),
        '?' => Some(1),
        'V' | 'S' | 'a' => size,
        'b' | 'i' | 'u' | 'f' | 'c' | 'M' | 'm' => size.filter(|size| *size > 0),
        _ => None,
    }
}
