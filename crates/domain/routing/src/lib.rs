//! Who gets it: leads, customers, tickets, escalations?
//!
//! Pure: rotation and capacity are a state that goes in and comes out; the order of arrival is the
//! input, and time is an argument. Not here: how good a lead is (see `guanxi-leads`).
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod bits;
mod capacity;
mod desk;
mod fit;
mod id;
mod item;
mod number;
mod policy;
mod presets;
mod reason;
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
pub use desk::Desk;
pub use id::{QueueId, RuleId};
pub use item::Item;
pub use number::{Allowance, AllowanceError, Effort, EffortError, Weight, WeightError};
pub use policy::{Response, RoutingDocument, RoutingPolicy, Rule};
pub use presets::{labels, routing_preset, routing_preset_ids};
pub use reason::RoutingReason;
pub use roster::{Leave, Person, Roster, RosterDocument};
pub use roster_spec::{LeaveSpec, PersonSpec, RosterSpec};
pub use routed::{Assignment, By, Respond, Routed};
pub use router::Router;
pub use spec::{MatchSpec, Missing, NeedSpec, OwnerRule, ResponseSpec, RoutingSpec, RuleSpec, Target, Unknown};
pub use state::{RoutingState, RoutingStateError};
pub use term::ResponseTerm;
