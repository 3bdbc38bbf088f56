//! Gate policies in Cedar: schema, authority, facts, gates and explanations.
//!
//! Everything here is a function of its arguments: text and values go in, values come out. Policies
//! are loaded once ([`Policies::load`]), validated strictly against [`SCHEMA`] and sliced by gate and
//! action. A finding is judged by itself first ([`Policies::tolerate`]); the gate sees what is left
//! as counts and small sets ([`GateFacts`]) and answers with [`Policies::decide`].

pub mod authority;
mod concerns;
mod context;
mod decide;
mod error;
mod explain;
pub mod facts;
mod finding_facts;
mod gate_facts;
mod guard;
mod like;
mod limits;
mod load;
mod message;
mod model_facts;
mod node;
mod policies;
mod schema;
mod sets;
mod show;
mod slice;
mod table;
mod tolerate;

pub use authority::{AuthorityRule, AuthorityRules};
pub use decide::{DecideInput, GateAnswer, UNDECIDABLE};
pub use error::{PolicyError, PolicyErrors};
pub use explain::{Change, Explanation, explain};
pub use facts::keys_of;
pub use finding_facts::{FindingFacts, FindingSummary};
pub use gate_facts::{
    Approvals, Coverage, FactValue, GateFacts, IncompleteFacts, Provenance, TestResults,
};
pub use model_facts::{
    Comparison, Demands, DriftFacts, Formats, LineageFacts, Listed, Metrics, ModelFacts, Validation,
};
pub use policies::{Effect, Policies, Policy, PolicyFile, Source};
pub use schema::SCHEMA;
pub use show::{Difference, compare, show};
pub use table::{CaseResult, run_tests};
