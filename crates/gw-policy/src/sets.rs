//! Sets of policies that were asked before: making one costs more than asking it.

use std::sync::Arc;

use cedar_policy::PolicySet;
use rustc_hash::FxHashMap;

use crate::policies::{Forbid, GateSlice};

/// How many different sets are remembered. Which policies can be left out depends on the facts, and
/// facts of the same kind leave out the same ones.
const MAX_SETS: usize = 256;

/// Sets by the places of their forbidding policies.
pub(crate) type Sets = FxHashMap<Vec<u32>, Arc<PolicySet>>;

impl GateSlice {
    /// What permits at the gate, with these of the policies that forbid, each with its place
    /// in the gate's list.
    pub(crate) fn set(&self, forbids: &[(u32, &Forbid)]) -> Result<Arc<PolicySet>, String> {
        let places: Vec<u32> = forbids.iter().map(|(place, _)| *place).collect();
        if let Ok(sets) = self.sets.read()
            && let Some(set) = sets.get(&places)
        {
            return Ok(Arc::clone(set));
        }
        let forbids = forbids.iter().map(|(_, forbid)| &forbid.policy);
        let policies = self.permits.iter().chain(forbids).cloned();
        let set = PolicySet::from_policies(policies).map_err(|error| error.to_string())?;
        let set = Arc::new(set);
        if let Ok(mut sets) = self.sets.write() {
            if sets.len() >= MAX_SETS {
                sets.clear();
            }
            sets.insert(places, Arc::clone(&set));
        }
        Ok(set)
    }
}
