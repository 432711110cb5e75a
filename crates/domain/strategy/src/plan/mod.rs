//! What is due, for whom, by when, and what is held back and why.
mod clock;
mod closed;
mod fold;
mod given;
mod ledger;
mod machine;
mod memory;
mod outcome;
mod reason;
mod state;
mod steps;
mod watch;
mod words;
mod workload;

pub(crate) use clock::awake;
pub use fold::{plan, plan_ahead};
pub use given::PlanGiven;
pub use outcome::{Cancelled, Change, Finished, Moved, Plan, PlanItem, Suppressed, Suppression};
pub use reason::{NotPlanned, PlanReason};
pub use state::{ActionRecord, PlanState, PlanStateError};
pub use workload::{Workload, WorkloadRow};
