use rustc_hash::FxHashMap;

use super::effect::{self, Effect};
use super::judge::{self, Verdict};
use super::uses::Use;

/// How many different globals a file may name.
const MAX_NAMES: usize = 1 << 16;
/// How much of a module's or an attribute's name is kept, in bytes.
const MAX_NAME: usize = 1024;

/// What a class does that is given a file's name.
const OPENS: &str = "reads the file that it is given the name of";

/// A global that a stream names: a module and an attribute of it, which may have dots.
#[derive(Debug)]
pub(super) struct Name {
    pub(super) module: Box<str>,
    /// Empty if it is the module itself.
    pub(super) attribute: Box<str>,
    pub(super) verdict: Verdict,
    pub(super) effect: Effect,
}

impl Name {
    /// `module.attribute`.
    pub(super) fn full(&self) -> String {
        match (&*self.module, &*self.attribute) {
            (module, "") => module.to_owned(),
            ("", attribute) => attribute.to_owned(),
            (module, attribute) => format!("{module}.{attribute}"),
        }
    }
}

/// Every global that was named, once, with what is thought of it.
#[derive(Default)]
pub(super) struct Names {
    places: FxHashMap<Box<str>, u32>,
    list: Vec<Name>,
}

impl Names {
    /// The place of a global; nothing if there are too many.
    pub(super) fn place(&mut self, module: &str, attribute: &str) -> Option<u32> {
        let (module, attribute) = (cut(module), cut(attribute));
        // A module's name with a zero byte cannot be imported, so keys are distinct enough.
        let key = format!("{module}\0{attribute}");
        if let Some(place) = self.places.get(&*key) {
            return Some(*place);
        }
        if self.list.len() >= MAX_NAMES {
            return None;
        }
        let place = u32::try_from(self.list.len()).ok()?;
        self.places.insert(key.into(), place);
        self.list.push(Name {
            module: module.into(),
            attribute: attribute.into(),
            verdict: judge::judge(module, attribute),
            effect: effect::of(module, attribute),
        });
        Some(place)
    }

    pub(super) fn get(&self, place: u32) -> Option<&Name> {
        self.list.get(place as usize)
    }

    /// Whether a global is of no danger as long as it is not called.
    pub(super) fn is_data(&self, place: u32) -> bool {
        self.get(place).is_some_and(|name| match name.verdict {
            Verdict::Safe => true,
            Verdict::Unknown => judge::is_data(&name.module, &name.attribute),
            Verdict::Code | Verdict::Dangerous(_) => false,
        })
    }

    /// What is thought of a global after all that was done with it.
    pub(super) fn judge(&self, place: u32, used: &Use) -> Verdict {
        if used.opens {
            return Verdict::Dangerous(OPENS);
        }
        if used.is_harmless() || used.calls == 0 && self.is_data(place) {
            return Verdict::Safe;
        }
        self.verdict(place)
    }

    pub(super) fn verdict(&self, place: u32) -> Verdict {
        self.get(place)
            .map_or(Verdict::Unknown, |name| name.verdict)
    }
}

fn cut(name: &str) -> &str {
    let mut end = name.len().min(MAX_NAME);
    while !name.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    name.get(..end).unwrap_or_default()
}
