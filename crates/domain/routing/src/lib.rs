//! Who gets it: leads, customers, tickets, escalations?
//!
//! Pure: rotation and capacity are a state that goes in and comes out; the order of arrival is the
//! input, and time is an argument. Not here: how good a lead is (see `guanxi-leads`).
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

#[cfg(feature = "proptest")]
pub mod arbitrary;
mod bits;
mod capacity;
mod claim;
mod desk;
mod fairness;
mod fit;
mod id;
mod item;
mod lint;
mod number;
mod policy;
mod pool;
mod pool_reason;
mod pool_spec;
mod presets;
mod reason;
mod recycle;
mod roster;
mod roster_spec;
mod rotation;
mod route;
mod routed;
mod router;
mod spec;
mod state;
mod term;
mod waiting;

pub use capacity::{Capacity, Load, LoadError, Window};
pub use claim::{Claim, Claiming, may_claim};
pub use desk::Desk;
pub use fairness::{Fairness, PersonFairness, QueueFairness, RotationFairness, ShareFairness};
pub use id::{QueueId, RuleId, Word};
pub use item::Item;
pub use lint::{lint_pool, lint_roster, lint_routing};
pub use number::{Allowance, AllowanceError, Effort, EffortError, Weight, WeightError};
pub use policy::{Response, RoutingDocument, RoutingPolicy, Rule};
pub use pool::{PoolDocument, PoolPolicy, Protection, RecycleRule};
pub use pool_reason::PoolReason;
pub use pool_spec::{ClaimRules, PoolSpec, ProtectSpec, RecycleSpec, Since};
pub use presets::{labels, pool_preset, pool_preset_ids, routing_preset, routing_preset_ids};
pub use reason::RoutingReason;
pub use recycle::{Held, RecycleStage, Recycling, recycle};
pub use roster::{Leave, Person, Roster, RosterDocument};
pub use roster_spec::{LeaveSpec, PersonSpec, RosterSpec};
pub use routed::{Assignment, By, Respond, Routed};
pub use router::Router;
pub use spec::{
    MatchSpec, Missing, NeedSpec, OwnerRule, ResponseSpec, RoutingSpec, RuleSpec, Target, Unknown,
};
pub use state::{RoutingState, RoutingStateError};
pub use term::ResponseTerm;
