//! Who gets it: leads, customers, tickets, escalations?
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod capacity;
mod id;
mod number;
mod roster;
mod roster_spec;
mod rotation;

pub use capacity::{Capacity, Load, LoadError, Window};
pub use id::{QueueId, RuleId};
pub use number::{Allowance, AllowanceError, Effort, EffortError, Weight, WeightError};
pub use roster::{Leave, Person, Roster, RosterDocument};
pub use roster_spec::{LeaveSpec, PersonSpec, RosterSpec};
