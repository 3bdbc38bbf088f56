//! Variables and namespaces, where branches part and meet again.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::value::Value;

type Names<'t> = BTreeMap<Rc<str>, Value<'t>>;

/// Copying it is cheap: what does not change is shared.
#[derive(Debug, Clone, Default)]
pub(super) struct State<'t> {
    scopes: Vec<Rc<Names<'t>>>,
    spaces: Vec<Rc<Names<'t>>>,
}

impl<'t> State<'t> {
    pub(super) fn push(&mut self) {
        self.scopes.push(Rc::default());
    }

    pub(super) fn pop(&mut self) {
        self.scopes.pop();
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value<'t>> {
        self.scopes.iter().rev().find_map(|scope| scope.get(name))
    }

    /// Sets a variable in the innermost scope.
    pub(super) fn set(&mut self, name: &Rc<str>, value: Value<'t>) {
        if let Some(scope) = self.scopes.last_mut() {
            Rc::make_mut(scope).insert(name.clone(), value);
        }
    }

    /// Changes a variable where it was set.
    pub(super) fn change(&mut self, name: &str, value: Value<'t>) {
        for scope in self.scopes.iter_mut().rev() {
            if scope.contains_key(name) {
                Rc::make_mut(scope).insert(name.into(), value);
                return;
            }
        }
    }

    /// Makes a namespace and returns its number.
    pub(super) fn space(&mut self, names: Names<'t>) -> usize {
        self.spaces.push(Rc::new(names));
        self.spaces.len().saturating_sub(1)
    }

    pub(super) fn spaces(&self) -> usize {
        self.spaces.len()
    }

    pub(super) fn space_get(&self, number: usize, name: &str) -> Option<&Value<'t>> {
        self.spaces.get(number)?.get(name)
    }

    /// Sets an attribute of a namespace.
    pub(super) fn space_set(&mut self, number: usize, name: &Rc<str>, value: Value<'t>) {
        if let Some(space) = self.spaces.get_mut(number) {
            Rc::make_mut(space).insert(name.clone(), value);
        }
    }

    /// What may be after either of two branches that began alike. Returns how many names were
    /// compared.
    pub(super) fn join(&mut self, other: &Self) -> u64 {
        let mut work = 0_u64;
        for (mine, theirs) in self.scopes.iter_mut().zip(&other.scopes) {
            work = work.saturating_add(join(mine, theirs));
        }
        let known = self.spaces.len();
        for (mine, theirs) in self.spaces.iter_mut().zip(&other.spaces) {
            work = work.saturating_add(join(mine, theirs));
        }
        self.spaces.extend(other.spaces.iter().skip(known).cloned());
        work
    }
}

fn join<'t>(mine: &mut Rc<Names<'t>>, theirs: &Rc<Names<'t>>) -> u64 {
    if Rc::ptr_eq(mine, theirs) {
        return 0;
    }
    let mine = Rc::make_mut(mine);
    for (name, value) in theirs.iter() {
        let joined = match mine.get(name) {
            Some(known) => Value::any([known.clone(), value.clone()]),
            None => value.clone(),
        };
        mine.insert(name.clone(), joined);
    }
    theirs.len() as u64
}
