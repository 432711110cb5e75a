//! Which stage is this customer in, may it move, and what moved it?
//!
//! Pure: a state is what a definition makes of a ledger, in whatever order its events come; time is an
//! argument. Not here: what to do in a stage.
#![no_std]

extern crate alloc;
#[cfg(any(test, feature = "proptest"))]
extern crate std;

mod advance;
#[cfg(feature = "proptest")]
pub mod arbitrary;
mod definition;
mod diagram;
mod funnel;
mod id;
mod ledger;
mod lint;
mod machine;
mod missing;
mod presets;
mod read;
mod reason;
mod spec;
mod spent;
mod state;
mod words;

pub use advance::{Advanced, Given, advance, due, replay, step};
pub use definition::{Edge, Flag, Lifecycle, LifecycleDocument};
pub use funnel::{
    Conversion, Funnel, FunnelCounts, FunnelError, FunnelGroup, FunnelGroupRow, FunnelReport, FunnelSpec,
    Left, StageRow, View, WorkingTime,
};
pub use id::{EdgeId, FlagId, RegressId, Remark, RoleId, StageId};
pub use ledger::Observation;
pub use lint::lint;
pub use missing::Missing;
pub use presets::{labels, preset, preset_ids};
pub use reason::Reason;
pub use spec::{
    EdgeSpec, FlagSpec, LifecycleSpec, MAX_EDGES, MAX_FLAGS, MAX_STAGES, Origin, OriginError, ReentrySpec,
    StageKind, StageSpec, Trigger, TriggerError, Unknown, kinds,
};
pub use spent::Times;
pub use state::{Approval, Cause, Highest, Move, State, StateError};
