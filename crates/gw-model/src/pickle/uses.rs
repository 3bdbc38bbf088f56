/// How many calls of one global are shown.
const SHOWN_CALLS: usize = 3;
/// How many things without a name are kept.
const MAX_OTHERS: usize = 64;
/// How often it is worked out how to show what has no name.
const MAX_TOLD: u32 = 4096;

/// What was done with the globals that a stream names.
#[derive(Default)]
pub(super) struct Uses {
    /// By the name's place in the table of names.
    by_name: Vec<Option<Use>>,
    /// How many of them there are.
    named: usize,
    /// What is called or imported without that we know its name.
    pub(super) unnamed: Vec<(u64, String)>,
    /// What is set on something that exists without the pickle.
    pub(super) overrides: Vec<(u64, String)>,
    /// Whether anything was named of which it depends on its arguments what it does.
    pub(super) has_harmless: bool,
    /// Whether a class was named that reads files if it is given their names.
    pub(super) has_opening: bool,
    told: u32,
}

/// What was done with one global.
#[derive(Debug, Clone, Default)]
pub(super) struct Use {
    /// Where it was first named.
    pub(super) at: u64,
    pub(super) calls: u64,
    /// Calls of which it is known that they do no harm.
    pub(super) harmless: u64,
    /// Whether it was given to something else that may call it.
    pub(super) passed: bool,
    /// Whether it is a class that was given a file's name to make its object of.
    pub(super) opens: bool,
    /// The arguments of the first calls, different ones.
    pub(super) shown: Vec<String>,
    /// Dangerous names in the code that it is given.
    pub(super) reaches: Vec<String>,
}

impl Use {
    /// Whether all that was done with it is known to do no harm.
    pub(super) const fn is_harmless(&self) -> bool {
        self.calls > 0 && self.harmless == self.calls && !self.passed
    }
}

impl Uses {
    pub(super) fn imported(&mut self, place: u32, at: u64) {
        let index = place as usize;
        if index >= self.by_name.len() {
            self.by_name.resize(index.saturating_add(1), None);
        }
        if let Some(used @ None) = self.by_name.get_mut(index) {
            self.named = self.named.saturating_add(1);
            *used = Some(Use {
                at,
                ..Use::default()
            });
        }
    }

    #[inline]
    fn used(&mut self, place: u32) -> Option<&mut Use> {
        self.by_name.get_mut(place as usize)?.as_mut()
    }

    /// Counts a call; whether its arguments are still of interest.
    pub(super) fn called(&mut self, place: u32, at: u64) -> bool {
        if self.used(place).is_none() {
            self.imported(place, at);
        }
        let Some(used) = self.used(place) else {
            return false;
        };
        used.calls = used.calls.saturating_add(1);
        used.shown.len() < SHOWN_CALLS
    }

    /// The last call of a global was harmless.
    pub(super) fn harmless(&mut self, place: u32) {
        if let Some(used) = self.used(place) {
            used.harmless = used.harmless.saturating_add(1);
        }
    }

    pub(super) fn opens(&mut self, place: u32) {
        if let Some(used) = self.used(place) {
            used.opens = true;
        }
    }

    pub(super) fn passed(&mut self, place: u32) {
        if let Some(used) = self.used(place) {
            used.passed = true;
        }
    }

    pub(super) fn reaches(&mut self, place: u32, name: String) {
        if let Some(used) = self.used(place)
            && used.reaches.len() < 8
            && !used.reaches.contains(&name)
        {
            used.reaches.push(name);
        }
    }

    pub(super) fn shown(&mut self, place: u32, arguments: String) {
        if let Some(used) = self.used(place)
            && !used.shown.contains(&arguments)
        {
            used.shown.push(arguments);
        }
    }

    /// How many different things were named or called.
    pub(super) fn len(&self) -> usize {
        let others = self.unnamed.len().saturating_add(self.overrides.len());
        self.named.saturating_add(others)
    }

    /// Whether more of what has no name would be told.
    pub(super) fn wants_more(&mut self) -> bool {
        self.told = self.told.saturating_add(1);
        self.told <= MAX_TOLD
    }

    pub(super) fn unnamed(&mut self, at: u64, what: String) {
        note(&mut self.unnamed, at, what);
    }

    pub(super) fn overrides(&mut self, at: u64, what: &str, how: &str, values: &str) {
        note(&mut self.overrides, at, format!("{how} {what}: {values}"));
    }

    /// Everything that was named, in order of appearance.
    pub(super) fn in_order(&self) -> Vec<(u32, &Use)> {
        let places = (0_u32..).zip(&self.by_name);
        let mut list: Vec<_> = places
            .filter_map(|(place, used)| Some((place, used.as_ref()?)))
            .collect();
        list.sort_by_key(|(place, used)| (used.at, *place));
        list
    }
}

fn note(list: &mut Vec<(u64, String)>, at: u64, what: String) {
    if list.len() < MAX_OTHERS && list.iter().all(|(_, known)| *known != what) {
        list.push((at, what));
    }
}
